package gen

import (
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/spec"
)

// Groups returns, by function, the names of the groups of f.yml itself that take it, sorted. Those of targets are not among them.
func (a *App) Groups() (map[string][]string, error) {
	if a.lazyLoad != nil {
		if err := a.lazyLoad(); err != nil {
			return nil, err
		}
	}
	groups, _ := plan.Select(a.graph.App.Spec, a.Functions)
	in := map[string][]string{}
	for _, g := range groups {
		for _, f := range g.Members {
			in[f.Name] = append(in[f.Name], g.Name)
		}
	}
	return in, nil
}

// WithSpec returns the application as it would be with another text in f.yml, of which only aggregation may differ. It is for
// looking at: it has no files.
func (a *App) WithSpec(text []byte) (*App, annotations.Diagnostics, error) {
	if a.lazyLoad != nil {
		if err := a.lazyLoad(); err != nil {
			return nil, nil, err
		}
	}
	s, ds := spec.Parse(a.graph.App.Spec.Path, text, func(name string) (string, bool) {
		for _, variable := range slices.Backward(a.env) {
			if value, ok := strings.CutPrefix(variable, name+"="); ok {
				return value, true
			}
		}
		return "", false
	})
	if ds.Failed() {
		return nil, ds, nil
	}
	graph, model := *a.graph, *a.graph.App
	model.Spec, graph.App = s, &model
	return &App{
		Dir: a.Dir, Name: a.Name, Functions: slices.Clone(a.Functions), graph: &graph, plan: a.plan, env: a.env, targets: slices.Clone(a.targets),
		plans: map[planKey]planned{}, stage: a.stage,
	}, ds, nil
}
