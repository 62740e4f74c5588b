package framework

import (
	"context"
	"errors"
	"fmt"
)

// LateLayer stands among the layers of an [App] for one that does not exist when the unit is made. Generated code makes it.
// One with Make is made first thing when the process starts, and all its hooks are called. One without has dependencies: the
// start of the unit builds it and calls Set, so that hooks which come before that cannot be called.
type LateLayer struct {
	// Called is how errors call the layer before it exists.
	Called string
	// Make makes a layer without dependencies. It may return nil, which is no layer.
	Make func() (Layer, error)
	// Invokes says that it may have BeforeInvoke or AfterInvoke, Wraps that it may have Middleware.
	Invokes, Wraps bool

	layer Layer
	wraps []func(Layer)
}

// Set hands the layer over that the start of the unit has built. Nil is no layer. A layer with hooks that were to be called
// before is an error, as is a method with the name of a hook and another signature.
func (l *LateLayer) Set(layer Layer) error {
	if layer == nil {
		return nil
	}
	errs := wrongSignatures(layer)
	if l.Make == nil {
		for _, early := range []struct {
			name string
			has  bool
		}{
			{"BeforeRuntimeStart", is[beforeRuntimeStart](layer)}, {"AfterRuntimeStart", is[afterRuntimeStart](layer)},
			{"BeforeFunctionStart", is[beforeFunctionStart](layer)},
		} {
			if early.has {
				errs = append(errs, fmt.Errorf("layer %s: %s cannot be called: the layer has dependencies and is built after it", layer.Name(), early.name))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	l.layer = layer
	for _, wrap := range l.wraps {
		wrap(layer)
	}
	return nil
}

// calls tells the engine which of its methods do anything during an invocation. It is asked through an interface, so that
// a unit without a LateLayer does not link it.
func (l *LateLayer) calls() (invoke, wrap bool) { return l.Invokes, l.Wraps }

// Name implements [Layer].
func (l *LateLayer) Name() string {
	if l.layer != nil {
		return l.layer.Name()
	}
	return l.Called
}

// Middleware leaves a place for that of the layer.
func (l *LateLayer) Middleware(next Handler) Handler {
	h := next
	l.wraps = append(l.wraps, func(layer Layer) {
		if m, ok := layer.(layerMiddleware); ok {
			h = m.Middleware(next)
		}
	})
	return func(c *Context) error { return h(c) }
}

// BeforeRuntimeStart makes the layer, if it has no dependencies, and calls its hook.
func (l *LateLayer) BeforeRuntimeStart(ctx context.Context, rt *Runtime) error {
	if l.Make == nil {
		return nil
	}
	layer, err := l.Make()
	if err == nil {
		err = l.Set(layer)
	}
	if err != nil {
		return err
	}
	if h, ok := l.layer.(beforeRuntimeStart); ok {
		return h.BeforeRuntimeStart(ctx, rt)
	}
	return nil
}

// AfterRuntimeStart calls the layer's hook, as do the others below.
func (l *LateLayer) AfterRuntimeStart(ctx context.Context, rt *Runtime, err error) error {
	if h, ok := l.layer.(afterRuntimeStart); ok {
		return h.AfterRuntimeStart(ctx, rt, err)
	}
	return nil
}

// BeforeFunctionStart calls the layer's hook.
func (l *LateLayer) BeforeFunctionStart(ctx context.Context, app *App) error {
	if h, ok := l.layer.(beforeFunctionStart); ok {
		return h.BeforeFunctionStart(ctx, app)
	}
	return nil
}

// AfterFunctionStart calls the layer's hook.
func (l *LateLayer) AfterFunctionStart(ctx context.Context, app *App, err error) error {
	if h, ok := l.layer.(afterFunctionStart); ok {
		return h.AfterFunctionStart(ctx, app, err)
	}
	return nil
}

// BeforeInvoke calls the layer's hook.
func (l *LateLayer) BeforeInvoke(c *Context) error {
	if h, ok := l.layer.(beforeInvoke); ok {
		return h.BeforeInvoke(c)
	}
	return nil
}

// AfterInvoke calls the layer's hook.
func (l *LateLayer) AfterInvoke(c *Context, err error) error {
	if h, ok := l.layer.(afterInvoke); ok {
		return h.AfterInvoke(c, err)
	}
	return nil
}

// BeforeClose calls the layer's hook.
func (l *LateLayer) BeforeClose(ctx context.Context, app *App) error {
	if h, ok := l.layer.(beforeClose); ok {
		return h.BeforeClose(ctx, app)
	}
	return nil
}

// AfterClose calls the layer's hook. What was injected into the layer has been destroyed by then.
func (l *LateLayer) AfterClose(ctx context.Context, app *App, err error) error {
	if h, ok := l.layer.(afterClose); ok {
		return h.AfterClose(ctx, app, err)
	}
	return nil
}
