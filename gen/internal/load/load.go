package load

import (
	"bytes"
	"cmp"
	"context"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
)

// Program is what one call of [Tree.Load] brought in.
type Program struct {
	// Fset positions everything.
	Fset *token.FileSet
	// Apps are sorted by folder.
	Apps []*App
	// Sources holds the files that were parsed, by name.
	Sources map[string][]byte
}

// App is one application as it was found: its folder, f.yml and packages, before any directive is read.
type App struct {
	// Dir is the folder of f.yml; Import its import path; Module the path of its module.
	Dir, Import, Module string
	// Spec is its f.yml, never nil.
	Spec *spec.Spec
	// Packages are those that may carry directives, sorted by import path.
	Packages []*Package
	// Components are the packages that its configuration imports, directly or not, and those that the layers of f.yml use, sorted by
	// import path.
	Components []*Component
	// Imports holds every package that the application imports, directly or not, by import path.
	Imports map[string]*types.Package
	// Outside lists the import paths of packages of the workspace that seem to have providers and are not part of this
	// application, sorted.
	Outside []string
	// Importable are those of Outside that are components.
	Importable []string
	// Incomplete says that a file could not be read in full, so that declarations may be missing.
	Incomplete bool
	// Diagnostics are the mistakes found up to here, in f.yml and in Go code.
	Diagnostics annotations.Diagnostics

	loader  *loader
	folders []*folder // of Implementations
}

// Package is one package with directives.
type Package struct {
	// Path is the import path, Name the package's name.
	Path, Name string
	// Files are parallel to Syntax: the names of the files.
	Files []string
	// Syntax holds all files of the package, in the order of their names, without test files.
	Syntax []*ast.File
	// Broken says which of the files could not be read in full: their declarations are guesses.
	Broken []bool
	// Types is the package; with mistakes in declarations it is incomplete, and they have been reported.
	Types *types.Package
	// Info has Defs and Scopes filled.
	Info *types.Info
}

// Line returns the text of the line at a position, "" if the file was not read.
func (p *Program) Line(pos token.Position) string { return line(p.Sources[pos.Filename], pos.Line) }

// Load lists the packages of the applications with the go command and type-checks them. Mistakes in code and in f.yml are
// diagnostics of their application; an error means that the go command could not be run.
func (t *Tree) Load(ctx context.Context) (*Program, error) {
	l := &loader{
		tree: t, ctx: ctx,
		program: &Program{Fset: token.NewFileSet(), Sources: map[string][]byte{}},
		content: map[string][]byte{},
	}
	for i := range t.Files {
		l.content[t.Files[i].Path] = t.Files[i].Content
	}
	for _, dir := range t.Apps {
		l.addApp(dir)
	}
	for _, step := range []func() error{l.list, l.check} {
		if err := step(); ctx.Err() != nil {
			return nil, ctx.Err() // what the go command printed at its end does not matter
		} else if err != nil {
			return nil, err
		}
	}
	for _, a := range l.apps {
		if err := l.fill(a); err != nil {
			return nil, err
		}
		l.required(a)
		a.Diagnostics.Sort()
		l.program.Apps = append(l.program.Apps, a.App)
	}
	return l.program, nil
}

// loader is the state of one Load.
type loader struct {
	tree    *Tree
	ctx     context.Context
	program *Program
	content map[string][]byte // what Scan read
	apps    []*app
	listed  map[string]*packages.Package // by import path, dependencies included
	checked map[string]*checked          // packages checked from source, by import path
	imports map[string]*types.Package    // packages from export data and from source
}

// app is an application while it is loaded.
type app struct {
	*App
	paths   map[string]bool // import paths of packages with directives below Dir
	scanned []scanned
	layers  []string        // import paths of the packages that the layers of f.yml use
	own     map[string]bool // paths, and those that scan brought
	brought map[string]bool // what layers use, what the configuration imports, and what that imports
}

// scanned is one entry of scan in f.yml.
type scanned struct {
	pattern string
	place   spec.Place
}

// addApp reads f.yml and finds the folders with directives below it.
func (l *loader) addApp(dir string) {
	t := l.tree
	ip, m := importPath(t.Modules, dir)
	a := &app{App: &App{Dir: dir, Import: ip, Module: m.Path, loader: l}, paths: map[string]bool{}}
	l.apps = append(l.apps, a)
	name := filepath.Join(dir, SpecName)
	a.Spec, a.Diagnostics = t.readSpec(name, l.content[name])
	for i, pattern := range a.Spec.Scan {
		if a.Spec.Failed("scan." + strconv.Itoa(i)) {
			continue
		}
		a.scanned = append(a.scanned, newScanned(a, i, pattern))
	}
	for _, name := range slices.Sorted(maps.Keys(a.Spec.Layers)) {
		if path := a.Spec.Layers[name].Import(); path != "" && !slices.Contains(a.layers, path) {
			a.layers = append(a.layers, path)
		}
	}
	outside, importable := map[string]bool{}, map[string]bool{}
	for i := range t.Files {
		f := &t.Files[i]
		if !f.Directives || !strings.HasSuffix(f.Path, ".go") {
			continue
		}
		folder := filepath.Dir(f.Path)
		owner := t.owner(folder)
		switch {
		case f.Test():
			if owner == dir {
				a.Diagnostics = append(a.Diagnostics, testDirectives(f)...)
			}
		case owner == dir:
			p, _ := importPath(t.Modules, folder)
			a.paths[p] = true
		case bytes.Contains(f.Content, []byte("\n//faas:provide")):
			if p, _ := importPath(t.Modules, folder); p != "" {
				outside[p] = true
			}
		}
		if owner != dir && !f.Test() && bytes.Contains(f.Content, []byte("\n//"+configurationWord)) {
			p, _ := importPath(t.Modules, folder)
			importable[p] = true
		}
	}
	a.Outside, a.Importable = slices.Sorted(maps.Keys(outside)), slices.Sorted(maps.Keys(importable))
}

func newScanned(a *app, i int, pattern string) scanned {
	s := scanned{pattern: pattern, place: scanPlace(a.Spec, i)}
	if isLocal(pattern) || pattern == "./..." {
		s.pattern = strings.TrimSuffix(a.Import+"/"+filepath.ToSlash(filepath.Clean(pattern)), "/.")
		s.pattern = cleanImport(s.pattern)
	}
	return s
}

// cleanImport resolves the dots of a relative pattern that was appended to an import path.
func cleanImport(p string) string {
	var out []string
	for part := range strings.SplitSeq(p, "/") {
		switch {
		case part == "." || part == "":
		case part == ".." && len(out) > 0:
			out = out[:len(out)-1]
		default:
			out = append(out, part)
		}
	}
	return strings.Join(out, "/")
}

// fill hands the checked packages of an application over.
func (l *loader) fill(a *app) error {
	a.Imports = map[string]*types.Package{}
	var add func(p *types.Package)
	add = func(p *types.Package) {
		if a.Imports[p.Path()] != nil {
			return
		}
		a.Imports[p.Path()] = p
		for _, q := range p.Imports() {
			add(q)
		}
	}
	seen := map[string]bool{}
	for path := range a.own {
		c := l.checked[path]
		if c == nil {
			continue
		}
		a.Packages = append(a.Packages, c.Package)
		l.report(a, path, seen)
		add(c.Types)
	}
	if err := l.fillComponents(a, seen); err != nil {
		return err
	}
	for _, c := range a.Components {
		if c.Package != nil {
			add(c.Package.Types)
		}
	}
	slices.SortFunc(a.Packages, func(x, y *Package) int { return cmp.Compare(x.Path, y.Path) })
	a.Outside = slices.DeleteFunc(a.Outside, func(p string) bool { return a.own[p] || a.brought[p] })
	return nil
}

// report adds the mistakes of a package and of all it imports from source.
func (l *loader) report(a *app, path string, seen map[string]bool) {
	c := l.checked[path]
	if c == nil || seen[path] {
		return
	}
	seen[path] = true
	if c.ours || a.own[path] || a.brought[path] { // what is brought from a module that is not ours could only vanish otherwise
		a.Diagnostics = append(a.Diagnostics, c.diagnostics...)
		a.Incomplete = a.Incomplete || c.incomplete
	}
	for _, q := range c.imports {
		l.report(a, q, seen)
	}
}
