package framework_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// behind runs one invocation whose handler leaves f running, and returns the log.
func behind(t *testing.T, inv framework.Invocation, f func(c *framework.Context) error) (*framework.Engine, *strings.Builder, error) {
	t.Helper()
	log := &strings.Builder{}
	inv.Function = function("f", f)
	rt := quiet()
	rt.Logger = slog.New(slog.NewTextHandler(log, nil))
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{inv.Function}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := e.Invoke(context.Background(), inv)
	return e, log, err
}

type valueKey struct{}

func TestBackgroundWorkEndsAfterTheResponse(t *testing.T) {
	for name, inv := range map[string]framework.Invocation{
		"no deadline": {},
		"on a worker": {Deadline: time.Now().Add(time.Hour)},
		"watched":     {Deadline: time.Now().Add(time.Hour), Overdue: func(error) {}},
	} {
		synctest.Test(t, func(t *testing.T) {
			if !inv.Deadline.IsZero() {
				inv.Deadline = time.Now().Add(10 * time.Second)
			}
			var b framework.Background
			inv.Background = &b
			var done, replied time.Duration
			began := time.Now()
			inv.Reply = func(any, error) { replied = time.Since(began) }
			e, log, err := behind(t, inv, func(c *framework.Context) error {
				c.SetValue(valueKey{}, "value")
				c.Go(func(ctx context.Context) error {
					time.Sleep(time.Second)
					d, limited := ctx.Deadline()
					if limited == inv.Deadline.IsZero() || limited && d.Sub(began) != 9900*time.Millisecond {
						t.Errorf("%s: deadline %s, %t", name, d.Sub(began), limited)
					}
					if ctx.Err() != nil || ctx.Value(valueKey{}) != "value" || framework.From(ctx) != c {
						t.Errorf("%s: the context ended with %v, or lost its values", name, ctx.Err())
					}
					done = time.Since(began)
					return nil
				})
				return nil
			})
			if err != nil || replied != 0 || !b.Pending() {
				t.Errorf("%s: %v, replied after %s, pending %t", name, err, replied, b.Pending())
			}
			b.Wait()
			if done != time.Second || b.Pending() {
				t.Errorf("%s: the work was done after %s, pending %t", name, done, b.Pending())
			}
			b.Wait() // for nothing
			if err := e.Close(t.Context()); err != nil || log.Len() > 0 {
				t.Errorf("%s: %v, log %s", name, err, log)
			}
		})
	}
}

// Work that obeys its context ends within the margin, work that does not is left behind before the platform ends the process.
func TestBackgroundWorkIsLeftBehindAfterItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b framework.Background
		began := time.Now()
		release := make(chan struct{})
		e, log, _ := behind(t, framework.Invocation{Deadline: began.Add(10 * time.Second), Background: &b}, func(c *framework.Context) error {
			c.Go(func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) })
			c.Go(func(context.Context) error { <-release; return nil })
			return nil
		})
		b.Wait()
		if took := time.Since(began); took != 9950*time.Millisecond {
			t.Errorf("waited for %s, want 9.95s", took)
		}
		for _, want := range []string{`level=ERROR msg="background work failed" request_id="" function=f unit=u error="context deadline exceeded"`, "background work still runs after its deadline and is left behind"} {
			if strings.Count(log.String(), want) != 1 {
				t.Errorf("the log has no %q: %s", want, log)
			}
		}
		// Close waits for it all the same.
		closed := make(chan error, 1)
		go func() { closed <- e.Close(context.Background()) }()
		synctest.Wait()
		if len(closed) > 0 {
			t.Error("closed while background work was running")
		}
		close(release)
		if err := <-closed; err != nil {
			t.Error(err)
		}
	})
}

func TestBackgroundWorkThatFails(t *testing.T) {
	for want, f := range map[string]func(context.Context) error{
		`msg="panic in background work" request_id="" function=f unit=u panic=oops stack=`:                                    func(context.Context) error { panic("oops") },
		`msg="background work failed" request_id="" function=f unit=u error="no database"`:                                    func(context.Context) error { return errors.New("no database") },
		`msg="background work failed" request_id="" function=f unit=u error="the handler ended its goroutine, as runtime.Goe`: func(context.Context) error { runtime.Goexit(); return nil },
	} {
		var b framework.Background
		e, log, err := behind(t, framework.Invocation{Background: &b}, func(c *framework.Context) error { c.Go(f); return nil })
		b.Wait()
		if cerr := e.Close(t.Context()); err != nil || cerr != nil || !strings.Contains(log.String(), want) {
			t.Errorf("%v, %v, log %s; want %s", err, cerr, log, want)
		}
	}
}

// TestBackgroundWorkEndsWithClose: it has no deadline, and obeys the end of what Close may take.
func TestBackgroundWorkEndsWithClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		e, _, _ := behind(t, framework.Invocation{}, func(c *framework.Context) error {
			c.Go(func(ctx context.Context) error { <-ctx.Done(); ended <- ctx.Err(); return nil })
			return nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := e.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("close: %v", err)
		}
		if err := <-ended; err != context.Canceled {
			t.Errorf("the work ended with %v", err)
		}
	})
}

func TestBackgroundWorkThatComesTooLate(t *testing.T) {
	var c *framework.Context
	var b framework.Background
	e, log, _ := behind(t, framework.Invocation{Background: &b}, func(own *framework.Context) error { c = own; return nil })
	ran := make(chan bool, 2)
	work := func(context.Context) error { ran <- true; return nil }
	c.Go(work)
	if <-ran; b.Pending() || !strings.Contains(log.String(), "background work began after the invocation was answered") {
		t.Errorf("pending %t, log %s", b.Pending(), log)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if c.Go(work); len(ran) > 0 || !strings.Contains(log.String(), "background work did not run: the unit is closed") {
		t.Errorf("ran %d, log %s", len(ran), log)
	}
}

// One Background serves every invocation of a loop, and what one has left behind is no other's.
func TestBackgroundIsUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b framework.Background
		release := make(chan struct{})
		for _, stuck := range []bool{true, false} {
			began := time.Now()
			e, _, _ := behind(t, framework.Invocation{Deadline: began.Add(time.Second), Background: &b}, func(c *framework.Context) error {
				c.Go(func(context.Context) error {
					if stuck {
						<-release
					}
					return nil
				})
				return nil
			})
			b.Wait()
			if took := time.Since(began); (took > 0) != stuck {
				t.Errorf("stuck %t: waited for %s", stuck, took)
			}
			defer e.Close(context.Background())
		}
		close(release)
	})
}
