// Package plan groups the functions of an application into units and gives everything its settings. A function that no group
// takes is a unit of its own. The same application is planned once for the generated code, which no grouping changes and where
// each function is by itself, and once more for each target, whose overlay may change settings and groups.
//
// Settings are merged so: the defaults are covered by provider, that by the arguments of //faas:handler, and those by
// functions.<name> of f.yml; then package grouping makes those of a group. Events in f.yml replace a function's directive
// triggers.
package plan

import (
	"reflect"
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
	// Layers are the layers in Go that f.yml lists for it, the first outermost.
	Layers []string
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

// New plans an application as the target sees it at a stage; an empty target is the generated code, which is of no stage, or this
// machine. An empty stage is none of stages: the one that f.yml names is that of the deployment all the same. Split may be nil.
func New(g *wiring.Graph, name, stage string, split Split) (*Plan, annotations.Diagnostics) {
	var ds annotations.Diagnostics
	m := g.App
	s := m.Spec.For(name, stage)
	if name == "" {
		s.Targets, s.Stages = m.Spec.Targets, m.Spec.Stages
	} else {
		ds = m.Spec.MissingStage(name, stage)
	}
	p := &Plan{Graph: g, App: &target.App{Spec: s, Stage: s.Provider.Stage}}
	if name == "" && stage == "" {
		ds = append(append(lazies(g), unusedResources(g)...), wrongSecrets(g)...)
	}
	for _, f := range m.Functions {
		p.functions = append(p.functions, unit(g, s, f, m.Spec.Events(f.Name, name), name))
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
		ds = append(ds, p.stageVariable(name, stage)...)
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

// unit is a function by itself. Elsewhere are the events that f.yml says of it for other stages, or without any. Name is the target, where its
// secrets are.
func unit(g *wiring.Graph, s *spec.Spec, f *model.Function, elsewhere [][]spec.Event, name string) *Unit {
	m := g.App
	overrides := s.Functions[f.Name]
	if overrides == nil {
		overrides = &spec.Function{}
	}
	place := spec.Place{Pos: f.Pos, Length: len(f.Object.Name()), Line: m.Line(f.Pos)}
	directive := spec.Place{Pos: f.Directive, Line: m.Line(f.Directive)}
	directive.Length = len(strings.TrimSpace(directive.Line))
	resolve := s.Resolve
	if f.Task {
		resolve = s.ResolveTask
	}
	settings := resolve(f.Name, f.Settings, directive)
	settings.VendorLayers() // which the deployment has, while the settings file lists the others
	secrets := secrets(g, s, f.Having(s.NamedLayers(f.Name)))
	if name != "" {
		refer(&settings, secrets)
	}
	description := f.Settings.Description
	if overrides.Description != "" {
		description = overrides.Description
	}
	tf := &target.Function{
		Name: f.Name, Pos: f.Pos, Description: description, Task: f.Task, Upload: f.Bind.Uploads(),
		Timeout: time.Duration(settings.Timeout), Triggers: triggers(f, overrides), Settings: settings,
		CalledBy: f.CalledBy, Secrets: secrets, Schemes: schemes(g, name, f),
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
	for _, events := range elsewhere { // one package has the code for the triggers of all stages
		for _, t := range triggers(f, &spec.Function{Events: events}) {
			if !slices.ContainsFunc(slices.Concat(tf.Triggers, tf.Linked), func(o target.Trigger) bool { return o.Kind == t.Kind && reflect.DeepEqual(o.Marker, t.Marker) }) {
				tf.Linked = append(tf.Linked, t)
			}
		}
	}
	member := &Member{Function: tf, Model: f}
	for _, l := range s.NamedLayers(f.Name) {
		member.Layers = append(member.Layers, l.Name)
	}
	if settings.HTTP != nil {
		member.CORS = settings.HTTP.CORS
	}
	for _, c := range []int{overrides.Concurrency, f.Settings.Concurrency, s.Provider.Concurrency} {
		if c != 0 && !f.Task {
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
