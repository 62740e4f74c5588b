package otel_test

import (
	"context"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/otel"
)

// BenchmarkInvoke is an invocation of a function that does nothing: without the layer, and with it at several shares.
func BenchmarkInvoke(b *testing.B) {
	for _, bb := range []struct {
		name    string
		sample  float64
		metrics bool
		layer   bool
	}{
		{"none", 0, false, false}, {"traces-0", 0, false, true}, {"traces-1%", 0.01, false, true}, {"traces-1%,metrics", 0.01, true, true}, {"traces-100%", 1, false, true},
	} {
		b.Run(bb.name, func(b *testing.B) {
			f := &framework.Function{Name: "work", Handler: nothing}
			rt := &framework.Runtime{Variables: variables{}}
			app := &framework.App{Unit: "api", Functions: []*framework.Function{f}}
			if bb.layer {
				c := configuration(newReceiver(b).URL)
				c.Sample, c.Metrics = bb.sample, bb.metrics
				l, err := otel.New(&c, rt)
				if err != nil {
					b.Fatal(err)
				}
				app.Layers = framework.Layers{l}
			}
			e := framework.NewEngine(rt, app)
			if err := e.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			defer e.Close(context.Background())
			var background framework.Background
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Invoke(context.Background(), framework.Invocation{Function: f, RequestID: "r-1", Event: []byte("{}"), Background: &background}); err != nil {
					b.Fatal(err)
				}
				background.Wait()
			}
		})
	}
}
