package emit

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// Aspects are called by what is written for each of them: a function that runs a call with the aspect's methods around it.
// It calls them on their own type, so that the compiler sees what they do with their arguments and keeps those on the
// stack.

// aspectsUsed are the aspects around the unit's functions and around what they reach, in their order. A variant of one, whose
// instance is another, is the same here.
func (w *writer) aspectsUsed() []*model.Aspect {
	used := map[*types.TypeName]bool{}
	add := func(aspects []*model.Aspect) {
		for _, a := range aspects {
			used[a.Object] = true
		}
	}
	for _, n := range w.reach {
		if n.Decoration != nil {
			add(n.Decoration.Aspects)
		}
	}
	for _, m := range w.unit.Members {
		add(m.Model.Aspects)
	}
	return slices.DeleteFunc(slices.Clone(w.graph.App.Aspects), func(a *model.Aspect) bool { return !used[a.Object] })
}

// nameAspects finds a function for each aspect.
func (w *writer) nameAspects() {
	w.aspects = map[*types.TypeName]string{}
	for _, a := range w.aspectsUsed() {
		w.aspects[a.Object] = w.declared.take("around" + title(a.Object.Pkg().Name()) + title(a.Object.Name()))
	}
}

// aroundFunctions are the nodes of the aspects around the unit's functions.
func (w *writer) aroundFunctions() []*wiring.Node {
	var nodes []*wiring.Node
	for _, m := range w.unit.Members {
		for _, a := range m.Model.Aspects {
			if n := w.nodes[a.Provider]; !slices.Contains(nodes, n) {
				nodes = append(nodes, n)
			}
		}
	}
	return nodes
}

// aroundName is the function that runs a call with an aspect around it.
func (w *writer) aroundName(a *model.Aspect) string {
	return w.aspects[a.Object]
}

// aspectFile writes what runs aspects, and the decorators.
func (w *writer) aspectFile(f *jen.File) {
	for _, a := range w.aspectsUsed() {
		w.aroundFunction(f, a)
	}
	for _, n := range w.reach {
		if n.Decoration != nil {
			w.decoration(n).write(f)
		}
	}
}

// next is the type of what an aspect goes on with.
func next() *jen.Statement {
	return jen.Func().Params(jen.Qual(pathContext, "Context")).Error()
}

// aroundFunction writes the function that runs a call with one aspect around it.
func (w *writer) aroundFunction(f *jen.File, a *model.Aspect) {
	advice := func(m model.Advice, args ...jen.Code) *jen.Statement {
		return jen.Id("a").Dot(m.String()).Call(append([]jen.Code{jen.Id("ctx"), jen.Id("j")}, args...)...)
	}
	call := jen.Id("call").Call(jen.Id("ctx"))
	var inner []jen.Code // of the closure that Around goes on with
	if a.Has[model.Before] {
		inner = append(inner, returnErr(advice(model.Before)))
	}
	switch onReturn, onThrow := a.Has[model.AfterReturn], a.Has[model.AfterThrow]; {
	case onReturn && onThrow:
		inner = append(inner, jen.If(jen.Err().Op(":=").Add(call), jen.Err().Op("!=").Nil()).Block(jen.Return(advice(model.AfterThrow, jen.Err()))),
			jen.Return(advice(model.AfterReturn)))
	case onReturn:
		inner = append(inner, returnErr(call), jen.Return(advice(model.AfterReturn)))
	case onThrow:
		inner = append(inner, jen.If(jen.Err().Op(":=").Add(call), jen.Err().Op("!=").Nil()).Block(jen.Return(advice(model.AfterThrow, jen.Err()))),
			jen.Return(jen.Nil()))
	default:
		inner = append(inner, jen.Return(call))
	}
	result := jen.Error()
	var body []jen.Code
	if a.Has[model.After] {
		result = jen.Params(jen.Err().Error())
		body = append(body, jen.Err().Op("=").Add(q(symErrPanic)).Comment("until there is another outcome"),
			jen.Defer().Func().Params().Block(advice(model.After, jen.Err())).Call())
	}
	switch {
	case !a.Has[model.Around]:
		body = append(body, inner...)
	case len(inner) == 1: // which calls and does nothing else
		body = append(body, jen.Return(advice(model.Around, jen.Id("call"))))
	default:
		body = append(body, jen.Return(advice(model.Around,
			jen.Func().Params(jen.Id("ctx").Qual(pathContext, "Context")).Error().Block(inner...))))
	}
	comment(f, w.aroundName(a)+" runs a call with what "+a.Name()+" does around it.")
	f.Func().Id(w.aroundName(a)).Params(
		jen.Id("ctx").Qual(pathContext, "Context"), jen.Id("a").Add(typeCode(a.Provider.Out)), jen.Id("j").Op("*").Add(q(symJoinPoint)),
		jen.Id("call").Add(next()),
	).Add(result).Block(body...)
	f.Line()
}

// joinPoint is one call with aspects around it, as its code is written.
type joinPoint struct {
	*writer
	// local is what the JoinPoint's variable keeps away from.
	local          *space
	target, method string
	// vars are the variables of the arguments, and after them those of the results.
	vars          []string
	args, results int
	// get and set reach a result that is in no variable; nil if there is none.
	get jen.Code
	set func(v string) []jen.Code
}

// declare makes the JoinPoint in a new variable, and returns its name.
func (p *joinPoint) declare() (string, jen.Code) {
	inside := p.scope(p.vars...)
	i, v := inside.take("i"), inside.take("v")
	var gets, sets []jen.Code
	for k, x := range p.vars {
		get := jen.Return(jen.Id(x))
		set := jen.Return(q(symAssign).Call(jen.Op("&").Id(x), jen.Id(v)))
		if k == len(p.vars)-1 && p.get == nil { // the JoinPoint asks for no other
			gets, sets = switched(i, gets, get), switched(i, sets, set)
			break
		}
		gets, sets = append(gets, jen.Case(jen.Lit(k)).Block(get)), append(sets, jen.Case(jen.Lit(k)).Block(set))
	}
	switch {
	case p.get != nil:
		gets, sets = switched(i, gets, jen.Return(p.get)), switched(i, sets, p.set(v)...)
	case len(p.vars) == 0:
		gets, sets, v = []jen.Code{jen.Return(jen.Nil())}, []jen.Code{jen.Return(jen.Nil())}, "_"
	}
	if len(p.vars) == 0 || len(p.vars) == 1 && p.get == nil {
		i = "_"
	}
	name := p.local.take("j")
	return name, jen.Id(name).Op(":=").Add(q(symNewJoinPoint)).Call(
		jen.Func().Params().Params(jen.String(), jen.String()).Block(jen.Return(jen.Lit(p.target), jen.Lit(p.method))),
		jen.Lit(p.args), jen.Lit(p.results),
		jen.Func().Params(jen.Id(i).Int()).Id("any").Block(gets...),
		jen.Func().Params(jen.Id(i).Int(), jen.Id(v).Id("any")).Error().Block(sets...),
	)
}

// switched is a switch over the cases, if there are any, and what follows it.
func switched(i string, cases []jen.Code, rest ...jen.Code) []jen.Code {
	if len(cases) == 0 {
		return rest
	}
	return append([]jen.Code{jen.Switch(jen.Id(i)).Block(cases...)}, rest...)
}

// wrapped is one call with aspects around it.
type wrapped struct {
	aspects  []*model.Aspect
	instance func(*model.Aspect) jen.Code
	// ctx is the expression of the context, inner the variable that what the aspects go on with is in.
	ctx   jen.Code
	inner string
	// call is the body of the innermost function. uses says that it uses inner.
	call []jen.Code
	uses bool
	j    string
}

// aroundCall nests the aspects, the first outermost.
func (w *writer) aroundCall(c wrapped) *jen.Statement {
	a, rest, param := c.aspects[0], c.call, c.inner
	if len(c.aspects) > 1 {
		deeper := c
		deeper.aspects, deeper.ctx = c.aspects[1:], jen.Id(c.inner)
		rest = []jen.Code{jen.Return(w.aroundCall(deeper))}
	} else if !c.uses {
		param = "_"
	}
	return jen.Id(w.aroundName(a)).Call(c.ctx, c.instance(a), jen.Op("&").Id(c.j),
		jen.Func().Params(jen.Id(param).Qual(pathContext, "Context")).Error().Block(rest...))
}

// scope is a space with what the package declares and imports, and some more names.
func (w *writer) scope(names ...string) *space {
	s := w.declared.inner(names...)
	for _, name := range w.imports.names {
		s.add(name)
	}
	return s
}

// getAspects makes the aspects around the function available.
func (h *handler) getAspects() {
	h.instances = map[*model.Aspect]string{}
	for _, a := range h.fn.Aspects {
		n := h.nodes[a.Provider]
		if !singleton(n) && !h.inCall() {
			h.instances[a] = h.value(wiring.Edge{Dep: &model.Dep{}, To: n})
			continue
		}
		v := h.local.take(n.Ident)
		h.instances[a] = v
		if !singleton(n) {
			h.fromCall(h.ownSlot(n), v)
			continue
		}
		h.add(jen.List(jen.Id(v), jen.Err()).Op(":=").Id("get"+title(n.Ident)).Call(jen.Id("u"), jen.Nil()), ifErr())
	}
}

// wrap begins a call with the function's aspects around it.
func (h *handler) wrap() (*joinPoint, wrapped) {
	return &joinPoint{writer: h.writer, local: h.local, target: h.fn.Name, method: h.fn.Object.Name()}, wrapped{
		aspects: h.fn.Aspects, instance: func(a *model.Aspect) jen.Code { return jen.Id(h.instances[a]) },
		ctx: jen.Id("ctx"), inner: "ctx",
	}
}

// callAround is call with aspects. What the handler takes is made by then.
func (h *handler) callAround(target, in *jen.Statement) {
	fn := h.fn
	p, c := h.wrap()
	var args []jen.Code
	switch fn.Context {
	case model.FrameworkContext:
		c.inner, c.uses = h.local.take("inner"), true
		args = append(args, jen.Id("ctx").Dot("WithContext").Call(jen.Id(c.inner)))
	case model.StdContext:
		c.uses = true
		args = append(args, jen.Id("ctx"))
	}
	if in != nil {
		if _, ok := types.Unalias(fn.In).(*types.Pointer); ok && fn.Input == model.BoundInput {
			in = jen.Op("&").Add(in)
		}
		name := in.GoString()
		if !token.IsIdentifier(name) {
			name = h.local.take("input")
			h.add(jen.Id(name).Op(":=").Add(in))
		}
		args = append(args, jen.Id(name))
		p.vars, p.args = append(p.vars, name), 1
	}
	if fn.Out != nil {
		h.add(jen.Var().Id("out").Add(typeCode(fn.Out)))
		p.vars, p.results = append(p.vars, "out"), 1
	}
	c.call = assigned(fn.Out != nil, fn.Err, target.Clone().Call(args...))
	j, declared := p.declare()
	c.j = j
	h.add(declared)
	if fn.Out == nil {
		h.add(jen.Return(h.aroundCall(c)))
		return
	}
	h.add(returnErr(h.aroundCall(c)))
	h.keep()
}

// serveAround runs an http.Handler with aspects around it. Its result is what it wrote.
func (h *handler) serveAround(handler *jen.Statement) {
	p, c := h.wrap()
	c.inner, c.uses = h.local.take("inner"), true
	p.results = 1
	p.get = jen.Id("ctx").Dot("Result").Call()
	p.set = func(v string) []jen.Code {
		return []jen.Code{jen.Id("ctx").Dot("SetResult").Call(jen.Id(v)), jen.Return(jen.Nil())}
	}
	c.call = []jen.Code{jen.Return(q(symServe).Call(jen.Id("ctx").Dot("WithContext").Call(jen.Id(c.inner)), handler))}
	j, declared := p.declare()
	c.j = j
	h.add(declared, jen.Return(h.aroundCall(c)))
}

// assigned calls what has a result, an error, both or neither: it keeps the result in out and returns the error.
func assigned(out, err bool, call jen.Code) []jen.Code {
	switch {
	case out && err:
		return []jen.Code{jen.Var().Err().Error(), jen.List(jen.Id("out"), jen.Err()).Op("=").Add(call), jen.Return(jen.Err())}
	case out:
		return []jen.Code{jen.Id("out").Op("=").Add(call), jen.Return(jen.Nil())}
	case err:
		return []jen.Code{jen.Return(call)}
	}
	return []jen.Code{jen.Add(call), jen.Return(jen.Nil())}
}
