// Command caller is a unit of one event function that calls one of another unit, in the shape of generated code. Tests look at its
// binary.
package main

import (
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/aws/invoke"
)

func newUnit(rt *framework.Runtime) *framework.App {
	client := call.New(rt)
	return &framework.App{
		Unit: "caller",
		Functions: []*framework.Function{{Name: "caller", Handler: func(ctx *framework.Context) error {
			out, err := client.Call(ctx, "event", ctx.Event().([]byte), call.Options{})
			if err == nil {
				ctx.SetResult(out)
			}
			return err
		}}},
	}
}

func main() { aws.Run(call.With(invoke.New(), newUnit), aws.Raw()) }
