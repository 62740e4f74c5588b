package collect

import (
	"cmp"
	"go/types"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

const layerShape = "a layer is a struct with the method Name() string and hooks, or a constructor of one or of framework.Layer"

// hook is a method that the engine calls; early says that it does so before a unit has started.
type hook struct {
	name   string
	early  bool
	params []func(types.Type) bool
	words  string
}

func hooks() []hook {
	app := func(t types.Type) bool { return isPointerTo(t, model.FrameworkPath, model.AppType) }
	runtime := func(t types.Type) bool { return isPointerTo(t, model.FrameworkPath, model.RuntimeType) }
	type is = []func(types.Type) bool
	return []hook{
		{"BeforeRuntimeStart", true, is{isContext, runtime}, "func(context.Context, *framework.Runtime) error"},
		{"AfterRuntimeStart", true, is{isContext, runtime, isError}, "func(context.Context, *framework.Runtime, error) error"},
		{"BeforeFunctionStart", true, is{isContext, app}, "func(context.Context, *framework.App) error"},
		{"AfterFunctionStart", false, is{isContext, app, isError}, "func(context.Context, *framework.App, error) error"},
		{"BeforeInvoke", false, is{isFrameworkContext}, "func(*framework.Context) error"},
		{"AfterInvoke", false, is{isFrameworkContext, isError}, "func(*framework.Context, error) error"},
		{"BeforeClose", false, is{isContext, app}, "func(context.Context, *framework.App) error"},
		{"AfterClose", false, is{isContext, app, isError}, "func(context.Context, *framework.App, error) error"},
	}
}

func (h hook) fits(s *types.Signature) bool {
	if s.Params().Len() != len(h.params) || s.Variadic() || !isCheck(s.Results()) {
		return false
	}
	for i, is := range h.params {
		if !is(s.Params().At(i).Type()) {
			return false
		}
	}
	return true
}

// extension is a method that the engine looks for beside the hooks.
type extension struct {
	name, words     string
	params, results []func(types.Type) bool
}

func extensions() []extension {
	type is = []func(types.Type) bool
	isLogger := func(t types.Type) bool { return isPointerTo(t, "log/slog", "Logger") }
	isAny := func(t types.Type) bool { i, ok := t.Underlying().(*types.Interface); return ok && i.Empty() }
	isBool := func(t types.Type) bool { return types.Identical(t, types.Typ[types.Bool]) }
	return []extension{
		{"Logger", "func(*slog.Logger) *slog.Logger", is{isLogger}, is{isLogger}},
		{"Health", "func(context.Context) error", is{isContext}, is{isError}},
		{"Unclaimed", "func(context.Context, []byte) (any, bool, error)", is{isContext, isBytes}, is{isAny, isBool, isError}},
	}
}

func (e extension) fits(s *types.Signature) bool {
	all := func(list *types.Tuple, is []func(types.Type) bool) bool {
		for i := range is {
			if list.Len() != len(is) || !is[i](list.At(i).Type()) {
				return false
			}
		}
		return true
	}
	return !s.Variadic() && all(s.Params(), e.params) && all(s.Results(), e.results)
}

// layerDirective is //faas:layer: hooks of the engine around the starts and invocations of a unit.
type layerDirective struct {
	*collector
	provide *provideDirective
}

func (*layerDirective) words() []string { return []string{"layer"} }

// check makes the layers that f.yml names.
func (c *layerDirective) check() { c.nameLayers() }

// collect adds the layers of the application and of its components.
func (c *layerDirective) collect() {
	for _, d := range c.declared {
		layer, _ := find[annotations.Layer](d.markers)
		if layer == nil || d.object == nil {
			continue
		}
		l := &model.Layer{Order: layer.Order, Object: d.object, Pos: c.position(d.name.Pos())}
		if found := c.ofComponent(d.pkg.Path); found != nil {
			l.Namespace = found.namespace
		}
		good := false
		if d.fn != nil {
			good = c.layerFunc(d, l)
		} else {
			good = c.layerStruct(d, l)
		}
		if !good || d.faulty {
			c.app.Incomplete = true
			continue
		}
		c.app.Layers = append(c.app.Layers, l)
	}
	slices.SortFunc(c.app.Layers, func(a, b *model.Layer) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Object.Pkg().Path(), b.Object.Pkg().Path()), cmp.Compare(a.Object.Name(), b.Object.Name()))
	})
}

// layerStruct reads a struct. It is a provider when something is injected, or when it has to be begun or ended.
func (c *layerDirective) layerStruct(d *declaration, l *model.Layer) bool {
	config, _ := find[annotations.Config](d.markers)
	p := c.provide.structProvider(d, &annotations.Provide{}, config)
	if p == nil {
		return false
	}
	if len(p.Deps) > 0 || p.Init || p.Destroy {
		l.Provider = p
	} else {
		c.app.Providers = slices.DeleteFunc(c.app.Providers, func(q *model.Provider) bool { return q == p })
	}
	return c.hooked(d, l, p.Out, l.Provider != nil)
}

// layerFunc reads a constructor. It is a provider when something is injected, or when it has to be begun or ended.
func (c *layerDirective) layerFunc(d *declaration, l *model.Layer) bool {
	fn := d.object.(*types.Func)
	if invalid(fn.Signature()) {
		return false
	}
	p := c.provide.constructor(d, &annotations.Provide{})
	if p == nil || d.faulty {
		return false
	}
	p.Implicit = true
	l.Err = p.Err
	if len(p.Deps) > 0 || p.Cleanup || p.Init || p.Destroy {
		l.Provider = p
		c.app.Providers = append(c.app.Providers, p)
	}
	if isNamed(p.Out, model.FrameworkPath, model.LayerType) {
		l.Invokes, l.Wraps = true, true // what it makes is seen when it is made
		return true
	}
	return c.hooked(d, l, p.Out, l.Provider != nil)
}

// hooked checks the methods of a layer.
func (c *layerDirective) hooked(d *declaration, l *model.Layer, t types.Type, late bool) bool {
	name := types.NewMethodSet(t).Lookup(nil, "Name")
	if f, ok := methodOf(name); !ok || f.Signature().Params().Len() > 0 || f.Signature().Results().Len() != 1 || !isString(f.Signature().Results().At(0).Type()) {
		c.errorf(d.name.Pos(), len(d.name.Name), codeLayer, "layer %s has no method Name() string", d.name.Name).Hint = layerShape
		return false
	}
	has, good := 0, true
	report := func(f *types.Func, format string, args ...any) *annotations.Diagnostic {
		good = false
		if c.app.Sources[c.position(f.Pos()).Filename] == nil { // of another module's type, which is embedded
			return c.errorf(d.name.Pos(), len(d.name.Name), codeLayer, format, args...)
		}
		return c.errorf(f.Pos(), len(f.Name()), codeLayer, format, args...)
	}
	for _, h := range hooks() {
		f, ok := methodOf(types.NewMethodSet(t).Lookup(nil, h.name))
		if !ok || invalid(f.Signature()) {
			continue
		}
		has++
		switch {
		case !h.fits(f.Signature()):
			report(f, "%s of layer %s is %s, expected %s", h.name, d.name.Name, signature(f), h.words).Hint = "the engine calls what has that name: change its signature or its name"
		case h.early && late:
			report(f, "layer %s is built when a unit starts, after its %s was to be called", d.name.Name, h.name).
				Hint = "take a later hook, or let nothing be injected into the layer and leave out Init, Destroy and clean-up functions"
		}
		l.Invokes = l.Invokes || h.name == "BeforeInvoke" || h.name == "AfterInvoke"
	}
	if f, ok := methodOf(types.NewMethodSet(t).Lookup(nil, "Middleware")); ok && !invalid(f.Signature()) {
		has++
		l.Wraps = true
		if !isWrapper(f.Signature(), false) {
			report(f, "Middleware of layer %s is %s, expected func(framework.Handler) framework.Handler", d.name.Name, signature(f)).
				Hint = "the engine calls what has that name: change its signature or its name"
		}
	}
	for _, e := range extensions() {
		f, ok := methodOf(types.NewMethodSet(t).Lookup(nil, e.name))
		if !ok || invalid(f.Signature()) {
			continue
		}
		has++
		if !e.fits(f.Signature()) {
			report(f, "%s of layer %s is %s, expected %s", e.name, d.name.Name, signature(f), e.words).Hint = "the engine calls what has that name: change its signature or its name"
		}
	}
	if has == 0 {
		c.errorf(d.name.Pos(), len(d.name.Name), codeLayer, "layer %s has no hook", d.name.Name).
			Hint = "give it one, such as BeforeInvoke(*framework.Context) error; see framework.Layer for all"
		return false
	}
	return good
}

func methodOf(s *types.Selection) (*types.Func, bool) {
	if s == nil {
		return nil, false
	}
	f, ok := s.Obj().(*types.Func)
	return f, ok
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.String && types.Unalias(t) == types.Typ[types.String]
}
