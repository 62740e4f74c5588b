package ioc

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/faasgen/faasgen/framework/internal/fault"
	"github.com/faasgen/faasgen/framework/internal/share"
)

// lifecycle tells the configurations of a unit that it is ready, and that it stops: those of components before those of
// what imports them, and at the end in reverse.
type lifecycle struct {
	mu      sync.Mutex
	started []listener
	stopped bool
	// end calls OnStop of them. It is a value that comes with the first of them, so that a unit without does not link it.
	end func(context.Context, []listener) error
}

type listener struct {
	name string
	stop func(context.Context) error
}

// ready calls a configuration's OnReady and remembers its OnStop, either of which may be nil. After an error or a panic of
// OnReady, which is returned, OnStop is not called: what OnReady began it has to undo itself. When Stop has begun meanwhile,
// OnStop is called at once, and the error is framework.ErrClosed.
func (l *lifecycle) ready(ctx context.Context, name string, ready, stop func(context.Context) error) error {
	if ready != nil {
		if err := fault.Guard(func() error { return ready(ctx) }); err != nil {
			return fmt.Errorf("%s.OnReady: %w", name, err)
		}
	}
	if stop == nil || l.remember(listener{name, stop}) {
		return nil
	}
	return errors.Join(fault.ErrClosed, listener{name, stop}.end(context.WithoutCancel(ctx))) // nothing else will
}

// remember reports false when Stop has begun.
func (l *lifecycle) remember(who listener) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopped {
		l.started, l.end = append(l.started, who), endAll
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

// stop calls OnStop of all that were ready, the last first.
func (l *lifecycle) stop(ctx context.Context) error {
	l.mu.Lock()
	started, end := l.started, l.end
	l.started, l.stopped = nil, true
	l.mu.Unlock()
	if end == nil {
		return nil
	}
	return end(ctx, started)
}

func endAll(ctx context.Context, started []listener) error {
	var errs []error
	for i := len(started) - 1; i >= 0; i-- {
		errs = append(errs, started[i].end(ctx))
	}
	return errors.Join(errs...)
}

// Ready returns what builds a configuration when the unit has started and calls its OnReady; its OnStop is called when the
// container closes. Either method may be nil. One that was replaced is not called: the one who sets it also ends it.
func Ready[K Owner, T any](k K, s *Cell[K, T], get func(K, *Build) (T, error), onReady, onStop func(T, context.Context) error) func(context.Context) error {
	c := k.base()
	slot := &s.Slot
	return func(ctx context.Context) error {
		if slot.replaced {
			return nil
		}
		b := c.NewBuild(ctx)
		defer b.Done()
		v, err := get(k, b)
		if err != nil || onReady == nil && onStop == nil {
			return err
		}
		return c.lifecycle.ready(b.ctx, typeName(reflect.TypeOf(v)), bind(v, onReady), bind(v, onStop))
	}
}

func bind[T any](v T, method func(T, context.Context) error) func(context.Context) error {
	if method == nil {
		return nil
	}
	return func(ctx context.Context) error { return method(v, ctx) }
}

// Health returns the health check of a configuration. A panic is an error. One that was replaced is not checked.
func Health[K Owner, T any](k K, s *Cell[K, T], get func(K, *Build) (T, error), check func(T, context.Context) error) func(context.Context) error {
	slot := &s.Slot
	return func(ctx context.Context) error {
		if slot.replaced {
			return nil
		}
		v, err := get(k, nil)
		if err != nil {
			return err
		}
		if err := fault.Guard(func() error { return check(v, ctx) }); err != nil {
			return fmt.Errorf("%s.OnHealthCheck: %w", typeName(reflect.TypeOf(v)), err)
		}
		return nil
	}
}
