package timeout_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/timeout"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func ExampleNew() {
	layer, err := timeout.New(&timeout.Config{After: time.Millisecond, Status: 503, RetryAfter: 5})
	if err != nil {
		panic(err)
	}
	list := &framework.Function{Name: "order-list", Handler: func(ctx *framework.Context) error {
		<-ctx.Done() // as a query does that has the context
		return ctx.Err()
	}}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "shop", Functions: []*framework.Function{list}, Layers: framework.Layers{layer}})
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	x := web.NewExchange(web.Request{Method: "GET", Path: "/orders"})
	_, err = e.Invoke(context.Background(), framework.Invocation{Function: list, Event: x})
	fmt.Println(err, x.Header())
	// Output:
	// timeout: the function did not answer within 1ms: context deadline exceeded map[Retry-After:[5]]
}

func start(t *testing.T, c timeout.Config, to io.Writer, handler framework.Handler) (*framework.Engine, *framework.Function) {
	t.Helper()
	l, err := timeout.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	f := &framework.Function{Name: "f", Handler: handler}
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.NewJSONHandler(to, nil))}, &framework.App{Unit: "u", Functions: []*framework.Function{f}, Layers: framework.Layers{l}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e, f
}

func TestSoftTimeout(t *testing.T) {
	other := errors.New("no such order")
	wait := func(ctx *framework.Context) error { <-ctx.Done(); return fmt.Errorf("query: %w", ctx.Err()) }
	look := func(ctx *framework.Context) error {
		for ctx.Err() == nil {
			time.Sleep(time.Second)
		}
		return ctx.Err()
	}
	for name, tt := range map[string]struct {
		after, platform time.Duration
		handler         framework.Handler
		status          int
		took            time.Duration
	}{
		"waits":                  {2 * time.Second, 0, wait, 503, 2 * time.Second},
		"waits, with a deadline": {2 * time.Second, time.Minute, wait, 503, 2 * time.Second},
		"looks":                  {2 * time.Second, time.Minute, look, 503, 2 * time.Second},
		"is at the deadline":     {time.Minute, 2 * time.Second, wait, 504, 1960 * time.Millisecond},
		"ignores it": {2 * time.Second, 0, func(ctx *framework.Context) error {
			time.Sleep(5 * time.Second)
			ctx.SetResult("late")
			return nil
		}, 0, 5 * time.Second},
		"fails otherwise": {2 * time.Second, 0, func(ctx *framework.Context) error { time.Sleep(5 * time.Second); return other }, 500, 5 * time.Second},
		"is in time":      {2 * time.Second, time.Minute, func(ctx *framework.Context) error { _ = ctx.Done(); return nil }, 0, 0},
		"fails in time with an error that looks like it": {2 * time.Second, 0, func(*framework.Context) error { return context.DeadlineExceeded }, 504, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, f := start(t, timeout.Config{After: tt.after, Status: 503}, io.Discard, tt.handler)
				x, began := web.NewExchange(web.Request{Method: "GET"}), time.Now()
				inv := framework.Invocation{Function: f, Event: x}
				if tt.platform > 0 {
					inv.Deadline = began.Add(tt.platform)
				}
				_, err := e.Invoke(t.Context(), inv)
				status := 0
				if err != nil {
					status = x.Outcome(nil, err, web.Route{})
				}
				if took := time.Since(began); status != tt.status || took != tt.took {
					t.Errorf("status %d after %s, error %v; want %d after %s", status, took, err, tt.status, tt.took)
				}
				if err := e.Close(context.WithoutCancel(t.Context())); err != nil {
					t.Error(err)
				}
				synctest.Wait() // a goroutine that is left behind fails the test
			})
		})
	}
}

// What a stream reads from is there until the soft timeout, and ends then.
func TestStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inside context.Context
		e, f := start(t, timeout.Config{After: 2 * time.Second, Status: 503}, io.Discard, func(ctx *framework.Context) error {
			inside = ctx
			_ = ctx.Done()
			ctx.SetResult(strings.NewReader("rows"))
			return nil
		})
		_, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Deadline: time.Now().Add(time.Minute), Reply: func(any, error) {
			if err := inside.Err(); err != nil {
				t.Errorf("the context has ended when the reply begins: %v", err)
			}
			time.Sleep(3 * time.Second)
			if err := inside.Err(); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("after the soft timeout: %v", err)
			}
		}})
		if err := errors.Join(err, e.Close(context.WithoutCancel(t.Context()))); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
}

func TestContextIsThatOfTheInvocation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		e, f := start(t, timeout.Config{After: 2 * time.Second, Status: 503}, io.Discard, func(ctx *framework.Context) error {
			if d, ok := ctx.Deadline(); !ok || time.Until(d) != 2*time.Second {
				t.Errorf("deadline %s, %v", d, ok)
			}
			if ctx.Value(key{}) != 1 || ctx.RequestID() != "7" || framework.From(context.WithValue(ctx, key{}, 1)) == nil {
				t.Error("a value is lost")
			}
			return nil
		})
		if _, err := e.Invoke(context.WithValue(t.Context(), key{}, 1), framework.Invocation{Function: f, RequestID: "7"}); err != nil {
			t.Error(err)
		}
	})
}

func TestWarning(t *testing.T) {
	for took, want := range map[time.Duration]bool{7 * time.Second: false, 9 * time.Second: true} {
		for warn, on := range map[float64]bool{0.8: true, 0: false} {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				e, f := start(t, timeout.Config{Status: 504, Warn: warn}, &log, func(*framework.Context) error { time.Sleep(took); return nil })
				if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Deadline: time.Now().Add(10 * time.Second)}); err != nil {
					t.Fatal(err)
				}
				if got := strings.Contains(log.String(), "came near its deadline"); got != (want && on) {
					t.Errorf("%s of 10s with warn %v: %q", took, warn, log.String())
				}
				if err := e.Close(context.WithoutCancel(t.Context())); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestWrongConfiguration(t *testing.T) {
	for want, c := range map[string]timeout.Config{
		"after: found -1s, expected 1ms to 24h, or 0 for none": {After: -time.Second, Status: 504},
		"after: found 1ns, expected 1ms to 24h, or 0 for none": {After: 1, Status: 504},
		"status: found 500, expected 503 or 504":               {Status: 500},
		"retryAfter: found -1, expected 0 to 3600 seconds":     {Status: 504, RetryAfter: -1},
		"warn: found 1.5, expected a share from 0 to 1":        {Status: 504, Warn: 1.5},
	} {
		if _, err := timeout.New(&c); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
