// Command traced is an event unit of AWS, for the size of its binary: as it is, with a client that speaks TLS and configuration (tag
// client), with net/http's (tag http), and each with the layer otel (tag otel).
package main

import (
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/aws"
)

func main() {
	aws.Run(func(rt *framework.Runtime) *framework.App {
		app := &framework.App{Unit: "traced", Functions: []*framework.Function{{Name: "work", Handler: work}}}
		trace(rt, app)
		return app
	})
}
