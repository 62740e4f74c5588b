package gen

import (
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// configuration is the node of the application's configuration. Every function whose unit has it needs it.
func (d *drawing) configuration(c *model.Configuration) *Node {
	n, added := d.node(ConfigurationNode, "application")
	if added {
		p := c.Provider
		n.Package, n.Pos = p.Object.Pkg().Path(), p.Pos
		n.know(byMiddleware, n.Name)
	}
	return n
}

// configured adds what a configuration needs: the struct itself.
func (d *drawing) configured(g *wiring.Graph, c *model.Configuration) {
	from := d.configuration(c)
	if p := g.Node(c.Provider); p != nil {
		d.Edges = append(d.Edges, &Edge{From: from, To: d.provider(p), Pos: c.Provider.Pos})
	}
}
