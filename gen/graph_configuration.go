package gen

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
		n.know(byMiddleware, n.Name, c.Path)
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
