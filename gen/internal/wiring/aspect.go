package wiring

import (
	"cmp"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// codeAspect is an aspect that cannot wrap what it should, or a pattern that matches nothing.
const codeAspect = "aspect"

// Decoration makes a node a decorator: it is injected as an interface instead of another node, and calls the methods of that
// through aspects. The node's provider makes the interface; its first edge leads to the decorated node, the others to the
// aspects.
type Decoration struct {
	// Methods are those of the interface, by name.
	Methods []Method
	// Aspects are parallel to the edges after the first, the outermost first.
	Aspects []*model.Aspect
}

// Method is a method of an interface with the aspects that wrap it, the outermost first.
type Method struct {
	Func    *types.Func
	Aspects []*model.Aspect
}

// Real is the node that a decorator decorates, or the node itself.
func (n *Node) Real() *Node {
	if n.Decoration == nil {
		return n
	}
	return n.Edges[0].To
}

// matchAspects finds what aspects match among the interfaces that something is injected as.
func (s *solver) matchAspects() {
	if len(s.app.Aspects) == 0 {
		return
	}
	var list []types.Type
	for _, n := range s.nodes {
		for _, e := range n.Edges {
			if t := injectedAs(n, e); t != nil && s.around.At(t) == nil {
				s.around.Set(t, &Decoration{})
				list = append(list, t)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b types.Type) int {
		x, y := model.TypeName(a), model.TypeName(b)
		return cmp.Or(cmp.Compare(x.Pkg().Path(), y.Pkg().Path()), cmp.Compare(x.Name(), y.Name()), cmp.Compare(typeString(a), typeString(b)))
	})
	for _, t := range list {
		set := types.NewMethodSet(t)
		d := s.around.At(t).(*Decoration)
		for i := range set.Len() {
			d.Methods = append(d.Methods, Method{Func: set.At(i).Obj().(*types.Func)})
		}
	}
	for _, a := range s.app.Aspects {
		m := &matcher{solver: s, aspect: a, interfaces: list}
		for _, t := range list {
			m.match(t)
		}
		m.reportPatterns()
	}
}

// injectedAs is the interface with a name that an edge of n injects something as, nil if there is none.
func injectedAs(n *Node, e Edge) types.Type {
	if e.To == nil {
		return nil
	}
	t := e.Dep.Type
	switch {
	case e.To.Provider.Kind == model.Group:
		return nil
	case n.Provider.Kind == model.Group: // its members are that
		t = element(n.Provider.Out)
	}
	if obj := model.TypeName(t); !types.IsInterface(t) || obj == nil || obj.Pkg() == nil {
		return nil
	}
	return types.Unalias(t) // an alias gets the same decorator
}

// aspectsOf are the aspects around what an edge of n leads to, and what it is injected as. There may be none.
func (s *solver) aspectsOf(n *Node, e Edge) ([]*model.Aspect, types.Type) {
	if s.around.Len() == 0 {
		return nil, nil
	}
	t := injectedAs(n, e)
	if t == nil {
		return nil, nil
	}
	return s.around.At(t).(*Decoration).Aspects, t
}

// matcher finds what one aspect matches.
type matcher struct {
	*solver
	aspect     *model.Aspect
	interfaces []types.Type
	// cannotFail and unexported are the methods that are left out.
	cannotFail, unexported []string
	// first is the pattern that left something out first.
	first *model.AspectPattern
}

// names are what patterns see of a method.
func names(t types.Type, f *types.Func) []string {
	obj := model.TypeName(t)
	return []string{obj.Pkg().Name(), obj.Name(), f.Name()}
}

func (m *matcher) pattern(not bool, names []string) *model.AspectPattern {
	var found *model.AspectPattern
	for i := range m.aspect.Patterns {
		p := &m.aspect.Patterns[i]
		if p.Not == not && p.Match(names...) && (found == nil || exact(p)) {
			found = p
		}
	}
	return found
}

// exact reports whether a pattern names one method.
func exact(p *model.AspectPattern) bool {
	return len(p.Parts) == 3 && !strings.Contains(p.Parts[2], "*")
}

// match puts the aspect around the methods of an interface that it matches.
func (m *matcher) match(t types.Type) {
	d := m.around.At(t).(*Decoration)
	some := false
	for i, method := range d.Methods {
		p := m.pattern(false, names(t, method.Func))
		if p == nil || m.pattern(true, names(t, method.Func)) != nil {
			continue
		}
		name := strings.Join(names(t, method.Func), ".")
		if reason := m.app.Unnameable(t); reason != "" {
			m.errorf(p, "aspect %s cannot wrap %s: generated code cannot name it: %s", m.aspect.Name(), typeString(t), reason).
				Hint = "export it, or take it out: !" + strings.Join(names(t, method.Func)[:2], ".")
			return
		}
		switch reason := m.app.Unnameable(method.Func.Signature()); {
		case !method.Func.Exported() && exact(p):
			m.errorf(p, "aspect %s cannot wrap %s, which is unexported", m.aspect.Name(), name).Hint = "leave it out"
		case !method.Func.Exported():
			m.leave(&m.unexported, p, name)
		case !canFail(method.Func) && m.aspect.CanFail() && exact(p):
			m.errorf(p, "aspect %s can fail, but %s returns no error", m.aspect.Name(), name).
				Hint = "leave it out, or let it return an error; an aspect with After alone can wrap every method"
		case !canFail(method.Func) && m.aspect.CanFail():
			m.leave(&m.cannotFail, p, name)
		case reason != "":
			m.errorf(p, "aspect %s cannot wrap %s: generated code cannot name its types: %s", m.aspect.Name(), name, reason).
				Hint = "export them, or take the method out: !" + name
		default:
			d.Methods[i].Aspects = append(method.Aspects, m.aspect)
			some = true
		}
	}
	if some {
		d.Aspects = append(d.Aspects, m.aspect)
	}
}

func (m *matcher) leave(list *[]string, p *model.AspectPattern, name string) {
	if m.first == nil {
		m.first = p
	}
	if !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
}

// canFail reports whether a method's last result is an error.
func canFail(f *types.Func) bool {
	results := f.Signature().Results()
	return results.Len() > 0 && types.Identical(results.At(results.Len()-1).Type(), types.Universe.Lookup("error").Type())
}

func (m *matcher) errorf(p *model.AspectPattern, format string, args ...any) *annotations.Diagnostic {
	return m.report(m.at(p.Pos, p.Length, codeAspect, format, args...))
}

// reportPatterns says what is left out, and which patterns match nothing. A component does not know what the application has.
func (m *matcher) reportPatterns() {
	if m.aspect.Provider.Namespace != "" {
		return
	}
	for _, left := range []struct {
		names []string
		why   string
	}{{m.cannotFail, "returns no error"}, {m.unexported, "is unexported"}} {
		if len(left.names) == 0 {
			continue
		}
		if len(left.names) > 1 {
			left.why = map[string]string{"returns no error": "return no error", "is unexported": "are unexported"}[left.why]
		}
		e := m.errorf(m.first, "aspect %s does not wrap %s, which %s", m.aspect.Name(), annotations.Join(left.names, "and"), left.why)
		e.Severity = annotations.SeverityNote
		e.Hint = "take out what is not meant: !" + left.names[0]
	}
	if m.app.Incomplete {
		return // what is matched may be what was left out
	}
	for i := range m.aspect.Patterns {
		if p := &m.aspect.Patterns[i]; len(p.Parts) > 1 && !p.Unknown {
			m.matched(p)
		}
	}
}

// matched reports a pattern that does nothing.
func (m *matcher) matched(p *model.AspectPattern) {
	wasted := false
	var known []string
	for _, t := range m.interfaces {
		for _, method := range m.around.At(t).(*Decoration).Methods {
			list := names(t, method.Func)
			if p.Match(list...) {
				if !p.Not || m.pattern(false, list) != nil {
					return
				}
				wasted = true
			}
			known = append(known, strings.Join(list[:len(p.Parts)], "."))
		}
	}
	if wasted {
		m.errorf(p, "%s takes out what no other pattern matches", p.Text).Hint = "leave it out"
		return
	}
	if m.wouldMatch(p) {
		return
	}
	text := strings.TrimPrefix(p.Text, "!")
	slices.Sort(known)
	known = slices.Compact(known)
	e := m.errorf(p, "nothing is injected as %s", text)
	for _, n := range m.nodes {
		obj := model.TypeName(n.Provider.Out)
		if obj == nil || obj.Pkg() == nil {
			continue
		}
		list := []string{obj.Pkg().Name(), obj.Name()}
		if len(p.Parts) == 3 {
			list = append(list, p.Parts[2])
		}
		if p.Match(list...) {
			e.Chain = append(e.Chain, annotations.Link{Pos: n.Provider.Pos, Message: n.Provider.Name() + " provides " + typeString(n.Provider.Out)})
			e.Hint = "aspects wrap interfaces only: inject it as one"
			if types.IsInterface(n.Provider.Out) {
				e.Hint = "nothing injects it"
			}
			return
		}
	}
	switch s := annotations.Suggest(text, known); {
	case s != "":
		e.Hint = "did you mean " + s + "?"
	case len(known) == 0:
		e.Hint = "nothing in the application is injected as an interface that has a name"
	case len(known) <= 10:
		e.Hint = "there are: " + strings.Join(known, ", ")
	}
}

// wouldMatch reports whether a pattern is for an interface that something would be injected as, were it not for another mistake.
func (m *matcher) wouldMatch(p *model.AspectPattern) bool {
	return slices.ContainsFunc(m.unresolved, func(u unresolved) bool {
		obj := model.TypeName(u.dep.Type)
		if u.node.Provider.Namespace != "" || !types.IsInterface(u.dep.Type) || obj == nil || obj.Pkg() == nil {
			return false
		}
		set := types.NewMethodSet(u.dep.Type)
		for i := range set.Len() {
			if p.Match(names(u.dep.Type, set.At(i).Obj().(*types.Func))...) {
				return true
			}
		}
		return false
	})
}

// reportAspectCycles reports aspects that need what they wrap: each of their calls would be one that they wrap.
// An ioc.Lazy does not help.
func (s *solver) reportAspectCycles() {
	var reported []*model.Aspect
	for _, a := range s.app.Aspects {
		start := s.node(a.Provider)
		if start == nil || slices.Contains(reported, a) {
			continue
		}
		if path := s.aspectPath(a, start); path != nil {
			reported = append(reported, s.aspectCycle(a, path)...)
		}
	}
}

// hop is one step of a way from an aspect: along a dependency to what it leads to, or to an aspect around that.
type hop struct {
	from, to *Node
	edge     Edge
	as       types.Type    // what it is injected as, if that is an interface
	aspect   *model.Aspect // nil for what the dependency leads to
}

// aspectPath is a shortest way from an aspect to a dependency that it wraps, nil if there is none.
func (s *solver) aspectPath(a *model.Aspect, start *Node) []hop {
	came := map[*Node]hop{}
	for queue := []*Node{start}; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		for _, e := range n.Edges {
			if e.To == nil {
				continue
			}
			around, as := s.aspectsOf(n, e)
			if slices.Contains(around, a) {
				path := []hop{{n, e.To, e, as, nil}}
				for at := n; at != start; at = came[at].from {
					path = append(path, came[at])
				}
				slices.Reverse(path)
				return path
			}
			next := []hop{{n, e.To, e, as, nil}}
			for _, other := range around {
				next = append(next, hop{n, s.node(other.Provider), e, as, other})
			}
			for _, h := range next {
				if _, seen := came[h.to]; h.to != nil && h.to != start && !seen {
					came[h.to] = h
					queue = append(queue, h.to)
				}
			}
		}
	}
	return nil
}

// aspectCycle reports one, and returns the aspects in it.
func (s *solver) aspectCycle(a *model.Aspect, path []hop) []*model.Aspect {
	in := []*model.Aspect{a}
	last := path[len(path)-1]
	steps := []string{a.Name()}
	var links []annotations.Link
	for _, h := range path {
		from := h.from.Provider.Name()
		needs := h.as
		if needs == nil {
			needs = h.edge.Dep.Type
		}
		links = append(links, annotations.Link{Pos: h.edge.Dep.Pos, Message: from + " needs " + typeString(needs)})
		if h.aspect != nil {
			in = append(in, h.aspect)
			steps = append(steps, typeString(needs), h.aspect.Name())
			links = append(links, annotations.Link{Pos: h.aspect.Pos, Message: "which " + h.aspect.Name() + " wraps"})
		} else if h.edge.Dep != last.edge.Dep {
			steps = append(steps, h.to.Provider.Name())
		}
	}
	steps = append(steps, typeString(last.as), a.Name())
	first := path[0].edge.Dep
	d := s.at(first.Pos, first.Length, codeCycle, "aspect %s needs what it wraps: %s", a.Name(), strings.Join(steps, " -> "))
	d.Chain = append(links, annotations.Link{Pos: s.patternFor(a, last.as).Pos, Message: "which " + a.Name() + " wraps"})
	obj := model.TypeName(last.as)
	d.Hint = fmt.Sprintf("take it out: !%s.%s, or let the aspect need the type behind it", obj.Pkg().Name(), obj.Name())
	s.report(d)
	return in
}

// patternFor is the pattern by which an aspect wraps an interface.
func (s *solver) patternFor(a *model.Aspect, t types.Type) *model.AspectPattern {
	m := &matcher{solver: s, aspect: a}
	for _, method := range s.around.At(t).(*Decoration).Methods {
		if slices.Contains(method.Aspects, a) {
			return m.pattern(false, names(t, method.Func))
		}
	}
	return &a.Patterns[0]
}

// decorateEdges puts a decorator before each node that is injected as an interface with aspects around it: one for all
// dependencies on it.
func (s *solver) decorateEdges() {
	if s.around.Len() == 0 {
		return
	}
	type place struct {
		to *Node
		as *Decoration
	}
	made := map[place]*Node{}
	for _, n := range s.nodes {
		for i, e := range n.Edges {
			aspects, as := s.aspectsOf(n, e)
			if len(aspects) == 0 {
				continue
			}
			d := s.around.At(as).(*Decoration)
			at := place{e.To, d}
			if made[at] == nil {
				made[at] = s.decorator(e, as, d)
				s.decorators = append(s.decorators, made[at])
			}
			if e.Bound != nil { // a group has its members by their own types
				made[at].Edges[0].Bound = e.Bound
			}
			n.Edges[i].To, n.Edges[i].Bound = made[at], nil
		}
	}
}

func (s *solver) decorator(e Edge, as types.Type, d *Decoration) *Node {
	obj := model.TypeName(as)
	real := e.To.Provider
	p := &model.Provider{
		Kind: model.Constructor, Object: obj, Out: as, ID: real.ID, Scope: real.Scope, Lazy: real.Lazy, Eager: real.Eager,
		Pos: s.app.Fset.PositionFor(obj.Pos(), false),
	}
	n := &Node{Provider: p, Decoration: d}
	add := func(name string, t types.Type, to *Node, bound types.Type) {
		dep := &model.Dep{Name: name, Type: t, ID: to.Provider.ID, Pos: p.Pos, Length: len(obj.Name())}
		p.Deps = append(p.Deps, dep)
		n.Edges = append(n.Edges, Edge{Dep: dep, To: to, Bound: bound})
	}
	add("next", as, e.To, e.Bound)
	for _, a := range d.Aspects {
		to := s.node(a.Provider)
		add(model.LowerCamel(a.Object.Name()), to.Provider.Out, to, nil)
	}
	return n
}
