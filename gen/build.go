package gen

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/internal/build"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/bundle"
	"github.com/faasgen/faasgen/gen/target/deployment"
)

// BuildOptions says what to build.
type BuildOptions struct {
	// Target is the cloud to build for.
	Target target.Target
	// Unit builds one unit only; empty is all. What other units have wrong for the target is not its business.
	Unit string
	// Dist is the folder that the target's folder goes into, which has the name of the target and the requested stage; the
	// default is dist below the application's folder.
	Dist string
	// Env is the environment of the go command; nil is that of the process.
	Env []string
	// Relative is the folder that compile errors name files relative to; empty is the application's.
	Relative string
	// Machine finds variables that the units see besides those of f.yml when they run on this machine; nil is none. They go into no file,
	// and with them there are no deployment files.
	Machine func(name string) (string, bool)
	// Place is where a variable of Machine is written; it may be nil.
	Place func(name string) token.Position
	// Parallel is how many units are linked at once; zero is the number of processors.
	Parallel int
}

// Built is what Build made.
type Built struct {
	// Dir is the target's folder below Dist.
	Dir string
	// App is the application as the target sees it.
	App *target.App
	// Units are sorted by name.
	Units []BuiltUnit
	// Files are the absolute paths of the deployment files, sorted.
	Files []string
	// Kept says that one unit was built while others have mistakes, so that the deployment files are as they were.
	Kept bool
	// Diagnostics are all mistakes and notes. With an error among them nothing was built.
	Diagnostics annotations.Diagnostics
}

// BuiltUnit is the package of one unit: where it is, how big, and what is in it.
type BuiltUnit = build.Unit

// CompileError is what the compiler says of code that does not compile.
type CompileError = build.CompileError

// Build makes the packages and deployment files of an application for one target in <Dist>/<target>. The generated code
// must be on disk. What the target cannot express is found before anything is built; what has not changed is not built
// again; files are replaced after all of them were made and checked.
func Build(ctx context.Context, a *App, o BuildOptions) (*Built, error) {
	inspected, err := a.Inspect()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(a.targets, func(t target.Target) bool { return t.Name() == o.Target.Name() }) {
		a.targets = append(slices.Clone(a.targets), o.Target)
	}
	p, ds, err := a.planned(o.Target.Name())
	if err != nil {
		return nil, err
	}
	app := own(p.App)
	b := &Built{App: app, Dir: filepath.Join(cmp.Or(o.Dist, filepath.Join(a.Dir, "dist")), a.Folder(o.Target.Name()))}
	whole := o.Target.Check(app)
	if o.Unit == "" {
		ds = append(ds, whole...)
	} else {
		elsewhere := p.Elsewhere(o.Unit)
		ds = append(without(ds, elsewhere), target.CheckUnit(o.Target, app, o.Unit)...)
		b.Kept = whole.Failed() || elsewhere.Failed()
	}
	files, found := bundle.Select(a.Dir, app.Spec)
	ds = append(ds, found...)
	if large := target.CheckSize(o.Target, app.Units, files); large != nil {
		ds = append(ds, large...)
	} else {
		ds = append(ds, inspected.Secrets(files)...)
	}
	configured, err := a.CheckConfig(o.Target.Name(), o.Unit, inspect.Checking{Deployed: true, Over: o.Machine, Place: o.Place, Packaged: packaged(files)})
	if err != nil {
		return nil, err
	}
	ds = append(ds, configured...)
	if o.Machine == nil { // else it is not deployed
		asked, err := a.Connections(o.Target, o.Unit)
		if err != nil {
			return nil, err
		}
		ds = append(ds, asked...)
	}
	if slices.ContainsFunc(files, func(f bundle.File) bool { return f.Name == spec.SettingsFile }) {
		d := spec.Place{}.Errorf(bundle.CodePackage, "the package has a file %s of its own, which holds the settings of the functions", spec.SettingsFile)
		d.Hint = "rename it, or leave it out with package.exclude"
		ds = append(ds, d)
	}
	settings, err := a.Settings(o.Target.Name())
	if err != nil {
		return nil, err
	}
	files = append(files, bundle.File{Name: spec.SettingsFile, Content: settings})
	ds = append(ds, a.ownPackages(o.Target, app, o.Unit)...)
	ds = append(app.Spec.Settled(ds), a.Unset(o.Target.Name(), app, o.Unit)...)
	if !ds.Failed() && !b.Kept {
		_, found = target.Deploy(o.Target, app)
		ds = append(ds, found...)
	}
	ds.Sort()
	if b.Diagnostics = ds; ds.Failed() {
		return b, nil
	}
	programs, err := a.programs(o.Target, p, app, o.Unit)
	if err != nil {
		return nil, err
	}
	if len(programs) == 0 && o.Unit != "" {
		return nil, fmt.Errorf("there is no unit %s", o.Unit)
	}
	dist, err := filepath.Abs(filepath.Dir(b.Dir))
	if err != nil {
		return nil, err
	}
	b.Dir = filepath.Join(dist, a.Folder(o.Target.Name()))
	env := o.Env
	if env == nil {
		env = os.Environ()
	}
	named, module, below, err := a.module()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(module, below)
	description, err := json.Marshal(deployment.Describe(o.Target, app))
	if err != nil {
		return nil, err
	}
	b.Units, b.Files, err = build.Run(ctx, build.Options{
		Target: o.Target, App: app, Dir: dir, Module: module, Named: named, Programs: programs, Overlay: overlayFolder(dir, programs), Dist: dist, Folder: a.Folder(o.Target.Name()),
		Files: files, Deploy: b.deploy(o), Description: description, Env: env, Relative: o.Relative, Parallel: o.Parallel,
	})
	return b, err
}

// Unset reports the variables that f.yml takes from the environment, that are not set, and whose values the units of an application need as
// a target plans it, or one of the units.
func (a *App) Unset(name string, app *target.App, unit string) annotations.Diagnostics {
	return app.Spec.Unset(name, a.stage, func(name string) bool {
		return slices.ContainsFunc(app.Units, func(u *target.Unit) bool { return (unit == "" || u.Name == unit) && (u.Name == name || u.Has(name)) })
	})
}

// packaged reports whether a file is part of the packages.
func packaged(files []bundle.File) func(name string) bool {
	return func(name string) bool {
		return slices.ContainsFunc(files, func(f bundle.File) bool { return f.Name == name })
	}
}

// own is a copy of an application whose units may be told their packages.
func own(app *target.App) *target.App {
	mine := *app
	mine.Units = nil
	for _, u := range app.Units {
		mine.Units = append(mine.Units, new(*u))
	}
	return &mine
}

// deploy makes the deployment files when the packages are known, nil if they stay as they are. What there is to report of them
// was reported before the build.
func (b *Built) deploy(o BuildOptions) func() ([]target.File, error) {
	if b.Kept {
		return nil
	}
	return func() ([]target.File, error) {
		if o.Machine != nil { // it is not deployed, and these files have values of the environment
			return nil, nil
		}
		files, ds := target.Deploy(o.Target, b.App)
		if ds.Failed() {
			return nil, fmt.Errorf("write the deployment files of %s: %s", o.Target.Name(), strings.TrimSpace(ds.Render("")))
		}
		return files, nil
	}
}

// module is the folder of the application's module, as the user calls it and with links resolved, and the application's folder
// below it. Links inside of the module are not resolved, as the go command does not either: they may lead out of it.
func (a *App) module() (named, resolved, below string, err error) {
	below = strings.TrimPrefix(a.graph.App.Import, a.graph.App.Module)
	named, ok := strings.CutSuffix(a.Dir, filepath.FromSlash(below))
	if !ok {
		named, below = a.Dir, ""
	}
	resolved, err = filepath.EvalSymlinks(named)
	return named, resolved, filepath.FromSlash(below), err
}
