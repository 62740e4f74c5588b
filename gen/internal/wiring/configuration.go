package wiring

import (
	"slices"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// Linked returns the configurations that are part of a unit of the given functions, each before those that import it. That of the
// application is part of every unit. That of a component is part of a unit which uses anything of its package: a provider,
// a middleware, a guard, an aspect. Of a component that has none of these it is part of a unit which has one that imports it.
func (g *Graph) Linked(functions []*model.Function) []*model.Configuration {
	if len(g.App.Configurations) == 0 {
		return nil
	}
	_, linked := g.reach(functions)
	return slices.DeleteFunc(slices.Clone(g.App.Configurations), func(c *model.Configuration) bool { return !linked[c] })
}

// link finds the configurations of a unit, and marks what they need, which may add others.
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
