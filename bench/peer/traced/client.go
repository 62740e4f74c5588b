//go:build client

package main

import (
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call/wire"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

func work(ctx *framework.Context) error {
	r, err := config.Load(ctx.Runtime().CodeDir, "")
	if err != nil {
		return err
	}
	address, err := config.Get[string](r, "address")
	if err != nil {
		return err
	}
	c, err := wire.New(address, 1<<20)
	if err != nil {
		return err
	}
	_, err = c.Do(ctx, runtimeapi.Request{Method: "GET", Path: "/"})
	return err
}
