//go:build http

package main

import (
	"net/http"

	"github.com/faasgen/faasgen/framework"
)

func work(ctx *framework.Context) error {
	r, err := http.NewRequestWithContext(ctx, "GET", "https://example.com", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
