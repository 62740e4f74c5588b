package custom

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
	"github.com/faasgen/faasgen/framework/platform/serve"
)

const (
	defaultPort = "9000"
	// idleTimeout is how long a failed start waits for a call that it can report its error to.
	idleTimeout = time.Second
	// maxHeaders is more than the 8 KB of a client's headers, since FC adds its own, with a security token among them.
	maxHeaders = 32 << 10
)

// Run runs the unit and never returns: it exits with 0 after SIGTERM, and with 1 and a message when it cannot go on.
func Run(n platform.New, codecs ...platform.Codec) {
	platform.Main(func(ctx context.Context) error { return run(ctx, n, codecs, os.Stdout) })
}

// run ends with nil when ctx ends. Markers are the lines that frame calls.
func run(ctx context.Context, n platform.New, codecs []platform.Codec, markers io.Writer) error {
	port := cmp.Or(os.Getenv("FC_SERVER_PORT"), os.Getenv("FC_CUSTOM_LISTEN_PORT"), defaultPort)
	addr, err := serve.Address(port, "FC_SERVER_PORT or FC_CUSTOM_LISTEN_PORT")
	if err != nil {
		return err
	}
	rt := aliyun.Runtime()
	s, err := newServer(framework.NewEngine(rt, n(rt)), codecs, markers)
	if err != nil {
		return err
	}
	return serve.Server{
		Engine: s.engine,
		// FC wants 15 minutes at least where there is a timeout for the connection.
		HTTP: &http.Server{Handler: s, MaxHeaderBytes: maxHeaders},
		Listen: func() (net.Listener, error) {
			l, err := net.Listen("tcp", addr)
			if err != nil {
				err = fmt.Errorf("FC connects to this port; customRuntimeConfig.port in s.yaml names another: %w", err)
			}
			return l, err
		},
		Broken: func(err error) <-chan struct{} {
			s.initErr = err
			time.AfterFunc(idleTimeout, s.endWait)
			return s.notified
		},
	}.Run(ctx)
}
