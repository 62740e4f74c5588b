// Package local runs a whole application as one ordinary server: http on a loopback address, timers from a scheduler in the
// process, every function callable by name. It is what "faasgen dev" and "faasgen invoke" start, and it can be run by
// itself or be put into a container.
//
// The binary serves when it is started without arguments, and calls one function as
//
//	app invoke NAME [FORM] < event.json
//
// which writes the response to standard output, errors to standard error, and exits with 1 if there was one. Events have the
// form that package envelope describes. Images without a shell have no tool to probe a server with; so
//
//	app health
//
// asks the server that listens at FAAS_ADDR for its health, and exits with 1 if it cannot do its work.
//
// These variables are read, besides those of a unit that package framework reads:
//
//	FAAS_ADDR         where to listen; the default is 127.0.0.1:8080. Another machine can connect only if a host is named: 0.0.0.0:8080
//	FAAS_ENV          the configuration environment; the default is local
//	FAAS_CODE_DIR     the folder with the config files; the default is the working directory
//	FAAS_DEV          1 shows error texts to callers and logs as text; only on loopback
//	FAAS_SETTINGS     the file with the settings of the functions; the default is faas.settings in the folder with the config files
//	FAAS_TIMEOUT      limits each invocation, such as 30s; the default is the function's own limit
//	FAAS_TIMERS       0 keeps timers from firing
//	FAAS_DRAIN        how long to go on serving after SIGTERM, such as 5s, while /_faas/ready answers 503; the default is 0s
//	FAAS_CONTROL      a secret: requests of this machine that carry it in the header Faas-Control may use the control endpoints below
//	FAAS_LISTEN_FD    a listener inherited from the parent, as its file descriptor; FAAS_ADDR is then not read
//	FAAS_PARENT_FD    a pipe inherited from the parent, whose end stops the process
//	FAAS_RESULT_FD    where "invoke" writes the whole outcome as JSON, instead of the response to standard output
//
// Two paths answer probes, also those of other machines. Requests that a proxy passes on are the application's:
//
//	GET  /_faas/health            answers 200 when the application can do its work, 503 when it cannot
//	GET  /_faas/ready             answers 200 when the application is up, 503 when it is about to stop
//
// The control endpoints:
//
//	GET  /_faas/functions         lists the functions
//	POST /_faas/invoke/NAME       calls a function with the body as event; without NAME, the one that the body names, as package
//	                              platform describes calls, or else the one that takes raw events
//	POST /_faas/timer/NAME        fires a timer
//	POST /_faas/drain             stops the timers: another process takes over
package local

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
)

// Name is the platform's word.
const Name = "local"

// Run runs the application and never returns. Generated code calls it as the only statement of main.
func Run(app platform.New) {
	platform.Process(func(ctx context.Context) int {
		return run(ctx, app, process{args: os.Args[1:], env: os.Getenv, in: os.Stdin, out: os.Stdout, err: os.Stderr})
	})
}

// From returns the request as net/http received it, nil if the invocation is not http or not local.
func From(ctx *framework.Context) *http.Request {
	r, _ := ctx.Vendor().(*http.Request)
	return r
}

// process is what Run takes from the operating system.
type process struct {
	args     []string
	env      func(string) string
	in       io.Reader
	out, err io.Writer
}

// run is Run without the exit.
func run(ctx context.Context, app platform.New, p process) int {
	s, err := readSettings(p.env)
	if err == nil {
		switch {
		case len(p.args) == 0:
			err = listening(ctx, app, s, p)
		case (len(p.args) == 2 || len(p.args) == 3) && p.args[0] == "invoke":
			err = invoke(ctx, app, s, p)
		case len(p.args) == 1 && p.args[0] == "health":
			err = probe(ctx, s)
		default:
			fmt.Fprintf(p.err, "found arguments %q, expected none, or: invoke NAME [FORM], or: health\n", p.args)
			return 2
		}
	}
	if err != nil {
		fmt.Fprintln(p.err, err)
		return 1
	}
	return 0
}

// runtime describes the process to the engine.
func runtime(s settings, p process) *framework.Runtime {
	rt := &framework.Runtime{Platform: Name, Env: s.env, CodeDir: s.codeDir, Settings: s.settings, Dev: s.dev, StandIn: true, Server: true}
	if s.dev {
		rt.Incomplete = func(function string, err error) error {
			rt.Log().Warn("function "+function+" cannot be called: its configuration is not complete", "error", err)
			return &framework.Error{Status: http.StatusInternalServerError, Code: "configuration", Message: "the configuration of function " + function + " is not complete", Err: err}
		}
		rt.Logger = platform.NewLogger(p.err, platform.LogOptions{Getenv: p.env, Handler: developerLog})
	} else {
		rt.Logger = platform.NewLogger(p.err, platform.LogOptions{Getenv: p.env})
	}
	return rt
}
