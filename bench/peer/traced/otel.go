//go:build otel

package main

import (
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/otel"
)

func trace(rt *framework.Runtime, app *framework.App) {
	l, err := otel.New(&otel.Config{Endpoint: "https://otlp.example.com", Sample: 0.01, Cap: 50 * time.Millisecond, Traces: true, Metrics: true, Global: true}, rt)
	if err != nil {
		panic(err)
	}
	app.Layers = framework.Layers{l}
}
