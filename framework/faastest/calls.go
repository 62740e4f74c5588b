package faastest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/internal/invocation"
	"github.com/faasgen/faasgen/framework/platform"
)

// Apart has functions call each other as if each were a unit of its own: input, result and error travel as they do between units of a
// cloud. Without it a call whose result is waited for stays within the unit, as in a group. Functions answer both ways alike, so that
// a test may run both. They still share their singletons.
func Apart() Option { return option(func(s *settings) error { s.apart = true; return nil }) }

// Called is a call that one function of the application made of another.
type Called struct {
	// Function is the called one, Payload its input as JSON.
	Function string
	Payload  []byte
	// Async says that the caller did not wait.
	Async bool
	// IdempotencyKey is what the function knew the call by, empty for none.
	IdempotencyKey string
	// Err is what the function returned, nil while it runs.
	Err error
}

// Calls returns the calls that functions of the application have made of one, in the order in which they began. Those of [App.Call], and
// those that a test answers itself by Overrides, are not among them. Calls that are not waited for run before the call of the test that
// made them returns, once each: what fails is logged, and not delivered again.
func (a *App) Calls(function string) []Called {
	a.calls.mu.Lock()
	defer a.calls.mu.Unlock()
	var list []Called
	for _, c := range a.calls.made {
		if c.Function == function {
			list = append(list, *c)
		}
	}
	return list
}

// calls carries the calls of functions that leave the unit, and writes down all.
type calls struct {
	app        *App
	dispatcher *platform.Dispatcher

	mu      sync.Mutex
	made    []*Called
	running int           // on goroutines of their own
	idle    chan struct{} // closed when none does; nil while nothing waits
}

// watch is a middleware of the unit.
func (c *calls) watch(next framework.Handler) framework.Handler {
	return func(ctx *framework.Context) error {
		by := ctx.Call()
		if by == nil {
			return next(ctx)
		}
		made := &Called{Function: ctx.FunctionName(), Payload: payloadOf(ctx), Async: by.Async, IdempotencyKey: by.IdempotencyKey}
		c.mu.Lock()
		c.made = append(c.made, made)
		c.mu.Unlock()
		err := next(ctx)
		c.mu.Lock()
		made.Err = err
		c.mu.Unlock()
		return err
	}
}

// payloadOf is the payload of a call. Of one within the unit it is made without looking at the event, which would have the input go
// through JSON as it does not elsewhere.
func payloadOf(ctx *framework.Context) []byte {
	if in := invocation.InputOf(ctx); in != nil {
		payload, _ := json.Marshal(in.Value) // which JSON carries without an error
		return payload
	}
	payload, _ := ctx.Event().([]byte)
	return slices.Clone(payload)
}

// Invoke is that of a call.Transport.
func (c *calls) Invoke(ctx context.Context, r *call.Request) ([]byte, error) {
	if c.dispatcher == nil || c.app.engine.App().Function(r.Function) == nil {
		return nil, &call.Failure{Reason: call.Gone, Message: "the test has no such function"}
	}
	type answer struct {
		body []byte
		err  error
	}
	body, answers := slices.Clone(r.Body), make(chan answer, 1)
	run := func() {
		var background framework.Background
		b, err := c.dispatcher.Handle(c.app.ctx, body, framework.Invocation{RequestID: c.app.newID(), Background: &background})
		answers <- answer{b, err}
		c.app.await(&background)
	}
	if r.Async {
		c.start(func() {
			run()
			if a := <-answers; a.err != nil {
				c.app.engine.Runtime().Log().Error("an asynchronous call failed", "function", r.Function, "error", a.err.Error())
			}
		})
		return nil, nil
	}
	c.start(run)
	select {
	case a := <-answers:
		if a.err != nil {
			return nil, &call.Failure{Reason: call.Failed, Err: a.err}
		}
		return a.body, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// start runs a call on a goroutine of its own.
func (c *calls) start(f func()) {
	c.mu.Lock()
	c.running++
	c.mu.Unlock()
	go func() {
		defer func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			if c.running--; c.running == 0 && c.idle != nil {
				close(c.idle)
				c.idle = nil
			}
		}()
		f()
	}()
}

// wait returns when no call runs that was started so, or after limit.
func (c *calls) wait(limit time.Duration) {
	c.mu.Lock()
	if c.running == 0 {
		c.mu.Unlock()
		return
	}
	if c.idle == nil {
		c.idle = make(chan struct{})
	}
	idle := c.idle
	c.mu.Unlock()
	end := time.NewTimer(limit)
	defer end.Stop()
	select {
	case <-idle:
	case <-end.C:
	}
}

// connect makes the engine of the unit. Of one whose functions are apart the application knows no engine, as another unit would have it,
// and every function is deployed somewhere.
func (a *App) connect(rt *framework.Runtime, unit *framework.App, s *settings) (err error) {
	if s.apart {
		own := *rt
		rt = &own
	}
	a.engine = framework.NewEngine(rt, unit)
	var names []string
	for _, f := range a.engine.App().Functions {
		names = append(names, f.Name)
	}
	if _, set := s.variables.set[call.Variable]; s.apart && !set {
		s.variables.set[call.Variable] = strings.Join(names, ",") + "=apart"
	}
	a.calls.dispatcher, err = platform.NewDispatcher(a.engine, nil)
	return err
}
