package wiring

import (
	"maps"
	"slices"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// resolveEdges finds the provider of each dependency. The instances that generic providers make for some have dependencies
// themselves.
func (s *solver) resolveEdges() {
	for _, n := range s.providers {
		s.resolve(n)
	}
	for i := 0; i < len(s.generics.made); i++ { // which grows
		s.resolve(s.generics.made[i])
	}
}

// resolve finds the providers of one node's dependencies.
func (s *solver) resolve(n *Node) {
	for _, dep := range n.Provider.Deps {
		e := Edge{Dep: dep}
		if dep.Call != nil {
			e.To = s.caller(dep)
		} else if dep.Group != "" {
			e.To = s.group(n, dep)
		} else if dep.Kind == model.FromProvider {
			candidates, bound := s.candidates(n, dep)
			candidates = closest(n, dep, candidates)
			switch {
			case len(candidates) == 1:
				e.To, e.Bound = candidates[0], bound
			case len(candidates) == 0 && (dep.Optional || s.generics.stopped[dep]):
			default:
				s.unresolved = append(s.unresolved, unresolved{n, dep, candidates})
			}
		}
		n.Edges = append(n.Edges, e)
	}
}

// closest leaves, of several providers that a dependency could mean through an interface, those that say so in as= by the
// application, or else those of the package of the dependency: what a component declares changes nothing for others.
func closest(n *Node, dep *model.Dep, found []*Node) []*Node {
	if len(found) < 2 {
		return found
	}
	of := func(namespace string) []*Node {
		return slices.DeleteFunc(slices.Clone(found), func(m *Node) bool { return m.Provider.Namespace != namespace })
	}
	own := of(n.Provider.Namespace)
	if named := slices.ContainsFunc(found, func(m *Node) bool { return m.Provider.Names(dep.Type) }); named {
		own = of("")
	}
	if len(own) > 0 {
		return own
	}
	return found
}

// gatherNodes takes the providers, the instances that something took, the slices of groups and the clients of functions together.
func (s *solver) gatherNodes() {
	taken := s.takenInstances()
	s.nodes = slices.Clone(s.providers)
	for _, n := range s.generics.made {
		if taken[n] {
			s.nodes = append(s.nodes, n)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.groups.nodes)) {
		s.nodes = append(s.nodes, s.groups.nodes[key])
	}
	s.nodes = append(s.nodes, s.callerNodes()...)
	slices.SortStableFunc(s.nodes, compareNodes)
}

// orderNodes lists the nodes so that each comes after all it needs. Lazy dependencies are no edges: they are there to break
// cycles. A node in a cycle, which has been reported, comes somewhere.
func (s *solver) orderNodes() {
	done := map[*Node]bool{}
	var visit func(n *Node)
	visit = func(n *Node) {
		if done[n] {
			return
		}
		done[n] = true
		for _, e := range n.Edges {
			if e.To != nil && !e.Dep.Lazy {
				visit(e.To)
			}
		}
		s.graph.Nodes = append(s.graph.Nodes, n)
	}
	s.graph.byProvider = make(map[*model.Provider]*Node, len(s.nodes))
	for _, n := range slices.Concat(s.nodes, s.decorators) {
		visit(n)
		s.graph.byProvider[n.Provider] = n
	}
	s.graph.number()
}
