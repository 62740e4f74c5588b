package emit

import (
	"go/types"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// when says in whose name a provider is called: of the container, or of one invocation.
type when int

const (
	inBuild   when = iota // b *ioc.Build
	inRequest             // ctx *framework.Context
)

// providerName is the function that makes a node. A prototype may need one for each case.
func providerName(n *wiring.Node, at when) string {
	name := "provide" + title(n.Ident)
	if at == inRequest && n.Provider.Scope == annotations.Prototype {
		name += "ForRequest"
	}
	return name
}

// param is one dependency on another node, as a parameter of the provider function.
type param struct {
	name string
	// typ is the parameter's type; it differs from the dependency's when Wire needs a type of its own for it.
	typ types.Type
	// wrapped says that the value is in the field V of the parameter.
	wrapped bool
	edge    wiring.Edge
	slot    *slot
	// second is set for the second and further uses of one prototype by one node, which Wire must tell apart.
	second bool
}

// params are the parameters of a node's provider function, and the index of the parameter of each edge, -1 for none.
type params struct {
	list   []param
	byEdge []int
}

type paramsKey struct {
	node *wiring.Node
	at   when
}

func (w *writer) params(n *wiring.Node, at when) params {
	key := paramsKey{n, at}
	ps, ok := w.known[key]
	if !ok {
		ps = w.findParams(n, at)
		w.known[key] = ps
	}
	return ps
}

func (w *writer) findParams(n *wiring.Node, at when) (ps params) {
	local := w.locals.inner()
	for i, e := range n.Edges {
		if e.To == nil || e.Dep.Lazy {
			ps.byEdge = append(ps.byEdge, -1)
			continue
		}
		p := param{edge: e, slot: w.slot(e), typ: asType(e)}
		again := -1
		for i, other := range ps.list {
			// A wrapper holds the instance for all the types that it is injected as.
			wrapped := at == inBuild && p.slot.wrapped && other.slot == p.slot
			if other.edge.To == e.To && (wrapped || types.Identical(asType(other.edge), p.typ)) {
				again = i
			}
		}
		prototype := e.To.Provider.Scope == annotations.Prototype
		if again >= 0 && !prototype {
			ps.byEdge = append(ps.byEdge, again)
			continue
		}
		if p.name = variable(e.Dep); local.has(p.name) {
			p.name = p.slot.ident
		}
		p.name = local.take(p.name)
		p.second = again >= 0 && at == inBuild
		if n.Decoration != nil && i == 0 { // which takes what it makes, and for Wire must not
			p.typ = p.slot.typ
			p.second = p.second || at == inBuild && types.Identical(p.typ, n.Provider.Out)
		}
		if at == inBuild && (p.slot.wrapped || p.second) {
			p.typ = w.wrapper(w.wrapperName(n, p))
			p.wrapped = true
		}
		ps.byEdge = append(ps.byEdge, len(ps.list))
		ps.list = append(ps.list, p)
	}
	return ps
}

// needs says which of the first parameters a provider function has.
func (w *writer) needs(n *wiring.Node, at when) (unit, scope bool) {
	p := n.Provider
	scope = p.Init || p.Destroy || p.Cleanup && at == inBuild
	for _, e := range n.Edges {
		if e.To != nil && e.Dep.Lazy {
			unit, scope = true, scope || at == inBuild
			continue
		}
		unit = unit || usesConfig(e)
		if e.Dep.Kind == model.FromBuiltin {
			switch e.Dep.Builtin {
			case model.Logger:
				unit, scope = unit || at == inBuild, scope || at == inRequest
			case model.Runtime, model.Clock:
				unit = true
			case model.RequestContext, model.InitContext:
				scope = true
			}
		}
	}
	return unit, scope
}

// fails and cleans say which further results a provider function has.
func fails(n *wiring.Node) bool {
	if n.Provider.Err || n.Provider.Init {
		return true
	}
	for _, e := range n.Edges {
		if e.Dep.Kind == model.FromConfig {
			return true
		}
	}
	return false
}

func cleans(n *wiring.Node) bool { return n.Provider.Cleanup || n.Provider.Destroy }

// providerFile writes the provider functions and the wrapper types.
func (w *writer) providerFile(f *jen.File) {
	for _, n := range w.reach {
		switch n.Provider.Scope {
		case annotations.Request:
			w.provider(f, n, inRequest)
		case annotations.Prototype:
			if w.usedBy(n, inBuild) {
				w.provider(f, n, inBuild)
			}
			if w.usedBy(n, inRequest) {
				w.provider(f, n, inRequest)
			}
		default:
			w.provider(f, n, inBuild)
		}
	}
	w.wrappers(f)
}

// provider writes one provider function.
func (w *writer) provider(f *jen.File, n *wiring.Node, at when) {
	p := n.Provider
	ps := w.params(n, at)
	unit, scope := w.needs(n, at)
	var in []jen.Code
	if unit {
		in = append(in, jen.Id("u").Op("*").Id("unit"))
	}
	if scope && at == inBuild {
		in = append(in, jen.Id("b").Op("*").Add(q(symBuild)))
	}
	if scope && at == inRequest {
		in = append(in, jen.Id("ctx").Op("*").Add(q(symContext)))
	}
	for _, p := range ps.list {
		in = append(in, jen.Id(p.name).Add(typeCode(p.typ)))
	}
	body := &body{writer: w, node: n, at: at, local: w.locals.inner()}
	for _, p := range ps.list {
		body.local.add(p.name)
	}
	values := make([]jen.Code, len(n.Edges))
	for i, e := range n.Edges {
		if at := ps.byEdge[i]; at >= 0 {
			value := jen.Id(ps.list[at].name)
			if ps.list[at].wrapped {
				value.Dot("V")
			}
			values[i] = value
			continue
		}
		values[i] = body.value(e)
	}
	w.comment(f, providerName(n, at)+" makes "+w.made(n)+".", p.Doc)
	f.Func().Id(providerName(n, at)).Params(in...).Add(results(typeCode(p.Out), cleans(n), fails(n))).Block(body.make(values)...)
	f.Line()
}

// made is what a node's provider makes, for comments.
func (w *writer) made(n *wiring.Node) string {
	if n.Provider.Kind == model.Group {
		return "the list of " + n.Provider.Name()
	}
	return article(n.Provider.Out, w.types)
}

// results writes a result list: T, func(), error as far as they are there.
func results(out *jen.Statement, cleanup, err bool) *jen.Statement {
	list := []jen.Code{out}
	if cleanup {
		list = append(list, jen.Func().Params())
	}
	if err {
		list = append(list, jen.Error())
	}
	if len(list) == 1 {
		return out
	}
	return jen.Params(list...)
}

// usedBy reports whether a prototype is made in that case: for a singleton, or for a request.
func (w *writer) usedBy(n *wiring.Node, at when) bool {
	seen := map[*wiring.Node]bool{}
	var used func(n *wiring.Node) bool
	used = func(n *wiring.Node) bool {
		if seen[n] {
			return false
		}
		seen[n] = true
		if at == inRequest {
			if w.checked(n) != nil {
				return true
			}
			for _, m := range w.unit.Members {
				if m.Model.Provider == n.Provider {
					return true
				}
			}
		}
		for _, owner := range w.reach {
			for _, e := range owner.Edges {
				if e.To != n {
					continue
				}
				switch {
				case e.Dep.Lazy:
					if at == inBuild {
						return true
					}
				case owner.Provider.Scope == annotations.Prototype:
					if used(owner) {
						return true
					}
				case (owner.Provider.Scope == annotations.Request) == (at == inRequest):
					return true
				}
			}
		}
		return false
	}
	return used(n)
}
