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
// neither the signal nor the time it leaves; after ten seconds what still runs is cut off, so that Close comes before the
// kill of most container runtimes.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/tencent"
)

const (
	// defaultPort is the only one that SCF connects to.
	defaultPort = 9000
	// portVariable lets the simulator choose another. PORT is not used: a deployed function that sets it, as many
	// applications do, would listen where SCF does not look.
	portVariable = "FAAS_PORT"
	// drain is how long running requests may take after SIGTERM.
	drain = 10 * time.Second
)

// Run runs the unit and never returns: it exits with 0 after SIGTERM, and with 1 and a message when it cannot go on.
// Requests come as http, so that no codec is needed; those of other kinds than http are refused.
func Run(n platform.New, codecs ...platform.Codec) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	if err := run(ctx, n, codecs); err != nil {
		fmt.Fprintln(os.Stderr, "faasgen: "+err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

// run ends with nil when ctx ends.
func run(ctx context.Context, n platform.New, codecs []platform.Codec) (err error) {
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
	if err := engine.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	// No timeouts for the connection: its other end is the vendor's own proxy, and a process that was frozen finds every
	// timer due when it goes on, just as the proxy sends the next request.
	server := &http.Server{Handler: handler, ConnContext: newConnection, ErrorLog: slog.NewLogLogger(rt.Log().Handler(), slog.LevelWarn)}
	failed := make(chan error, 1)
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		failed <- fmt.Errorf("SCF connects to this port and no other: %w", err)
	} else {
		go func() { failed <- server.Serve(ln) }()
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(err, shutDown(ctx, server, engine))
}

// address is where to listen: not on loopback, as SCF connects from outside of it.
func address() (string, error) {
	port := defaultPort
	if s := os.Getenv(portVariable); s != "" {
		var err error
		if port, err = strconv.Atoi(s); err != nil || port < 1 || port > 65535 {
			return "", fmt.Errorf("%s: found %.40q, expected a port", portVariable, s)
		}
	}
	return fmt.Sprintf("0.0.0.0:%d", port), nil
}

func shutDown(ctx context.Context, server *http.Server, e *framework.Engine) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := server.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("requests were still running after %s and were cut off: %w", drain, errors.Join(err, server.Close()))
	}
	return errors.Join(err, e.Close(ctx))
}
