package emit

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/injector"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// The injectors: one for each singleton and each prototype that a singleton uses. Other cells come in through their
// getters, prototypes through their injectors, so that each call of one makes one.

// wrapperName is the type that tells a parameter's value apart for Wire.
func (w *writer) wrapperName(n *wiring.Node, p param) string {
	if p.second {
		return "named" + title(n.Ident) + title(p.name)
	}
	return "named" + title(p.slot.ident)
}

// wrapper returns the type of that name.
func (w *writer) wrapper(name string) types.Type {
	if o := w.types.Scope().Lookup(name); o != nil {
		return o.Type()
	}
	o := types.NewTypeName(token.NoPos, w.types, name, nil)
	t := types.NewNamed(o, types.NewStruct(nil, nil), nil)
	w.types.Scope().Insert(o)
	return t
}

// wrapperUse is one wrapper that the unit needs, with the function that fills it.
type wrapperUse struct {
	name, function string
	param          param
}

// wrapperUses lists the wrappers in the order of their first use.
func (w *writer) wrapperUses() []wrapperUse {
	var uses []wrapperUse
	for _, n := range w.reach {
		if !w.built(n) {
			continue
		}
		for _, p := range w.params(n, inBuild).list {
			if !p.slot.wrapped && !p.second {
				continue
			}
			name := w.wrapperName(n, p)
			if !slices.ContainsFunc(uses, func(u wrapperUse) bool { return u.name == name }) {
				uses = append(uses, wrapperUse{name, "wrap" + name[len("named"):], p})
			}
		}
	}
	return uses
}

// built reports whether the node has an injector.
func (w *writer) built(n *wiring.Node) bool {
	return singleton(n) || n.Provider.Scope == annotations.Prototype && w.usedBy(n, inBuild)
}

// source is the function that a build takes a slot's value from, and its further results.
func (w *writer) source(s *slot) (name string, cleanup, err bool) {
	n := s.node
	if singleton(n) {
		return w.getterName(s), false, true
	}
	return w.prototypeName(s), w.buildCleans(n), w.buildFails(n)
}

func (w *writer) getterName(s *slot) string { return "get" + title(s.ident) }

func (w *writer) prototypeName(s *slot) string {
	if w.overrides && s.injected {
		return "new" + title(s.ident)
	}
	return "build" + title(s.node.Ident)
}

// buildCleans and buildFails say which further results an injector has.
func (w *writer) buildCleans(n *wiring.Node) bool {
	return cleans(n) || slices.ContainsFunc(n.Edges, func(e wiring.Edge) bool {
		return e.To != nil && !e.Dep.Lazy && !singleton(e.To) && w.buildCleans(e.To)
	})
}

func (w *writer) buildFails(n *wiring.Node) bool {
	return fails(n) || slices.ContainsFunc(n.Edges, func(e wiring.Edge) bool {
		return e.To != nil && !e.Dep.Lazy && (singleton(e.To) || w.buildFails(e.To))
	})
}

// wrappers writes the wrapper types and the functions that fill them.
func (w *writer) wrappers(f *jen.File) {
	for _, u := range w.wrapperUses() {
		s := u.param.slot
		w.comment(f, u.name+" tells one "+describe(s.typ, w.types)+" from another.", "")
		f.Type().Id(u.name).Struct(jen.Id("V").Add(typeCode(s.typ)))
		f.Line()
		name, cleanup, err := w.source(s)
		call := jen.Id(name).Call(jen.Id("u"), jen.Id("b"))
		fn := f.Func().Id(u.function).Params(jen.Id("u").Op("*").Id("unit"), jen.Id("b").Op("*").Add(q(symBuild))).
			Add(results(jen.Id(u.name), cleanup, err))
		if !cleanup && !err {
			fn.Block(jen.Return(jen.Id(u.name).Values(call)))
		} else {
			left := []jen.Code{jen.Id("v")}
			right := []jen.Code{jen.Id(u.name).Values(jen.Id("v"))}
			if cleanup {
				left, right = append(left, jen.Id("cleanup")), append(right, jen.Id("cleanup"))
			}
			if err {
				left, right = append(left, jen.Err()), append(right, jen.Err())
			}
			fn.Block(jen.List(left...).Op(":=").Add(call), jen.Return(right...))
		}
		f.Line()
	}
}

// injection writes the declarations of the injectors, for Wire and for those who read; nil when there are none.
func (w *writer) injection() (*injector.Package, *jen.File) {
	p := &injector.Package{Types: w.types}
	f := w.file("", "//go:build wireinject")
	unit, build := w.wrapper("unit"), w.iocBuild()
	args := []*types.Var{
		types.NewVar(token.NoPos, w.types, "u", types.NewPointer(unit)),
		types.NewVar(token.NoPos, w.types, "b", types.NewPointer(build)),
	}
	for _, n := range w.reach {
		if !w.built(n) {
			continue
		}
		in := &injector.Injector{
			Name: "build" + title(n.Ident), Params: args, Out: n.Provider.Out,
			Doc:     []string{"// build" + title(n.Ident) + " makes " + w.made(n) + " out of what it needs."},
			Cleanup: w.buildCleans(n), Err: w.buildFails(n),
		}
		w.providers(in, n, args)
		p.Injectors = append(p.Injectors, in)
		declaration(f, in)
	}
	if len(p.Injectors) == 0 {
		return nil, f
	}
	return p, f
}

// providers lists what an injector may call.
func (w *writer) providers(in *injector.Injector, n *wiring.Node, args []*types.Var) {
	own := &injector.Provider{Name: providerName(n, inBuild), Out: n.Provider.Out, Cleanup: cleans(n), Err: fails(n)}
	unit, scope := w.needs(n, inBuild)
	if unit {
		own.Params = append(own.Params, args[0].Type())
	}
	if scope {
		own.Params = append(own.Params, args[1].Type())
	}
	both := []types.Type{args[0].Type(), args[1].Type()}
	for _, p := range w.params(n, inBuild).list {
		own.Params = append(own.Params, p.typ)
		name, cleanup, err := w.source(p.slot)
		out := p.slot.typ
		switch {
		case p.slot.wrapped || p.second:
			name, out = "wrap"+w.wrapperName(n, p)[len("named"):], p.typ
		case !types.Identical(out, p.typ):
			in.Bindings = append(in.Bindings, injector.Binding{Interface: p.typ, Concrete: out})
		}
		if !slices.ContainsFunc(in.Providers, func(p *injector.Provider) bool { return p.Name == name }) {
			in.Providers = append(in.Providers, &injector.Provider{Name: name, Params: both, Out: out, Cleanup: cleanup, Err: err})
		}
	}
	in.Providers = append(in.Providers, own)
}

// iocBuild is the type ioc.Build as a name; nothing looks inside.
func (w *writer) iocBuild() types.Type {
	p := types.NewPackage(pathIoc, "ioc")
	return types.NewNamed(types.NewTypeName(token.NoPos, p, "Build", nil), types.NewStruct(nil, nil), nil)
}

// declaration writes the declaration of one injector, whose body tells Wire what to use.
func declaration(f *jen.File, in *injector.Injector) {
	var calls []jen.Code
	for _, p := range in.Providers {
		calls = append(calls, jen.Id(p.Name))
	}
	for _, b := range in.Bindings {
		calls = append(calls, jen.Qual(pathWire, "Bind").Call(jen.New(typeCode(b.Interface)), jen.New(typeCode(b.Concrete))))
	}
	for _, line := range in.Doc {
		f.Comment(line)
	}
	var params []jen.Code
	for _, p := range in.Params {
		params = append(params, jen.Id(p.Name()).Add(typeCode(p.Type())))
	}
	build := jen.Qual(pathWire, "Build").Call(calls...)
	f.Func().Id(in.Name).Params(params...).Add(results(typeCode(in.Out), in.Cleanup, in.Err)).Block(jen.Panic(build))
	f.Line()
}
