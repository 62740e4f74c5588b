package framework_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

func TestHandlerSeesItsDeadlinePass(t *testing.T) {
	seen := make(chan error, 2)
	f := function("f", func(c *framework.Context) error {
		derived, cancel := context.WithCancel(c)
		defer cancel()
		<-derived.Done()
		seen <- c.Err()
		seen <- derived.Err()
		return nil
	})
	f.Timeout = time.Millisecond
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v", err)
	}
	for range 2 {
		if err := <-seen; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the handler saw %v", err)
		}
	}
}

func TestContextEndsWithTheCallerAndWithTheInvocation(t *testing.T) {
	var kept *framework.Context
	var during error
	f := function("f", func(c *framework.Context) error {
		kept, during = c, c.Err()
		if c.Runtime() == nil {
			t.Error("no runtime")
		}
		return nil
	})
	f.Timeout = time.Hour
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil || during != nil {
		t.Errorf("error = %v, Err during the call = %v", err, during)
	}
	select {
	case <-kept.Done():
	default:
		t.Error("the context outlives its invocation")
	}
	if !errors.Is(kept.Err(), context.Canceled) {
		t.Errorf("Err after the call = %v", kept.Err())
	}

	ctx, cancel := context.WithCancel(t.Context())
	waits := function("waits", func(c *framework.Context) error {
		cancel()
		<-c.Done()
		return c.Err()
	})
	waits.Timeout = time.Hour
	e = started(t, &framework.App{Functions: []*framework.Function{waits}})
	_, err := e.Invoke(ctx, framework.Invocation{Function: waits})
	var fe *framework.Error
	if !errors.As(err, &fe) && !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

func TestValuesSetByMiddlewareReachTheHandler(t *testing.T) {
	type key struct{}
	var got any
	f := function("f", func(c *framework.Context) error { got = c.Value(key{}); return nil })
	e := started(t, &framework.App{Functions: []*framework.Function{f}, Middleware: []framework.Middleware{
		func(next framework.Handler) framework.Handler {
			return func(c *framework.Context) error { c.SetValue(key{}, "span"); return next(c) }
		}}})
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil || got != "span" {
		t.Errorf("value = %v, %v", got, err)
	}
}

// A handler that works in several goroutines hands its Context to all of them.
func TestContextIsSharedByGoroutines(t *testing.T) {
	f := function("f", func(ctx *framework.Context) error {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				ctx.Logger().Info("here", "id", ctx.RequestID())
				_, _ = ctx.Deadline()
				if ctx.Err() != nil || ctx.Done() == nil || ctx.Value(0) != nil || framework.From(ctx) != ctx {
					t.Error("the context has changed")
				}
			})
		}
		wg.Wait()
		return nil
	})
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Deadline: time.Now().Add(time.Minute)}); err != nil {
		t.Error(err)
	}
}
