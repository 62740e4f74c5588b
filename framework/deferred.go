package framework

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/faasgen/faasgen/framework/internal/fault"
)

// deferred is a component that only some functions of a lazy unit have: a cold start is not to pay for what the function that
// is called does not need. The first call of one of them makes it ready; one that fails is tried again by the next.
type deferred struct {
	*Component
	used atomic.Bool
	mu   sync.Mutex // held while it becomes ready
}

// common reports whether all functions have a component.
func common(c *Component, functions []*Function) bool {
	for _, f := range functions {
		if !f.has(c) {
			return false
		}
	}
	return true
}

func (f *Function) has(c *Component) bool {
	for _, own := range f.Components {
		if own.Name == c.Name {
			return true
		}
	}
	return false
}

// postpone returns the components that cannot wait, and puts Ready of the others before the chains of the functions that have
// them. Those of all functions cannot, nor can what comes before Ready of one of these, which may import it.
func (e *Engine) postpone(components []*Component, functions []*Function) []*Component {
	last := len(components)
	for last > 0 && (components[last-1].Ready == nil || !common(components[last-1], functions)) {
		last--
	}
	e.deferred = make(map[string]*deferred)
	for i := len(components) - 1; i >= last; i-- { // the last that is put before a chain is called first
		c := components[i]
		if common(c, functions) {
			continue
		}
		d := &deferred{Component: c}
		e.deferred[c.Name] = d
		for _, f := range functions {
			if f.has(c) {
				e.handlers[f] = d.before(e, e.handlers[f])
			}
		}
	}
	return components[:last]
}

// before is a chain that has the component ready.
func (d *deferred) before(e *Engine, next Handler) Handler {
	return func(ctx *Context) error {
		if !d.used.Load() {
			if err := d.use(e); err != nil {
				return err
			}
		}
		return next(ctx)
	}
}

// use makes the component ready within the limit of a start: it outlives the call, and may take longer than that.
func (d *deferred) use(e *Engine) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.used.Load() {
		return nil
	}
	if d.Ready != nil {
		limit := smaller(e.app.InitTimeout, e.rt.InitLimit())
		ctx, cancel := context.WithTimeoutCause(context.Background(), limit, fmt.Errorf("it did not finish within %s", limit))
		defer cancel()
		if err := fault.Guard(func() error { return d.Ready(ctx) }); err != nil {
			return err
		}
	}
	d.used.Store(true)
	return nil
}
