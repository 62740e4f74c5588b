package wiring_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// TestDeterministic solves each case several times with everything shuffled that has no order of its own.
func TestDeterministic(t *testing.T) {
	for _, c := range apptest.Cases(t, "testdata") {
		r := rand.New(rand.NewPCG(1, 2))
		m, g, ds := apptest.Solve(c.Program, c.App)
		want := apptest.Dump(m, g) + ds.Render(c.App.Dir)
		for range 5 {
			m, g, ds := apptest.Solve(c.Program, shuffled(r, c.App))
			if got := apptest.Dump(m, g) + ds.Render(c.App.Dir); got != want {
				t.Fatalf("%s: packages in another order give\n%s\nwant\n%s", c.Name, got, want)
			}
			r.Shuffle(len(m.Providers), func(i, j int) { m.Providers[i], m.Providers[j] = m.Providers[j], m.Providers[i] })
			r.Shuffle(len(m.Generics), func(i, j int) { m.Generics[i], m.Generics[j] = m.Generics[j], m.Generics[i] })
			functions := slices.Clone(m.Functions)
			r.Shuffle(len(functions), func(i, j int) { m.Functions[i], m.Functions[j] = m.Functions[j], m.Functions[i] })
			shuffledGraph, more := wiring.Solve(m)
			m.Functions = functions
			again, first := wiring.Solve(m)
			if apptest.Dump(m, shuffledGraph) != apptest.Dump(m, again) || more.Render("") != first.Render("") {
				t.Fatalf("%s: providers in another order give another graph", c.Name)
			}
		}
	}
}

// shuffled is a copy of an application with its packages, and their files, in another order.
func shuffled(r *rand.Rand, a *load.App) *load.App {
	out := *a
	out.Packages = nil
	for _, p := range a.Packages {
		q := *p
		q.Files, q.Syntax, q.Broken = slices.Clone(p.Files), slices.Clone(p.Syntax), slices.Clone(p.Broken)
		r.Shuffle(len(q.Files), func(i, j int) {
			q.Files[i], q.Files[j] = q.Files[j], q.Files[i]
			q.Syntax[i], q.Syntax[j] = q.Syntax[j], q.Syntax[i]
			q.Broken[i], q.Broken[j] = q.Broken[j], q.Broken[i]
		})
		out.Packages = append(out.Packages, &q)
	}
	r.Shuffle(len(out.Packages), func(i, j int) { out.Packages[i], out.Packages[j] = out.Packages[j], out.Packages[i] })
	return &out
}

// TestOrder checks what the order of the nodes promises, and that every grouping sees the same part of it.
func TestOrder(t *testing.T) {
	for _, c := range apptest.Cases(t, "testdata") {
		m, g, ds := apptest.Solve(c.Program, c.App)
		if ds.Failed() {
			continue
		}
		at := map[*wiring.Node]int{}
		for i, n := range g.Nodes {
			at[n] = i
			for _, e := range n.Edges {
				if j, done := at[e.To]; e.To != nil && !e.Dep.Lazy && (!done || j >= i) {
					t.Errorf("%s: %s stands before %s, which it needs", c.Name, n.Ident, e.To.Ident)
				}
			}
			if len(n.Edges) != len(n.Provider.Deps) {
				t.Errorf("%s: %s has %d edges for %d dependencies", c.Name, n.Ident, len(n.Edges), len(n.Provider.Deps))
			}
		}
		for _, f := range m.Functions {
			last := -1
			for _, n := range g.Reach([]*model.Function{f}) {
				if at[n] <= last {
					t.Errorf("%s: the part of function %s is in another order", c.Name, f.Name)
				}
				last = at[n]
			}
		}
	}
}
