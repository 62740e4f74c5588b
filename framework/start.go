package framework

import (
	"context"
	"errors"
	"fmt"
)

// components are those of the functions, each once, in their order.
func (a *App) components() []*Component { return componentsOf(a.Functions) }

func componentsOf(functions []*Function) (cs []*Component) {
	seen := map[string]bool{}
	for _, f := range functions {
		for _, c := range f.Components {
			if !seen[c.Name] {
				seen[c.Name] = true
				cs = append(cs, c)
			}
		}
	}
	for i := range cs { // they are few, and package slices would be linked for them
		for at := i; at > 0 && cs[at].Order < cs[at-1].Order; at-- {
			cs[at], cs[at-1] = cs[at-1], cs[at]
		}
	}
	return cs
}

// stop is what destroys what the functions needed, nil if there is nothing.
func (a *App) stop() func(context.Context) error {
	for _, f := range a.Functions {
		if f.Stop != nil {
			return f.Stop
		}
	}
	return nil
}

// close ends everything.
func (a *App) close(ctx context.Context) error {
	var err error
	if stop := a.stop(); stop != nil {
		err = stop(ctx)
	}
	if a.Stop != nil {
		err = errors.Join(err, a.Stop(ctx))
	}
	return err
}

// health asks everything.
func (a *App) health(ctx context.Context) error {
	var errs []error
	if a.Health != nil {
		errs = append(errs, a.Health(ctx))
	}
	for _, c := range a.components() {
		if c.Health != nil {
			errs = append(errs, c.Health(ctx))
		}
	}
	return errors.Join(errs...)
}

// mistakes are those of several functions, which share much of what they need.
type mistakes []error

// add takes up an error unless it is there. One that several were joined to is these.
func (m *mistakes) add(err error) {
	if err == nil {
		return
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok && err.Error() == errors.Join(several.Unwrap()...).Error() {
		for _, err := range several.Unwrap() {
			m.add(err)
		}
		return
	}
	for i, known := range *m {
		if known.Error() == err.Error() {
			return
		}
		// Such as a list of keys without a value, which has a place for those of another.
		if list, ok := known.(interface{ Merge(error) error }); ok {
			if merged := list.Merge(err); merged != nil {
				(*m)[i] = merged
				return
			}
		}
	}
	*m = append(*m, err)
}

// layerSlot is the place of a layer in the order of those of a unit. The layer is nil until it is there.
type layerSlot struct {
	layer  Layer
	found  bool   // its hooks are in the table
	of     string // the component that adds it
	source ComponentLayer
}

// makeLayers returns the layers of the unit, of which those exist that need nothing.
func (a *App) makeLayers() ([]*layerSlot, error) {
	var slots []*layerSlot
	for _, l := range a.Layers {
		slots = append(slots, &layerSlot{layer: l})
	}
	given := len(slots)
	for _, c := range a.components() {
		for _, source := range c.Layers {
			slots = append(slots, &layerSlot{of: c.Name, source: source})
		}
	}
	for i := given; i < len(slots); i++ {
		for at := i; at > given && slots[at].source.Order < slots[at-1].source.Order; at-- {
			slots[at], slots[at-1] = slots[at-1], slots[at]
		}
	}
	for _, s := range slots {
		if s.source.Make == nil {
			continue
		}
		var err error
		if s.layer, err = s.source.Make(); err != nil {
			return slots, fmt.Errorf("layer %s: %w", s.source.Name, err)
		}
	}
	return slots, nil
}

// startFunctions is the body of the FunctionStart phase: configuration first, so that everything that is wrong with it is one
// error, then the layers that need something, the singletons, the chains, and the news that the unit is ready.
func (e *Engine) startFunctions(ctx context.Context) error {
	a := e.app
	if a.Start != nil {
		if err := a.Start(ctx); err != nil {
			return err
		}
	}
	if err := e.configured(); err != nil {
		return err
	}
	var usable []*Function
	for _, f := range a.Functions {
		if f.unusable == nil {
			usable = append(usable, f)
		}
	}
	components := componentsOf(usable)
	if err := e.hooks.build(ctx, components); err != nil {
		return err
	}
	for _, f := range usable {
		if f.Warm == nil {
			continue
		}
		if err := f.Warm(ctx, !e.deployment.eager); err != nil {
			return err
		}
	}
	e.compose()
	for _, c := range components {
		if c.Ready == nil {
			continue
		}
		if err := c.Ready(ctx); err != nil {
			return err
		}
	}
	return nil
}

// compose builds the chain of each function, once.
func (e *Engine) compose() {
	around := e.hooks.middleware()
	for _, f := range e.app.Functions {
		e.handlers[f] = chain(chain(chain(f.Handler, f.Use...), e.app.Middleware...), around...)
	}
}
