package framework

import (
	"context"
	"time"
)

// Clock tells the time and waits. Inject it into code whose tests set the time:
//
//	type Cache struct {
//		Clock framework.Clock //faas:inject
//	}
//
// Outside of tests it is the machine's own. Code that needs the functions of package time is tested with testing/synctest.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// Sleep waits for d, or until ctx ends and then returns its error. It waits for nothing when d is not positive.
	Sleep(ctx context.Context, d time.Duration) error
	// After sends the time on the channel when d is over. It need not be received.
	After(d time.Duration) <-chan time.Time
}

// Time returns the clock, never nil. Injected clocks are this one.
func (rt *Runtime) Time() Clock {
	if rt.Clock != nil {
		return rt.Clock
	}
	return machineClock{}
}

// machineClock is package time.
type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now() }

func (machineClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

func (machineClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
