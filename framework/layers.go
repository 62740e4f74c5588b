package framework

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/faasgen/faasgen/framework/internal/fault"
)

// What layers have beside hooks and middleware.

// logger is the logger that the layers make of one, each once. The first layer's is outermost.
func (t *hookTable) logger(log *slog.Logger) *slog.Logger {
	for _, s := range slices.Backward(t.slots) {
		if s.layer == nil || s.logs {
			continue
		}
		s.logs = true
		if l, ok := s.layer.(layerLogger); ok {
			if own := l.Logger(log); own != nil {
				log = own
			}
		}
	}
	return log
}

// replaceLogger gives the process the logger that its layers make.
func (e *Engine) replaceLogger() {
	if log := e.rt.Log(); e.hooks != nil {
		if own := e.hooks.logger(log); own != log {
			e.rt.Logger, e.log = own, own
		}
	}
}

func (t *hookTable) health(ctx context.Context) error {
	var errs []error
	for _, l := range t.layers {
		if h, ok := l.(layerHealth); ok {
			if err := h.Health(ctx); err != nil {
				errs = append(errs, fmt.Errorf("layer %s: %w", l.Name(), err))
			}
		}
	}
	return errors.Join(errs...)
}

func (t *hookTable) unclaimed(ctx context.Context, payload []byte) (result any, taken bool, err error) {
	for _, l := range t.layers {
		h, ok := l.(layerUnclaimed)
		if !ok {
			continue
		}
		gerr := fault.Guard(func() error { result, taken, err = h.Unclaimed(ctx, payload); return nil })
		if gerr != nil {
			return nil, true, fmt.Errorf("layer %s: %w", l.Name(), gerr)
		}
		if taken || err != nil {
			return result, true, fault.Legible(err)
		}
	}
	return nil, false, nil
}

// Unclaimed offers an event that no trigger of the unit matches to its layers, and reports whether one has taken it. Platforms call it.
// Deadline is the vendor's, zero for none.
func (e *Engine) Unclaimed(ctx context.Context, payload []byte, deadline time.Time) (result any, taken bool, err error) {
	if e.hooks == nil {
		return nil, false, nil
	}
	if !e.enter(nil, nil) {
		return nil, true, ErrClosed
	}
	defer e.leave()
	if !deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-margin(time.Until(deadline))))
		defer cancel()
	}
	result, taken, err = e.hooks.unclaimed(ctx, payload)
	e.logPanic(err)
	return result, taken, err
}
