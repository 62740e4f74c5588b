package custom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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
	"github.com/faasgen/faasgen/framework/platform/aliyun"
)

const (
	defaultPort = "9000"
	// drain is how long running requests may take after SIGTERM.
	drain = 10 * time.Second
	// unasked is how long a failed start waits for somebody to tell it to.
	unasked = time.Second
	// maxHeaders is more than the 8 KB of a client's headers, since FC adds its own, with a security token among them.
	maxHeaders = 32 << 10
)

// Run runs the unit and never returns: it exits with 0 after SIGTERM, and with 1 and a message when it cannot go on.
func Run(n platform.New, codecs ...platform.Codec) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	if err := run(ctx, n, codecs, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "faasgen: "+err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

// run ends with nil when ctx ends. Markers are the lines that frame calls.
func run(ctx context.Context, n platform.New, codecs []platform.Codec, markers io.Writer) error {
	port := cmp.Or(os.Getenv("FC_SERVER_PORT"), os.Getenv("FC_CUSTOM_LISTEN_PORT"), defaultPort)
	if p, err := strconv.Atoi(port); err != nil || p < 1 || p > 65535 {
		return fmt.Errorf("FC_SERVER_PORT or FC_CUSTOM_LISTEN_PORT: found %.40q, expected a port", port)
	}
	rt := aliyun.Runtime()
	s, err := newServer(framework.NewEngine(rt, n(rt)), codecs, markers)
	if err != nil {
		return err
	}
	s.initErr = s.engine.Start(ctx)
	if ctx.Err() != nil && s.initErr != nil {
		return nil // it was asked to stop before it was up
	}
	ln, err := net.Listen("tcp", "0.0.0.0:"+port) // not on loopback: FC connects from outside of it
	if err != nil {
		err = fmt.Errorf("FC connects to this port; customRuntimeConfig.port in s.yaml names another: %w", err)
		return errors.Join(s.initErr, err, s.engine.Close(context.WithoutCancel(ctx)))
	}
	// No timeouts for the connection: FC wants 15 minutes at least, its other end is the vendor's own proxy, and a process
	// that was frozen finds every timer due when it goes on, just as the proxy sends the next request.
	server := &http.Server{Handler: s, MaxHeaderBytes: maxHeaders, ErrorLog: slog.NewLogLogger(rt.Log().Handler(), slog.LevelWarn)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	if s.initErr != nil {
		select {
		case <-s.told:
		case <-time.After(unasked):
		case <-ctx.Done():
		}
		return errors.Join(s.initErr, shutDown(ctx, server, s.engine))
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(err, shutDown(ctx, server, s.engine))
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
