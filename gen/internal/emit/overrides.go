package emit

import (
	"go/types"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// The application's own package differs from a unit's: each injected value can be replaced, and what is replaced is never
// built. Therefore every value is asked for at the moment it is needed, request-scoped ones by methods of a struct that
// lives as long as the invocation.

// overridesType writes Overrides and NewWith.
func (w *writer) overridesType(f *jen.File) {
	var fields []jen.Code
	for _, s := range w.slots {
		if !s.injected {
			continue
		}
		t := typeCode(s.typ)
		if !comparesWithNil(s.typ) {
			t = jen.Op("*").Add(t)
		}
		what := "what " + s.node.Provider.Name() + " provides"
		if id := s.node.Provider.ID; id != "" {
			what += " as id=" + id
		}
		fields = append(fields, jen.Comment("// "+title(s.ident)+" replaces "+what+"."), jen.Id(title(s.ident)).Add(t))
	}
	comment(f, "Overrides replaces values that are injected, for tests. A field that is set wins, and the real value is never")
	comment(f, "built; who sets it also ends it.")
	f.Type().Id("Overrides").Struct(fields...)
	f.Line()
	comment(f, "NewWith is New with some values replaced.")
	f.Func().Id("NewWith").Params(jen.Id("rt").Op("*").Add(q(symRuntime)), jen.Id("overrides").Id("Overrides")).
		Op("*").Add(q(symApp)).Block(w.makeUnit(jen.Id("overrides").Op(":").Id("overrides"))...)
	f.Line()
}

// comparesWithNil reports whether nil can say that an override is not set.
func comparesWithNil(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Map, *types.Slice, *types.Signature, *types.Chan:
		return true
	}
	return false
}

// override returns the replacement of a slot, if there is one, with the further results.
func (w *writer) override(unit *jen.Statement, s *slot, more ...jen.Code) jen.Code {
	field := func() *jen.Statement { return unit.Clone().Dot("overrides").Dot(title(s.ident)) }
	value := field()
	if !comparesWithNil(s.typ) {
		value = jen.Op("*").Add(value)
	}
	return jen.If(field().Op("!=").Nil()).Block(jen.Return(append([]jen.Code{value}, more...)...))
}

// slotGetters writes what stands before the providers: a getter for each interface that a singleton is injected as, and
// a function for each prototype that a singleton uses.
func (w *writer) slotGetters(f *jen.File) {
	params := []jen.Code{jen.Id("u").Op("*").Id("unit"), jen.Id("b").Op("*").Add(q(symBuild))}
	for _, s := range w.slots {
		n := s.node
		switch {
		case singleton(n) && !s.own():
			comment(f, w.getterName(s)+" returns the unit's "+describe(s.typ, w.types)+".")
			f.Func().Id(w.getterName(s)).Params(params...).Params(typeCode(s.typ), jen.Error()).Block(
				w.override(jen.Id("u"), s, jen.Nil()),
				jen.Return(jen.Id("get"+title(n.Ident)).Call(jen.Id("u"), jen.Id("b"))))
			f.Line()
		case n.Provider.Scope == annotations.Prototype && s.injected && w.usedBy(n, inBuild):
			var more []jen.Code
			cleanup, err := w.buildCleans(n), w.buildFails(n)
			if cleanup {
				more = append(more, jen.Func().Params().Block())
			}
			if err {
				more = append(more, jen.Nil())
			}
			comment(f, w.prototypeName(s)+" makes "+article(s.typ, w.types)+" for one use.")
			f.Func().Id(w.prototypeName(s)).Params(params...).Add(results(typeCode(s.typ), cleanup, err)).Block(
				w.override(jen.Id("u"), s, more...),
				jen.Return(jen.Id("build"+title(n.Ident)).Call(jen.Id("u"), jen.Id("b"))))
			f.Line()
		}
	}
}

// requestNodes are the nodes that an invocation makes.
func (w *writer) requestNodes() []*wiring.Node {
	var nodes []*wiring.Node
	for _, n := range w.reach {
		if n.Provider.Scope == annotations.Request || n.Provider.Scope == annotations.Prototype && w.usedBy(n, inRequest) {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// callType writes the struct of one invocation, with a method for each slot that an invocation fills.
func (w *writer) callType(f *jen.File) {
	nodes := w.requestNodes()
	if len(nodes) == 0 {
		return
	}
	fields := []jen.Code{
		jen.Id("u").Op("*").Id("unit"), jen.Id("ctx").Op("*").Add(q(symContext)), jen.Id("cleanups").Index().Func().Params(), jen.Line(),
	}
	for _, n := range nodes {
		if n.Provider.Scope == annotations.Request {
			fields = append(fields, jen.Id(n.Ident).Op("*").Add(typeCode(n.Provider.Out)))
		}
	}
	comment(f, "call is one invocation: it makes what the invocation needs, each request-scoped value once.")
	f.Type().Id("call").Struct(fields...)
	f.Line()
	comment(f, "end undoes what was made, the last first.")
	f.Func().Params(jen.Id("c").Op("*").Id("call")).Id("end").Params().Block(
		jen.For(jen.List(jen.Id("_"), jen.Id("cleanup")).Op(":=").Range().Id("c").Dot("cleanups")).Block(jen.Defer().Id("cleanup").Call()))
	f.Line()
	for _, n := range nodes {
		for _, s := range w.slotsOf[n] {
			w.callMethod(f, s)
		}
	}
}

func callMethodName(s *slot) string {
	if s.node.Provider.Scope == annotations.Prototype {
		return "new" + title(s.ident)
	}
	return "get" + title(s.ident)
}

func (w *writer) callMethod(f *jen.File, s *slot) {
	n := s.node
	var body []jen.Code
	if s.injected {
		body = append(body, w.override(jen.Id("c").Dot("u"), s, jen.Nil()))
	}
	if s.own() {
		body = append(body, w.callMake(n)...)
	} else {
		body = append(body, jen.Return(jen.Id("c").Dot(callMethodName(w.ownSlot(n))).Call()))
	}
	f.Func().Params(jen.Id("c").Op("*").Id("call")).Id(callMethodName(s)).Params().Params(typeCode(s.typ), jen.Error()).Block(body...)
	f.Line()
}

// callMake makes a node for an invocation.
func (w *writer) callMake(n *wiring.Node) []jen.Code {
	zero := func() jen.Code { return zeroCode(n.Provider.Out) }
	fail := jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(zero(), jen.Err()))
	kept := func() *jen.Statement { return jen.Id("c").Dot(n.Ident) }
	request := n.Provider.Scope == annotations.Request
	var body []jen.Code
	if request {
		body = append(body, jen.If(kept().Op("!=").Nil()).Block(jen.Return(jen.Op("*").Add(kept()), jen.Nil())))
	}
	unit, scope := w.needs(n, inRequest)
	var args []jen.Code
	if unit {
		args = append(args, jen.Id("c").Dot("u"))
	}
	if scope {
		args = append(args, jen.Id("c").Dot("ctx"))
	}
	for _, p := range w.params(n, inRequest).list {
		get := jen.Id("c").Dot(callMethodName(p.slot)).Call()
		if singleton(p.edge.To) {
			get = jen.Id(w.getterName(p.slot)).Call(jen.Id("c").Dot("u"), jen.Nil())
		}
		body = append(body, jen.List(jen.Id(p.name), jen.Err()).Op(":=").Add(get), fail)
		args = append(args, jen.Id(p.name))
	}
	left := []jen.Code{jen.Id("v")}
	if cleans(n) {
		left = append(left, jen.Id("cleanup"))
	}
	if fails(n) {
		left = append(left, jen.Err())
	}
	body = append(body, jen.List(left...).Op(":=").Id(providerName(n, inRequest)).Call(args...))
	if fails(n) {
		body = append(body, fail)
	}
	if cleans(n) {
		body = append(body, jen.Id("c").Dot("cleanups").Op("=").Append(jen.Id("c").Dot("cleanups"), jen.Id("cleanup")))
	}
	if request {
		body = append(body, kept().Op("=").Op("&").Id("v"))
	}
	return append(body, jen.Return(jen.Id("v"), jen.Nil()))
}

// callReceiver makes the receiver of a function of the application.
func (h *handler) callReceiver(n *wiring.Node, name string) *jen.Statement {
	h.add(jen.Id("made").Op(":=").Op("&").Id("call").Values(jen.Id("u").Op(":").Id("u"), jen.Id("ctx").Op(":").Id("ctx")),
		jen.Defer().Id("made").Dot("end").Call(),
		jen.List(jen.Id(name), jen.Err()).Op(":=").Id("made").Dot(callMethodName(h.ownSlot(n))).Call(), ifErr())
	return jen.Id(name)
}
