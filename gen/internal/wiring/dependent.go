package wiring

import (
	"cmp"
	"go/types"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// dependent is what needs a node: another node through a dependency, or a function, maybe through what it uses. Without any of
// these it is a configuration or a layer.
type dependent struct {
	node     *Node
	dep      *model.Dep
	function *model.Function
	through  *model.Middleware // of function, nil for its own provider
	aspect   *model.Aspect     // what the node is: around function, or around what is injected as an interface
	as       types.Type        // that interface
}

// markRoots marks what the functions themselves need, in the order of their names.
func (s *solver) markRoots() {
	sorted := slices.SortedFunc(slices.Values(s.app.Functions), func(a, b *model.Function) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range sorted {
		if n := s.node(f.Provider); n != nil && s.used[n] == nil {
			s.used[n] = &dependent{function: f}
		}
	}
	for _, f := range sorted {
		for _, m := range f.Middleware {
			if n := s.node(m.Provider); n != nil && s.used[n] == nil {
				s.used[n] = &dependent{function: f, through: m}
			}
		}
		for _, a := range f.Aspects {
			if n := s.node(a.Provider); n != nil && s.used[n] == nil {
				s.used[n] = &dependent{function: f, aspect: a}
			}
		}
	}
	for _, c := range s.app.Configurations {
		if n := s.node(c.Provider); n != nil && s.used[n] == nil {
			s.used[n] = &dependent{}
		}
	}
	for _, l := range s.app.Layers {
		if n := s.node(l.Provider); n != nil && s.used[n] == nil {
			s.used[n] = &dependent{}
		}
	}
}

// findDependents finds for each node what needs it, breadth first from the functions, so that chains are short.
func (s *solver) findDependents() {
	var queue []*Node
	for _, n := range s.nodes {
		if s.used[n] != nil {
			queue = append(queue, n)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		for _, e := range n.Edges {
			if e.To != nil && s.used[e.To] == nil {
				s.used[e.To] = &dependent{node: n, dep: e.Dep}
				queue = append(queue, e.To)
			}
			aspects, as := s.aspectsOf(n, e)
			for _, a := range aspects {
				if to := s.node(a.Provider); to != nil && s.used[to] == nil {
					s.used[to] = &dependent{node: n, dep: e.Dep, as: as, aspect: a}
					queue = append(queue, to)
				}
			}
		}
	}
}

// chain says what needs a node, up to a function.
func (s *solver) chain(n *Node) []annotations.Link {
	var links []annotations.Link
	for n != nil {
		links = append(links, annotations.Link{Pos: n.Provider.Pos, Message: "needed by " + n.Provider.Name()})
		u := s.used[n]
		if u == nil {
			return links
		}
		if u.function != nil {
			if u.through != nil {
				links = append(links, annotations.Link{Pos: u.through.Pos, Message: "which is " + u.through.Kind() + " " + u.through.Name})
			}
			if u.aspect != nil {
				return append(links, annotations.Link{Pos: u.function.Pos, Message: "which wraps function " + u.function.Name})
			}
			return append(links, annotations.Link{Pos: u.function.Pos, Message: "needed by function " + u.function.Name})
		}
		if u.aspect != nil {
			links = append(links, annotations.Link{Pos: u.dep.Pos, Message: "which wraps " + typeString(u.as)})
		}
		n = u.node
	}
	return links
}
