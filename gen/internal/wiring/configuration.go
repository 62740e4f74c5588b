package wiring

import (
	"fmt"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// codeReplaced notes that the application provides what a component would have provided.
const codeReplaced = "di-replaced"

// Linked returns the configurations that are part of a unit of the given functions, each before who imports it. That of the
// application is part of every unit. That of a component is part of a unit which uses anything of its package: a provider,
// a middleware, a guard, an aspect. Of a component that has none of these it is part of a unit which has one that imports it.
func (g *Graph) Linked(functions []*model.Function) []*model.Configuration {
	if len(g.App.Configurations) == 0 {
		return nil
	}
	_, linked := g.reach(functions)
	return slices.DeleteFunc(slices.Clone(g.App.Configurations), func(c *model.Configuration) bool { return !linked[c] })
}

// link finds the configurations of a unit, and marks what they need, which may bring others.
func (g *Graph) link(functions []*model.Function, want map[*Node]bool, mark func(*Node)) map[*model.Configuration]bool {
	linked := map[*model.Configuration]bool{}
	for _, l := range g.App.Layers {
		if l.Namespace == "" {
			mark(g.Node(l.Provider))
		}
	}
	if len(g.App.Configurations) == 0 {
		return linked
	}
	used := map[string]bool{}
	for _, f := range functions {
		for _, m := range f.Middleware {
			used[m.Namespace] = true
		}
	}
	for again := true; again; {
		again = false
		for n := range want {
			used[n.Provider.Namespace] = true
		}
		for _, c := range g.App.Configurations {
			imported := slices.ContainsFunc(g.App.Configurations, func(by *model.Configuration) bool {
				return linked[by] && slices.Contains(by.Imports, c)
			})
			if linked[c] || c.Namespace != "" && !used[c.Namespace] && !(c.Bare && imported) {
				continue
			}
			linked[c], again = true, true
			if c.Active() {
				mark(g.Node(c.Provider))
			}
			for _, l := range g.App.Layers {
				if l.Namespace == c.Namespace {
					mark(g.Node(l.Provider))
				}
			}
		}
	}
	return linked
}

// Layers returns the layers of a unit of the given functions, the outermost first: the application's, and those of components
// that are part of it.
func (g *Graph) Layers(functions []*model.Function) []*model.Layer {
	if len(g.App.Layers) == 0 {
		return nil
	}
	linked := g.Linked(functions)
	return slices.DeleteFunc(slices.Clone(g.App.Layers), func(l *model.Layer) bool {
		return l.Namespace != "" && !slices.ContainsFunc(linked, func(c *model.Configuration) bool { return c.Namespace == l.Namespace })
	})
}

// configures reports whether a provider is a configuration.
func (s *solver) configures(p *model.Provider) bool {
	return slices.ContainsFunc(s.app.Configurations, func(c *model.Configuration) bool { return c.Provider == p })
}

// layers reports whether a provider makes a layer.
func (s *solver) layers(p *model.Provider) bool {
	return slices.ContainsFunc(s.app.Layers, func(l *model.Layer) bool { return l.Provider == p })
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
		s.diagnostics = append(s.diagnostics, d)
		return true
	}
	d := s.at(c.ImportedAt, c.Length, codeReplaced, "the application's %s replaces the %s of component %s", first.Name(), what, second.Namespace)
	d.Severity, d.Chain = annotations.SeverityNote, links
	s.diagnostics = append(s.diagnostics, d)
	s.replaced[second] = first
	return true
}

// replace lets those that are made by a replaced provider be made by the other one.
func (s *solver) replace() {
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

// forgive drops what is missing for parts of components that nothing needs: who imports one need not use all of it.
func (s *solver) forgive() {
	s.missing = slices.DeleteFunc(s.missing, func(m unresolved) bool { return m.node.Provider.Namespace != "" && s.used[m.node] == nil })
}

// closest leaves, of several providers that a dependency could mean through an interface, those that say so in as= by the
// application, or else those of the package that asks: what a component declares takes nothing away from who does not mean it.
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

// unusedComponents notes what the application imports for nothing.
func (s *solver) unusedComponents() {
	if len(s.app.Configurations) < 2 {
		return // the application's own at most
	}
	_, linked := s.graph.reach(s.app.Functions)
	for _, c := range s.app.Configurations {
		if c.Direct && !linked[c] {
			d := s.at(c.ImportedAt, c.Length, codeUnused, "no function needs component %s", c.Namespace)
			d.Severity = annotations.SeverityNote
			s.diagnostics = append(s.diagnostics, d)
		}
	}
}
