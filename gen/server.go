package gen

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/internal/build"
	"github.com/faasgen/faasgen/gen/internal/cut"
	"github.com/faasgen/faasgen/gen/internal/emit"
	"github.com/faasgen/faasgen/gen/internal/image"
	"github.com/faasgen/faasgen/gen/internal/output"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/bundle"
)

// ServerTarget is the word for a server of one's own where clouds are named: build --target local. It is no cloud: it has no
// deployment file, no limits, and one program for all functions.
const ServerTarget = "local"

// ServerPort is the port that the server listens on in an image.
const ServerPort = 8080

// ServerOptions says which server to build.
type ServerOptions struct {
	// Unit is the unit whose functions the server has, and no others; empty is all functions.
	Unit string
	// GOARCH is the processor; empty is that of f.yml.
	GOARCH string
	// Image makes an OCI image, too: a folder in the OCI image layout, or the file Archive in place of it.
	Image   bool
	Archive string
	// Roots are the root certificates of the image, as PEM; nil is those of Mozilla.
	Roots []byte
	// Dist, Env, Relative and Parallel are as in BuildOptions.
	Dist     string
	Env      []string
	Relative string
	Parallel int
}

// BuiltServer is what BuildServer made.
type BuiltServer struct {
	// Dir is the folder below Dist.
	Dir string
	// Server says where everything is and what is in it; it is nil if nothing was built.
	Server *build.Server
	// Diagnostics are all mistakes and notes. With an error among them nothing was built.
	Diagnostics annotations.Diagnostics
}

// BuildServer makes one static Linux program that serves the application, or one unit of it, as an ordinary server, in
// <Dist>/local with the files that a package for a cloud has. The generated code must be on disk.
func BuildServer(ctx context.Context, a *App, o ServerOptions) (*BuiltServer, error) {
	inspected, err := a.Inspect()
	if err != nil {
		return nil, err
	}
	p, ds, err := a.planned(ServerTarget)
	if err != nil {
		return nil, err
	}
	dist, err := filepath.Abs(cmp.Or(o.Dist, filepath.Join(a.Dir, "dist")))
	if err != nil {
		return nil, err
	}
	b := &BuiltServer{Dir: filepath.Join(dist, a.Folder(ServerTarget))}
	unit, err := served(p.App, o.Unit)
	if err != nil {
		return nil, err
	}
	e := target.Entry{Command: p.App.Spec.Service, GOOS: "linux", GOARCH: cmp.Or(o.GOARCH, unit.Settings.Architecture), Tags: []string{"timetzdata"}}
	if o.Unit != "" {
		e.Command += "-" + o.Unit
	}
	files, found := bundle.Select(a.Dir, p.App.Spec)
	ds = append(ds, found...)
	ds = append(ds, inspected.Secrets(files)...)
	configured, err := a.CheckConfig(ServerTarget, o.Unit, inspect.Checking{Deployed: true, Packaged: packaged(files)})
	if err != nil {
		return nil, err
	}
	ds = append(ds, configured...)
	taken := build.Collision(files, e.Command, o.Image && o.Archive == "")
	if slices.ContainsFunc(files, func(f bundle.File) bool { return f.Name == spec.SettingsFile }) {
		taken = spec.SettingsFile
	}
	if e.Command == build.ImageFolder && o.Image && o.Archive == "" {
		d := spec.Place{}.Errorf(bundle.CodePackage, "the service is called %s, like the folder of its image next to it", e.Command)
		d.Hint = "have the image made as one file: --image=FILE.tar"
		ds = append(ds, d)
	}
	if taken != "" {
		d := spec.Place{}.Errorf(bundle.CodePackage, "the package has a file %s of its own, where the build puts another in %s", taken, "dist/"+a.Folder(ServerTarget))
		d.Hint = "rename it, or leave it out with package.exclude"
		ds = append(ds, d)
	}
	settings, err := a.Settings(ServerTarget)
	if err != nil {
		return nil, err
	}
	files = append(files, bundle.File{Name: spec.SettingsFile, Content: settings})
	environment, different := variables(p.App, unit)
	ds = append(append(ds, different...), elsewhere(unit)...)
	ds = append(p.App.Spec.Settled(ds), a.Unset(ServerTarget, p.App, o.Unit)...)
	ds.Sort()
	if b.Diagnostics = ds; ds.Failed() {
		return b, nil
	}
	program, err := a.serverProgram(unit, o.Unit, e)
	if err != nil {
		return nil, err
	}
	env := o.Env
	if env == nil {
		env = os.Environ()
	}
	named, module, below, err := a.module()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(module, below)
	programs := []build.Program{program}
	so := build.ServerOptions{
		Options: build.Options{
			App: p.App, Dir: dir, Module: module, Named: named, Programs: programs, Overlay: overlayFolder(dir, programs), Dist: dist, Folder: a.Folder(ServerTarget), Files: files,
			Env: env, Relative: o.Relative, Parallel: o.Parallel,
		},
		Name: ServerTarget, Unit: o.Unit, Environment: environment, Archive: o.Archive,
	}
	if o.Image {
		so.Image = imageConfig(p.App, e, environment, o.Roots)
	}
	b.Server, err = build.RunServer(ctx, so)
	return b, err
}

// served is the unit of a name, or one of all functions, each once.
func served(app *target.App, name string) (*target.Unit, error) {
	if name != "" {
		i := slices.IndexFunc(app.Units, func(u *target.Unit) bool { return u.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no unit %s", name)
		}
		return app.Units[i], nil
	}
	all := &target.Unit{Name: plan.Reserved, Settings: spec.Settings{Architecture: cmp.Or(app.Spec.Provider.Architecture, "amd64")}}
	for _, u := range app.Units {
		for _, f := range u.Functions {
			if !slices.ContainsFunc(all.Functions, func(have *target.Function) bool { return have.Name == f.Name }) {
				all.Functions = append(all.Functions, f)
			}
		}
	}
	slices.SortFunc(all.Functions, func(a, b *target.Function) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// elsewhere are the calls of functions that a server of one unit does not have. Nothing carries them to another server.
func elsewhere(unit *target.Unit) (ds annotations.Diagnostics) {
	for _, c := range unit.Outside() {
		if unit.Has(c.Function) {
			continue // an asynchronous one, which stays in the process
		}
		d := c.Place.Errorf(target.CodeUnsupported, "a server of unit %s alone cannot call function %s, which it does not have", unit.Name, c.Function)
		d.Hint = "build a server of all functions, without --unit, or put both into one group"
		ds = append(ds, d)
	}
	return ds
}

// variables are those that f.yml sets for a unit, or for all units together. What is true of one unit alone is not true of all.
func variables(app *target.App, unit *target.Unit) (map[string]string, annotations.Diagnostics) {
	own := []string{spec.FunctionsVariable} // the program has no others
	units := []*target.Unit{unit}
	if !slices.Contains(app.Units, unit) {
		own = append(own, spec.UnitVariable, spec.TimeoutVariable, spec.InitTimeoutVariable)
		units = app.Units
	}
	set, different := map[string]string{}, map[string]bool{}
	for _, u := range units {
		for name, value := range u.Settings.Environment {
			first, ok := set[name]
			if !ok && !slices.Contains(own, name) {
				set[name] = value
			}
			different[name] = different[name] || ok && first != value
		}
	}
	var ds annotations.Diagnostics
	for _, name := range slices.Sorted(maps.Keys(different)) {
		if different[name] {
			d := spec.Place{}.Notef(target.CodeLoss, "functions set %s to different values: in one server all of them see the first", name)
			d.Hint = "build a server of one unit with --unit"
			ds = append(ds, d)
		}
	}
	return set, ds
}

// serverProgram is the committed main package, or one of a cut for a single unit.
func (a *App) serverProgram(u *target.Unit, unit string, e target.Entry) (build.Program, error) {
	p := build.Program{Name: e.Command, Package: a.graph.App.Output() + "/" + ServerTarget, Units: []*target.Unit{u}, Entry: e}
	files, err := committed(a.Dir)
	if err != nil || unit == "" {
		return p, err
	}
	parsed, err := cut.Parse(files, a.packageNames())
	if err != nil {
		return p, err
	}
	var functions []string
	for _, f := range u.Functions {
		functions = append(functions, f.Name)
	}
	kept, err := parsed.Cut(functions, a.components(u))
	if err != nil {
		return p, fmt.Errorf("unit %s: %w", unit, err)
	}
	mains, err := emit.NewMains()
	if err != nil {
		return p, err
	}
	dir := ServerTarget + "/" + unit
	p.Package = a.graph.App.Output() + "/" + dir
	main, err := mains.Local("the unit "+unit, p.Package+"/"+emit.Folder, async(u))
	if err != nil {
		return p, err
	}
	for _, f := range kept {
		p.Files = append(p.Files, target.File{Path: output.Folder + "/" + dir + "/" + emit.Folder + "/" + f.Name, Content: f.Content})
	}
	p.Files = append(p.Files, target.File{Path: output.Folder + "/" + dir + "/main.go", Content: main})
	return p, nil
}

func imageConfig(app *target.App, e target.Entry, environment map[string]string, roots []byte) *image.Config {
	c := &image.Config{
		Name: e.Command, GOARCH: e.GOARCH, Command: e.Command, Port: ServerPort, Roots: roots, Labels: map[string]string{"org.opencontainers.image.title": e.Command},
		Env: map[string]string{"FAAS_ADDR": fmt.Sprintf("0.0.0.0:%d", ServerPort), "FAAS_CODE_DIR": image.Folder},
	}
	if roots == nil {
		c.Roots = image.Roots()
	}
	if d := app.Spec.Description; d != "" {
		c.Labels["org.opencontainers.image.description"] = d
	}
	maps.Copy(c.Env, environment)
	return c
}
