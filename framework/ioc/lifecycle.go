package ioc

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/faasgen/faasgen/framework/internal/fault"
	"github.com/faasgen/faasgen/framework/internal/share"
)

// Lifecycle tells the configurations of a unit that it is ready, and that it stops: those of components before those of
// whoever imports them, and at the end the other way round. The zero value is ready to use.
type Lifecycle struct {
	mu      sync.Mutex
	started []listener
	stopped bool
}

type listener struct {
	name string
	stop func(context.Context) error
}

// Ready calls a configuration's OnReady and remembers its OnStop, either of which may be nil. After an error or a panic of
// OnReady, which is returned, OnStop is not called: what OnReady began it has to undo itself. When Stop has begun meanwhile,
// OnStop is called at once, and the error is framework.ErrClosed.
func (l *Lifecycle) Ready(ctx context.Context, name string, ready, stop func(context.Context) error) error {
	if ready != nil {
		if err := fault.Guard(func() error { return ready(ctx) }); err != nil {
			return fmt.Errorf("%s.OnReady: %w", name, err)
		}
	}
	if stop == nil || l.remember(listener{name, stop}) {
		return nil
	}
	return errors.Join(fault.ErrClosed, listener{name, stop}.end(context.WithoutCancel(ctx))) // nobody else will
}

// remember reports false when Stop has begun.
func (l *Lifecycle) remember(who listener) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopped {
		l.started = append(l.started, who)
	}
	return !l.stopped
}

// end calls OnStop within its share of the time.
func (l listener) end(ctx context.Context) error {
	stop := func(ctx context.Context) error { return fault.Guard(func() error { return l.stop(ctx) }) }
	if err := share.Run(ctx, false, stop); err != nil {
		return fmt.Errorf("%s.OnStop: %w", l.name, err)
	}
	return nil
}

// Stop calls OnStop of all that were ready, the last first, and then closes the container: a configuration can still use
// what is injected into it. All run, even when one fails, panics or hangs; their errors are joined. Each OnStop gets half of
// the time that ctx has left by then, and 10 seconds where ctx has no deadline. One that does not return in its time is left
// behind while it still runs, and the error says so. Later calls do nothing.
func (l *Lifecycle) Stop(ctx context.Context, c *Container) error {
	l.mu.Lock()
	started := l.started
	l.started, l.stopped = nil, true
	l.mu.Unlock()
	var errs []error
	for i := len(started) - 1; i >= 0; i-- {
		errs = append(errs, started[i].end(ctx))
	}
	return errors.Join(append(errs, c.Close(ctx))...)
}

// Health calls a configuration's OnHealthCheck. A panic is an error.
func Health(ctx context.Context, name string, check func(context.Context) error) error {
	if err := fault.Guard(func() error { return check(ctx) }); err != nil {
		return fmt.Errorf("%s.OnHealthCheck: %w", name, err)
	}
	return nil
}
