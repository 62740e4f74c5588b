package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// Codes of diagnostics.
const (
	codeLazy   = "di-lazy"       // an ioc.Lazy of something whose life nobody would end
	codeEvents = "target-events" // triggers of one target that the code does not have
)

// lazies reports lazy dependencies on what has no cell: nobody could say when an instance ends that was made at any time.
func lazies(g *wiring.Graph) annotations.Diagnostics {
	var ds annotations.Diagnostics
	for _, n := range g.Nodes {
		for _, e := range n.Edges {
			if e.To == nil || !e.Dep.Lazy || e.To.Provider.Scope == annotations.Singleton {
				continue
			}
			if e.To.Provider.Scope == annotations.Prototype && !cleans(e.To, nil) {
				continue
			}
			place := spec.Place{Pos: e.Dep.Pos, Length: e.Dep.Length, Line: g.App.Line(e.Dep.Pos)}
			d := place.Errorf(codeLazy, "%s cannot be lazy: an instance of %s scope has to be destroyed with what it is injected into",
				e.To.Provider.Name(), e.To.Provider.Scope)
			d.Chain = []annotations.Link{{Pos: e.To.Provider.Pos, Message: e.To.Provider.Name() + " has scope=" + string(e.To.Provider.Scope)}}
			d.Hint = "inject it without ioc.Lazy, or make it a singleton"
			ds = append(ds, d)
		}
	}
	return ds
}

// cleans reports whether an instance has something to clean up, or holds a prototype that has.
func cleans(n *wiring.Node, above []*wiring.Node) bool {
	if slices.Contains(above, n) {
		return false
	}
	return n.Provider.Cleanup || n.Provider.Destroy || slices.ContainsFunc(n.Edges, func(e wiring.Edge) bool {
		return e.To != nil && !e.Dep.Lazy && e.To.Provider.Scope == annotations.Prototype && cleans(e.To, append(above, n))
	})
}

// overlaid reports triggers of a target's overlay that the generated code, which is the same for all targets, does not
// have. Leaving some out and changing a schedule is fine.
func overlaid(f *model.Function, ts []target.Trigger) annotations.Diagnostics {
	var ds annotations.Diagnostics
	for _, t := range ts {
		missing := ""
		switch m := t.Marker.(type) {
		case *annotations.HTTP:
			missing = missingRoute(f, m)
		case *annotations.Timer:
			if !slices.ContainsFunc(f.Triggers, func(c model.Trigger) bool { return c.Kind == t.Kind && c.Name == t.Name }) {
				missing = "timer " + t.Name
			}
		default:
			if !slices.ContainsFunc(f.Triggers, func(c model.Trigger) bool { return c.Kind == t.Kind }) {
				missing = t.Kind + " trigger"
			}
		}
		if missing == "" {
			continue
		}
		d := t.Place.Or(spec.Place{Pos: t.Pos}).Errorf(codeEvents, "function %s has no %s in its code, which is the same for all targets", f.Name, missing)
		d.Hint = fmt.Sprintf("give it to functions.%s too; a target can change a schedule, and leave triggers out", f.Name)
		ds = append(ds, d)
	}
	return ds
}

// missingRoute is the first route that the function does not have, "" if it has all.
func missingRoute(f *model.Function, m *annotations.HTTP) string {
	for _, method := range m.Method {
		want, err := web.ParsePattern(method, m.Path)
		want.Host, want.Status = m.Host, m.Status
		if err != nil || !slices.ContainsFunc(f.Triggers, func(t model.Trigger) bool { return slices.Contains(t.Routes, want) }) {
			return fmt.Sprintf("route %s %s", cmp.Or(method, "ANY"), m.Path)
		}
	}
	return ""
}
