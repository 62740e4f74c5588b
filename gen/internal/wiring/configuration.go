package wiring

import (
	"slices"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// Linked returns the configurations that are part of a unit of the given functions, each before those that import it. That of the
// application is part of a unit with a function that uses its parts; see findParts. That of a component is part of a unit which uses anything of its package: a provider,
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
	linked, there := map[*model.Configuration]bool{}, map[*model.Configuration]bool{}
	for _, l := range g.App.Layers {
		if l.Namespace == "" && l.Instance == "" {
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
				return there[by] && slices.Contains(by.Imports, c)
			})
			if linked[c] || c.Namespace != "" && !used[c.Namespace] && !(c.Bare && imported) {
				continue
			}
			if !there[c] { // what it imports is, even where nothing calls it
				there[c], again = true, true
			}
			if c.Namespace == "" && !g.usesParts(c, functions, want) {
				continue
			}
			linked[c], again = true, true
			if c.Active() {
				mark(g.Node(c.Provider))
			}
			for _, l := range g.App.Layers {
				if l.Namespace == c.Namespace && l.Instance == "" {
					mark(g.Node(l.Provider))
				}
			}
		}
	}
	return linked
}

// Layers returns the layers of a unit of the given functions, the outermost first: the application's, and those of components
// that are part of it; behind these those of f.yml that one of the functions is linked with, by name.
func (g *Graph) Layers(functions []*model.Function) []*model.Layer {
	if len(g.App.Layers) == 0 {
		return nil
	}
	linked := g.Linked(functions)
	return slices.DeleteFunc(slices.Clone(g.App.Layers), func(l *model.Layer) bool {
		if l.Instance != "" {
			return !slices.ContainsFunc(functions, func(f *model.Function) bool { return slices.Contains(f.Layers, l) })
		}
		return l.Namespace != "" && !slices.ContainsFunc(linked, func(c *model.Configuration) bool { return c.Namespace == l.Namespace })
	})
}

// part is something that the application's configuration takes and functions do, too. A unit that needs one of its nodes uses it.
type part []*Node

// findParts finds the parts of the application's configuration: what comes from a component, has a secret or a key without a
// default, and is needed by functions as well. A function that does without one of them must not need its keys because of
// what OnReady does for others. What nothing but the configuration takes is its own, and needed wherever it is. Where no function uses
// all parts, they count as one, so that OnReady is called for those that use any.
func (s *solver) findParts() {
	g := s.graph
	i := slices.IndexFunc(g.App.Configurations, func(c *model.Configuration) bool { return c.Namespace == "" && c.Active() })
	if i < 0 {
		return
	}
	node := g.Node(g.App.Configurations[i].Provider)
	if node == nil {
		return
	}
	alone := *g
	alone.without = func(n *Node) bool { return n == node }
	used, _ := alone.reach(g.App.Functions)
	taken := map[*Node]bool{}
	var take func(n *Node)
	take = func(n *Node) {
		if taken[n] {
			return
		}
		taken[n] = true
		if users := among(used, func(u *Node) bool { return u.root() == n.root() }); users != nil {
			if n.Provider.Namespace != "" || slices.ContainsFunc(n.Provider.Deps, mustHave) {
				g.parts = append(g.parts, users)
			}
		} else {
			for _, d := range n.Provider.Deps {
				if !mustHave(d) {
					continue
				}
				if users := among(used, func(u *Node) bool { return reads(u, d.Key) }); users != nil {
					g.parts = append(g.parts, users)
				}
			}
		}
		for _, e := range n.Edges {
			if e.To != nil {
				take(e.To)
			}
		}
	}
	take(node)
	if g.parts != nil && !g.usesParts(g.App.Configurations[i], g.App.Functions, nil) {
		g.parts = []part{slices.Concat(g.parts...)}
	}
}

func among(nodes map[*Node]bool, is func(*Node) bool) (p part) {
	for n := range nodes {
		if is(n) {
			p = append(p, n)
		}
	}
	return p
}

// mustHave reports a value of configuration without which what takes it is of no use.
func mustHave(d *model.Dep) bool {
	return d.Kind == model.FromConfig && (d.Secret || d.Default == nil && !d.Optional ||
		slices.ContainsFunc(d.Values, func(m model.ConfigMember) bool { return m.Required }))
}

// reads reports whether a node takes a key, or something above or below it.
func reads(n *Node, key string) bool {
	return slices.ContainsFunc(n.Provider.Deps, func(d *model.Dep) bool {
		return d.Kind == model.FromConfig && (covers(d.Key, key) || covers(key, d.Key))
	})
}

// usesParts reports whether one of some functions, which need the nodes in want, uses all parts of the application's configuration,
// or the configuration itself.
func (g *Graph) usesParts(c *model.Configuration, functions []*model.Function, want map[*Node]bool) bool {
	if n := g.Node(c.Provider); g.parts == nil || n != nil && want[n] {
		return true
	}
	if len(functions) != 1 || want == nil {
		return slices.ContainsFunc(functions, func(f *model.Function) bool {
			_, linked := g.reach([]*model.Function{f})
			return linked[c]
		})
	}
	return !slices.ContainsFunc(g.parts, func(p part) bool {
		return !slices.ContainsFunc(p, func(n *Node) bool { return want[n] })
	})
}
