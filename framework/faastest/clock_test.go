package faastest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

func noon() time.Time { return time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC) }

// alarm keeps a value for an hour, by the clock that it is given.
type alarm struct {
	clock framework.Clock
	mu    sync.Mutex
	until time.Time
}

func (a *alarm) new(rt *framework.Runtime) *framework.App {
	a.clock = rt.Time()
	return &framework.App{Unit: "alarm", Functions: []*framework.Function{
		{Name: "set", Handler: a.set},
		{Name: "retry", Handler: a.retry, Timeout: time.Minute},
		{Name: "tick", Handler: a.tick, Triggers: []framework.Trigger{timer.Schedule{Name: "tick", Every: time.Hour}}},
	}}
}

// set says whether the value was too old.
func (a *alarm) set(ctx *framework.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.clock.Now()
	ctx.SetResult(now.After(a.until))
	a.until = now.Add(time.Hour)
	return nil
}

// retry succeeds at the third attempt.
func (a *alarm) retry(ctx *framework.Context) error {
	for wait := range 2 {
		if err := a.clock.Sleep(ctx, time.Duration(wait+1)*time.Second); err != nil {
			return err
		}
	}
	ctx.SetResult(a.clock.Now().Format(time.TimeOnly))
	return nil
}

func (a *alarm) tick(ctx *framework.Context) error {
	ctx.SetResult(ctx.Event().(timer.Event).Time.Format(time.TimeOnly))
	return nil
}

func newAlarm(rt *framework.Runtime) *framework.App { return new(alarm).new(rt) }

func TestClockOfAnApplication(t *testing.T) {
	t.Parallel()
	clock := faastest.NewClock(noon())
	a := faastest.Start(t, newAlarm, faastest.Clock(clock))
	for _, step := range []struct {
		move time.Duration
		old  bool
	}{{0, true}, {time.Hour, false}, {time.Hour + 1, true}, {0, false}} {
		clock.Advance(step.move)
		if old := faastest.Call[bool](t, a, "set", nil); old != step.old {
			t.Errorf("at %s: %t", clock.Now(), old)
		}
	}
	clock.Set(noon())
	done := make(chan string)
	go func() { done <- faastest.Call[string](t, a, "retry", nil) }()
	for wait := range 2 {
		clock.Await(t, 1)
		clock.Advance(time.Duration(wait+1) * time.Second)
	}
	if got := <-done; got != "12:00:03" || clock.Waiting() != 0 {
		t.Errorf("retried until %s, %d wait", got, clock.Waiting())
	}
}

func TestTimersFireAtTheTimeOfTheClock(t *testing.T) {
	t.Parallel()
	clock := faastest.NewClock(noon())
	a := faastest.Start(t, newAlarm, faastest.Clock(clock))
	clock.Advance(time.Hour)
	for name, call := range map[string]func() (any, error){
		"Timer":               func() (any, error) { return a.Timer("tick", time.Time{}) },
		"Call with an event":  func() (any, error) { return a.Call("tick", timer.Event{}) },
		"Call with nothing":   func() (any, error) { return a.Call("tick", nil) },
		"Call with a payload": func() (any, error) { return a.Call("tick", `{"payload":"x"}`) },
		"Deliver":             func() (any, error) { return a.Deliver(faastest.Local, []byte(`{"name":"tick"}`)) },
	} {
		got, err := call()
		if b, ok := got.([]byte); ok {
			got = strings.Trim(string(b), `"`)
		}
		if got != "13:00:00" || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if got, err := a.Timer("tick", noon()); got != "12:00:00" || err != nil {
		t.Errorf("at a time of its own: %v, %v", got, err)
	}
}

func TestAdvanceWakesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // whose Wait returns when those that woke have written down what they saw
		clock := faastest.NewClock(noon())
		var mu sync.Mutex
		var woke []int
		for i, seconds := range []int{3, 1, 2, 9} {
			go func() {
				if err := clock.Sleep(t.Context(), time.Duration(seconds)*time.Second); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				woke = append(woke, i)
			}()
			clock.Await(t, i+1)
		}
		for _, want := range [][]int{{1}, {1, 2}, {1, 2, 0}, {1, 2, 0}} {
			clock.Advance(time.Second)
			synctest.Wait()
			if !slices.Equal(woke, want) {
				t.Errorf("at %s: woke %v, want %v", clock.Now(), woke, want)
			}
		}
		clock.Set(noon().Add(time.Hour))
		synctest.Wait()
		if len(woke) != 4 || clock.Waiting() != 0 {
			t.Errorf("woke %v, %d wait", woke, clock.Waiting())
		}
	})
}

// One jump over several times shows each waiter the time that it waited for.
func TestAdvanceShowsEachItsTime(t *testing.T) {
	clock := faastest.NewClock(noon())
	var rings []<-chan time.Time
	for _, d := range []time.Duration{3, 1, 2, 5} {
		rings = append(rings, clock.After(d*time.Second))
	}
	clock.Advance(4 * time.Second)
	for i, want := range []int{3, 1, 2} {
		if at := <-rings[i]; !at.Equal(noon().Add(time.Duration(want) * time.Second)) {
			t.Errorf("%d: %s", i, at)
		}
	}
	select {
	case at := <-rings[3]:
		t.Errorf("too early: %s", at)
	default:
	}
	if at := <-clock.After(0); !at.Equal(clock.Now()) || !at.Equal(noon().Add(4*time.Second)) {
		t.Errorf("after nothing: %s", at)
	}
	clock.Set(noon()) // back, which wakes no waiter
	if clock.Waiting() != 1 || !clock.Now().Equal(noon()) {
		t.Errorf("%d wait at %s", clock.Waiting(), clock.Now())
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	clock := faastest.NewClock(noon())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- clock.Sleep(ctx, time.Hour) }()
	clock.Await(t, 1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || clock.Waiting() != 0 {
		t.Errorf("sleep = %v, %d wait", err, clock.Waiting())
	}
	clock.Advance(2 * time.Hour)
	if err := clock.Sleep(ctx, time.Second); !errors.Is(err, context.Canceled) {
		t.Errorf("sleep = %v", err)
	}
	if err := clock.Sleep(t.Context(), 0); err != nil {
		t.Errorf("sleep = %v", err)
	}
}

func TestAwaitEndsTheTest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := faastest.NewClock(noon())
		clock.After(time.Hour)
		try(t, func(t testing.TB) { clock.Await(t, 2) }).want(t, "1 wait for the clock after 10s, expected 2")
	})
}

// sleepy uses package time directly.
func sleepy(*framework.Runtime) *framework.App {
	sleep := func(ctx *framework.Context) error {
		begin := time.Now()
		select {
		case <-time.After(time.Hour):
		case <-ctx.Done():
			return ctx.Err()
		}
		ctx.SetResult(time.Since(begin).String())
		return nil
	}
	return &framework.App{Unit: "sleepy", Functions: []*framework.Function{
		{Name: "patient", Handler: sleep, Timeout: 2 * time.Hour}, {Name: "sleep", Handler: sleep, Timeout: time.Minute},
	}}
}

func TestInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := faastest.Start(t, sleepy)
		if got := faastest.Call[string](t, a, "patient", nil); got != "1h0m0s" {
			t.Errorf("slept for %s", got)
		}
		if _, err := a.Call("sleep", nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
	})
}

func ExampleClock() {
	var t *testing.T // the test's

	clock := faastest.NewClock(time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC))
	a := faastest.Start(t, newAlarm, faastest.Clock(clock))

	faastest.Call[bool](t, a, "set", nil)
	clock.Advance(2 * time.Hour)
	if old := faastest.Call[bool](t, a, "set", nil); !old {
		t.Error("a value of two hours ago is not old")
	}

	clock.Set(time.Date(2026, 1, 3, 8, 0, 0, 0, time.UTC))
	if _, err := a.Timer("tick", clock.Now()); err != nil {
		t.Error(err)
	}
}

// Where other goroutines wait, the test says when the clock moves.
func ExampleFakeClock() {
	t := &testing.T{} // the test's
	clock := faastest.NewClock(time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC))

	done := make(chan error)
	go func() {
		<-clock.After(time.Minute)
		done <- clock.Sleep(context.Background(), time.Hour)
	}()
	clock.Await(t, 1)
	clock.Advance(time.Minute)
	clock.Await(t, 1)
	clock.Advance(time.Hour)
	fmt.Println(<-done, clock.Now().Format(time.TimeOnly), clock.Waiting())
	// Output: <nil> 13:01:00 0
}

// In a bubble of testing/synctest, time passes when all goroutines wait: for code that calls package time.
func Example_bubble() {
	var t *testing.T // the test's

	synctest.Test(t, func(t *testing.T) {
		a := faastest.Start(t, sleepy)
		if got := faastest.Call[string](t, a, "patient", nil); got != "1h0m0s" {
			t.Errorf("slept for %s", got)
		}
	})
}
