// Package wiring solves the dependency graph: it finds the provider of every dependency over the whole application, and
// reports what is missing, ambiguous, cyclic, leaking a request into a singleton, or unused. Its result is the same for
// every grouping: a unit's graph is the part of the application's that its functions reach. The steps, with what each needs
// of those before it, are the list in passes.go.
package wiring

import (
	"cmp"
	"go/types"
	"slices"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// Graph is the solved application.
type Graph struct {
	App *model.App
	// Nodes are in dependency order: a node comes after all it needs. Ties are broken by package path and name.
	Nodes []*Node
	// Validator leads to what checks inputs with validate tags, nil if there is none, or no such input; see Checks.
	Validator *Edge
	// Views are the configurations of functions that have values of their own, in the order of their names.
	Views []View

	parts      []part                    // of the application's configuration
	checkers   map[string]*Edge          // instead of Validator, by function: a variant
	byProvider map[*model.Provider]*Node // filled by Solve
	without    func(*Node) bool          // what is not looked at, and not through
}

// Node is one provider with its dependencies resolved.
type Node struct {
	Provider *model.Provider
	// Edges are parallel to Provider.Deps.
	Edges []Edge
	// Base is the node that this is a variant of; see variant.go. It may be part of no graph any more.
	Base *Node
	// Ident is a Go identifier that is unique in the application, in lower camel case: bookController, sqlDB.
	Ident string
	// position is that in Graph.Nodes.
	position int
	// Decoration is set for a node that decorates another with aspects.
	Decoration *Decoration
}

// root is the node that a variant is one of, or the node itself.
func (n *Node) root() *Node {
	if n.Base != nil {
		return n.Base
	}
	return n
}

// Edge is one resolved dependency.
type Edge struct {
	Dep *model.Dep
	// To is the node that provides it; nil for config values, builtins and optional dependencies that nothing provides.
	To *Node
	// Bound is the interface To is injected as, nil when the type is To's own.
	Bound types.Type
}

// Reach returns the nodes that a unit of the given functions needs, directly or not, in the order of g.Nodes.
func (g *Graph) Reach(functions []*model.Function) []*Node {
	want, _ := g.reach(functions)
	nodes := make([]*Node, 0, len(want))
	for n := range want {
		if n.position < len(g.Nodes) && g.Nodes[n.position] == n { // else variants took its place
			nodes = append(nodes, n)
		}
	}
	slices.SortFunc(nodes, func(a, b *Node) int { return cmp.Compare(a.position, b.position) })
	return nodes
}

// number lets each node know its place.
func (g *Graph) number() {
	for i, n := range g.Nodes {
		n.position = i
	}
}

// reach marks what a unit of the given functions needs, and the configurations that are part of it.
func (g *Graph) reach(functions []*model.Function) (map[*Node]bool, map[*model.Configuration]bool) {
	want := map[*Node]bool{}
	var mark func(n *Node)
	mark = func(n *Node) {
		if n == nil || want[n] || g.without != nil && g.without(n) {
			return
		}
		want[n] = true
		for _, e := range n.Edges {
			mark(e.To)
		}
	}
	for _, f := range functions {
		mark(g.Node(f.Provider))
		if e := g.Checks(f); e != nil {
			mark(e.To)
		}
		for _, m := range f.Middleware {
			mark(g.Node(m.Provider))
		}
		for _, a := range f.Aspects {
			mark(g.Node(a.Provider))
		}
		for _, l := range f.Layers {
			mark(g.Node(l.Provider))
		}
	}
	return want, g.link(functions, want, mark)
}

// Node returns the node of a provider, nil if p is nil.
func (g *Graph) Node(p *model.Provider) *Node {
	if p == nil {
		return nil
	}
	if n := g.byProvider[p]; n != nil || g.byProvider != nil {
		return n
	}
	i := slices.IndexFunc(g.Nodes, func(n *Node) bool { return n.Provider == p })
	if i < 0 {
		return nil
	}
	return g.Nodes[i]
}
