package gen

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// Codes of diagnostics about stages.
const (
	codeStageName     = "stage-name"     // something is called alike in two stages
	codeStageShared   = "stage-shared"   // two stages take the same events
	codeStageArtefact = "stage-artefact" // a unit has another package in another stage
)

// planKey says what an application is planned for: a target, "" for the generated code or this machine, and the entry of stages
// that covers f.yml, "" for none.
type planKey struct{ target, stage string }

// planned is a plan with what it says.
type planned struct {
	plan        *plan.Plan
	diagnostics annotations.Diagnostics
}

// Folder is the folder below dist of a target, with the requested stage.
func (a *App) Folder(name string) string {
	if a.stage != "" {
		name += "-" + a.stage
	}
	return name
}

// Stages are the stages that f.yml names, sorted.
func (a *App) Stages() ([]string, error) {
	if a.lazyLoad != nil {
		if err := a.lazyLoad(); err != nil {
			return nil, err
		}
	}
	return a.graph.App.Spec.StageNames(), nil
}

// At is the application at another stage, "" for the one that f.yml names. It has no files.
func (a *App) At(stage string) (*App, error) {
	if a.lazyLoad != nil {
		if err := a.lazyLoad(); err != nil {
			return nil, err
		}
	}
	if err := a.graph.App.Spec.CheckStage(stage); err != nil {
		return nil, err
	}
	return &App{
		Dir: a.Dir, Name: a.Name, Functions: slices.Clone(a.Functions), graph: a.graph, plan: a.plan, env: a.env, targets: a.targets,
		plans: a.plans, stage: stage,
	}, nil
}

// NeedsStage reports whether nothing can be deployed to a target without naming a stage: f.yml has values that need one.
func (a *App) NeedsStage(name string) bool {
	return a.graph != nil && len(a.graph.App.Spec.Stages) > 0 && a.graph.App.Spec.MissingStage(name, "") != nil
}

// Settings is the file that framework reads of the functions' settings at its start, as it goes into the packages of a target; an
// empty name is for this machine. It has those of all stages.
func (a *App) Settings(name string) ([]byte, error) {
	if a.lazyLoad != nil {
		if err := a.lazyLoad(); err != nil {
			return nil, err
		}
	}
	every, _ := a.plannedAt(name, "")
	stages := map[string]*plan.Plan{}
	for stage := range a.graph.App.Spec.Stages {
		stages[stage], _ = a.plannedAt(name, stage)
	}
	return every.Settings(stages), nil
}

// planned is the application planned for a target, an empty name as in Target, at its stage.
func (a *App) planned(name string) (*plan.Plan, annotations.Diagnostics, error) {
	if a.lazyLoad != nil {
		if err := a.lazyLoad(); err != nil {
			return nil, nil, err
		}
	}
	p, ds := a.plannedAt(name, a.covering(name))
	if name == "" && a.stage == "" {
		return p, ds, nil
	}
	_, plain := a.plannedAt("", "")
	if ds = news(ds, plain); name != "" {
		ds = append(ds, a.collisions(name)...)
	}
	return p, ds, nil
}

// covering is the entry of stages that covers f.yml for a target: the requested stage or else, in a deployment, the default
// one, if there is such an entry.
func (a *App) covering(name string) string {
	if a.stage != "" || name == "" {
		return a.stage
	}
	s := a.graph.App.Spec
	if stage := s.DefaultStage(name); s.Stages[stage] != nil {
		return stage
	}
	return ""
}

// plannedAt is the application planned for a target at a stage. Each plan is made once.
func (a *App) plannedAt(name, stage string) (*plan.Plan, annotations.Diagnostics) {
	key := planKey{name, stage}
	p, ok := a.plans[key]
	if !ok {
		p.plan, p.diagnostics = plan.New(a.graph, name, stage, a.split(name))
		if t := a.target(name); t != nil {
			target.Connect(t, p.plan.App)
		} else if name != "" {
			target.WithoutStores(p.plan.App)
		}
		if a.plans == nil {
			a.plans = map[planKey]planned{}
		}
		a.plans[key] = p
	}
	return p.plan, slices.Clone(p.diagnostics)
}

// deployments are the plans of a target for each stage that can be deployed, that without a name first.
func (a *App) deployments(name string) []*plan.Plan {
	s := a.graph.App.Spec
	var list []*plan.Plan
	first := s.DefaultStage(name)
	if s.MissingStage(name, "") == nil {
		covering := first
		if s.Stages[first] == nil {
			covering = ""
		}
		p, _ := a.plannedAt(name, covering)
		list = append(list, p)
	}
	for _, stage := range slices.Sorted(maps.Keys(s.Stages)) {
		if stage != first {
			p, _ := a.plannedAt(name, stage)
			list = append(list, p)
		}
	}
	return list
}

// collisions reports what is called alike in two stages: one of them would replace, or be refused by, the other's.
func (a *App) collisions(name string) annotations.Diagnostics {
	if len(a.graph.App.Spec.Stages) == 0 {
		return nil
	}
	var ds annotations.Diagnostics
	type owner struct{ what, stage string }
	first := map[string]owner{} // by what is called so, and the name
	claim := func(app *target.App, kind, called, what string, report func(other owner) annotations.Diagnostic) {
		key, own := kind+" "+called, owner{what, app.Stage}
		if other, ok := first[key]; !ok {
			first[key] = own
		} else if kind == "function" && other != own || other.stage != own.stage {
			ds = append(ds, report(other))
		}
	}
	for _, p := range a.deployments(name) {
		app := p.App
		for _, part := range parts(app) {
			claim(app, "deployment", part.DeploymentName(), part.DeploymentName(), func(other owner) annotations.Diagnostic {
				d := a.stagePlace(app.Stage).Errorf(codeStageName, "%s is the deployment of the tasks of one stage, and that of all else of another: %s and %s", part.DeploymentName(), inStage(app.Stage), inStage(other.stage))
				d.Hint = "give the stage another name"
				return d
			})
		}
		for _, u := range app.Units {
			claim(app, "function", app.FunctionName(u), u.Name, func(other owner) annotations.Diagnostic {
				d := a.stagePlace(app.Stage).Or(u.Place).Errorf(codeStageName, "unit %s %s and unit %s %s are both deployed as %s", u.Name, inStage(app.Stage), other.what, inStage(other.stage), app.FunctionName(u))
				d.Hint = "give the stage another name"
				return d
			})
		}
		for r := range resources(app) {
			n := r.Need
			if !r.Created() && n.Type != "queue" && n.Type != "bucket" {
				continue
			}
			claim(app, n.Type, r.Real(), n.Name, func(other owner) annotations.Diagnostic {
				where := fmt.Sprintf("%s %s is the same %s and %s", n.Words(), r.Real(), inStage(app.Stage), inStage(other.stage))
				d := r.At("name").Notef(codeStageShared, "%s: each of its messages goes to one of them", where)
				if n.Type == "bucket" {
					d.Message = where + ": what happens to its objects goes to one of them, or to both"
				}
				if r.Created() {
					d = r.At("name").Errorf(codeStageName, "%s: both deployments would make it", where)
				}
				d.Hint = r.Hint("name", `"`+n.Name+`-${stage}"`)
				return d
			})
		}
		if keeper, ok := a.target(name).(target.LogKeeper); ok {
			for _, k := range keeper.LogGroups(app) {
				claim(app, "log", k.Name, k.Name, func(other owner) annotations.Diagnostic {
					d := k.Unit.At("log.store").Errorf(codeStageName, "log group %s is the same %s and %s: both deployments would make it", k.Name, inStage(app.Stage), inStage(other.stage))
					d.Hint = "leave log.store out: the group is then called after the function, and its stage; or leave log.retention out"
					return d
				})
			}
		}
		for _, u := range app.Units {
			for _, t := range u.Triggers("kafka") {
				m, ok := t.Marker.(*annotations.Kafka)
				if !ok || m.Group == "" {
					continue
				}
				topic := app.Resource(t, target.Needs(t.Marker)[0])
				cluster, _ := app.Instance(t)
				claim(app, "consumer group", cluster+" "+topic.Real()+" "+m.Group, m.Group, func(other owner) annotations.Diagnostic {
					d := t.At("group").Notef(codeStageShared, "consumer group %s of topic %s is the same %s and %s: each record goes to one of them", m.Group, topic.Real(), inStage(app.Stage), inStage(other.stage))
					d.Hint = "leave the group out: it is then called after the function, and its stage"
					return d
				})
			}
		}
		for _, domain := range slices.Sorted(maps.Keys(app.Spec.Domains)) {
			claim(app, "domain", domain, domain, func(other owner) annotations.Diagnostic {
				d := app.Spec.KeyPlace("domains."+domain).Errorf(codeStageName, "domain %s is the same %s and %s: it leads to one of them", domain, inStage(app.Stage), inStage(other.stage))
				d.Hint = "write ${stage} in it, or move it below the stage that has it"
				return d
			})
		}
	}
	return ds
}

// parts are what the vendor's tool deploys of an application, each by itself.
func parts(app *target.App) (parts []*target.App) {
	rest, tasks := app.Apart()
	for _, part := range []*target.App{tasks, rest} {
		if len(part.Units) > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}

// resources are those that the triggers of an application name, once for each trigger.
func resources(app *target.App) iter.Seq[target.Resource] {
	return func(yield func(target.Resource) bool) {
		for _, u := range app.Units {
			for _, f := range u.Functions {
				for _, t := range f.Triggers {
					for _, n := range target.Needs(t.Marker) {
						if !yield(app.Resource(t, n)) {
							return
						}
					}
				}
			}
		}
	}
}

func inStage(stage string) string {
	if stage == "" {
		return "without a stage"
	}
	return "in stage " + stage
}

// stagePlace is the name of a stage in f.yml.
func (a *App) stagePlace(stage string) spec.Place {
	return a.graph.App.Spec.KeyPlace("stages." + stage)
}

// ownPackages notes units that need another program in another stage, so that what is tested in one is not what is deployed to the
// other. An empty name of a unit is all.
func (a *App) ownPackages(t target.Target, app *target.App, only string) annotations.Diagnostics {
	if app.Spec.Package.Mode == spec.Shared || len(a.graph.App.Spec.Stages) == 0 {
		return nil
	}
	type unit struct{ name, functions string }
	key := func(u *target.Unit) unit {
		var names []string
		for _, f := range u.Functions {
			names = append(names, f.Name)
		}
		return unit{u.Name, strings.Join(names, " ")}
	}
	program := func(u *target.Unit) target.Entry {
		e := t.Entry(u)
		e.Ingress, e.Streaming = "", false // the simulator's
		return e
	}
	own := map[unit]*target.Unit{}
	for _, u := range app.Units {
		own[key(u)] = u
	}
	var ds annotations.Diagnostics
	for _, p := range a.deployments(t.Name()) {
		for _, other := range p.App.Units {
			u := own[key(other)]
			if u == nil || only != "" && u.Name != only || reflect.DeepEqual(program(u), program(other)) {
				continue
			}
			d := u.At("").Notef(codeStageArtefact, "unit %s has another package %s: its triggers there need another program", u.Name, inStage(p.App.Stage))
			d.Pos = cmp.Or(d.Pos, u.Pos)
			ds = append(ds, d)
			delete(own, key(other))
		}
	}
	return ds
}
