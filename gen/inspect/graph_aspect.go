package inspect

import (
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// aspect is one instance of an aspect, which w makes.
func (d *drawing) aspect(a *model.Aspect, w *wiring.Node) *Node {
	n, added := d.node(AspectNode, w.Ident)
	if added {
		n.Name, n.Package, n.Pos = a.Name(), a.Object.Pkg().Path(), a.Pos
		if v := w.Provider.Variant; v != "" {
			n.Name += " for " + v
		}
		n.alias(byMiddleware, n.Name)
		d.Edges = append(d.Edges, &Edge{From: n, To: d.provider(w), Pos: a.Pos})
	}
	return n
}

// aspects draws the aspects of the application, used or not.
func (d *drawing) aspects(g *wiring.Graph, used map[*wiring.Node]bool) {
	for _, a := range g.App.Aspects {
		if w := g.Node(a.Provider); w != nil {
			d.aspect(a, w).Unused = !used[w]
		}
	}
}

// decorator is what stands before something that is injected as an interface, with aspects around it.
func (d *drawing) decorator(w *wiring.Node) *Node {
	p := w.Provider
	n, added := d.node(DecoratorNode, w.Ident)
	if !added {
		return n
	}
	n.Name, n.Package, n.Pos = p.Name(), p.Object.Pkg().Path(), p.Pos
	if p.Variant != "" {
		n.Name += " for " + p.Variant
	}
	n.Type, n.ProvideID, n.Scope, n.Lazy, n.Eager = model.TypeString(p.Out), p.ID, p.Scope, p.Lazy, p.Eager
	n.alias(byProvider, w.Ident)
	n.knowType(p.Out)
	for i, a := range w.Decoration.Aspects {
		d.Edges = append(d.Edges, &Edge{From: n, To: d.aspect(a, w.Edges[i+1].To), Pos: a.Pos})
	}
	real := d.provider(w.Real())
	real.knowType(p.Out)
	d.Edges = append(d.Edges, &Edge{From: n, To: real, As: n.Type, Pos: real.Pos})
	return n
}
