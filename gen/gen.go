// Package gen is the generator as a library. [Generate] reads an application and returns the code that belongs to it and
// everything that is wrong, and writes nothing; [Result.Commit] writes, [Result.Diff] shows what it would write, and
// [Build] makes the packages of a target, and [Read] reads applications for package inspect. It never prints and never exits.
//
// The stages are packages below internal, each reading what the one before it made: load finds and type-checks the code,
// collect reads its directives into a model, wiring solves the dependency graph, plan groups functions into units, emit
// writes their code, wirecmd or native the injectors, output compares with the disk, build makes binaries and packages.
package gen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/internal/cache"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/output"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/bundle"
)

// Options says what to generate.
type Options struct {
	// Dir is inside an application, an application's folder, or a folder above several. Empty is the working directory.
	Dir string
	// Targets are the clouds to generate main packages for.
	Targets []target.Target
	// Env is the environment of the go command and of ${env.NAME} in f.yml; nil is that of the process.
	Env []string
	// NoCache looks at everything again, also when nothing seems to have changed.
	NoCache bool
	// Force has generated files overwritten that a person has changed, which is noted, instead of refusing them.
	Force bool
	// Stage is the stage that targets, settings and configuration are those of; empty is the one that f.yml names, if any. The
	// generated code is the same for all.
	Stage string
	// Injector is who writes the injectors: "wire", which is the default, or "native".
	Injector string
	// FromSource type-checks all dependencies from source, which needs no build cache.
	FromSource bool
}

// Result is the outcome of Generate.
type Result struct {
	// Apps are sorted by folder.
	Apps []*App
	// Diagnostics are all mistakes and notes, sorted. With an error among them there is nothing to commit.
	Diagnostics annotations.Diagnostics
	// UpToDate says that what is on disk is what would be written.
	UpToDate bool

	dir   string
	cache *cache.Cache
	entry *cache.Entry // what is remembered, nil if nothing is
	parts *cache.Parts
}

// App is one application, as users of this package hold it: what was generated, and ways to plan, build and inspect it. What the
// stages before know is in model.App.
type App struct {
	// Dir is the absolute folder of f.yml, Name the service.
	Dir, Name string
	// Functions are sorted by name. When nothing had changed, their triggers have a kind and no more; Target knows all.
	Functions []*target.Function
	// Files are the generated files, by path below Dir. They are missing when the application has mistakes, and when
	// nothing had changed.
	Files []target.File
	// Stale are the paths below Dir of files that are no longer generated.
	Stale []string

	state *output.State
	graph *wiring.Graph
	plan  *plan.Plan
	plans map[planKey]planned
	stage string // that of Options
	// When nothing had changed, graph and plan are not there before lazyLoad has filled them.
	lazyLoad func() error
	provider string
	env      []string
	targets  []target.Target
}

// Codes of diagnostics.
const (
	codeInjector = "injector"
	codeChanged  = "changed"
)

// Generate reads the applications and writes nothing, but for its own memory in the user's cache folder. Mistakes of users
// are diagnostics; an error means that the work could not be done at all.
func Generate(ctx context.Context, o Options) (*Result, error) {
	tree, err := load.Scan(load.Options{Dir: o.Dir, Env: o.Env, FromSource: o.FromSource})
	if err != nil {
		return nil, err
	}
	r := &Result{dir: tree.Dir, Diagnostics: tree.Diagnostics}
	if len(tree.Apps) == 0 {
		r.Diagnostics.Sort()
		return r, nil
	}
	if !o.NoCache {
		r.cache = cache.Open(query(o, tree))
		if e, ok := r.cache.Lookup(); ok {
			return r, r.fromCache(ctx, o, tree, e)
		}
	}
	if err := r.run(ctx, o, tree); err != nil {
		return nil, err
	}
	r.Diagnostics.Sort()
	if r.UpToDate && !r.Diagnostics.Failed() {
		r.remember()
	}
	return r, nil
}

// Commit writes what changed and deletes what is stale, for all applications or, with mistakes, for none. It returns the
// absolute paths that it touched. When ctx ends, what an application has is as it was or as it should be, file by file.
func (r *Result) Commit(ctx context.Context) ([]string, error) {
	if r.Diagnostics.Failed() {
		return nil, errors.New("nothing is written while there are mistakes")
	}
	var changed []string
	for _, a := range r.Apps {
		if a.state == nil {
			continue
		}
		paths, err := a.state.Commit(ctx)
		for _, p := range paths {
			changed = append(changed, filepath.Join(a.Dir, filepath.FromSlash(p)))
		}
		if err != nil {
			return changed, err
		}
	}
	if !r.UpToDate {
		r.UpToDate = true
		r.remember()
	}
	return changed, nil
}

// Diff returns the unified difference between the disk and what was generated, "" if there is none. Paths are relative
// to the folder that was given.
func (r *Result) Diff() (string, error) {
	if r.Diagnostics.Failed() {
		return "", errors.New("there is nothing to compare while there are mistakes")
	}
	var b strings.Builder
	for _, a := range r.Apps {
		if a.state == nil {
			continue
		}
		prefix, err := filepath.Rel(r.dir, a.Dir)
		if err != nil {
			return "", err
		}
		text, err := a.state.Diff(filepath.ToSlash(prefix))
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// Provider is the target that f.yml names, "" if it names none.
func (a *App) Provider() string {
	if a.plan == nil {
		return a.provider
	}
	return a.plan.App.Spec.Provider.Name
}

// Inspect returns the graph, the configuration and so on of the application.
func (a *App) Inspect() (*inspect.Application, error) {
	if a.lazyLoad != nil {
		if err := a.lazyLoad(); err != nil {
			return nil, err
		}
	}
	return a.inspected(), nil
}

func (a *App) inspected() *inspect.Application {
	covering := a.stage
	if s := a.graph.App.Spec; covering == "" && s.Stages[s.Provider.Stage] != nil {
		covering = s.Provider.Stage
	}
	here, _ := a.plannedAt("", covering)
	p := inspect.Plan{All: plan.Reserved, Groups: map[string][]string{}, Spec: here.App.Spec}
	groups, _ := plan.Select(here.App.Spec, a.Functions)
	for _, g := range groups {
		for _, f := range g.Members {
			p.Groups[g.Name] = append(p.Groups[g.Name], f.Name)
		}
	}
	p.Units = inspectedUnits(here, "")
	return inspect.New(a.graph, p, a.env)
}

// inspectedUnits are the units of a plan, or one of them.
func inspectedUnits(p *plan.Plan, only string) []inspect.Unit {
	units := []inspect.Unit{}
	for _, u := range p.Units {
		if only != "" && u.Name != only {
			continue
		}
		unit := inspect.Unit{Name: u.Name, Settings: u.Settings, Stored: map[string]bool{}}
		for _, s := range u.Secrets() {
			unit.Stored[s.Variable] = s.Stored()
		}
		for _, m := range u.Members {
			unit.Functions = append(unit.Functions, m.Model)
		}
		units = append(units, unit)
	}
	return units
}

// Target returns the application as a target sees it; an empty name is what the generated code was made from. It is made once, and not to
// be changed.
func (a *App) Target(name string) (*target.App, annotations.Diagnostics) {
	p, ds, err := a.planned(name)
	if err != nil {
		return &target.App{Spec: &spec.Spec{}}, annotations.Diagnostics{{Code: codeChanged, Message: err.Error()}}
	}
	return p.App, ds
}

// TargetUnit is Target for one unit: what only other units have wrong is left out. An empty unit is all.
func (a *App) TargetUnit(name, unit string) (*target.App, annotations.Diagnostics) {
	p, ds, err := a.planned(name)
	if err != nil {
		return a.Target(name)
	}
	if unit != "" {
		ds = without(ds, p.Elsewhere(unit))
	}
	return p.App, ds
}

// CheckConfig reports what is wrong with the configuration, see inspect.Application.CheckConfig. The units are those that a target plans,
// of which an empty name is what the generated code was made from, or the one of them that unit names.
func (a *App) CheckConfig(name, unit string, c inspect.Checking) (annotations.Diagnostics, error) {
	p, _, err := a.planned(name)
	if err != nil {
		return nil, err
	}
	c.Units, c.Spec = inspectedUnits(p, unit), p.App.Spec
	if c.Packaged == nil {
		files, _ := bundle.Select(a.Dir, p.App.Spec)
		c.Packaged = packaged(files)
	}
	return a.inspected().CheckConfig(c), nil
}

// without leaves out diagnostics.
func without(ds, others annotations.Diagnostics) annotations.Diagnostics {
	return slices.DeleteFunc(ds, func(d annotations.Diagnostic) bool {
		return slices.ContainsFunc(others, func(o annotations.Diagnostic) bool { return d.Pos == o.Pos && d.Message == o.Message })
	})
}

// news leaves out the notes that are known: generating has them already, and callers print both.
func news(ds, known annotations.Diagnostics) annotations.Diagnostics {
	return slices.DeleteFunc(ds, func(d annotations.Diagnostic) bool {
		return d.Severity == annotations.SeverityNote && slices.ContainsFunc(known, func(k annotations.Diagnostic) bool { return k.Error() == d.Error() })
	})
}

// split is how a target splits groups, nil if it does not, or if it is not known.
func (a *App) split(name string) plan.Split {
	if s, ok := a.target(name).(target.Splitter); ok {
		return s.Split
	}
	return nil
}

// target is one of the targets, nil if it is not known.
func (a *App) target(name string) target.Target {
	for _, t := range a.targets {
		if t.Name() == name {
			return t
		}
	}
	return nil
}

func names(targets []target.Target) []string {
	list := make([]string, len(targets))
	for i, t := range targets {
		list[i] = t.Name()
	}
	slices.Sort(list)
	return list
}

func (o Options) env() []string {
	if o.Env != nil {
		return o.Env
	}
	return os.Environ()
}

// firstLine cuts a message for a note.
func firstLine(err error) string {
	line, _, _ := strings.Cut(fmt.Sprint(err), "\n")
	return strings.TrimSpace(line)
}

func byPath(a, b target.File) int { return cmp.Compare(a.Path, b.Path) }
