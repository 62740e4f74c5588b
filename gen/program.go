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

// programs says which binaries the units of an application need on a target: one each, of a cut, or one for all that run in the
// same way. An empty unit is all of them.
func (a *App) programs(t target.Target, app *target.App, unit string) ([]build.Program, error) {
	mains, err := emit.NewMains()
	if err != nil {
		return nil, err
	}
	if app.Spec.Package.Mode == spec.Shared {
		return a.sharedPrograms(mains, t, app, unit)
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
		program := build.Program{Name: u.Name, Package: a.graph.App.Output() + "/" + dir, Units: []*target.Unit{u}, Entry: t.Entry(u)}
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

// sharedPrograms groups units by how they run. Where all run alike the binary is the committed main package.
func (a *App) sharedPrograms(mains *emit.Mains, t target.Target, app *target.App, unit string) ([]build.Program, error) {
	groups := groupUnits(t, app)
	var programs []build.Program
	for _, g := range groups {
		units := g.units
		if unit != "" {
			units = slices.DeleteFunc(slices.Clone(units), func(u *target.Unit) bool { return u.Name != unit })
		}
		if len(units) == 0 {
			continue
		}
		p := build.Program{Name: g.name, Package: a.graph.App.Output() + "/" + t.Name(), Units: units, Entry: g.entry}
		if len(groups) > 1 {
			p.Package += "/" + g.name
			main, err := mains.Target("the functions that FAAS_FUNCTIONS names, or all,", a.graph.App.Output()+"/"+emit.Folder, t.Name(), g.entry)
			if err != nil {
				return nil, err
			}
			p.Files = []target.File{{Path: output.Folder + "/" + t.Name() + "/" + g.name + "/main.go", Content: main}}
		}
		programs = append(programs, p)
	}
	return programs, nil
}

// unitGroup are units that one binary can serve.
type unitGroup struct {
	name  string
	units []*target.Unit
	entry target.Entry
}

// groupUnits finds the units of one loop, command, processor and tags. The codecs of a group are those of all its units, raw
// payloads last.
func groupUnits(t target.Target, app *target.App) []*unitGroup {
	var groups []*unitGroup
	by := map[string]*unitGroup{}
	loops, processors := map[string]bool{}, map[string]bool{}
	members := map[*unitGroup]*target.Unit{}
	for _, u := range app.Units {
		e := t.Entry(u)
		key := fmt.Sprint(e.Loop, " ", e.Command, " ", e.GOOS, " ", e.GOARCH, " ", e.Tags, " ", u.Streams())
		g := by[key]
		if g == nil {
			g = &unitGroup{entry: e}
			by[key], groups = g, append(groups, g)
			members[g] = &target.Unit{Name: plan.Reserved, Settings: u.Settings}
		}
		loops[e.Loop], processors[e.GOARCH] = true, true
		g.units = append(g.units, u)
		members[g].Functions = append(members[g].Functions, u.Functions...)
	}
	for _, g := range groups {
		g.entry.Codecs = t.Entry(members[g]).Codecs
		g.name = plan.Reserved
		if len(loops) > 1 {
			g.name += "-" + path.Base(g.entry.Loop)
		}
		if len(processors) > 1 {
			g.name += "-" + g.entry.GOARCH
		}
	}
	names := map[string]int{}
	for _, g := range groups { // what differs in tags alone
		if names[g.name]++; names[g.name] > 1 {
			g.name = fmt.Sprint(g.name, "-", names[g.name])
		}
	}
	return groups
}

// share names the packages of units that have one together.
func share(t target.Target, app *target.App) {
	if app.Spec.Package.Mode != spec.Shared {
		return
	}
	for _, g := range groupUnits(t, app) {
		for _, u := range g.units {
			u.Artefact = g.name
		}
	}
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
