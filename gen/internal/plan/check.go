package plan

import (
	"go/token"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
)

// codeLazy is an ioc.Lazy of something that would never be destroyed.
const codeLazy = "di-lazy"

// lazies reports lazy dependencies on what has no cell: an instance could be made at any time, so nothing would know when to destroy it.
func lazies(g *wiring.Graph) annotations.Diagnostics {
	var ds annotations.Diagnostics
	for _, n := range g.Nodes {
		for _, e := range n.Edges {
			if e.To == nil || !e.Dep.Lazy || e.To.Provider.Scope == annotations.Singleton {
				continue
			}
			place := spec.Place{Pos: e.Dep.Pos, Length: e.Dep.Length, Line: g.App.Line(e.Dep.Pos)}
			p := e.To.Real().Provider
			if e.To.Provider.Scope == annotations.Prototype && n.Provider.Scope != annotations.Singleton {
				if held, at := holds(e.To, nil); held != "" {
					d := place.Errorf(codeLazy, "%s cannot be lazy: it holds %s, which lives for one request", p.Name(), held)
					d.Chain = []annotations.Link{{Pos: at, Message: held + " comes in here"}}
					d.Hint = "inject it without ioc.Lazy"
					ds = append(ds, d)
					continue
				}
			}
			if e.To.Provider.Scope == annotations.Prototype && !cleans(e.To, nil) {
				continue
			}
			if e.To.Provider.Scope == annotations.Request && n.Provider.Scope == annotations.Singleton {
				continue // which wiring refuses, lazy or not
			}
			if i := slices.IndexFunc(e.To.Edges, func(e wiring.Edge) bool { return e.To != nil && cleans(e.To, nil) }); p.Kind == model.Group && i >= 0 {
				p = e.To.Edges[i].To.Real().Provider
			}
			d := place.Errorf(codeLazy, "%s cannot be lazy: an instance of %s scope has to be destroyed with what it is injected into", p.Name(), p.Scope)
			d.Chain = []annotations.Link{{Pos: p.Pos, Message: p.Name() + " has scope=" + string(p.Scope)}}
			d.Hint = "inject it without ioc.Lazy, or make it a singleton"
			ds = append(ds, d)
		}
	}
	return ds
}

// holds names what lives for one request among what a prototype is made of, and where it comes in; "" if nothing does. What is
// made lazily is made in the name of the container, which knows of no request.
func holds(n *wiring.Node, above []*wiring.Node) (what string, at token.Position) {
	if slices.Contains(above, n) {
		return "", at
	}
	for _, e := range n.Edges {
		switch {
		case e.Dep.Kind == model.FromBuiltin && e.Dep.Builtin == model.RequestContext:
			return "*framework.Context", e.Dep.Pos
		case e.To == nil || e.Dep.Lazy:
		case e.To.Provider.Scope == annotations.Request:
			return e.To.Real().Provider.Name(), e.Dep.Pos
		case e.To.Provider.Scope == annotations.Prototype:
			if what, at := holds(e.To, append(above, n)); what != "" {
				return what, at
			}
		}
	}
	return "", at
}

// cleans reports whether an instance has something to clean up, or holds a prototype that has.
func cleans(n *wiring.Node, above []*wiring.Node) bool {
	if slices.Contains(above, n) {
		return false
	}
	return n.Provider.Cleanup || n.Provider.Destroy || slices.ContainsFunc(n.Edges, func(e wiring.Edge) bool {
		return e.To != nil && !e.Dep.Lazy && e.To.Provider.Scope == annotations.Prototype && cleans(e.To, append(above, n))
	})
}
