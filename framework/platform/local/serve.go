package local

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/serve"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/framework/trigger/web/nethttp"
)

// maxBody bounds the body of a request.
const maxBody = 32 << 20

// assemble makes the engine and what leads requests to it. It runs no user code.
func assemble(app platform.New, s settings, p process) (*caller, error) {
	rt := runtime(s, p)
	unit := app(rt)
	if s.dev {
		if o := newOutliving(rt.Log()); o != nil {
			unit.Middleware = append([]framework.Middleware{o.watch}, unit.Middleware...)
		}
	}
	e := framework.NewEngine(rt, unit)
	router, err := web.NewRouter(e.App())
	if err != nil {
		return nil, fmt.Errorf("routes: %w", err)
	}
	c := &caller{engine: e, router: router, timeout: s.timeout}
	c.handler, err = nethttp.Handler(e, nethttp.Options{
		MaxBody: maxBody,
		Invocation: func(r *http.Request) framework.Invocation {
			return framework.Invocation{RequestID: rand.Text(), Trace: r.Header.Get("Traceparent"), Vendor: r, Deadline: c.deadline(), Background: c.background}
		},
		RemoteAddr: func(r *http.Request) string { return client(r, s.listenFD != 0) },
	})
	if err != nil {
		return nil, fmt.Errorf("routes: %w", err)
	}
	return c, nil
}

// client is the address that the request came from. Behind the parent that handed us its listener, the parent knows.
func client(r *http.Request, behind bool) string {
	if behind {
		all := r.Header.Values("X-Forwarded-For")
		if len(all) > 0 {
			last := all[len(all)-1]
			return strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return "" // a unix socket has no address
	}
	return host
}

// listening runs the application until ctx ends or the parent goes away, then stops it gracefully. It listens before the
// application starts: an unusable address is an error at once, and requests wait.
func listening(ctx context.Context, app platform.New, s settings, p process) error {
	l, err := listen(s)
	if err != nil {
		return err
	}
	defer l.Close()
	a, err := assemble(app, s, p)
	if err != nil {
		return err
	}
	log := a.engine.Runtime().Log()
	timers, err := newScheduler(a, log)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if s.parentFD != 0 {
		go waitForEnd(os.NewFile(s.parentFD, "parent"), cancel)
	}
	firing, drain := context.WithCancel(ctx)
	defer drain()
	var leaving, started atomic.Bool
	h := a.handler
	if s.control != "" {
		h = control{token: s.control, behind: s.listenFD != 0, caller: a, drain: drain, next: h}
	}
	h = &probes{engine: a.engine, log: log, behind: s.listenFD != 0, leaving: &leaving, next: h}
	if s.dev && s.listenFD == 0 { // a parent that hands over its listener guards its own door
		h = Guard(h)
	}
	level := slog.LevelInfo
	if s.listenFD != 0 {
		level = slog.LevelDebug // the parent says where it serves
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	serving := ctx
	if s.drain > 0 {
		var stop context.CancelFunc
		serving, stop = context.WithCancel(context.WithoutCancel(ctx))
		defer context.AfterFunc(ctx, func() {
			defer stop()
			leaving.Store(true)
			if !started.Load() {
				return // no traffic is sent here yet
			}
			log.Info("stopping", "in", s.drain.String())
			server.SetKeepAlivesEnabled(false) // so that clients connect again, elsewhere
			time.Sleep(s.drain)
		})()
	}
	return serve.Server{
		Engine: a.engine,
		HTTP:   server,
		Listen: func() (net.Listener, error) { return l, nil },
		Serving: func(at net.Addr) {
			started.Store(true)
			if s.timers {
				timers.start(firing)
			}
			log.Log(ctx, level, "serving", "addr", at.String(), "functions", len(a.engine.App().Functions), "timers", len(timers.timers))
		},
	}.Run(serving)
}

// waitForEnd calls stop when the other end of the pipe is closed, which the kernel does however the parent ends.
func waitForEnd(pipe *os.File, stop func()) {
	defer pipe.Close()
	_, _ = io.Copy(io.Discard, pipe)
	stop()
}

func listen(s settings) (net.Listener, error) {
	if s.listenFD != 0 {
		f := os.NewFile(s.listenFD, "listener")
		defer f.Close()
		l, err := net.FileListener(f)
		if err != nil {
			return nil, fmt.Errorf("variable FAAS_LISTEN_FD names file %d, which is not a listener: %w", s.listenFD, err)
		}
		return l, nil
	}
	l, err := net.Listen("tcp", s.addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port in use: another process listens on %s; stop it or set FAAS_ADDR to another address", s.addr)
	}
	return l, err
}
