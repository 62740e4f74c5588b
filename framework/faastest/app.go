package faastest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/framework/trigger/web/nethttp"
)

// App is an application that runs in a test. Its methods may be called from several goroutines.
type App struct {
	t       testing.TB
	ctx     context.Context // of calls; unlike the test's own it still holds in the cleanups that came after Start
	engine  *framework.Engine
	router  *web.Router
	handler http.Handler
	log     *logbook
	running running
	calls   calls
	grace   time.Duration
	ids     atomic.Int64
	close   func()

	clouds clouds

	mu         sync.Mutex
	deliveries map[string]*delivery
}

// Start runs an application until the test ends: newApp is the New of a generated package, or a function that calls its
// NewWith. What goes wrong at the start ends the test; what goes wrong at the end fails it, as does a handler that still
// runs then.
func Start(t testing.TB, newApp func(*framework.Runtime) *framework.App, options ...Option) *App {
	t.Helper()
	s, err := newSettings(options)
	if err != nil {
		t.Fatalf("faastest: %v", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	a := &App{t: t, ctx: ctx, log: newLogbook(t.Output()), grace: s.grace, clouds: s.clouds, deliveries: map[string]*delivery{}}
	a.calls.app = a
	rt := &framework.Runtime{Calls: &a.calls, Platform: "test", StandIn: true, CodeDir: s.dir, Env: s.env, Variables: s.variables,
		Logger: slog.New(platform.LogHandler(&logHandler{book: a.log}, nil))}
	layers, err := config.LayersOf(filepath.Join(s.dir, "f.yml"))
	if err != nil {
		t.Fatalf("faastest: %v", err)
	}
	if layers != "" {
		rt.Settings = "---\n" + layers
	}
	for _, change := range s.changes {
		change(rt)
	}
	unit := newApp(rt)
	unit.Middleware = append([]framework.Middleware{a.running.watch, a.calls.watch}, unit.Middleware...)
	err = a.connect(rt, unit, s)
	if err == nil {
		err = a.bind()
	}
	if err != nil {
		cancel()
		t.Fatalf("routes of unit %s: %v", unit.Unit, err)
	}
	for _, wrap := range slices.Backward(s.fronts) {
		a.handler = wrap(a.handler)
	}
	if err := a.engine.Start(ctx); err != nil {
		cancel()
		a.log.end()
		t.Fatal(err)
	}
	a.close = sync.OnceFunc(a.end)
	t.Cleanup(func() {
		cancel()
		a.close()
		if !t.Failed() { // a test that failed may not have got to what reads it
			for _, key := range s.variables.unread() {
				t.Logf("faastest: the configuration key %s was set and nothing read it", key)
			}
		}
		a.log.end()
	})
	return a
}

// bind makes what leads requests to the engine, which is not started yet.
func (a *App) bind() (err error) {
	if a.router, err = web.NewRouter(a.engine.App()); err != nil {
		return err
	}
	a.handler, err = nethttp.Handler(a.engine, nethttp.Options{Invocation: func(r *http.Request) framework.Invocation {
		return framework.Invocation{RequestID: a.newID(), Vendor: r, Background: backgroundOf(r)}
	}})
	return err
}

// Runtime returns the facts of the process as the application sees them.
func (a *App) Runtime() *framework.Runtime { return a.engine.Runtime() }

// Health reports whether the application can do its work, by OnHealthCheck of its configurations.
func (a *App) Health(ctx context.Context) error { return a.engine.Health(ctx) }

// Handler returns the application's HTTP ingress, for a server: httptest.NewServer(a.Handler()).
func (a *App) Handler() http.Handler { return a.handler }

// Close ends the application before the test ends, so that the test can look at what its end has done. Errors fail the
// test.
func (a *App) Close() { a.t.Helper(); a.close() }

// end waits for handlers, closes the engine and reports what went wrong.
func (a *App) end() {
	a.running.wait(a.grace)
	for _, call := range a.running.list() {
		a.t.Errorf("faastest: %s still runs %s after the test: wait for it in the test, or let it end with its context", call, a.grace)
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.grace)
	defer cancel()
	if err := a.engine.Close(ctx); err != nil {
		a.t.Errorf("close of unit %s: %v", a.engine.App().Unit, err)
	}
}

// newID makes up the request id of the next call.
func (a *App) newID() string { return "request-" + strconv.FormatInt(a.ids.Add(1), 10) }

// LastRequest returns the request id of the call that began last, for [Logs.Request].
func (a *App) LastRequest() string { return "request-" + strconv.FormatInt(a.ids.Load(), 10) }

// function finds a function by its name.
func (a *App) function(name string) (*framework.Function, error) {
	if f := a.engine.App().Function(name); f != nil {
		return f, nil
	}
	names := make([]string, len(a.engine.App().Functions))
	for i, f := range a.engine.App().Functions {
		names[i] = f.Name
	}
	return nil, fmt.Errorf("unit %s has no function %q; it has %q", a.engine.App().Unit, name, names)
}

// running are the handlers that run now.
type running struct {
	mu     sync.Mutex
	calls  []*framework.Context
	change chan struct{} // closed when one ends; nil while nothing waits
}

// watch is the outermost middleware of the unit.
func (r *running) watch(next framework.Handler) framework.Handler {
	return func(ctx *framework.Context) error {
		r.mu.Lock()
		r.calls = append(r.calls, ctx)
		r.mu.Unlock()
		defer func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.calls = slices.DeleteFunc(r.calls, func(c *framework.Context) bool { return c == ctx })
			if r.change != nil {
				close(r.change)
				r.change = nil
			}
		}()
		return next(ctx)
	}
}

// wait returns when no handler runs, or after limit.
func (r *running) wait(limit time.Duration) {
	end := time.NewTimer(limit)
	defer end.Stop()
	for {
		r.mu.Lock()
		if len(r.calls) == 0 {
			r.mu.Unlock()
			return
		}
		if r.change == nil {
			r.change = make(chan struct{})
		}
		change := r.change
		r.mu.Unlock()
		select {
		case <-change:
		case <-end.C:
			return
		}
	}
}

// list names the handlers that run.
func (r *running) list() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	names := make([]string, len(r.calls))
	for i, c := range r.calls {
		names[i] = "function " + c.FunctionName() + " (" + c.RequestID() + ")"
	}
	return names
}
