package framework_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Contexts that an aspect derived are used by several goroutines while the engine leaves the handler behind, which goes on to
// set what is not read any more. Run it with -race.
func TestDerivedContextsOutliveTheirDeadline(t *testing.T) {
	type key struct{}
	var ended sync.WaitGroup
	f := function("f", func(c *framework.Context) error {
		defer ended.Done()
		ctx, cancel := context.WithCancel(context.WithValue(c, key{}, 1))
		defer cancel()
		d := c.WithContext(ctx)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				_, has := d.Deadline()
				if !has || d.Value(key{}) != 1 || framework.From(d) != d {
					t.Error("it is another context")
				}
				d.Logger().Debug("here", "id", d.RequestID())
				<-d.Done()
				if d.Err() == nil || c.Err() == nil {
					t.Errorf("done without a reason: %v, %v", d.Err(), c.Err())
				}
			})
		}
		wg.Wait()
		d.SetEvent("late")
		d.SetResult("late")
		return nil
	})
	f.Timeout = time.Millisecond
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	var calls sync.WaitGroup
	for range 50 {
		ended.Add(1)
		calls.Go(func() {
			var replies atomic.Int32
			out, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Event: "event", Reply: func(any, error) { replies.Add(1) }})
			// A handler that ends as its deadline passes may be in time.
			if out != nil && out != "late" || err != nil && !errors.Is(err, context.DeadlineExceeded) || replies.Load() != 1 {
				t.Errorf("%v, %v, %d replies", out, err, replies.Load())
			}
		})
	}
	calls.Wait()
	ended.Wait()
}

// Close waits for health checks under way, and later ones fail.
func TestHealthDuringClose(t *testing.T) {
	for range 50 {
		var stopped atomic.Bool
		var checks atomic.Int32
		e := started(t, &framework.App{
			Health: func(context.Context) error {
				checks.Add(1)
				if stopped.Load() {
					t.Error("checked after stop")
				}
				return nil
			},
			Stop: func(context.Context) error { stopped.Store(true); return nil },
		})
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				var err error
				for err == nil {
					err = e.Health(context.Background())
				}
				if !errors.Is(err, framework.ErrClosed) {
					t.Error(err)
				}
			})
		}
		for checks.Load() < 8 {
			_ = e.Health(context.Background())
		}
		for range 2 {
			wg.Go(func() {
				if err := e.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

// counting is a layer that counts.
type counting struct{ before, after *atomic.Int32 }

func (counting) Name() string                                      { return "counting" }
func (l counting) BeforeInvoke(*framework.Context) error           { l.before.Add(1); return nil }
func (l counting) AfterInvoke(_ *framework.Context, _ error) error { l.after.Add(1); return nil }

// However an invocation ends, and whichever side is first at its deadline, it has one outcome and each hook runs once.
func TestOneOutcome(t *testing.T) {
	f := function("f", func(c *framework.Context) error {
		switch c.Event() {
		case 0:
			panic("no")
		case 1:
			<-c.Done()
		case 2:
			return errors.New("no")
		case 3:
			<-c.Done()
			panic("late")
		}
		return nil
	})
	f.Timeout = time.Millisecond
	layer := counting{new(atomic.Int32), new(atomic.Int32)}
	e := started(t, &framework.App{Functions: []*framework.Function{f}, Layers: framework.Layers{layer}})
	var callers sync.WaitGroup
	for g := range 4 {
		callers.Go(func() {
			for i := range 50 {
				outcomes := make(chan struct{}, 10)
				inv := framework.Invocation{Function: f, Event: (i + g) % 5, Reply: func(any, error) { outcomes <- struct{}{} }}
				_, _ = e.Invoke(t.Context(), inv)
				inv.Overdue = func(error) { outcomes <- struct{}{} }
				_, _ = e.Invoke(context.Background(), inv) // Overdue is for callers that never cancel
				<-outcomes
				<-outcomes
				if len(outcomes) > 0 {
					t.Errorf("case %v has more than one outcome", inv.Event)
				}
			}
		})
	}
	callers.Wait()
	if err := e.Close(t.Context()); err != nil { // which waits for the handlers
		t.Error(err)
	}
	if layer.before.Load() != 400 || layer.after.Load() != 400 {
		t.Errorf("%d before, %d after, want 400 of each", layer.before.Load(), layer.after.Load())
	}
}
