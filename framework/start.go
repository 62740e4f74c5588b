package framework

import (
	"context"
	"errors"
)

// components are those of the functions, each once, in their order.
func (a *App) components() []*Component { return componentsOf(a.Functions) }

func componentsOf(functions []*Function) (cs []*Component) {
	for _, f := range functions {
		for _, c := range f.Components {
			cs = addComponent(cs, c)
		}
	}
	return cs
}

// addComponent puts a component in its place, unless it is there. They are few, and package slices would be linked for them.
func addComponent(cs []*Component, c *Component) []*Component {
	for _, known := range cs {
		if known.Name == c.Name {
			return cs
		}
	}
	cs = append(cs, c)
	for at := len(cs) - 1; at > 0 && cs[at].Order < cs[at-1].Order; at-- {
		cs[at], cs[at-1] = cs[at-1], cs[at]
	}
	return cs
}

// stop destroys the instances of the functions; nil if there are none.
func (a *App) stop() func(context.Context) error {
	for _, f := range a.Functions {
		if f.Stop != nil {
			return f.Stop
		}
	}
	return nil
}

// stops reports whether there is anything to destroy.
func (a *App) stops() bool { return a.Stop != nil || a.stop() != nil }

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

// health runs every health check but those of components that nothing has used yet.
func (e *Engine) health(ctx context.Context) error {
	var errs []error
	if e.app.Health != nil {
		errs = append(errs, e.app.Health(ctx))
	}
	if e.hooks != nil {
		errs = append(errs, e.hooks.health(ctx))
	}
	for _, c := range e.app.components() {
		if d := e.deferred[c.Name]; c.Health != nil && (d == nil || d.used.Load()) {
			errs = append(errs, c.Health(ctx))
		}
	}
	return errors.Join(errs...)
}

// errStartGoexit is that of a start which neither returns nor panics.
var errStartGoexit = errors.New("the start of the unit ended its goroutine, as runtime.Goexit and t.FailNow do")

// startFunctions is the body of the FunctionStart phase: configuration first, so that all its mistakes are one error, then
// the layers with dependencies, the singletons, the chains, and OnReady. A lazy unit leaves to the first call what only some of
// its functions need.
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
	if e.hooks != nil {
		if err := e.hooks.build(ctx, components, usable); err != nil {
			return err
		}
		e.hooks.replaceLogger(e)
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
	if !e.deployment.eager {
		components = e.postpone(components, usable)
	}
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
	for _, f := range e.app.Functions {
		h := chain(chain(f.Handler, f.Use...), e.app.Middleware...)
		if e.hooks != nil {
			h = e.hooks.around(f, h)
		}
		e.handlers[f] = h
	}
}
