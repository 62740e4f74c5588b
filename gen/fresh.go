package gen

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/internal/cache"
	"github.com/faasgen/faasgen/gen/internal/collect"
	"github.com/faasgen/faasgen/gen/internal/emit"
	"github.com/faasgen/faasgen/gen/internal/injector"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/native"
	"github.com/faasgen/faasgen/gen/internal/output"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/internal/wirecmd"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/target"
)

// Read reads the applications to be inspected, sorted by folder. With mistakes, which are diagnostics, there are none. It
// neither needs generated code nor looks at it.
func Read(ctx context.Context, o Options) ([]*inspect.Application, annotations.Diagnostics, error) {
	tree, err := load.Scan(load.Options{Dir: o.Dir, Env: o.Env, FromSource: o.FromSource})
	if err != nil {
		return nil, nil, err
	}
	ds := tree.Diagnostics
	var apps []*App
	if len(tree.Apps) > 0 {
		var more annotations.Diagnostics
		if apps, more, err = read(ctx, o, tree); err != nil {
			return nil, nil, err
		}
		ds = append(ds, more...)
	}
	ds.Sort()
	if ds.Failed() {
		return nil, ds, nil
	}
	list := make([]*inspect.Application, len(apps))
	for i, a := range apps {
		list[i] = a.inspected()
	}
	return list, ds, nil
}

// read goes through the front half: what the applications are, and what is wrong with them.
func read(ctx context.Context, o Options, tree *load.Tree) ([]*App, annotations.Diagnostics, error) {
	program, err := tree.Load(ctx)
	if err != nil {
		return nil, nil, err
	}
	var apps []*App
	var all annotations.Diagnostics
	var models []*model.App
	var solved []annotations.Diagnostics
	registry := annotations.Default()
	for _, loaded := range program.Apps {
		m, ds := collect.App(program, loaded, registry)
		g, found := wiring.Solve(m)
		models, solved = append(models, m), append(solved, found)
		if err := m.Spec.CheckStage(o.Stage); err != nil {
			return nil, nil, err
		}
		p, problems := plan.New(g, "", "", nil)
		all = slices.Concat(all, loaded.Diagnostics, ds, m.Spec.CheckTargets(names(o.Targets)), problems)
		a := &App{Dir: m.Dir, Name: m.Spec.Service, graph: g, plan: p, plans: map[planKey]planned{{}: {p, problems}}, stage: o.Stage, env: o.env(), targets: o.Targets}
		for _, u := range p.Units {
			a.Functions = append(a.Functions, u.Functions...)
		}
		apps = append(apps, a)
	}
	all = append(all, slices.Concat(wiring.Libraries(models, solved, tree.Whole())...)...)
	return apps, all, nil
}

// run goes through all stages.
func (r *Result) run(ctx context.Context, o Options, tree *load.Tree) error {
	apps, ds, err := read(ctx, o, tree)
	if err != nil {
		return err
	}
	r.Apps, r.Diagnostics = apps, append(r.Diagnostics, ds...)
	if r.Diagnostics.Failed() {
		return nil
	}
	parts := r.cache.Parts()
	var emitted []*emission
	for _, a := range apps {
		e := &emission{app: a, parts: parts}
		var found annotations.Diagnostics
		if e.disk, found, err = output.Read(a.Dir); err != nil {
			return err
		}
		if r.Diagnostics = append(r.Diagnostics, found...); found.Failed() {
			return nil
		}
		e.disk.Force = o.Force
		if err := e.write(o.Targets); err != nil {
			return err
		}
		emitted = append(emitted, e)
	}
	if err := r.inject(ctx, o, emitted); err != nil {
		return err
	}
	r.UpToDate = true
	for _, e := range emitted {
		state, ds, err := output.Compare(e.disk, e.app.Files)
		if err != nil {
			return err
		}
		r.Diagnostics = append(r.Diagnostics, ds...)
		e.app.state, e.app.Files, e.app.Stale = state, state.All, state.Stale
		r.UpToDate = r.UpToDate && state.UpToDate()
	}
	r.parts = parts
	return nil
}

// emission is the code of one application in the making.
type emission struct {
	app       *App
	disk      *output.Disk
	parts     *cache.Parts
	pkg       *emit.Package
	injection *injector.Package // the injectors, if they are not the same as the last time
}

// file adds a file. Make is not called when the last time it made what is on disk out of the same origin.
func (e *emission) file(dir, name, origin string, make func() ([]byte, error)) (target.File, error) {
	f := target.File{Path: output.Folder + "/" + dir + "/" + name, Mode: 0o644}
	at := filepath.Join(e.app.Dir, filepath.FromSlash(f.Path))
	content, ok := e.parts.Reuse(at, origin, e.disk.Files[f.Path])
	if !ok {
		var err error
		if content, err = make(); err != nil {
			return f, err
		}
	}
	f.Content = content
	e.parts.Remember(at, origin, content)
	return f, nil
}

// write emits the application's package and the main packages.
func (e *emission) write(targets []target.Target) (err error) {
	if e.pkg, err = emit.App(e.app.graph, e.app.graph.App.Output()); err != nil {
		return err
	}
	files := make([]target.File, len(e.pkg.Sources))
	group := errgroup.Group{}
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range e.pkg.Sources {
		group.Go(func() (err error) {
			files[i], err = e.file(e.pkg.Dir, s.Name, string(s.Raw), s.Format)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	e.app.Files = append(e.app.Files, files...)
	source := files[len(files)-1].Content // that of wire.go, if there is one
	if key := e.pkg.Key(); key != "" {
		missing := errors.New("not there")
		f, err := e.file(e.pkg.Dir, injector.File, key, func() ([]byte, error) { return nil, missing })
		if err == nil {
			e.app.Files = append(e.app.Files, f)
		} else {
			e.injection = e.pkg.Injection(source)
		}
	}
	return e.mains(targets)
}

// mains writes one main package for each target, and the local server's.
func (e *emission) mains(targets []target.Target) error {
	path := e.pkg.Path
	mains, err := emit.NewMains()
	if err != nil {
		return err
	}
	add := func(dir string, content []byte, err error) error {
		if err != nil {
			return fmt.Errorf("write the main package %s: %w", dir, err)
		}
		e.app.Files = append(e.app.Files, target.File{Path: output.Folder + "/" + dir + "/main.go", Content: content, Mode: 0o644})
		return nil
	}
	for _, t := range targets {
		p, _, err := e.app.planned(t.Name()) // Target reports its diagnostics to callers that select that target
		if err != nil {
			return err
		}
		all := p.All().Unit
		content, err := mains.Target(emit.All, path, t.Name(), handing(target.SharedEntry(t, all), len(all.Calls()) > 0, target.Sources(t, all)))
		if err := add(t.Name(), content, err); err != nil {
			return err
		}
	}
	content, err := mains.Local(emit.Whole, path, async(e.app.plan.All().Unit))
	return add("local", content, err)
}

// inject has the bodies of the injectors written, of all applications in one go.
func (r *Result) inject(ctx context.Context, o Options, emitted []*emission) error {
	var packages []*injector.Package
	for _, e := range emitted {
		if e.injection != nil {
			packages = append(packages, e.injection)
		}
	}
	written, err := r.injectors(ctx, o, packages)
	if err != nil {
		return err
	}
	for _, e := range emitted {
		if content, ok := written[e.pkg.Path]; ok {
			f, err := e.file(e.pkg.Dir, injector.File, e.pkg.Key(), func() ([]byte, error) { return content, nil })
			if err != nil {
				return err
			}
			e.app.Files = append(e.app.Files, f)
		}
		slices.SortFunc(e.app.Files, byPath)
	}
	return nil
}

// injectors uses Wire, or says in one line why it could not and writes the same itself.
func (r *Result) injectors(ctx context.Context, o Options, packages []*injector.Package) (map[string][]byte, error) {
	if len(packages) == 0 {
		return nil, nil
	}
	if o.Injector == "native" {
		return native.Emitter{}.Emit(ctx, packages)
	}
	command, err := wirecmd.Find(ctx, runtime.Version())
	if err == nil {
		var written map[string][]byte
		if written, err = command.Emit(ctx, packages); err == nil {
			return written, nil
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r.Diagnostics = append(r.Diagnostics, annotations.Diagnostic{
		Code: codeInjector, Severity: annotations.SeverityNote,
		Message: "the injectors were written without Wire, with the same content: " + firstLine(err),
	})
	return native.Emitter{}.Emit(ctx, packages)
}
