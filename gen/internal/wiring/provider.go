package wiring

import (
	"cmp"
	"fmt"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// codeReplaced notes that the application provides what a component would have provided.
const codeReplaced = "di-replaced"

// declareNodes makes a node for each provider of the model.
func (s *solver) declareNodes() {
	for _, p := range s.app.Providers {
		s.declared = append(s.declared, &Node{Provider: p})
	}
	slices.SortStableFunc(s.declared, compareNodes)
}

// compare is the order of providers: package path, name, id.
func compare(a, b *model.Provider) int {
	return cmp.Or(
		cmp.Compare(a.Object.Pkg().Path(), b.Object.Pkg().Path()),
		cmp.Compare(a.Object.Name(), b.Object.Name()),
		cmp.Compare(a.ID, b.ID),
		compareArgs(a, b),
		cmp.Compare(a.Key, b.Key),
	)
}

// compareArgs puts Repo[Book] before Repo[*Book], so that it has the plain name.
func compareArgs(a, b *model.Provider) int {
	if a.Args == nil || b.Args == nil {
		return 0
	}
	return cmp.Compare(len(a.Key), len(b.Key))
}

func compareNodes(a, b *Node) int { return compare(a.Provider, b.Provider) }

// dropDuplicates reports providers of one type and id. The first in the source stays, or that of the application.
func (s *solver) dropDuplicates() {
	bySource := slices.Clone(s.declared)
	slices.SortStableFunc(bySource, func(a, b *Node) int { return comparePositions(a.Provider.Pos, b.Provider.Pos) })
	slices.SortStableFunc(bySource, func(a, b *Node) int { // the application's first
		return cmp.Compare(min(len(a.Provider.Namespace), 1), min(len(b.Provider.Namespace), 1))
	})
	var kept typeutil.Map
	dropped := map[*Node]bool{}
	for _, n := range bySource {
		p := n.Provider
		if !injectable(p) {
			continue
		}
		firsts := withID(kept.At(p.Out), p.ID)
		if len(firsts) == 0 {
			add(&kept, p.Out, n)
			continue
		}
		dropped[n] = true
		if s.clash(firsts[0].Provider, p) {
			continue
		}
		d := s.at(p.Pos, len(p.Object.Name()), codeDuplicate, "a second provider of %s", typeString(p.Out))
		if p.ID != "" {
			d.Message += fmt.Sprintf(" with id %q", p.ID)
			d.Hint = "give one of them another id"
		} else {
			d.Hint = "give one of them an id: //faas:provide id=NAME"
		}
		q := firsts[0].Provider
		d.Chain = append(d.Chain, annotations.Link{Pos: q.Pos, Message: "the first is " + q.Name()})
		s.report(d)
	}
	for _, n := range s.declared {
		if !dropped[n] {
			s.providers = append(s.providers, n)
			s.byProvider[n.Provider] = n
		}
	}
}

// injectable leaves out the constructors that only make a function, and the slices of groups.
func injectable(p *model.Provider) bool {
	return p.Kind == model.Struct || p.Kind == model.Constructor && !p.Implicit
}

// component returns the configuration of a namespace, which is there.
func (s *solver) component(namespace string) *model.Configuration {
	for _, c := range s.app.Configurations {
		if c.Namespace == namespace {
			return c
		}
	}
	return nil
}

// clash settles what two packages provide both: what the application provides replaces what a component would have provided,
// and two components that provide the same are a mistake. It reports false for two of one package or of the application.
func (s *solver) clash(first, second *model.Provider) bool {
	if second.Namespace == first.Namespace { // two components have one only by a mistake, which has been reported
		return first.Namespace != "" && first.Object.Pkg() != second.Object.Pkg()
	}
	c := s.component(second.Namespace)
	if c == nil {
		return true // a mistake of its configuration has been reported
	}
	what := typeString(second.Out)
	if second.ID != "" {
		what += fmt.Sprintf(" with id %q", second.ID)
	}
	links := []annotations.Link{
		{Pos: first.Pos, Message: "provided by " + first.Name()}, {Pos: second.Pos, Message: "provided by " + second.Name()},
	}
	if first.Namespace != "" {
		d := s.at(c.ImportedAt, c.Length, codeDuplicate, "components %s and %s both provide %s", first.Namespace, second.Namespace, what)
		d.Chain = links
		d.Hint = "provide it in the application, which replaces both, or import one of the two"
		s.report(d)
		return true
	}
	d := s.at(c.ImportedAt, c.Length, codeReplaced, "the application's %s replaces the %s of component %s", first.Name(), what, second.Namespace)
	d.Chain = links
	s.note(d)
	s.replaced[second] = first
	return true
}

// replaceMakers lets the application's provider make what a replaced one would have made.
func (s *solver) replaceMakers() {
	for _, m := range s.app.Middleware {
		if by := s.replaced[m.Provider]; by != nil {
			m.Provider = by
		}
	}
	for _, a := range s.app.Aspects {
		if by := s.replaced[a.Provider]; by != nil {
			a.Provider = by
		}
	}
	for _, l := range s.app.Layers {
		if by := s.replaced[l.Provider]; by != nil {
			l.Provider = by
		}
	}
	for _, c := range s.app.Configurations {
		if by := s.replaced[c.Provider]; by != nil {
			c.Provider = by
		}
	}
}

// A role is what a provider is made for, other than to be injected.
type role int

const (
	makesMiddleware role = 1 << iota
	makesConfiguration
	makesLayer
)

// findRoles notes which providers make middleware, guards, configurations and layers.
func (s *solver) findRoles() {
	for _, m := range s.app.Middleware {
		s.roles[m.Provider] |= makesMiddleware
	}
	for _, c := range s.app.Configurations {
		s.roles[c.Provider] |= makesConfiguration
	}
	for _, l := range s.app.Layers {
		s.roles[l.Provider] |= makesLayer
	}
}

// has reports whether a provider has one of some roles.
func (s *solver) has(p *model.Provider, r role) bool { return s.roles[p]&r != 0 }
