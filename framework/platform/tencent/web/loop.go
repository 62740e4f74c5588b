// Package web runs a unit as a web function of Tencent Cloud SCF: an ordinary http server on port 9000. It serves units
// whose only triggers are http; a web function has no others. Several requests run at once where the function's
// concurrency says so, bodies are streamed both ways, and everything that http carries arrives.
//
// # Start
//
// The unit is started before the port is opened, since SCF sends requests as soon as it is. A start that fails is a
// message on standard error and exit code 1, which SCF shows as 405 ContainerStateExited; one that hangs ends with the
// unit's init timeout, and else with SCF's own.
//
// # Requests
//
// X-Scf-Request-Id is the request's id; headers that begin with x-scf- are the vendor's and not shown to functions, who
// find what is in them in tencent.From and in the request's RemoteAddr. SCF says nothing of a time limit, so that a
// function has a deadline only if it sets a timeout of its own. A response must not set Connection or X-Scf-*: such
// headers are dropped, with one line in the log for each name.
//
// # End
//
// After SIGTERM requests that run are finished, then the unit is closed and the process exits with 0. SCF documents
// neither the signal nor the time it leaves; after nine seconds what still runs is cut off, so that Close comes before the
// kill of most container runtimes.
package web

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/serve"
	"github.com/faasgen/faasgen/framework/platform/tencent"
)

const (
	// defaultPort is the only one that SCF connects to.
	defaultPort = "9000"
	// portVariable lets the simulator choose another. PORT is not used: a deployed function that sets it, as many
	// applications do, would listen where SCF does not look.
	portVariable = "FAAS_PORT"
)

// Run runs the unit and never returns: it exits with 0 after SIGTERM, and with 1 and a message when it cannot go on.
// Requests come as http, so that no codec is needed; those of other kinds than http are refused.
func Run(n platform.New, codecs ...platform.Codec) {
	platform.Main(func(ctx context.Context) error { return run(ctx, n, codecs) })
}

// run ends with nil when ctx ends.
func run(ctx context.Context, n platform.New, codecs []platform.Codec) error {
	addr, err := address()
	if err != nil {
		return err
	}
	for _, c := range codecs {
		if c.Kind != "http" {
			return fmt.Errorf("found a codec of %s payloads, expected http only: a web function of SCF has no other trigger", c.Kind)
		}
	}
	rt := tencent.Runtime(nil)
	engine := framework.NewEngine(rt, n(rt))
	handler, err := newHandler(engine, rt.Log())
	if err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	return serve.Server{
		Engine: engine,
		HTTP:   &http.Server{Handler: handler, ConnContext: newConnection},
		Listen: func() (net.Listener, error) {
			l, err := net.Listen("tcp", addr)
			if err != nil {
				err = fmt.Errorf("SCF connects to this port and no other: %w", err)
			}
			return l, err
		},
	}.Run(ctx)
}

// address is where to listen.
func address() (string, error) {
	return serve.Address(cmp.Or(os.Getenv(portVariable), defaultPort), portVariable)
}
