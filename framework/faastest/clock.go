package faastest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// awaitLimit is how long Await waits for code that may never come.
const awaitLimit = 10 * time.Second

// Clock makes c the clock that the application has injected as a framework.Clock; mostly it is one of [NewClock]. It also
// says when timer events without a time of their own happen. Deadlines of calls and of the start stay those of the
// machine.
func Clock(c framework.Clock) Option {
	return Runtime(func(rt *framework.Runtime) { rt.Clock = c })
}

// FakeClock is a clock that a test moves. Its methods may be called from several goroutines.
type FakeClock struct {
	moving sync.Mutex // by one Advance or Set at a time

	mu      sync.Mutex
	now     time.Time
	waiting []*waiter     // in the order in which they began
	change  chan struct{} // closed when one begins to wait; nil while nothing waits for it
}

var _ framework.Clock = (*FakeClock)(nil)

// waiter is one Sleep or After.
type waiter struct {
	at   time.Time
	ring chan time.Time // with room for one
	up   chan struct{}  // closed when Sleep goes on; nil for After
}

// NewClock returns a clock that stands still at that time.
func NewClock(at time.Time) *FakeClock { return &FakeClock{now: at} }

// Now returns the time that the test has set.
func (c *FakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep waits until the test has moved the clock by d, or ctx ends.
func (c *FakeClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	w := c.wait(d, make(chan struct{}))
	defer close(w.up)
	select {
	case <-w.ring:
		return nil
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		c.waiting = slices.DeleteFunc(c.waiting, func(other *waiter) bool { return other == w })
		return ctx.Err()
	}
}

// After sends the time when the test has moved the clock by d.
func (c *FakeClock) After(d time.Duration) <-chan time.Time {
	if d <= 0 {
		ring := make(chan time.Time, 1)
		ring <- c.Now()
		return ring
	}
	return c.wait(d, nil).ring
}

func (c *FakeClock) wait(d time.Duration, up chan struct{}) *waiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := &waiter{at: c.now.Add(d), ring: make(chan time.Time, 1), up: up}
	c.waiting = append(c.waiting, w)
	if c.change != nil {
		close(c.change)
		c.change = nil
	}
	return w
}

// Advance moves the clock by d and wakes who waits for the time between, one after the other in the order of their times:
// each sees the time for which it waited, and has left its Sleep before the next is woken. Those for one time are woken in
// the order in which they began to wait. Code that then waits again does so from the time it is by then, so a loop
// is taken step by step, with [FakeClock.Await] between.
func (c *FakeClock) Advance(d time.Duration) {
	c.moving.Lock()
	defer c.moving.Unlock()
	c.move(c.Now().Add(d))
}

// Set is Advance to a time. An earlier one than now wakes no waiter.
func (c *FakeClock) Set(at time.Time) {
	c.moving.Lock()
	defer c.moving.Unlock()
	c.move(at)
}

func (c *FakeClock) move(to time.Time) {
	for {
		w := c.next(to)
		if w == nil {
			return
		}
		w.ring <- w.at
		if w.up != nil {
			<-w.up
		}
	}
}

// next sets the clock to the time of the next waiter and returns it, or to that time and returns nil.
func (c *FakeClock) next(to time.Time) *waiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) > 0 {
		// The first of several that are equal is the one that began first.
		w := slices.MinFunc(c.waiting, func(a, b *waiter) int { return a.at.Compare(b.at) })
		if !w.at.After(to) {
			c.now = w.at
			c.waiting = slices.DeleteFunc(c.waiting, func(other *waiter) bool { return other == w })
			return w
		}
	}
	c.now = to
	return nil
}

// Waiting returns how many wait now.
func (c *FakeClock) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting)
}

// Await returns when n or more wait: where other goroutines do, a test calls it before it moves the clock, which wakes only
// those that wait already. When that takes 10 seconds, it ends the test.
func (c *FakeClock) Await(t testing.TB, n int) {
	t.Helper()
	limit := time.NewTimer(awaitLimit)
	defer limit.Stop()
	for {
		c.mu.Lock()
		if len(c.waiting) >= n {
			c.mu.Unlock()
			return
		}
		if c.change == nil {
			c.change = make(chan struct{})
		}
		change, now := c.change, len(c.waiting)
		c.mu.Unlock()
		select {
		case <-change:
		case <-limit.C:
			t.Fatalf("faastest: %d wait for the clock after %s, expected %d", now, awaitLimit, n)
		}
	}
}
