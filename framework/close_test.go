package framework_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
)

func TestStartFailures(t *testing.T) {
	t.Run("error destroys what was built", func(t *testing.T) {
		stopped := false
		e := framework.NewEngine(quiet(), &framework.App{Unit: "u",
			Start: func(context.Context) error { return errors.New("no database") },
			Stop:  func(context.Context) error { stopped = true; return nil }})
		err := e.Start(t.Context())
		if err == nil || err.Error() != "init of unit u: no database" || !stopped {
			t.Errorf("error = %v, stopped = %v", err, stopped)
		}
		if _, err := e.Invoke(t.Context(), framework.Invocation{}); !errors.Is(err, framework.ErrClosed) {
			t.Errorf("invoke after a failed start: %v", err)
		}
		if err := e.Close(t.Context()); err != nil {
			t.Errorf("close after a failed start: %v", err)
		}
	})
	t.Run("panic", func(t *testing.T) {
		var log strings.Builder
		rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(&log, nil))}
		err := framework.NewEngine(rt, &framework.App{Unit: "u", Start: func(context.Context) error { panic("oops") }}).Start(t.Context())
		var pe *framework.PanicError
		if !errors.As(err, &pe) || err.Error() != "init of unit u: panic: oops" {
			t.Errorf("error = %v", err)
		}
		if !strings.Contains(log.String(), "close_test.go") {
			t.Errorf("the log does not say where: %s", &log)
		}
	})
	t.Run("hang", func(t *testing.T) {
		rt := quiet()
		rt.InitTimeout = time.Hour
		release := make(chan struct{})
		defer close(release)
		err := framework.NewEngine(rt, &framework.App{Unit: "u", InitTimeout: time.Millisecond,
			Start: func(context.Context) error { <-release; return nil }}).Start(t.Context())
		if err == nil || err.Error() != "init of unit u: init did not finish within 1ms" {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("stopped", func(t *testing.T) {
		// SIGTERM during the start: what listens to its context is undone before Start returns, also when it ends well.
		for _, result := range []error{context.Canceled, nil} {
			ctx, cancel := context.WithCancel(t.Context())
			var stopped atomic.Int32
			err := framework.NewEngine(quiet(), &framework.App{Unit: "u",
				Start: func(ctx context.Context) error { cancel(); <-ctx.Done(); time.Sleep(time.Millisecond); return result },
				Stop:  func(context.Context) error { stopped.Add(1); return nil }}).Start(ctx)
			if !errors.Is(err, context.Canceled) || stopped.Load() != 1 {
				t.Errorf("start that ends with %v: error = %v, stopped %d times", result, err, stopped.Load())
			}
		}
	})
	t.Run("twice", func(t *testing.T) {
		e := started(t, &framework.App{})
		if err := e.Start(t.Context()); err == nil {
			t.Error("second start succeeded")
		}
	})
}

func TestCloseWaitsForRunningInvocationsAndRefusesNewOnes(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	var order []string
	f := function("f", func(*framework.Context) error {
		close(entered)
		<-release
		order = append(order, "handler")
		return nil
	})
	quick := function("quick", func(*framework.Context) error { return nil })
	e := started(t, &framework.App{Functions: []*framework.Function{f, quick},
		Stop: func(context.Context) error { order = append(order, "stop"); return errors.New("stop failed") }})
	invoked := make(chan error, 1)
	go func() {
		_, err := e.Invoke(context.Background(), framework.Invocation{Function: f})
		invoked <- err
	}()
	<-entered
	closed := make(chan error, 2)
	for range 2 {
		go func() { closed <- e.Close(context.Background()) }()
	}
	for {
		if _, err := e.Invoke(t.Context(), framework.Invocation{Function: quick}); errors.Is(err, framework.ErrClosed) {
			break // Close has begun
		}
	}
	close(release)
	if err := <-invoked; err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := <-closed; err == nil || err.Error() != "stop failed" {
			t.Errorf("close = %v", err)
		}
	}
	if want := []string{"handler", "stop"}; !slices.Equal(order, want) {
		t.Errorf("order = %v, want %v", order, want)
	}
}

func TestCloseWithNothingRunningNeedsNoTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // a choice between two ready channels would fail half of the time
		if err := started(t, &framework.App{}).Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPanicOfStopIsLogged(t *testing.T) {
	var log strings.Builder
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Stop: func(context.Context) error { panic("oops") }})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err == nil || err.Error() != "panic: oops" || !strings.Contains(log.String(), "close_test.go") {
		t.Errorf("error = %v; log: %s", err, &log)
	}
}

func TestCloseGivesUpWaitingButStillStops(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	stopped := false
	f := function("f", func(*framework.Context) error { close(entered); <-release; return nil })
	e := started(t, &framework.App{Functions: []*framework.Function{f}, Stop: func(ctx context.Context) error {
		_, limited := ctx.Deadline()
		stopped = ctx.Err() == nil && limited // else all that Destroy methods do with it would fail at once
		return nil
	}})
	go func() { _, _ = e.Invoke(context.Background(), framework.Invocation{Function: f}) }()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Close(ctx); !errors.Is(err, context.Canceled) || !stopped {
		t.Errorf("close = %v, stopped = %v", err, stopped)
	}
}

func TestReplyRunsWhileTheContextHolds(t *testing.T) {
	for _, timeout := range []time.Duration{0, time.Hour} {
		// The body of an upstream request ends with the context it was made with.
		f := function("f", func(c *framework.Context) error {
			r, w := io.Pipe()
			context.AfterFunc(c, func() { w.CloseWithError(c.Err()) })
			go func() {
				_, _ = io.WriteString(w, "streamed")
				w.Close()
			}()
			c.SetResult(r)
			return nil
		})
		f.Timeout = timeout
		e := started(t, &framework.App{Functions: []*framework.Function{f}})
		var got []byte
		var rerr error
		_, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Reply: func(result any, err error) {
			if err != nil {
				t.Error(err)
			}
			got, rerr = io.ReadAll(result.(io.Reader))
		}})
		if err != nil || rerr != nil || string(got) != "streamed" {
			t.Errorf("timeout %s: got %q, %v, %v", timeout, got, rerr, err)
		}
	}
}

// A result that is a reader may look at the context only when it is read, long after the handler has returned.
func TestDeadlineEndsAReplyThatTakesTooLong(t *testing.T) {
	limit, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	waits := map[string]func(c *framework.Context, before <-chan struct{}) error{
		"asked for before": func(_ *framework.Context, before <-chan struct{}) error {
			select {
			case <-before:
				return nil
			case <-limit.Done():
				return errors.New("the deadline did not reach the reply")
			}
		},
		"asked for in the reply": func(c *framework.Context, _ <-chan struct{}) error {
			ctx, cancel := context.WithCancel(c)
			defer cancel()
			select {
			case <-ctx.Done():
				return nil
			case <-limit.Done():
				return errors.New("the deadline did not reach the reply")
			}
		},
		"polled in the reply": func(c *framework.Context, _ <-chan struct{}) error {
			for c.Err() == nil {
				select {
				case <-limit.Done():
					return errors.New("the deadline did not reach the reply")
				case <-time.After(time.Millisecond):
				}
			}
			return nil
		},
	}
	for name, wait := range waits {
		for _, gone := range []bool{false, true} {
			var c *framework.Context
			var before <-chan struct{}
			f := function("f", func(ctx *framework.Context) error {
				if c = ctx; name == "asked for before" {
					before = ctx.Done()
				}
				return nil
			})
			f.Timeout = 20 * time.Millisecond
			want := context.DeadlineExceeded
			ctx, cancel := context.WithCancel(t.Context())
			if gone {
				f.Timeout, want = time.Hour, context.Canceled
			}
			e := started(t, &framework.App{Functions: []*framework.Function{f}})
			_, err := e.Invoke(ctx, framework.Invocation{Function: f, Reply: func(any, error) {
				if gone {
					cancel()
				}
				if err := wait(c, before); err != nil || c.Err() != want {
					t.Errorf("%s, caller gone %t: %v, %v", name, gone, err, c.Err())
				}
			}})
			cancel()
			if err != nil {
				t.Error(err)
			}
		}
	}
}

func TestReplyHearsOfAPassedDeadlineAndOfNothingAfterClose(t *testing.T) {
	release := make(chan struct{})
	f := function("f", func(*framework.Context) error { <-release; return nil })
	f.Timeout = time.Millisecond
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	var heard error
	reply := func(_ any, err error) { heard = err }
	_, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Reply: reply})
	if !errors.Is(heard, framework.ErrAbandoned) || !errors.Is(heard, context.DeadlineExceeded) || heard != err {
		t.Errorf("reply heard %v, invoke returned %v", heard, err)
	}
	close(release)
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	heard = nil
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Reply: reply}); !errors.Is(err, framework.ErrClosed) || heard != nil {
		t.Errorf("after close: %v, reply heard %v", err, heard)
	}
}

// A handler that outlives the end of its unit leaves time to the rest: who called Close is about to end the process.
func TestRunningInvocationLeavesTimeToStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		entered, release := make(chan struct{}), make(chan struct{})
		defer close(release)
		var end time.Time
		f := function("f", func(*framework.Context) error { close(entered); <-release; return nil })
		e := started(t, &framework.App{Unit: "u", Functions: []*framework.Function{f}, Stop: func(ctx context.Context) error {
			end, _ = ctx.Deadline()
			return ctx.Err()
		}})
		go e.Invoke(context.Background(), framework.Invocation{Function: f})
		<-entered
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		err := e.Close(ctx)
		if last, _ := ctx.Deadline(); end.IsZero() || end.After(last) {
			t.Errorf("Stop has until %s, want at most until %s", end, last)
		}
		if err == nil || !strings.Contains(err.Error(), "closing with invocations still running") {
			t.Errorf("error %v, want one that says what still ran", err)
		}
	})
}
