package wiring

import (
	"cmp"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// reportCycles reports each circle of providers that need each other, with the shortest path round it.
func (s *solver) reportCycles() {
	for _, component := range s.components() {
		path := shortest(component)
		if path == nil {
			continue
		}
		names := make([]string, 0, len(path)+1)
		for _, e := range path {
			names = append(names, e.from.Provider.Name())
		}
		names = append(names, path[0].from.Provider.Name())
		first := path[0].edge.Dep
		if s.again(path[0].from, first, codeCycle) {
			continue
		}
		d := s.at(first.Pos, first.Length, codeCycle, "dependency cycle: %s", strings.Join(names, " -> "))
		for _, e := range path {
			d.Chain = append(d.Chain, annotations.Link{Pos: e.edge.Dep.Pos, Message: needs(e.from, e.edge.To.Provider.Name())})
		}
		d.Hint = "break it with ioc.Lazy[T], which builds at first use, or take apart what they share"
		s.report(d)
	}
}

// needs says of a node that it needs something, or of a group that it has it.
func needs(n *Node, what string) string {
	if n.Provider.Kind == model.Group {
		return n.Provider.Name() + " has " + what
	}
	return n.Provider.Name() + " needs " + what
}

// step is one dependency on a path.
type step struct {
	from *Node
	edge Edge
}

// shortest returns the shortest circle through the first node, by the order of providers, that has one.
func shortest(component []*Node) []step {
	in := map[*Node]bool{}
	for _, n := range component {
		in[n] = true
	}
	for _, start := range component {
		came := map[*Node]step{}
		queue := []*Node{start}
		for ; len(queue) > 0; queue = queue[1:] {
			n := queue[0]
			for _, e := range n.Edges {
				if e.To == nil || e.Dep.Lazy || !in[e.To] {
					continue
				}
				if e.To == start {
					path := []step{{n, e}}
					for at := n; at != start; at = came[at].from {
						path = append(path, came[at])
					}
					slices.Reverse(path)
					return path
				}
				if _, seen := came[e.To]; !seen {
					came[e.To] = step{n, e}
					queue = append(queue, e.To)
				}
			}
		}
	}
	return nil
}

// components are the strongly connected parts of the graph without lazy dependencies (Tarjan), nodes in their order.
func (s *solver) components() [][]*Node {
	var (
		list    [][]*Node
		stack   []*Node
		index   = map[*Node]int{}
		low     = map[*Node]int{}
		on      = map[*Node]bool{}
		counter int
		visit   func(n *Node)
	)
	visit = func(n *Node) {
		counter++
		index[n], low[n] = counter, counter
		stack = append(stack, n)
		on[n] = true
		for _, e := range n.Edges {
			switch {
			case e.To == nil || e.Dep.Lazy:
			case index[e.To] == 0:
				visit(e.To)
				low[n] = min(low[n], low[e.To])
			case on[e.To]:
				low[n] = min(low[n], index[e.To])
			}
		}
		if low[n] != index[n] {
			return
		}
		i := len(stack) - 1
		for stack[i] != n {
			i--
		}
		component := slices.Clone(stack[i:])
		for _, m := range component {
			on[m] = false
		}
		stack = stack[:i]
		slices.SortFunc(component, func(a, b *Node) int {
			return cmp.Or(compareKinds(a.Provider, b.Provider), compare(a.Provider, b.Provider))
		})
		list = append(list, component)
	}
	for _, n := range s.nodes {
		if index[n] == 0 {
			visit(n)
		}
	}
	return list
}

// reportScopes reports singletons that hold what lives for one request only, directly or through prototypes, which live as long
// as their owner. What the request-scoped provider itself needs does not matter.
func (s *solver) reportScopes() {
	for _, n := range s.nodes {
		if n.Provider.Scope != annotations.Singleton {
			continue
		}
		for _, e := range n.Edges {
			path := s.leak(e, nil)
			if path == nil || s.again(n, e.Dep, codeScope) {
				continue
			}
			last := path[len(path)-1]
			held := "*framework.Context"
			if last.To != nil {
				held = last.To.Provider.Name()
			}
			d := s.at(e.Dep.Pos, e.Dep.Length, codeScope, "singleton %s would hold %s, which lives for one request", n.Provider.Name(), held)
			from := n
			for _, step := range path {
				to := "*framework.Context"
				if step.To != nil {
					to = step.To.Provider.Name()
				}
				d.Chain = append(d.Chain, annotations.Link{Pos: step.Dep.Pos, Message: needs(from, to)})
				from = step.To
			}
			if last.To != nil {
				d.Chain = append(d.Chain, annotations.Link{Pos: last.To.Provider.Pos, Message: held + " has scope=request"})
			}
			d.Hint = "give " + n.Provider.Name() + " scope=request, or pass the value to its methods"
			if s.has(n.Provider, makesMiddleware) {
				d.Hint = s.wrapsHint(n.Provider)
			}
			if s.has(n.Provider, makesLayer) {
				d.Hint = "a layer is built once: keep the value in the Context of the invocation, by SetValue"
			}
			if s.has(n.Provider, makesConfiguration) {
				d.Hint = "a configuration is built once: take the value where an invocation is handled"
			}
			s.report(d)
		}
	}
}

// wrapsHint says how what wraps functions gets what lives for one request.
func (s *solver) wrapsHint(p *model.Provider) string {
	if p.Implicit && p.Kind == model.Constructor {
		return "make it a struct with the method Middleware and //faas:provide scope=request, or keep the value in the Context of the invocation, by SetValue"
	}
	return "give " + p.Name() + " //faas:provide scope=request, or keep the value in the Context of the invocation, by SetValue"
}

// leak returns the path from an edge to something that lives for one request, nil if there is none.
func (s *solver) leak(e Edge, seen []*Node) []Edge {
	if e.Dep.Kind == model.FromBuiltin && e.Dep.Builtin == model.RequestContext {
		return []Edge{e}
	}
	if e.To == nil || slices.Contains(seen, e.To) {
		return nil
	}
	switch e.To.Provider.Scope {
	case annotations.Request:
		return []Edge{e}
	case annotations.Prototype:
		for _, next := range e.To.Edges {
			if path := s.leak(next, append(seen, e.To)); path != nil {
				return append([]Edge{e}, path...)
			}
		}
	}
	return nil
}
