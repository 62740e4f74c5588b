package emit

import (
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// A function whose middleware or guards live for one invocation has a call: one struct, made before its chain and ended
// after it, in which all of the chain and the handler find the same instances. The Context of the invocation carries it.
// What only a handler needs stays in its variables, but in the application's own package, where values can be replaced and
// every one is asked for at the moment it is needed.

// shares reports whether a function has a call that its chain shares.
func shares(m *plan.Member) bool {
	return slices.ContainsFunc(m.Model.Middleware, perCall)
}

// perCall reports whether a middleware or guard lives for one invocation.
func perCall(m *model.Middleware) bool {
	return m.Provider != nil && m.Provider.Scope == annotations.Request
}

// sharing reports whether some function of the unit has a call that its chain shares.
func (w *writer) sharing() bool { return slices.ContainsFunc(w.unit.Members, shares) }

// callNodes are the nodes that the struct of one invocation makes, in dependency order.
func (w *writer) callNodes() []*wiring.Node {
	if w.overrides {
		return w.requestNodes()
	}
	want := map[*wiring.Node]bool{}
	var mark func(n *wiring.Node)
	mark = func(n *wiring.Node) {
		if n == nil || want[n] || singleton(n) {
			return
		}
		want[n] = true
		for _, e := range n.Edges {
			if !e.Dep.Lazy {
				mark(e.To)
			}
		}
	}
	for _, m := range w.unit.Members {
		if !shares(m) {
			continue
		}
		mark(w.nodes[m.Model.Provider])
		if e := w.graph.Checks(m.Model); e != nil {
			mark(e.To)
		}
		for _, wrapper := range m.Model.Middleware {
			mark(w.nodes[wrapper.Provider])
		}
		for _, a := range m.Model.Aspects {
			mark(w.nodes[a.Provider])
		}
	}
	return slices.DeleteFunc(slices.Clone(w.reach), func(n *wiring.Node) bool { return !want[n] })
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

// callType writes the struct of one invocation, with a method for each slot that an invocation fills, and what enters a
// chain with it.
func (w *writer) callType(f *jen.File) {
	nodes := w.callNodes()
	if len(nodes) == 0 {
		return
	}
	w.nameKept(nodes)
	var values, made []jen.Code
	ends := 0
	for _, n := range nodes {
		if cleans(n) {
			ends++
		}
		if n.Provider.Scope == annotations.Request {
			values = append(values, jen.Id(w.kept[n]).Add(typeCode(n.Provider.Out)))
			made = append(made, jen.Id(w.kept[n]))
		}
	}
	fields := []jen.Code{jen.Id("u").Op("*").Id("unit"), jen.Id("ctx").Op("*").Add(q(symContext))}
	if ends > 0 {
		fields = append(fields, jen.Id("cleanups").Index().Func().Params(), jen.Id("room").Index(jen.Lit(ends)).Func().Params())
	}
	if len(values) > 0 {
		fields = append(append(fields, jen.Line()), values...)
		fields = append(fields, jen.Line(), jen.Id("has").Struct(jen.List(made...).Bool()))
	}
	comment(f, "call is one invocation: it makes what the invocation needs, each request-scoped value once. One goroutine uses it.")
	f.Type().Id("call").Struct(fields...)
	f.Line()
	comment(f, "begin makes the call of an invocation.")
	begin := []jen.Code{jen.Id("c").Op(":=").Op("&").Id("call").Values(jen.Id("u").Op(":").Id("u"), jen.Id("ctx").Op(":").Id("ctx"))}
	if ends > 0 {
		begin = append(begin, jen.Id("c").Dot("cleanups").Op("=").Id("c").Dot("room").Index(jen.Op(":").Lit(0)))
	}
	f.Func().Params(jen.Id("u").Op("*").Id("unit")).Id("begin").Params(jen.Id("ctx").Op("*").Add(q(symContext))).Op("*").Id("call").
		Block(append(begin, jen.Return(jen.Id("c")))...)
	f.Line()
	if ends > 0 {
		comment(f, "end undoes what was made, the last first.")
		f.Func().Params(jen.Id("c").Op("*").Id("call")).Id("end").Params().Block(
			jen.For(jen.List(jen.Id("_"), jen.Id("cleanup")).Op(":=").Range().Id("c").Dot("cleanups")).Block(jen.Defer().Id("cleanup").Call()))
		f.Line()
	}
	if w.sharing() {
		w.enter(f, ends > 0)
	}
	for _, n := range nodes {
		for _, s := range w.slotsOf[n] {
			w.callMethod(f, s)
		}
	}
	for _, m := range w.wrappersUsed() {
		if perCall(m) {
			w.perCallWrapper(f, m)
		}
	}
}

// nameKept finds a field of the call for each request-scoped node, away from its other fields and its methods.
func (w *writer) nameKept(nodes []*wiring.Node) {
	taken := newSpace("u", "ctx", "cleanups", "room", "has", "end")
	for _, n := range nodes {
		for _, s := range w.slotsOf[n] {
			taken.add(callMethodName(s))
		}
	}
	w.kept = map[*wiring.Node]string{}
	for _, n := range nodes {
		w.kept[n] = taken.take(n.Ident)
	}
}

// callEnds reports whether the call of an invocation may have something to undo.
func (w *writer) callEnds() bool { return slices.ContainsFunc(w.callNodes(), cleans) }

// enter writes what runs a chain that shares a call.
func (w *writer) enter(f *jen.File, ends bool) {
	body := []jen.Code{jen.Id("c").Op(":=").Id("u").Dot("begin").Call(jen.Id("ctx"))}
	said := "inCall runs a chain in a call that all of it shares."
	if ends {
		said = "inCall runs a chain in a call that all of it shares, and undoes what that made, whatever becomes of the chain."
		body = append(body, jen.Defer().Id("c").Dot("end").Call())
	}
	body = append(body, jen.Id("ctx").Dot("SetScope").Call(jen.Id("c")), jen.Return(jen.Id("chain").Call(jen.Id("ctx"))))
	comment(f, said)
	f.Func().Params(jen.Id("u").Op("*").Id("unit")).Id("inCall").
		Params(jen.Id("ctx").Op("*").Add(q(symContext)), jen.Id("chain").Add(q(symHandler))).Error().Block(body...)
	f.Line()
}

// perCallName is the function that stands in a chain for what is made when its turn comes.
func perCallName(n *wiring.Node, m *model.Middleware) string {
	if m.Guard {
		return "guard" + title(n.Ident)
	}
	return "around" + title(n.Ident)
}

// perCallWrapper writes it.
func (w *writer) perCallWrapper(f *jen.File, m *model.Middleware) {
	n := w.nodes[m.Provider]
	name := perCallName(n, m)
	made := []jen.Code{
		jen.List(jen.Id("v"), jen.Err()).Op(":=").Id("ctx").Dot("Scope").Call().Assert(jen.Op("*").Id("call")).Dot(callMethodName(w.ownSlot(n))).Call(),
		ifErr(),
	}
	ctx := jen.Id("ctx").Op("*").Add(q(symContext))
	if m.Guard {
		comment(f, name+" lets the "+describe(n.Provider.Out, w.types)+" of the call decide.")
		f.Func().Id(name).Params(ctx).Error().Block(append(made, jen.Return(jen.Id("v").Dot("Guard").Call(jen.Id("ctx"))))...)
	} else {
		comment(f, name+" puts the "+describe(n.Provider.Out, w.types)+" of the call around next.")
		made = append(made, jen.Return(jen.Id("v").Dot("Middleware").Call(jen.Id("next")).Call(jen.Id("ctx"))))
		f.Func().Id(name).Params(jen.Id("next").Add(q(symHandler))).Add(q(symHandler)).Block(jen.Return(jen.Func().Params(ctx).Error().Block(made...)))
	}
	f.Line()
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
	if w.overrides && s.injected {
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
	kept := func() *jen.Statement { return jen.Id("c").Dot(w.kept[n]) }
	has := func() *jen.Statement { return jen.Id("c").Dot("has").Dot(w.kept[n]) }
	request := n.Provider.Scope == annotations.Request
	var body []jen.Code
	if request {
		body = append(body, jen.If(has()).Block(jen.Return(kept(), jen.Nil())))
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
		body = append(body, jen.List(kept(), has()).Op("=").List(jen.Id("v"), jen.True()))
	}
	return append(body, jen.Return(jen.Id("v"), jen.Nil()))
}

// inCall reports whether the handler takes what lives for its invocation from a call.
func (h *handler) inCall() bool { return h.overrides || shares(h.member) }

// fromCall takes a slot's value from the call of the invocation: the one that the chain shares, or one of the handler's own.
func (h *handler) fromCall(s *slot, name string) {
	if !h.called {
		h.called = true
		switch {
		case shares(h.member):
			h.add(jen.Id("made").Op(":=").Id("ctx").Dot("Scope").Call().Assert(jen.Op("*").Id("call")))
		default:
			h.add(jen.Id("made").Op(":=").Id("u").Dot("begin").Call(jen.Id("ctx")))
			if h.callEnds() {
				h.add(jen.Defer().Id("made").Dot("end").Call())
			}
		}
	}
	h.add(jen.List(jen.Id(name), jen.Err()).Op(":=").Id("made").Dot(callMethodName(s)).Call(), ifErr())
}
