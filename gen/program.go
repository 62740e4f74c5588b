package gen

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/faasgen/faasgen/gen/internal/build"
	"github.com/faasgen/faasgen/gen/internal/cut"
	"github.com/faasgen/faasgen/gen/internal/emit"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/output"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// programs says which binaries the units of an application need on a target: one each, of a cut, or one for all that can have one. An empty unit is all of them.
func (a *App) programs(t target.Target, pl *plan.Plan, app *target.App, unit string) ([]build.Program, error) {
	mains, err := emit.NewMains()
	if err != nil {
		return nil, err
	}
	if app.Spec.Package.Mode == spec.Shared {
		return a.sharedPrograms(mains, t, pl, app, unit)
	}
	files, err := committed(a.Dir)
	if err != nil {
		return nil, err
	}
	p, err := cut.Parse(files, a.packageNames())
	if err != nil {
		return nil, err
	}
	var programs []build.Program
	for _, u := range app.Units {
		if unit != "" && unit != u.Name {
			continue
		}
		var functions []string
		for _, f := range u.Functions {
			functions = append(functions, f.Name)
		}
		kept, err := p.Cut(functions, a.components(u))
		if err != nil {
			return nil, fmt.Errorf("unit %s: %w", u.Name, err)
		}
		dir := t.Name() + "/" + u.Name
		entry := handing(t.Entry(u), len(u.Outside()) > 0, target.Sources(t, u))
		program := build.Program{Name: u.Name, Package: a.graph.App.Output() + "/" + dir, Units: []*target.Unit{u}, Entry: entry}
		add := func(name string, content []byte) {
			program.Files = append(program.Files, target.File{Path: output.Folder + "/" + dir + "/" + name, Content: content})
		}
		for _, f := range kept {
			add(emit.Folder+"/"+f.Name, f.Content)
		}
		main, err := mains.Target("the unit "+u.Name, program.Package+"/"+emit.Folder, t.Name(), program.Entry)
		if err != nil {
			return nil, err
		}
		add("main.go", main)
		programs = append(programs, program)
	}
	return programs, nil
}

// handing is how a unit starts, with what carries its calls only if they need it, and with what reads the stores of its secrets. A binary
// for several units needs a transport for any call, as each of them may be in another unit than what it calls.
func handing(e target.Entry, calls bool, sources []target.Symbol) target.Entry {
	if e.Sources = sources; !calls {
		e.Transport = target.Symbol{}
	}
	return e
}

// async reports whether a unit makes calls that it does not wait for.
func async(u *target.Unit) bool {
	return slices.ContainsFunc(u.Calls(), func(c target.Call) bool { return c.Async })
}

// packageNames are the names of the packages that generated code may import, by path, where they are not the path's last
// element.
func (a *App) packageNames() map[string]string {
	names, seen := map[string]string{}, map[*types.Package]bool{}
	var add func(p *types.Package)
	add = func(p *types.Package) {
		if p == nil || seen[p] {
			return
		}
		seen[p] = true
		if p.Name() != path.Base(p.Path()) {
			names[p.Path()] = p.Name()
		}
		for _, i := range p.Imports() {
			add(i)
		}
	}
	m := a.graph.App
	for _, p := range m.Providers {
		if p.Object != nil {
			add(p.Object.Pkg())
		}
	}
	for _, f := range m.Functions {
		add(f.Object.Pkg())
	}
	for _, w := range m.Middleware {
		if w.Object != nil {
			add(w.Object.Pkg())
		}
	}
	for _, l := range m.Layers {
		add(l.Object.Pkg())
	}
	return names
}

// components are the import paths of the components whose configuration the functions of a unit use.
func (a *App) components(u *target.Unit) []string {
	functions := slices.DeleteFunc(slices.Clone(a.graph.App.Functions), func(f *model.Function) bool {
		return !slices.ContainsFunc(u.Functions, func(t *target.Function) bool { return t.Name == f.Name })
	})
	var paths []string
	for _, c := range a.graph.Linked(functions) {
		paths = append(paths, c.Path)
	}
	return paths
}

// committed reads the application package that is on disk.
func committed(dir string) ([]cut.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	names, err := fs.Glob(root.FS(), output.Folder+"/"+emit.Folder+"/*.go")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("the generated code is missing; run: go tool faasgen generate")
	}
	var files []cut.File
	for _, name := range names {
		content, err := fs.ReadFile(root.FS(), name)
		if err != nil {
			return nil, err
		}
		files = append(files, cut.File{Name: path.Base(name), Content: content})
	}
	return files, nil
}

// sharedPrograms are the binaries that serve all units of an application, one for each way in which units run that no binary can
// have together. Each has all functions and what any of them needs, so that no grouping of functions changes a byte of it. The one
// of an application whose units all run alike is the committed main package, but for what only a build knows.
func (a *App) sharedPrograms(mains *emit.Mains, t target.Target, p *plan.Plan, app *target.App, unit string) ([]build.Program, error) {
	var programs []build.Program
	for _, g := range groupUnits(t, p.All().Functions, app.Units) {
		units := g.units
		if unit != "" {
			units = slices.DeleteFunc(slices.Clone(units), func(u *target.Unit) bool { return u.Name != unit })
		}
		if len(units) == 0 {
			continue
		}
		dir := t.Name()
		if g.name != plan.Reserved {
			dir += "/" + g.name
		}
		all := p.All().Unit
		g.entry = handing(g.entry, len(all.Calls()) > 0, target.Sources(t, all))
		main, err := mains.Target(emit.All, a.graph.App.Output()+"/"+emit.Folder, t.Name(), g.entry)
		if err != nil {
			return nil, err
		}
		programs = append(programs, build.Program{
			Name: g.name, Package: a.graph.App.Output() + "/" + dir, Units: units, Entry: g.entry,
			Files: []target.File{{Path: output.Folder + "/" + dir + "/main.go", Content: main}},
		})
	}
	return programs, nil
}

// unitGroup are units that one binary can serve.
type unitGroup struct {
	name  string
	units []*target.Unit
	entry target.Entry
}

// groupUnits finds the units of one loop, codecs, processor and tags. All functions of the application count for each group, as any
// of them may be in a unit of it, unless the units of a target run by several loops and no program can have these together. A group
// is called by what tells it from others that there might be, so that no name depends on those there are.
func groupUnits(t target.Target, functions []*target.Function, units []*target.Unit) []*unitGroup {
	functions = slices.Clone(functions)
	for _, u := range units {
		functions = append(functions, u.Functions...) // those that a unit has without their triggers are read in another way
	}
	all := func(of []*target.Function, s spec.Settings) target.Entry {
		return target.SharedEntry(t, &target.Unit{Name: plan.Reserved, Functions: of, Settings: s})
	}
	usual := all(functions, spec.Defaults())
	var groups []*unitGroup
	by := map[string]*unitGroup{}
	apart := map[*unitGroup][]*target.Function{}
	names := map[string]int{}
	_, sharer := t.(target.Sharer)
	for _, u := range units {
		e, own := all(functions, u.Settings), t.Entry(u)
		name, alone := plan.Reserved, !sharer && (own.Loop != e.Loop || own.Command != e.Command)
		if alone {
			own.Codecs = nil // those of its units, when they are known
			e = own
			name += "-" + path.Base(e.Loop)
		} else if !slices.Equal(e.Codecs, usual.Codecs) {
			name += "-streaming" // the one setting that codecs depend on
		}
		if e.GOARCH != usual.GOARCH {
			name += "-" + e.GOARCH
		}
		key := fmt.Sprint(e.Loop, " ", e.Command, " ", e.Codecs, " ", e.GOOS, " ", e.GOARCH, " ", e.Tags)
		g := by[key]
		if g == nil {
			if names[name]++; names[name] > 1 { // what differs in tags alone
				name = fmt.Sprint(name, "-", names[name])
			}
			g = &unitGroup{name: name, entry: e}
			by[key], groups = g, append(groups, g)
		}
		g.units = append(g.units, u)
		if alone {
			apart[g] = append(apart[g], u.Functions...)
			g.entry.Codecs = all(apart[g], u.Settings).Codecs
		}
	}
	return groups
}

// overlayFolder is where the files of programs go: a folder of the user's cache for exactly these, "" where there is none.
func overlayFolder(dir string, programs []build.Program) string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", dir)
	for _, p := range programs {
		for _, f := range p.Files {
			fmt.Fprintf(h, "%q %d\n%s", f.Path, len(f.Content), f.Content)
		}
	}
	all := filepath.Join(cache, "faasgen", "cut")
	folder := filepath.Join(all, hex.EncodeToString(h.Sum(nil)[:12]))
	if os.MkdirAll(folder, 0o755) != nil {
		return ""
	}
	now := time.Now()
	_ = os.Chtimes(folder, now, now)
	forgetCuts(all, now.AddDate(0, 0, -7))
	return folder
}

// forgetCuts removes cuts that no build has used since then.
func forgetCuts(all string, then time.Time) {
	entries, err := os.ReadDir(all)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.ModTime().Before(then) {
			_ = os.RemoveAll(filepath.Join(all, e.Name()))
		}
	}
}
