package wiring

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// Generic providers are instantiated at their use: a dependency on *Repo[Book] is unified with *Repo[T], which says that T
// is Book, and the dependencies of the instance are resolved in turn. An instance is a node like any other, one for all
// that need it. Whether an interface is implemented by instances that nothing needs cannot be known, so that they are
// bound by as= alone.

// generics is what the solver knows of generic providers.
type generics struct {
	// made are the instances in the order of their making; nodes has those of each declaration, byArgs by their arguments.
	made   []*Node
	nodes  map[*model.Generic][]*Node
	byArgs map[*model.Generic]*typeutil.Map
	// by says for which dependency an instance was made first.
	by map[*Node]request
	// refused are the dependencies whose type arguments no constraint allows.
	refused []refusal
	// endless are the declarations that need ever new instances, stopped the dependencies on one.
	endless map[*model.Generic]bool
	stopped map[*model.Dep]bool
}

func newGenerics() generics {
	return generics{
		nodes: map[*model.Generic][]*Node{}, byArgs: map[*model.Generic]*typeutil.Map{}, by: map[*Node]request{},
		endless: map[*model.Generic]bool{}, stopped: map[*model.Dep]bool{},
	}
}

// find returns the instance with some type arguments, which may be written in other words, nil if there is none.
func (g *generics) find(of *model.Generic, args []types.Type) *Node {
	if g.byArgs[of] == nil {
		return nil
	}
	n, _ := g.byArgs[of].At(tuple(args)).(*Node)
	return n
}

// add takes an instance in.
func (g *generics) add(of *model.Generic, args []types.Type, n *Node) {
	if g.byArgs[of] == nil {
		g.byArgs[of] = &typeutil.Map{}
	}
	g.made = append(g.made, n)
	g.nodes[of] = append(g.nodes[of], n)
	g.byArgs[of].Set(tuple(args), n)
}

// tuple is one type for several, so that they can be compared and hashed together.
func tuple(args []types.Type) types.Type {
	vars := make([]*types.Var, len(args))
	for i, a := range args {
		vars[i] = types.NewParam(token.NoPos, nil, "", a)
	}
	return types.NewTuple(vars...)
}

// refusal is a dependency on an instance that cannot be.
type refusal struct {
	request
	generic *model.Generic
	err     error
}

// instances are the candidates that generic providers make for a dependency: by the type that they make or, with as, by
// the interfaces that they name.
func (s *solver) instances(n *Node, dep *model.Dep, as bool) []*Node {
	var found []*Node
	for _, g := range s.app.Generics {
		p := g.Declared
		if p.ID != dep.ID {
			continue
		}
		patterns := []types.Type{p.Out}
		if as {
			patterns = p.As
		}
		for _, pattern := range patterns {
			args := bindings{}
			if !args.unify(pattern, dep.Type) {
				continue
			}
			if instance := s.instance(g, args.list(g.Params), request{n, dep}); instance != nil {
				found = append(found, instance)
			}
			break
		}
	}
	slices.SortStableFunc(found, func(a, b *Node) int { return compare(a.Provider, b.Provider) })
	return found
}

// instance returns the node of an instance, nil with a mistake, which is kept.
func (s *solver) instance(g *model.Generic, args []types.Type, by request) *Node {
	if n := s.generics.find(g, args); n != nil {
		return n
	}
	if s.generics.endless[g] || s.grows(g, args, by) {
		s.generics.stopped[by.dep] = true
		return nil
	}
	p, err := g.Instance(args)
	if err != nil {
		s.generics.refused = append(s.generics.refused, refusal{by, g, err})
		return nil
	}
	n := &Node{Provider: p}
	s.generics.add(g, args, n)
	s.generics.by[n] = by
	for _, dep := range p.Deps {
		if dep.Group != "" {
			s.groups.requests[dep.Group] = append(s.groups.requests[dep.Group], request{n, dep})
		}
	}
	return n
}

// takenInstances leaves out the instances that were candidates and that nothing took, with what they alone need.
func (s *solver) takenInstances() map[*Node]bool {
	kept := map[*Node]bool{}
	var keep func(n *Node)
	keep = func(n *Node) {
		if n == nil || kept[n] {
			return
		}
		kept[n] = true
		for _, e := range n.Edges {
			keep(e.To)
		}
	}
	for _, n := range s.providers {
		keep(n)
	}
	return kept
}

// maxGrowth is how many instances of one declaration may need each other with type arguments that grow.
const maxGrowth = 8

// grows reports instances that need ever larger ones. It does so once for each declaration.
func (s *solver) grows(g *model.Generic, args []types.Type, by request) bool {
	size := sizeOf(args)
	var chain []*Node
	for at := by; ; at = s.generics.by[at.node] {
		if _, made := s.generics.by[at.node]; !made {
			break
		}
		if p := at.node.Provider; p.Object == g.Declared.Object && sizeOf(p.Args) < size {
			chain = append(chain, at.node)
		}
	}
	if len(chain) < maxGrowth {
		return false
	}
	s.generics.endless[g] = true
	slices.Reverse(chain)
	first, second := chain[0].Provider, chain[1].Provider
	at := s.generics.by[chain[1]]
	d := s.at(at.dep.Pos, at.dep.Length, codeGeneric, "%s needs %s, which needs %s, and so on without end", first.Name(), second.Name(), chain[2].Provider.Name())
	d.Chain = s.chain(s.generics.by[chain[0]].node)
	d.Hint = "write a constructor of the last instance, without type parameters, or let the instances not need larger ones"
	s.report(d)
	return true
}

// again reports whether a mistake at a place has been reported, for another instance of the same declaration.
func (s *solver) again(n *Node, dep *model.Dep, code string) bool {
	return n.Provider.Args != nil && s.reported(func(d annotations.Diagnostic) bool { return d.Code == code && d.Pos == dep.Pos })
}

// sizeOf is how many types the text of some types is made of.
func sizeOf(list []types.Type) int {
	n := 0
	for _, t := range list {
		n += strings.Count(types.TypeString(t, func(*types.Package) string { return "" }), "")
	}
	return n
}

// reportRefusedInstances reports dependencies on instances that a constraint refuses, where nothing else provides them.
func (s *solver) reportRefusedInstances() {
	s.unexplained = slices.Clone(s.unresolved)
	var done []refusal
	for _, r := range s.generics.refused {
		if r.dep.Optional || slices.ContainsFunc(done, func(o refusal) bool { return types.Identical(o.dep.Type, r.dep.Type) }) {
			continue
		}
		i := slices.IndexFunc(s.unexplained, func(m unresolved) bool { return m.dep == r.dep && len(m.candidates) == 0 })
		if i < 0 {
			continue
		}
		s.unexplained = slices.DeleteFunc(s.unexplained, func(m unresolved) bool {
			return len(m.candidates) == 0 && m.dep.ID == r.dep.ID && types.Identical(m.dep.Type, r.dep.Type)
		})
		done = append(done, r)
		p := r.generic.Declared
		d := s.at(r.dep.Pos, r.dep.Length, codeGeneric, "%s cannot make %s: %v", p.Name(), typeString(r.dep.Type), r.err)
		d.Chain = append([]annotations.Link{{Pos: p.Pos, Message: p.Name() + " is here"}}, s.chain(r.node)...)
		d.Hint = fmt.Sprintf("ask for another instance, or write a constructor of %s", typeString(r.dep.Type))
		s.report(d)
	}
}

// noteUnusedGenerics notes generic providers of which no function needs an instance.
func (s *solver) noteUnusedGenerics() {
	for _, g := range s.app.Generics {
		used := slices.ContainsFunc(s.generics.nodes[g], func(n *Node) bool { return s.used[n] != nil })
		if p := g.Declared; !used && p.Namespace == "" {
			s.note(s.at(p.Pos, len(p.Object.Name()), codeUnused, "no function needs an instance of %s", p.Name()))
		}
	}
}

// genericHint names a generic provider whose instance implements an interface and that does not say so.
func (s *solver) genericHint(dep *model.Dep) string {
	named, _ := types.Unalias(dep.Type).(*types.Named)
	iface, ok := dep.Type.Underlying().(*types.Interface)
	if !ok || named == nil || dep.ID != "" {
		return ""
	}
	for _, g := range s.app.Generics {
		if len(g.Params) != named.TypeArgs().Len() {
			continue
		}
		p, err := g.Instance(slices.Collect(named.TypeArgs().Types()))
		if err == nil && types.Implements(p.Out, iface) {
			return fmt.Sprintf("%s implements it: mark %s as=%s", p.Name(), g.Declared.Name(), named.Obj().Name())
		}
	}
	return ""
}

// bindings are what type parameters stand for.
type bindings map[*types.TypeParam]types.Type

// list returns the type arguments in the order of the parameters.
func (b bindings) list(params []*types.TypeParam) []types.Type {
	list := make([]types.Type, len(params))
	for i, p := range params {
		list[i] = b[p]
	}
	return list
}

// unify makes a pattern with type parameters identical to a type, if that can be done. A type parameter stands for a type as
// it is written: an alias may be the only name that others can use.
func (b bindings) unify(pattern, t types.Type) bool {
	pattern = types.Unalias(pattern)
	if p, ok := pattern.(*types.TypeParam); ok {
		if bound := b[p]; bound != nil {
			return types.Identical(bound, t)
		}
		b[p] = t
		return true
	}
	t = types.Unalias(t)
	switch p := pattern.(type) {
	case *types.Named:
		u, ok := t.(*types.Named)
		if !ok || p.Origin() != u.Origin() || p.TypeArgs().Len() != u.TypeArgs().Len() {
			return false
		}
		for i := range p.TypeArgs().Len() {
			if !b.unify(p.TypeArgs().At(i), u.TypeArgs().At(i)) {
				return false
			}
		}
		return true
	case *types.Pointer:
		u, ok := t.(*types.Pointer)
		return ok && b.unify(p.Elem(), u.Elem())
	case *types.Slice:
		u, ok := t.(*types.Slice)
		return ok && b.unify(p.Elem(), u.Elem())
	case *types.Array:
		u, ok := t.(*types.Array)
		return ok && p.Len() == u.Len() && b.unify(p.Elem(), u.Elem())
	case *types.Map:
		u, ok := t.(*types.Map)
		return ok && b.unify(p.Key(), u.Key()) && b.unify(p.Elem(), u.Elem())
	case *types.Chan:
		u, ok := t.(*types.Chan)
		return ok && p.Dir() == u.Dir() && b.unify(p.Elem(), u.Elem())
	case *types.Signature:
		u, ok := t.(*types.Signature)
		return ok && p.Variadic() == u.Variadic() && b.tuples(p.Params(), u.Params()) && b.tuples(p.Results(), u.Results())
	}
	return types.Identical(pattern, t)
}

func (b bindings) tuples(p, t *types.Tuple) bool {
	if p.Len() != t.Len() {
		return false
	}
	for i := range p.Len() {
		if !b.unify(p.At(i).Type(), t.At(i).Type()) {
			return false
		}
	}
	return true
}
