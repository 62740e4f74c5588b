package gen

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/collect"
	"github.com/faasgen/faasgen/gen/internal/emit"
	"github.com/faasgen/faasgen/gen/internal/injector"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/native"
	"github.com/faasgen/faasgen/gen/internal/output"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/internal/wirecmd"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/target"
)

// read goes through the front half: what the applications are, and what is wrong with them.
func read(ctx context.Context, o Options, tree *load.Tree) ([]*App, annotations.Diagnostics, error) {
	program, err := tree.Load(ctx)
	if err != nil {
		return nil, nil, err
	}
	var apps []*App
	var all annotations.Diagnostics
	registry := annotations.Default()
	for _, loaded := range program.Apps {
		m, ds := collect.App(program, loaded, registry)
		g, solved := wiring.Solve(m)
		p, planned := plan.New(g, "")
		all = slices.Concat(all, loaded.Diagnostics, ds, m.Spec.CheckTargets(names(o.Targets)), solved, planned)
		a := &App{Dir: m.Dir, Name: m.Spec.Service, graph: g, plan: p}
		for _, u := range p.Units {
			a.Functions = append(a.Functions, u.Functions...)
		}
		apps = append(apps, a)
	}
	return apps, all, nil
}

// fresh goes through all stages.
func (r *Result) fresh(ctx context.Context, o Options, tree *load.Tree) error {
	apps, ds, err := read(ctx, o, tree)
	if err != nil {
		return err
	}
	r.Apps, r.Diagnostics = apps, append(r.Diagnostics, ds...)
	if r.Diagnostics.Failed() {
		return nil
	}
	var emitted []*emission
	for _, a := range apps {
		e := &emission{app: a}
		if err := e.write(ctx, o.Targets); err != nil {
			return err
		}
		emitted = append(emitted, e)
	}
	if err := r.inject(ctx, o, emitted); err != nil {
		return err
	}
	r.UpToDate = true
	for _, e := range emitted {
		if err := e.app.compare(r); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) compare(r *Result) error {
	state, ds, err := output.Compare(a.Dir, a.Files)
	if err != nil {
		return err
	}
	r.Diagnostics = append(r.Diagnostics, ds...)
	a.state, a.Files, a.Stale = state, state.Files, state.Stale
	r.UpToDate = r.UpToDate && state.UpToDate()
	return nil
}

// emission is the code of one application in the making.
type emission struct {
	app      *App
	packages []*emit.Package
}

// write emits the packages of all units and the main packages.
func (e *emission) write(ctx context.Context, targets []target.Target) error {
	p, out := e.app.plan, e.app.graph.App.Output()
	units := append(slices.Clone(p.Units), p.All())
	e.packages = make([]*emit.Package, len(units))
	group, _ := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, u := range units {
		group.Go(func() (err error) {
			e.packages[i], err = emit.Unit(e.app.graph, u, out, u.Name == plan.Reserved)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, pkg := range e.packages {
		for _, f := range pkg.Files {
			f.Path = output.Folder + "/" + pkg.Dir + "/" + f.Path
			e.app.Files = append(e.app.Files, f)
		}
	}
	return e.mains(targets)
}

// mains writes one main package for each unit and target, and the local server's.
func (e *emission) mains(targets []target.Target) error {
	out := e.app.graph.App.Output()
	add := func(dir string, content []byte, err error) error {
		if err != nil {
			return fmt.Errorf("write the main package %s: %w", dir, err)
		}
		e.app.Files = append(e.app.Files, target.File{Path: output.Folder + "/" + dir + "/main.go", Content: content, Mode: 0o644})
		return nil
	}
	for _, t := range targets {
		p, _ := plan.New(e.app.graph, t.Name())
		for _, u := range p.Units {
			content, err := emit.Main(u.Name, out+"/"+u.Name, t.Name(), t.Entry(u.Unit))
			if err := add(u.Name+"/"+t.Name(), content, err); err != nil {
				return err
			}
		}
	}
	content, err := emit.LocalMain(out + "/" + plan.Reserved)
	return add(plan.Reserved+"/local", content, err)
}

// inject has the bodies of the injectors written, of all applications in one go.
func (r *Result) inject(ctx context.Context, o Options, emitted []*emission) error {
	var packages []*injector.Package
	for _, e := range emitted {
		for _, p := range e.packages {
			if p.Injection != nil {
				packages = append(packages, p.Injection)
			}
		}
	}
	written, err := r.injectors(ctx, o, packages)
	if err != nil {
		return err
	}
	for _, e := range emitted {
		for _, p := range e.packages {
			if content, ok := written[p.Path]; ok {
				e.app.Files = append(e.app.Files, target.File{
					Path: output.Folder + "/" + p.Dir + "/" + injector.File, Content: content, Mode: 0o644,
				})
			}
		}
		slices.SortFunc(e.app.Files, byPath)
	}
	return nil
}

// injectors uses Wire, or says in one line why it could not and writes the same itself.
func (r *Result) injectors(ctx context.Context, o Options, packages []*injector.Package) (map[string][]byte, error) {
	if o.Injector == "native" || len(packages) == 0 {
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
