package framework

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/internal/fault"
)

// What layers have in addition to hooks and middleware.

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

func (t *hookTable) replaceLogger(e *Engine) {
	log := e.rt.Log()
	if own := t.logger(log); own != log {
		e.rt.Logger, e.log = own, own
	}
}

func (t *hookTable) health(ctx context.Context) error {
	var errs []error
	for _, s := range t.layers {
		if h, ok := s.layer.(layerHealth); ok {
			if err := h.Health(ctx); err != nil {
				errs = append(errs, fmt.Errorf("layer %s: %w", s.name, err))
			}
		}
	}
	return errors.Join(errs...)
}

// offer asks one layer after the other.
func (t *hookTable) offer(ctx context.Context, payload []byte) (result any, taken bool, err error) {
	for _, s := range t.layers {
		h, ok := s.layer.(layerUnclaimed)
		if !ok {
			continue
		}
		gerr := fault.Guard(func() error { result, taken, err = h.Unclaimed(ctx, payload); return nil })
		if gerr != nil {
			return nil, true, fmt.Errorf("layer %s: %w", s.name, gerr)
		}
		if taken || err != nil {
			return result, true, fault.Legible(err)
		}
	}
	return nil, false, nil
}

// Unclaimed offers an event that has failed to the layers of the unit if that is because no trigger matches it, and reports whether one
// has taken it. Platforms call it. Deadline is the vendor's, zero for none.
func (e *Engine) Unclaimed(ctx context.Context, payload []byte, deadline time.Time, failure error) (result any, taken bool, err error) {
	if e.hooks == nil {
		return nil, false, nil
	}
	return e.hooks.unclaimed(ctx, e, payload, deadline, failure)
}

func (t *hookTable) unclaimed(ctx context.Context, e *Engine, payload []byte, deadline time.Time, failure error) (result any, taken bool, err error) {
	stated, ok := errors.AsType[*Error](failure)
	if !ok || stated.Status != 400 || !strings.HasPrefix(stated.Code, "unknown_") && stated.Code != "unexpected_event" {
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
	result, taken, err = t.offer(ctx, payload)
	e.logPanic(err)
	return result, taken, err
}
