package inspect

import (
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// configuration is the node of the application's configuration, or of a component. Every function whose unit has it needs it.
func (d *drawing) configuration(c *model.Configuration) *Node {
	kind, name := ConfigurationNode, "application"
	if c.Namespace != "" {
		kind, name = ComponentNode, c.Namespace
	}
	n, added := d.node(kind, name)
	if added {
		n.Package, n.Pos = c.Path, c.Provider.Pos
		n.alias(byMiddleware, n.Name, c.Path)
	}
	return n
}

// configured adds what a configuration needs: the struct itself.
func (d *drawing) configured(g *wiring.Graph, c *model.Configuration) {
	from := d.configuration(c)
	if p := g.Node(c.Provider); p != nil {
		to := d.provider(p)
		to.Unused = to.Unused && from.Unused
		d.Edges = append(d.Edges, &Edge{From: from, To: to, Pos: c.Provider.Pos})
	}
}

// layer is the node of a layer. Every function whose unit has it needs it.
func (d *drawing) layer(l *model.Layer) *Node {
	name := l.Name()
	if l.Namespace != "" {
		name = l.Namespace + ":" + l.Object.Name()
	}
	n, added := d.node(LayerNode, name)
	if added {
		n.Package, n.Pos = l.Object.Pkg().Path(), l.Pos
		n.alias(byMiddleware, n.Name, l.Name())
		n.alias(byWord, l.Object.Name())
	}
	return n
}

// layered adds what the layers need, and that functions need them.
func (d *drawing) layered(g *wiring.Graph) {
	for _, l := range g.App.Layers {
		from := d.layer(l)
		from.Unused = true
		if p := g.Node(l.Provider); p != nil {
			d.Edges = append(d.Edges, &Edge{From: from, To: d.provider(p), Pos: l.Pos})
		}
	}
}

// linked adds that a function needs the layers and the configurations of its unit.
func (d *drawing) linked(g *wiring.Graph, f *model.Function) {
	from := d.function(f)
	need := func(to *Node) {
		to.Unused = false
		d.Edges = append(d.Edges, &Edge{From: from, To: to, Pos: f.Pos})
	}
	for _, l := range g.Layers([]*model.Function{f}) {
		need(d.layer(l))
	}
	for _, c := range g.Linked([]*model.Function{f}) {
		need(d.configuration(c))
	}
}
