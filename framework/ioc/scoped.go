package ioc

import (
	"context"
	"fmt"
)

// Call is what one invocation has made. One goroutine uses it.
type Call struct{ ends []func() }

// End undoes what was made, the last first.
func (c *Call) End() {
	for _, end := range c.ends {
		defer end()
	}
	c.ends = nil
}

func (c *Call) call() *Call { return c }

// Scoped holds one value that the guards, middleware and handler of a call share.
type Scoped[K interface{ call() *Call }, T any] struct {
	made  bool
	value T
}

// Get returns the value, made by the first who asks.
func (s *Scoped[K, T]) Get(k K, build func(K) (T, func(), error)) (T, error) {
	if s.made {
		return s.value, nil
	}
	v, end, err := build(k)
	if err != nil {
		return v, err
	}
	if end != nil {
		c := k.call()
		c.ends = append(c.ends, end)
	}
	s.value, s.made = v, true
	return v, nil
}

// Begin runs Init of what lives for one call or one owner, and returns its Destroy as a clean-up function.
func Begin(ctx context.Context, name string, v any) (end func(), err error) {
	end = func() {}
	if i, ok := v.(interface{ Init(context.Context) error }); ok {
		if err := i.Init(ctx); err != nil {
			return nil, fmt.Errorf("%s.Init: %w", name, err)
		}
	}
	if d, ok := v.(interface{ Destroy(context.Context) error }); ok {
		end = func() { _ = d.Destroy(ctx) }
	}
	return end, nil
}
