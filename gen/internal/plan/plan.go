// Package plan groups the functions of an application into units and gives everything its settings. A function that no group
// takes is a unit of its own. The same application is planned once for the generated code, which no grouping changes and where
// each function is by itself, and once more for each target, whose overlay may change settings and groups.
//
// Settings are merged so: the defaults are covered by provider, that by the arguments of //faas:handler, and those by
// functions.<name> of f.yml; then package grouping makes those of a group. Events in f.yml replace a function's directive
// triggers.
package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// Plan is one application, grouped.
type Plan struct {
	Graph *wiring.Graph
	// App is what targets see.
	App *target.App
	// Units are parallel to App.Units.
	Units []*Unit

	functions []*Unit // each function by itself
}

// Unit is one unit with the handlers behind its functions.
type Unit struct {
	*target.Unit
	// Members are parallel to Functions.
	Members []*Member

	lazy     *bool                   // what a group says of when things are built
	problems annotations.Diagnostics // of its settings alone
}

// Member is one function of a unit.
type Member struct {
	*target.Function
	Model *model.Function
	// Concurrency limits the invocations that one process runs at once: what the directive or f.yml says, not the default.
	Concurrency int
	// CORS says which pages of other origins may call it, for platforms where the framework answers them.
	CORS *spec.CORS
}

// Reserved is the name of the unit that holds all functions, for development and tests.
const Reserved = "app"

// All is the plan's unit of every function. It is lazy, so that a call pays only for what it needs.
func (p *Plan) All() *Unit {
	all := &Unit{Unit: &target.Unit{Name: Reserved}}
	for _, u := range p.functions {
		all.Functions = append(all.Functions, u.Functions...)
		all.Members = append(all.Members, u.Members...)
		all.Settings.InitTimeout = max(all.Settings.InitTimeout, u.Settings.InitTimeout)
	}
	return all
}

// Split is that of a [target.Splitter].
type Split func(u *target.Unit) []target.Part

// New plans an application as the target sees it; an empty target is the generated code. Split may be nil.
func New(g *wiring.Graph, name string, split Split) (*Plan, annotations.Diagnostics) {
	var ds annotations.Diagnostics
	m := g.App
	s := m.Spec
	if name != "" {
		s = s.For(name)
	}
	p := &Plan{Graph: g, App: &target.App{Spec: s, Stage: s.Provider.Stage}}
	if name == "" {
		ds = append(append(lazies(g), unusedResources(m)...), wrongSecrets(g)...)
	}
	for _, f := range m.Functions {
		p.functions = append(p.functions, unit(g, s, f, name != ""))
	}
	p.Units = p.functions
	groups, found := Select(s, p.alone())
	if name != "" && !found.Failed() {
		var wrong annotations.Diagnostics
		p.Units, wrong = p.group(groups, split)
		found = append(found, wrong...)
	}
	ds = append(ds, found...)
	slices.SortStableFunc(p.Units, func(a, b *Unit) int { return strings.Compare(a.Name, b.Name) })
	for _, u := range p.Units {
		p.App.Units = append(p.App.Units, u.Unit)
	}
	if name != "" {
		p.deploy()
	}
	return p, ds
}

// Elsewhere are the problems that a plan reports of the settings of other units alone.
func (p *Plan) Elsewhere(unit string) annotations.Diagnostics {
	var ds annotations.Diagnostics
	for _, u := range p.Units {
		if u.Name != unit {
			ds = append(ds, u.problems...)
		}
	}
	return ds
}

// unit is a function by itself. Deployed says that it is that of a target, where its secrets are.
func unit(g *wiring.Graph, s *spec.Spec, f *model.Function, deployed bool) *Unit {
	m := g.App
	overrides := s.Functions[f.Name]
	if overrides == nil {
		overrides = &spec.Function{}
	}
	place := spec.Place{Pos: f.Pos, Length: len(f.Object.Name()), Line: m.Line(f.Pos)}
	directive := spec.Place{Pos: f.Directive, Line: m.Line(f.Directive)}
	directive.Length = len(strings.TrimSpace(directive.Line))
	settings := s.Resolve(f.Name, f.Settings, directive)
	secrets := secrets(g, s, f)
	if deployed {
		refer(&settings, secrets)
	}
	description := f.Settings.Description
	if overrides.Description != "" {
		description = overrides.Description
	}
	tf := &target.Function{
		Name: f.Name, Pos: f.Pos, Description: description,
		Timeout: time.Duration(settings.Timeout), Triggers: triggers(f, overrides), Settings: settings,
		CalledBy: f.CalledBy, Secrets: secrets,
	}
	for _, c := range f.Calls {
		tf.Calls = append(tf.Calls, target.Call{Function: c.Function, Sync: c.Sync, Async: c.Async, Place: spec.Place{Pos: c.Pos, Length: c.Length, Line: m.Line(c.Pos)}})
	}
	if len(tf.Triggers) == 0 { // on this target: the code is the same for all, and takes what the triggers of others bring
		plain := m.Spec.Functions[f.Name]
		if plain == nil {
			plain = &spec.Function{}
		}
		tf.Linked = triggers(f, plain)
	}
	member := &Member{Function: tf, Model: f}
	if settings.HTTP != nil {
		member.CORS = settings.HTTP.CORS
	}
	for _, c := range []int{overrides.Concurrency, f.Settings.Concurrency, s.Provider.Concurrency} {
		if c != 0 {
			member.Concurrency = c
			break
		}
	}
	return &Unit{
		Unit: &target.Unit{
			Name: f.Name, Pos: f.Pos, Place: place, Description: description,
			Functions: []*target.Function{tf}, Settings: settings, Extension: overrides.Extension,
		},
		Members: []*Member{member},
	}
}
