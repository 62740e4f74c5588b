package inspect

import (
	"maps"
	"slices"
)

// nameClass is one of the ways to name a node. What one class knows is not looked up in the next.
type nameClass int

const (
	byID nameClass = iota
	byFunction
	byMiddleware // or guard
	byProvider
	byType // of which there may be several providers
	byHandler
	byConfig
	byBuiltin
	byWord // a name without its package, or what id= says
	nameClasses
)

func (n *Node) alias(class nameClass, names ...string) {
	for _, name := range names {
		if name != "" && !slices.Contains(n.names[class], name) {
			n.names[class] = append(n.names[class], name)
		}
	}
}

// Find returns the nodes that a name means: a function or its handler, a middleware, a provider, a type, a key of the configuration, a
// builtin, an ID. A type means all that is injected as it. Names need no package where they are clear without.
func (g *Graph) Find(name string) []*Node {
	for class := range nameClasses {
		var found []*Node
		for _, n := range g.Nodes {
			if slices.Contains(n.names[class], name) {
				found = append(found, n)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// Names are the names that Find knows, sorted, without the IDs.
func (g *Graph) Names() []string {
	var all []string
	for _, n := range g.Nodes {
		for class := byFunction; class < nameClasses; class++ {
			all = append(all, n.names[class]...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// set is a set of nodes.
type set map[*Node]bool

func setOf(nodes []*Node) set {
	s := make(set, len(nodes))
	for _, n := range nodes {
		s[n] = true
	}
	return s
}

// part keeps some nodes and edges.
func (g *Graph) part(nodes set, keep func(*Edge) bool) *Graph {
	out := &Graph{Dir: g.Dir, Service: g.Service, all: g.all}
	for _, n := range g.Nodes {
		if nodes[n] {
			out.Nodes = append(out.Nodes, n)
		}
	}
	for _, e := range g.Edges {
		if nodes[e.From] && (e.To == nil || nodes[e.To]) && keep(e) {
			out.Edges = append(out.Edges, e)
		}
	}
	for _, u := range g.Units {
		kept := GraphUnit{Name: u.Name}
		for _, f := range u.Functions {
			if nodes[f] {
				kept.Functions = append(kept.Functions, f)
			}
		}
		if len(kept.Functions) > 0 {
			out.Units = append(out.Units, kept)
		}
	}
	return out
}

// closure adds to some nodes all that next leads to.
func closure(from []*Node, next map[*Node][]*Node) set {
	seen := set{}
	for queue := slices.Clone(from); len(queue) > 0; queue = queue[1:] {
		if n := queue[0]; !seen[n] {
			seen[n] = true
			queue = append(queue, next[n]...)
		}
	}
	return seen
}

// neighbours are the nodes that each node needs, and those that need it.
func (g *Graph) neighbours() (needs, neededBy map[*Node][]*Node) {
	needs, neededBy = map[*Node][]*Node{}, map[*Node][]*Node{}
	for _, e := range g.Edges {
		if e.To != nil {
			needs[e.From] = append(needs[e.From], e.To)
			neededBy[e.To] = append(neededBy[e.To], e.From)
		}
	}
	return needs, neededBy
}

// UnitNames are the names that Unit takes but for that of all functions: those of units, and of the groups of f.yml.
func (g *Graph) UnitNames() []string {
	var names []string
	for _, u := range slices.Concat(g.Units, g.groups) {
		names = append(names, u.Name)
	}
	return names
}

// Unit returns the part of one unit, of a group of f.yml, or of all functions for "app", and nil if there is no such unit.
func (g *Graph) Unit(name string) *Graph {
	units, all := g.Units, name == g.all
	if !all {
		other := func(u GraphUnit) bool { return u.Name != name }
		if units = slices.DeleteFunc(slices.Clone(g.groups), other); len(units) == 0 {
			units = slices.DeleteFunc(slices.Clone(g.Units), other)
		}
		if len(units) == 0 {
			return nil
		}
	}
	var functions []*Node
	for _, u := range units {
		functions = append(functions, u.Functions...)
	}
	needs := map[*Node][]*Node{} // what is called may be in another unit
	for _, e := range g.Edges {
		if e.To != nil && !e.Call {
			needs[e.From] = append(needs[e.From], e.To)
		}
	}
	out := g.part(closure(functions, needs), func(*Edge) bool { return true })
	if !all {
		out.Units = units
	}
	return out
}

// Focus returns the part that needs some nodes or is needed by them, with no other edges than those that lead to them
// or away from them. Without any of the nodes in the graph it is nil.
func (g *Graph) Focus(on []*Node) *Graph {
	if on = g.among(on); len(on) == 0 {
		return nil
	}
	needs, neededBy := g.neighbours()
	below, above := closure(on, needs), closure(on, neededBy)
	nodes := maps.Clone(below)
	maps.Copy(nodes, above)
	return g.part(nodes, func(e *Edge) bool { return below[e.From] || above[e.To] })
}

// Why returns a shortest chain that makes one of some nodes need one of others: the part with the chain alone, its nodes
// and edges in that order, or nil if there is none.
func (g *Graph) Why(from, to []*Node) *Graph {
	out := map[*Node][]*Edge{}
	for _, e := range g.Edges {
		if e.To != nil {
			out[e.From] = append(out[e.From], e)
		}
	}
	wanted := setOf(to)
	came := map[*Node]*Edge{}
	for queue := g.among(from); len(queue) > 0; queue = queue[1:] {
		for _, e := range out[queue[0]] {
			if wanted[e.To] {
				return g.chain(e, came)
			}
			if came[e.To] == nil && !slices.Contains(from, e.To) {
				came[e.To] = e
				queue = append(queue, e.To)
			}
		}
	}
	return nil
}

// chain is the part with the edges that led to the last one. Its nodes and edges are in the order of the chain, which no
// other order could tell where it goes in a circle.
func (g *Graph) chain(last *Edge, came map[*Node]*Edge) *Graph {
	nodes, edges := []*Node{last.To}, []*Edge(nil)
	for e := last; e != nil; e = came[e.From] {
		nodes, edges = append(nodes, e.From), append(edges, e)
	}
	slices.Reverse(nodes)
	slices.Reverse(edges)
	if last.To == nodes[0] {
		nodes = nodes[:len(nodes)-1]
	}
	out := g.part(setOf(nodes), func(*Edge) bool { return false })
	out.Nodes, out.Edges = nodes, edges
	return out
}

// among are those of some nodes that are in this graph.
func (g *Graph) among(nodes []*Node) []*Node {
	mine := setOf(g.Nodes)
	return slices.DeleteFunc(slices.Clone(nodes), func(n *Node) bool { return !mine[n] })
}
