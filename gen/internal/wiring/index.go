package wiring

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// index finds providers by what they make, so that a large application does not compare every dependency with every
// provider.
type index struct {
	byType   typeutil.Map       // of []*Node, what is made
	byAs     typeutil.Map       // of []*Node, what as= names
	byMethod map[string][]*Node // by the names of their methods
	all      []*Node
}

// indexTypes makes the index of the providers.
func (s *solver) indexTypes() {
	x := &index{byMethod: map[string][]*Node{}}
	for _, n := range s.providers {
		p := n.Provider
		if !injectable(p) {
			continue
		}
		x.all = append(x.all, n)
		add(&x.byType, p.Out, n)
		for _, t := range p.As {
			add(&x.byAs, t, n)
		}
		set := types.NewMethodSet(p.Out)
		for i := range set.Len() {
			name := set.At(i).Obj().Name()
			x.byMethod[name] = append(x.byMethod[name], n)
		}
	}
	s.index = x
}

func add(m *typeutil.Map, t types.Type, n *Node) {
	list, _ := m.At(t).([]*Node)
	m.Set(t, append(list, n))
}

// candidates are the providers that a dependency may mean: one if it is clear. bound is the interface it is bound by.
func (s *solver) candidates(n *Node, dep *model.Dep) (found []*Node, bound types.Type) {
	x := s.index
	if found = withID(x.byType.At(dep.Type), dep.ID); len(found) > 0 {
		return found, nil
	}
	if found = s.instances(n, dep, false); len(found) > 0 {
		return found, nil
	}
	iface, ok := dep.Type.Underlying().(*types.Interface)
	if !ok {
		return nil, nil
	}
	if found = withID(x.byAs.At(dep.Type), dep.ID); len(found) == 0 {
		found = s.instances(n, dep, true)
	}
	if len(found) == 0 {
		for _, n := range x.near(iface) {
			if n.Provider.ID == dep.ID && types.Implements(n.Provider.Out, iface) {
				found = append(found, n)
			}
		}
		found = s.stepBack(dep.Type, found)
	}
	return found, dep.Type
}

func withID(list any, id string) []*Node {
	nodes, _ := list.([]*Node)
	var found []*Node
	for _, n := range nodes {
		if n.Provider.ID == id {
			found = append(found, n)
		}
	}
	return found
}

// near are the providers with the rarest method of an interface, in their order: all that may implement it.
func (x *index) near(iface *types.Interface) []*Node {
	if iface.Empty() {
		return x.all
	}
	var rarest []*Node
	for i := range iface.NumMethods() {
		if list := x.byMethod[iface.Method(i).Name()]; i == 0 || len(list) < len(rarest) {
			rarest = list
		}
	}
	return slices.Clip(rarest)
}
