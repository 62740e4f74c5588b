package framework_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/ioc"
)

// closer is a layer whose hooks around Close are what a test makes them.
type closer struct {
	name          string
	before, after func(context.Context) error
}

func (c closer) Name() string { return c.name }

func (c closer) BeforeClose(ctx context.Context, _ *framework.App) error { return c.before(ctx) }

func (c closer) AfterClose(ctx context.Context, _ *framework.App, _ error) error { return c.after(ctx) }

// TestWhateverHangsLeavesTimeForTheRestOfClose closes a unit of which everything hangs, one thing at a time and all at once.
func TestWhateverHangsLeavesTimeForTheRestOfClose(t *testing.T) {
	const limit = 10 * time.Second
	steps := []string{"layer a: before", "layer b: before", "destroy", "stop", "layer b: after", "layer a: after"}
	for _, hanging := range [][]string{nil, steps[:1], steps[1:2], steps[2:3], steps[3:4], steps[4:5], steps[5:], steps} {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			defer close(release)
			var k ioc.Container
			var cell ioc.Cell[*ioc.Container, int]
			var mu sync.Mutex // nothing waits for what is left behind
			var ran []string
			step := func(name string) func(context.Context) error {
				return func(context.Context) error {
					mu.Lock()
					ran = append(ran, name)
					mu.Unlock()
					if slices.Contains(hanging, name) {
						<-release
					}
					return nil
				}
			}
			e := started(t, &framework.App{Unit: "u",
				Layers: framework.Layers{closer{"a", step(steps[0]), step(steps[5])}, closer{"b", step(steps[1]), step(steps[4])}},
				Functions: []*framework.Function{needing("f", framework.Needs{
					Warm: ioc.Warm(&k, ioc.Needs(&cell, func(k *ioc.Container, b *ioc.Build) (int, error) {
						return cell.Get(k, b, func(_ *ioc.Container, b *ioc.Build) (int, error) {
							b.OnDestroy("x", step("destroy"))
							return 1, nil
						})
					})),
					Stop: k.Close,
				})},
				Stop: step("stop")})
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			begin := time.Now()
			err := e.Close(ctx)
			took := time.Since(begin)
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(ran, steps) || took > limit {
				t.Errorf("%v hang: ran %v in %s", hanging, ran, took)
			}
			if len(hanging) == 0 && (err != nil || took > 0) || len(hanging) > 0 && (err == nil || took < time.Second/4) {
				t.Errorf("%v hang: error = %v after %s", hanging, err, took)
			}
			if err == nil {
				return
			}
			want := len(hanging)
			if want == len(steps) {
				want-- // Stop itself could not report what hung in it
			}
			if got := strings.Count(err.Error(), "left behind, it still runs after"); got != want {
				t.Errorf("%v hang: %d are named in:\n%v", hanging, got, err)
			}
		})
	}
}

// TestCloseDuringStartKeepsItsDeadline: the vendor's limit is that of Close, whichever goroutine does the work.
func TestCloseDuringStartKeepsItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		entered, proceed, release := make(chan struct{}), make(chan struct{}), make(chan struct{})
		defer close(release)
		given := make(chan time.Duration, 1)
		e := framework.NewEngine(quiet(), &framework.App{Unit: "u",
			Start: func(context.Context) error { close(entered); <-proceed; return nil },
			Stop: func(ctx context.Context) error {
				deadline, _ := ctx.Deadline()
				given <- time.Until(deadline)
				<-release
				return nil
			}})
		start := make(chan error, 1)
		go func() { start <- e.Start(context.Background()) }()
		<-entered
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		go func() { time.Sleep(time.Second); close(proceed) }()
		begin := time.Now()
		_ = e.Close(ctx)
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("close took %s", took)
		}
		if err := <-start; !errors.Is(err, framework.ErrClosed) {
			t.Errorf("start: %v", err)
		}
		if got := <-given; got != 900*time.Millisecond || time.Since(begin) > 2*time.Second {
			t.Errorf("stop was given %s, all took %s", got, time.Since(begin))
		}
	})
}

// TestAFailedStartDoesNotWaitForWhatHangs: the platform learns of the failure before its own limit.
func TestAFailedStartDoesNotWaitForWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		e := framework.NewEngine(quiet(), &framework.App{Unit: "u", InitTimeout: time.Minute,
			Start: func(context.Context) error { return errors.New("no database") },
			Stop:  func(context.Context) error { <-release; return nil }})
		begin := time.Now()
		err := e.Start(t.Context())
		want := "init of unit u: no database\nleft behind, it still runs after 1s"
		if took := time.Since(begin); took != time.Second || err == nil || err.Error() != want {
			t.Errorf("error = %v after %s", err, took)
		}
	})
}
