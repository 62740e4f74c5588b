package idempotency

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// TestCallsAreHandledOnce: a call of another function is known by its key.
func TestCallsAreHandledOnce(t *testing.T) {
	for name, store := range stores(t) {
		t.Run(name, func(t *testing.T) {
			ran, fail := 0, error(nil)
			var inside func()
			once := New(store(), Options{})
			f := &framework.Function{Name: "f", Handler: once(func(ctx *framework.Context) error {
				ran++
				if inside != nil {
					inside()
				}
				ctx.SetResult("result")
				return fail
			})}
			e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
			if err := e.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = e.Close(context.WithoutCancel(t.Context())) })
			call := func(c *framework.Call) (any, error) {
				return e.Invoke(t.Context(), framework.Invocation{Function: f, Event: []byte("{}"), Call: c, Deadline: time.Now().Add(time.Minute)})
			}
			expect := func(c *framework.Call, wantRan int, wantResult any, wantErr error) {
				t.Helper()
				ran = 0
				if got, err := call(c); ran != wantRan || got != wantResult || !errors.Is(err, wantErr) || (err == nil) != (wantErr == nil) {
					t.Errorf("%+v ran %d times: %v, %v; want %d, %v, %v", *c, ran, got, err, wantRan, wantResult, wantErr)
				}
			}
			async := &framework.Call{Async: true, IdempotencyKey: "1"}
			fail = errors.New("no")
			expect(async, 1, "result", fail) // which the cloud delivers again
			fail = nil
			expect(async, 1, "result", nil)
			expect(async, 0, nil, nil)
			expect(&framework.Call{IdempotencyKey: "1"}, 0, nil, ErrDone)
			expect(&framework.Call{IdempotencyKey: "2"}, 1, "result", nil)
			expect(&framework.Call{}, 1, "result", nil)
			expect(&framework.Call{}, 1, "result", nil)
			inside = func() {
				inside = nil
				if _, err := call(&framework.Call{Async: true, IdempotencyKey: "3"}); !errors.Is(err, ErrBusy) {
					t.Errorf("while the first runs: %v", err)
				}
			}
			expect(&framework.Call{Async: true, IdempotencyKey: "3"}, 1, "result", nil)
			inside = func() { panic("p") }
			if _, err := call(&framework.Call{Async: true, IdempotencyKey: "4"}); err == nil {
				t.Error("a panic was no error")
			}
			inside = nil
			expect(&framework.Call{Async: true, IdempotencyKey: "4"}, 1, "result", nil)
		})
	}
}
