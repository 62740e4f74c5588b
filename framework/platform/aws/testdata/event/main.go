// Command event is a unit of one event function, in the shape of generated code. Tests look at its binary.
package main

import (
	"context"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/ioc"
	"github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

type request struct {
	Name string `json:"name"`
}

type greeting struct {
	Message string `json:"message"`
}

func hello(_ context.Context, in request) (*greeting, error) {
	return &greeting{Message: "hello " + in.Name}, nil
}

func newUnit(*framework.Runtime) *framework.App {
	var container ioc.Container
	return &framework.App{
		Unit: "event", Stop: container.Close,
		Functions: []*framework.Function{{Name: "event", Handler: func(ctx *framework.Context) error {
			var in request
			if err := web.Decode(ctx.Event().([]byte), &in); err != nil {
				return err
			}
			out, err := hello(ctx, in)
			if err == nil && out != nil {
				ctx.SetResult(out)
			}
			return err
		}}},
	}
}

func main() { aws.Run(newUnit, aws.Raw()) }
