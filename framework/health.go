package framework

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework/internal/fault"
)

// Health checks whether the unit can do its work: nil if it can, and if it has no health check. A unit that has not started
// or is closing gives [ErrClosed]. A check that panics is unhealthy; one that ignores ctx is left behind when
// ctx ends, and Close does not wait for it.
func (e *Engine) Health(ctx context.Context) error {
	if !e.enter(nil, nil) {
		return ErrClosed
	}
	defer e.leave()
	done := make(chan error, 1)
	go func() { done <- fault.Guard(func() error { return e.health(ctx) }) }()
	select {
	case err := <-done:
		e.logPanic(err)
		return err
	case <-ctx.Done():
		return fmt.Errorf("the health check has not answered: %w", context.Cause(ctx))
	}
}
