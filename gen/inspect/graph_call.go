package inspect

import (
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// call is the client of another function. It has no place of its own: each field that it fills has one.
func (d *drawing) call(w *wiring.Node) *Node {
	p := w.Provider
	n, added := d.node(CallNode, w.Ident)
	if !added {
		return n
	}
	n.Name, n.Type = p.Call.Name, model.TypeString(p.Out)
	n.Async, n.Timeout, n.Tries = p.Call.Async, p.Call.Timeout, p.Call.Tries
	n.alias(byProvider, p.Name(), w.Ident)
	n.knowType(p.Out)
	return n
}

// called draws what the calls lead to, which is not part of the unit of the caller.
func (d *drawing) called(g *wiring.Graph) {
	for _, w := range g.Nodes {
		if w.Provider.Kind != model.Caller || w.Decoration != nil {
			continue
		}
		from := d.call(w)
		for _, f := range g.App.Functions {
			if f.Name == from.Name {
				d.Edges = append(d.Edges, &Edge{From: from, To: d.function(f), Call: true})
			}
		}
	}
}
