package framework

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"runtime/debug"
	"slices"
	"time"

	"github.com/faasgen/faasgen/framework/internal/coldstart"
	"github.com/faasgen/faasgen/framework/internal/fault"
	"github.com/faasgen/faasgen/framework/internal/share"
)

// hooks are those of a unit's layers. The engine knows them by this interface, and the layers of a unit by layerSource: the
// linker leaves out the methods of a type that never becomes an interface, so a unit without layers has nothing of what
// follows, which is 12 KB of code.
type hooks interface {
	build(ctx context.Context, components []*Component, functions []*Function) error
	of(f *Function) hooks
	middleware() []Middleware
	invokes() bool
	logger(log *slog.Logger) *slog.Logger
	health(ctx context.Context) error
	unclaimed(ctx context.Context, payload []byte) (result any, taken bool, err error)

	// The error of a start that ends its goroutine is left in failed.
	runtimeStart(ctx context.Context, rt *Runtime, failed *error) error
	functionStart(ctx context.Context, app *App, body func() error, failed *error) error
	invoke(c *Context, body func() error) error
	close(ctx context.Context, app *App) error
}

// layerSource is Layers, ComponentLayers or NamedLayers.
type layerSource interface {
	slots(component string) []*layerSlot
	hooks(slots []*layerSlot) (hooks, error)
}

func (ls Layers) slots(string) (slots []*layerSlot) {
	for _, l := range ls {
		slots = append(slots, &layerSlot{layer: l})
	}
	return slots
}

func (ls ComponentLayers) slots(component string) (slots []*layerSlot) {
	for _, source := range ls {
		slots = append(slots, &layerSlot{of: component, source: source})
	}
	return slots
}

func (ls Layers) hooks(slots []*layerSlot) (hooks, error)          { return newHookTable(slots) }
func (ls ComponentLayers) hooks(slots []*layerSlot) (hooks, error) { return newHookTable(slots) }

// layerSlot is the place of a layer in the order of those of a unit. The layer is nil until it is there.
type layerSlot struct {
	layer  Layer
	found  bool   // its hooks are in the table
	logs   bool   // it has had its turn with the logger
	of     string // the component that adds it
	named  string // its name in f.yml
	source componentLayer
}

// hooks are those of all layers that there are, nil for none.
func (a *App) hooks() (hooks, error) {
	var slots []*layerSlot
	source := a.Layers
	for _, f := range a.Functions {
		if f.Named != nil {
			var err error
			if slots, err = f.Named.arrange(a.Functions); err != nil {
				return nil, err
			}
			source = f.Named
			break
		}
	}
	if a.Layers != nil {
		slots = append(slots, a.Layers.slots("")...)
	}
	given := len(slots)
	for _, c := range a.components() {
		if c.Layers == nil {
			continue
		}
		source = c.Layers
		for _, s := range source.slots(c.Name) {
			slots = append(slots, s)
			for at := len(slots) - 1; at > given && slots[at].source.Order < slots[at-1].source.Order; at-- {
				slots[at], slots[at-1] = slots[at-1], slots[at]
			}
		}
	}
	if source == nil {
		return nil, nil
	}
	return source.hooks(slots)
}

// hookTable holds the hooks of all layers, found once at start.
type hookTable struct {
	slots     []*layerSlot
	layers    []Layer // those that are there
	perInvoke bool
}

// newHookTable makes the layers that need nothing, and finds the hooks of those that are there.
func newHookTable(slots []*layerSlot) (hooks, error) {
	t := &hookTable{slots: slots}
	for _, s := range slots {
		if s.source.Make == nil {
			continue
		}
		var err error
		if s.layer, err = s.source.Make(); err != nil {
			return nil, fmt.Errorf("layer %s: %w", s.source.Name, err)
		}
	}
	return t, t.find()
}

// wrongSignatures lists the methods of l that are named like a hook and are none. The names are constants at each call
// because a variable one would make the linker keep every exported method of the program.
func wrongSignatures(l Layer) (errs []error) {
	t := reflect.TypeOf(l)
	m, found := reflect.Method{}, false
	m, found = t.MethodByName("BeforeRuntimeStart")
	errs = wrongSignature(errs, l, is[beforeRuntimeStart](l), &m, found)
	m, found = t.MethodByName("AfterRuntimeStart")
	errs = wrongSignature(errs, l, is[afterRuntimeStart](l), &m, found)
	m, found = t.MethodByName("BeforeFunctionStart")
	errs = wrongSignature(errs, l, is[beforeFunctionStart](l), &m, found)
	m, found = t.MethodByName("AfterFunctionStart")
	errs = wrongSignature(errs, l, is[afterFunctionStart](l), &m, found)
	m, found = t.MethodByName("BeforeInvoke")
	errs = wrongSignature(errs, l, is[beforeInvoke](l), &m, found)
	m, found = t.MethodByName("AfterInvoke")
	errs = wrongSignature(errs, l, is[afterInvoke](l), &m, found)
	m, found = t.MethodByName("BeforeClose")
	errs = wrongSignature(errs, l, is[beforeClose](l), &m, found)
	m, found = t.MethodByName("AfterClose")
	errs = wrongSignature(errs, l, is[afterClose](l), &m, found)
	m, found = t.MethodByName("Middleware")
	errs = wrongSignature(errs, l, is[layerMiddleware](l), &m, found)
	m, found = t.MethodByName("Logger")
	errs = wrongSignature(errs, l, is[layerLogger](l), &m, found)
	m, found = t.MethodByName("Health")
	errs = wrongSignature(errs, l, is[layerHealth](l), &m, found)
	m, found = t.MethodByName("Unclaimed")
	errs = wrongSignature(errs, l, is[layerUnclaimed](l), &m, found)
	return errs
}

// wrongSignature is one of them. It is in every binary, so it must not be inlined a dozen times.
//
//go:noinline
func wrongSignature(errs []error, l Layer, isHook bool, m *reflect.Method, found bool) []error {
	if found && !isHook {
		errs = append(errs, fmt.Errorf("layer %s: method %s has the signature %s, which is not that of the hook", l.Name(), m.Name, m.Type))
	}
	return errs
}

func is[T any](l Layer) bool {
	_, ok := l.(T)
	return ok
}

// find lists the layers that exist, and checks the hooks of those that are new.
func (t *hookTable) find() error {
	var errs []error
	t.layers = nil
	for _, s := range t.slots {
		l := s.layer
		if l == nil {
			continue
		}
		t.layers = append(t.layers, l)
		if s.found {
			continue
		}
		s.found = true
		errs = append(errs, wrongSignatures(l)...)
		_, before := l.(beforeInvoke)
		_, after := l.(afterInvoke)
		t.perInvoke = t.perInvoke || before || after
	}
	errs = append(errs, t.sameName()...)
	return errors.Join(errs...)
}

// build builds the layers with dependencies. A hook of an earlier phase is an error. Layers that exist get their after-hooks,
// also when another cannot be built.
func (t *hookTable) build(ctx context.Context, components []*Component, functions []*Function) error {
	var errs []error
	built := false
	for _, s := range t.slots {
		if s.source.Build == nil || !s.wanted(components, functions) {
			continue
		}
		begin := time.Now()
		err := fault.Guard(func() (err error) { s.layer, err = s.source.Build(ctx); return err })
		if err != nil {
			s.layer = nil
			errs = append(errs, fmt.Errorf("layer %s: %w", s.source.Name, err))
			break
		}
		built = true
		if s.layer != nil {
			coldstart.From(ctx).Layer(s.layer.Name(), begin)
		}
		errs = tooEarly(errs, s.layer, "BeforeRuntimeStart", is[beforeRuntimeStart](s.layer))
		errs = tooEarly(errs, s.layer, "AfterRuntimeStart", is[afterRuntimeStart](s.layer))
		errs = tooEarly(errs, s.layer, "BeforeFunctionStart", is[beforeFunctionStart](s.layer))
	}
	if built {
		errs = append(errs, t.find())
	}
	return errors.Join(errs...)
}

// tooEarly refuses a hook that a layer with dependencies cannot have.
//
//go:noinline
func tooEarly(errs []error, l Layer, hook string, has bool) []error {
	if has {
		errs = append(errs, fmt.Errorf("layer %s: %s cannot be called: the layer has dependencies and is built after it", l.Name(), hook))
	}
	return errs
}

// middleware is that of the layers, the first outermost.
func (t *hookTable) middleware() (list []Middleware) {
	for _, l := range t.layers {
		if m, ok := l.(layerMiddleware); ok {
			list = append(list, m.Middleware)
		}
	}
	return list
}

func (t *hookTable) invokes() bool { return t.perInvoke }

func (t *hookTable) runtimeStart(ctx context.Context, rt *Runtime, failed *error) error {
	r := coldstart.From(ctx)
	return t.phase(phase{failed: failed, after: func(l Layer, err error) error {
		if h, ok := l.(afterRuntimeStart); ok {
			defer r.Layer(l.Name(), time.Now())
			return h.AfterRuntimeStart(ctx, rt, err)
		}
		return nil
	}}, func(l Layer) error {
		if h, ok := l.(beforeRuntimeStart); ok {
			defer r.Layer(l.Name(), time.Now())
			return h.BeforeRuntimeStart(ctx, rt)
		}
		return nil
	}, func() error { return nil })
}

func (t *hookTable) functionStart(ctx context.Context, app *App, body func() error, failed *error) error {
	r := coldstart.From(ctx)
	return t.phase(phase{failed: failed, after: func(l Layer, err error) error {
		if h, ok := l.(afterFunctionStart); ok {
			defer r.Layer(l.Name(), time.Now())
			return h.AfterFunctionStart(ctx, app, err)
		}
		return nil
	}}, func(l Layer) error {
		if h, ok := l.(beforeFunctionStart); ok {
			defer r.Layer(l.Name(), time.Now())
			return h.BeforeFunctionStart(ctx, app)
		}
		return nil
	}, body)
}

func (t *hookTable) invoke(c *Context, body func() error) error {
	return t.phase(phase{call: c}, func(l Layer) error {
		if h, ok := l.(beforeInvoke); ok {
			return loggedHook(c, l, func() error { return h.BeforeInvoke(c) })
		}
		return nil
	}, body)
}

// afterCall calls the after-hook of an invocation.
func afterCall(c *Context, l Layer, err error) error {
	if h, ok := l.(afterInvoke); ok {
		return loggedHook(c, l, func() error { return h.AfterInvoke(c, err) })
	}
	return nil
}

// loggedHook writes down where a hook around an invocation panicked, as it is done for handlers, and which one ended its
// goroutine: the error of that has no way to the caller.
func loggedHook(c *Context, l Layer, hook func() error) (err error) {
	returned := false
	defer func() {
		if v := recover(); v != nil {
			p := &PanicError{Value: v, Stack: debug.Stack()}
			c.Logger().Error("panic in hook", "panic", fmt.Sprint(v), "stack", string(p.Stack))
			err = p
		} else if !returned {
			c.Logger().Error("a hook has failed", "error", fmt.Sprintf("layer %s: %v", l.Name(), errHookGoexit))
		}
	}()
	err = fault.Legible(hook())
	returned = true
	return err
}

// close differs from the other phases: a failing before-hook is reported but never keeps the container from being closed,
// and one that hangs leaves time for the rest: each hook, and Stop, gets half of the time that is left by then, the last of
// them all of it.
func (t *hookTable) close(ctx context.Context, app *App) error {
	// The layer whose after-hook is the last thing to run, -1 if Stop is.
	last := slices.IndexFunc(t.layers, is[afterClose])
	var before error
	at := len(t.layers)
	return t.phase(phase{after: func(l Layer, err error) error {
		at--
		if h, ok := l.(afterClose); ok {
			return bounded(ctx, at == last, func(ctx context.Context) error { return h.AfterClose(ctx, app, err) })
		}
		return nil
	}}, func(l Layer) error {
		if h, ok := l.(beforeClose); ok {
			herr := bounded(ctx, false, func(ctx context.Context) error { return h.BeforeClose(ctx, app) })
			if herr != nil {
				before = errors.Join(before, fmt.Errorf("layer %s: %w", l.Name(), herr))
			}
		}
		return nil
	}, func() error {
		if !app.stops() {
			return before
		}
		return errors.Join(before, bounded(ctx, last < 0, app.close))
	})
}

// bounded runs f within its share of the time that ctx has left. A panic is an error.
func bounded(ctx context.Context, last bool, f func(context.Context) error) error {
	return share.Run(ctx, last, func(ctx context.Context) error { return fault.Guard(func() error { return f(ctx) }) })
}
