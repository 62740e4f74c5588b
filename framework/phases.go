package framework

import (
	"context"
	"errors"
	"fmt"
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
	// around puts the layers of a function around its handler, and gives it their hooks.
	around(f *Function, h Handler) Handler
	// replaceLogger gives the process the logger that its layers make.
	replaceLogger(e *Engine)
	health(ctx context.Context) error
	unclaimed(ctx context.Context, e *Engine, payload []byte, deadline time.Time, failure error) (result any, taken bool, err error)

	// The error of a start that ends its goroutine is left in failed.
	runtimeStart(ctx context.Context, rt *Runtime, failed *error) error
	functionStart(ctx context.Context, app *App, body func() error, failed *error) error
	invoke(c *Context, body func() error) error
	close(ctx context.Context, app *App) error
}

// layerSource is Layers, ComponentLayers or NamedLayers.
type layerSource interface {
	slots(component string) []*layerSlot
	// table has the hooks of all layers that a has.
	table(a *App) (hooks, error)
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

func (Layers) table(a *App) (hooks, error)          { return newHookTable(a) }
func (ComponentLayers) table(a *App) (hooks, error) { return newHookTable(a) }

// layerSlot is the place of a layer in the order of those of a unit. The layer is nil until it is there.
type layerSlot struct {
	layer  Layer
	name   string // that of layer, read once
	found  bool   // its hooks are in the table
	logs   bool   // it has had its turn with the logger
	of     string // the component that adds it
	named  string // its name in f.yml
	source componentLayer
	took   time.Duration // by what built it
}

// layered is one of the sources of layers that a has, nil for none.
//
//go:noinline
func (a *App) layered() layerSource {
	if a.Layers != nil {
		return a.Layers
	}
	for _, f := range a.Functions {
		if f.Named != nil {
			return f.Named
		}
		for _, c := range f.Components {
			if c.Layers != nil {
				return c.Layers
			}
		}
	}
	return nil
}

// slotsOf are the places of all layers of a: those of f.yml are outermost, then come its own and those of its components.
func slotsOf(a *App) (slots []*layerSlot, err error) {
	for _, f := range a.Functions {
		if f.Named != nil {
			if slots, err = f.Named.arrange(a.Functions); err != nil {
				return nil, err
			}
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
		for _, s := range c.Layers.slots(c.Name) {
			slots = append(slots, s)
			for at := len(slots) - 1; at > given && slots[at].source.Order < slots[at-1].source.Order; at-- {
				slots[at], slots[at-1] = slots[at-1], slots[at]
			}
		}
	}
	return slots, nil
}

// hookTable holds the hooks of all layers, found once at start.
type hookTable struct {
	slots     []*layerSlot
	layers    []*layerSlot // those that are there
	perInvoke bool
}

// newHookTable makes the layers that need nothing, and finds the hooks of those that are there.
func newHookTable(a *App) (hooks, error) {
	slots, err := slotsOf(a)
	if err != nil {
		return nil, err
	}
	t := &hookTable{slots: slots}
	for _, s := range slots {
		if s.source.Make == nil {
			continue
		}
		if s.layer, err = s.source.Make(); err != nil {
			return nil, fmt.Errorf("layer %s: %w", s.source.Name, err)
		}
	}
	return t, t.find()
}

// identify reads the name of a layer. Its method is the user's: what is called later must not be able to panic.
func (s *layerSlot) identify() error {
	if err := fault.Guard(func() error { s.name = s.layer.Name(); return nil }); err != nil {
		return fmt.Errorf("%s: its method Name has failed: %w", s.kind(), err)
	}
	if s.name == "" {
		return fmt.Errorf("%s: its method Name returns no name", s.kind())
	}
	return nil
}

// wrongSignatures lists the methods of l that are named like a hook and are none. The names are constants at each call
// because a variable one would make the linker keep every exported method of the program.
func wrongSignatures(s *layerSlot) (errs []error) {
	l := s.layer
	t := reflect.TypeOf(l)
	m, found := reflect.Method{}, false
	m, found = t.MethodByName("BeforeRuntimeStart")
	errs = wrongSignature(errs, s, is[beforeRuntimeStart](l), &m, found)
	m, found = t.MethodByName("AfterRuntimeStart")
	errs = wrongSignature(errs, s, is[afterRuntimeStart](l), &m, found)
	m, found = t.MethodByName("BeforeFunctionStart")
	errs = wrongSignature(errs, s, is[beforeFunctionStart](l), &m, found)
	m, found = t.MethodByName("AfterFunctionStart")
	errs = wrongSignature(errs, s, is[afterFunctionStart](l), &m, found)
	m, found = t.MethodByName("BeforeInvoke")
	errs = wrongSignature(errs, s, is[beforeInvoke](l), &m, found)
	m, found = t.MethodByName("AfterInvoke")
	errs = wrongSignature(errs, s, is[afterInvoke](l), &m, found)
	m, found = t.MethodByName("BeforeClose")
	errs = wrongSignature(errs, s, is[beforeClose](l), &m, found)
	m, found = t.MethodByName("AfterClose")
	errs = wrongSignature(errs, s, is[afterClose](l), &m, found)
	m, found = t.MethodByName("Middleware")
	errs = wrongSignature(errs, s, is[layerMiddleware](l), &m, found)
	m, found = t.MethodByName("Logger")
	errs = wrongSignature(errs, s, is[layerLogger](l), &m, found)
	m, found = t.MethodByName("Health")
	errs = wrongSignature(errs, s, is[layerHealth](l), &m, found)
	m, found = t.MethodByName("Unclaimed")
	errs = wrongSignature(errs, s, is[layerUnclaimed](l), &m, found)
	return errs
}

// wrongSignature is one of them. It is in every binary, so it must not be inlined a dozen times.
//
//go:noinline
func wrongSignature(errs []error, s *layerSlot, isHook bool, m *reflect.Method, found bool) []error {
	if found && !isHook {
		errs = append(errs, fmt.Errorf("layer %s: method %s has the signature %s, which is not that of the hook", s.name, m.Name, m.Type))
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
		if s.layer == nil {
			continue
		}
		if !s.found {
			s.found = true
			if err := s.identify(); err != nil {
				s.layer = nil // no other method of it is called
				errs = append(errs, err)
				continue
			}
			errs = append(errs, wrongSignatures(s)...)
			t.perInvoke = t.perInvoke || s.invokes()
		}
		t.layers = append(t.layers, s)
	}
	errs = append(errs, t.sameName()...)
	return errors.Join(errs...)
}

// build builds the layers with dependencies. A hook of an earlier phase is an error. Layers that exist get their after-hooks,
// also when another cannot be built.
func (t *hookTable) build(ctx context.Context, components []*Component, functions []*Function) error {
	var errs []error
	var built []*layerSlot
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
		built = append(built, s)
		s.took = time.Since(begin)
	}
	if built == nil {
		return errors.Join(errs...)
	}
	errs = append(errs, t.find())
	r := coldstart.From(ctx)
	for _, s := range built {
		if s.layer == nil {
			continue
		}
		r.Layer(s.name, time.Now().Add(-s.took))
		errs = tooEarly(errs, s, "BeforeRuntimeStart", is[beforeRuntimeStart](s.layer))
		errs = tooEarly(errs, s, "AfterRuntimeStart", is[afterRuntimeStart](s.layer))
		errs = tooEarly(errs, s, "BeforeFunctionStart", is[beforeFunctionStart](s.layer))
	}
	return errors.Join(errs...)
}

// tooEarly refuses a hook that a layer with dependencies cannot have.
//
//go:noinline
func tooEarly(errs []error, s *layerSlot, hook string, has bool) []error {
	if has {
		errs = append(errs, fmt.Errorf("layer %s: %s cannot be called: the layer has dependencies and is built after it", s.name, hook))
	}
	return errs
}

// around puts the middleware of the layers around a handler, the first outermost.
func (t *hookTable) around(f *Function, h Handler) Handler {
	own := t.of(f)
	if own.perInvoke {
		f.hooks = own
	}
	for _, s := range slices.Backward(own.layers) {
		if m, ok := s.layer.(layerMiddleware); ok {
			h = m.Middleware(h)
		}
	}
	return h
}

// invokes reports whether a layer has hooks around invocations.
func (s *layerSlot) invokes() bool { return is[beforeInvoke](s.layer) || is[afterInvoke](s.layer) }

func (t *hookTable) runtimeStart(ctx context.Context, rt *Runtime, failed *error) error {
	r := coldstart.From(ctx)
	return t.phase(phase{failed: failed, after: func(s *layerSlot, err error) error {
		if h, ok := s.layer.(afterRuntimeStart); ok {
			defer r.Layer(s.name, time.Now())
			return h.AfterRuntimeStart(ctx, rt, err)
		}
		return nil
	}}, func(s *layerSlot) error {
		if h, ok := s.layer.(beforeRuntimeStart); ok {
			defer r.Layer(s.name, time.Now())
			return h.BeforeRuntimeStart(ctx, rt)
		}
		return nil
	}, func() error { return nil })
}

func (t *hookTable) functionStart(ctx context.Context, app *App, body func() error, failed *error) error {
	r := coldstart.From(ctx)
	return t.phase(phase{failed: failed, after: func(s *layerSlot, err error) error {
		if h, ok := s.layer.(afterFunctionStart); ok {
			defer r.Layer(s.name, time.Now())
			return h.AfterFunctionStart(ctx, app, err)
		}
		return nil
	}}, func(s *layerSlot) error {
		if h, ok := s.layer.(beforeFunctionStart); ok {
			defer r.Layer(s.name, time.Now())
			return h.BeforeFunctionStart(ctx, app)
		}
		return nil
	}, body)
}

func (t *hookTable) invoke(c *Context, body func() error) error {
	return t.phase(phase{call: c}, func(s *layerSlot) error {
		if h, ok := s.layer.(beforeInvoke); ok {
			return loggedHook(c, s, func() error { return h.BeforeInvoke(c) })
		}
		return nil
	}, body)
}

// afterCall calls the after-hook of an invocation.
func afterCall(c *Context, s *layerSlot, err error) error {
	if h, ok := s.layer.(afterInvoke); ok {
		return loggedHook(c, s, func() error { return h.AfterInvoke(c, err) })
	}
	return nil
}

// loggedHook writes down where a hook around an invocation panicked, as it is done for handlers, and which one ended its
// goroutine: the error of that has no way to the caller.
func loggedHook(c *Context, s *layerSlot, hook func() error) (err error) {
	returned := false
	defer func() {
		if v := recover(); v != nil {
			p := &PanicError{Value: v, Stack: debug.Stack()}
			c.Logger().Error("panic in hook", "layer", s.name, "panic", fmt.Sprint(v), "stack", string(p.Stack))
			fault.MarkLogged(p)
			err = p
		} else if !returned {
			c.Logger().Error("a hook has failed", "error", fmt.Sprintf("layer %s: %v", s.name, errHookGoexit))
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
	last := slices.IndexFunc(t.layers, func(s *layerSlot) bool { return is[afterClose](s.layer) })
	var before error
	at := len(t.layers)
	return t.phase(phase{after: func(s *layerSlot, err error) error {
		at--
		if h, ok := s.layer.(afterClose); ok {
			return bounded(ctx, at == last, func(ctx context.Context) error { return h.AfterClose(ctx, app, err) })
		}
		return nil
	}}, func(s *layerSlot) error {
		if h, ok := s.layer.(beforeClose); ok {
			herr := bounded(ctx, false, func(ctx context.Context) error { return h.BeforeClose(ctx, app) })
			if herr != nil {
				before = errors.Join(before, fmt.Errorf("layer %s: %w", s.name, herr))
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
//
//go:noinline
func bounded(ctx context.Context, last bool, f func(context.Context) error) error {
	return share.Run(ctx, last, func(ctx context.Context) error { return fault.Guard(func() error { return f(ctx) }) })
}
