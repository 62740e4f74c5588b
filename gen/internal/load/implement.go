package load

import (
	"bytes"
	"cmp"
	"errors"
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// errAbsent is what an import is that nothing has needed before; what mentions it is not an implementation.
var errAbsent = errors.New("not loaded")

// folder is one package of the application, as far as what it has for an interface is known.
type folder struct {
	path  string
	files []*File
	// methods are the names of the methods that its files declare.
	methods map[string]bool
	// found are its declarations by the names of the methods that they have; nil before they were looked for.
	found map[string][]model.Implementation
}

// Implementations finds the exported structs of the application that implement an interface, and the constructors of any type
// that does, with directives or without, sorted by position. It reads packages too that nothing imports and that have no
// directives, so it is for messages only. An interface without methods has none.
func (a *App) Implementations(iface *types.Interface) []model.Implementation {
	if iface.NumMethods() == 0 {
		return nil
	}
	if a.folders == nil {
		a.folders = a.loader.folders(a)
	}
	var found []model.Implementation
	for _, f := range a.folders {
		if f.found == nil && !f.declares(iface) {
			continue
		}
		if f.found == nil {
			f.found = map[string][]model.Implementation{}
			a.loader.implementations(f)
		}
		for _, i := range f.having(iface) {
			if types.Implements(i.Type, iface) {
				found = append(found, i)
			}
		}
	}
	constructed := map[*types.TypeName]bool{}
	for _, i := range found {
		constructed[model.TypeName(i.Type)] = constructed[model.TypeName(i.Type)] || i.Constructor != ""
	}
	found = slices.DeleteFunc(found, func(i model.Implementation) bool { // where one returns it, that is what there is to mark
		return i.Constructor == "" && constructed[model.TypeName(i.Type)]
	})
	slices.SortFunc(found, func(x, y model.Implementation) int {
		return cmp.Or(cmp.Compare(x.Pos.Filename, y.Pos.Filename), cmp.Compare(x.Pos.Offset, y.Pos.Offset))
	})
	return found
}

// declares reports whether the files of a folder declare methods of all names of an interface: others need not be checked.
func (f *folder) declares(iface *types.Interface) bool {
	for m := range iface.Methods() {
		if !f.methods[m.Name()] {
			return false
		}
	}
	return true
}

// having are the declarations with the method of an interface that the fewest have.
func (f *folder) having(iface *types.Interface) []model.Implementation {
	fewest := f.found[iface.Method(0).Name()]
	for m := range iface.Methods() {
		if list := f.found[m.Name()]; len(list) < len(fewest) {
			fewest = list
		}
	}
	return fewest
}

// folders are the packages of an application, with directives or without.
func (l *loader) folders(a *App) []*folder {
	byPath := map[string]*folder{}
	out := []*folder{}
	for i := range l.tree.Files {
		file := &l.tree.Files[i]
		if !strings.HasSuffix(file.Path, ".go") || file.Test() {
			continue
		}
		dir := filepath.Dir(file.Path)
		path, _ := importPath(l.tree.Modules, dir)
		if path == "" || l.tree.owner(dir) != a.Dir && !a.includes(path) {
			continue
		}
		f := byPath[path]
		if f == nil {
			f = &folder{path: path, methods: map[string]bool{}}
			byPath[path], out = f, append(out, f)
		}
		f.files = append(f.files, file)
		for line := range bytes.Lines(file.Content) {
			if rest, ok := bytes.CutPrefix(line, []byte("func (")); ok {
				_, name, _ := bytes.Cut(rest, []byte(") "))
				name, _, _ = bytes.Cut(name, []byte("("))
				f.methods[string(name)] = true
			}
		}
	}
	return out
}

func (a *App) includes(path string) bool {
	return slices.ContainsFunc(a.Packages, func(p *Package) bool { return p.Path == path })
}

// implementations looks for the declarations of a package.
func (l *loader) implementations(f *folder) {
	pkg := l.imports[f.path]
	if l.checked[f.path] == nil {
		pkg = l.glance(f.path, f.files)
	}
	if pkg == nil || pkg.Name() == "main" {
		return
	}
	for _, i := range l.declared(pkg) {
		methods := types.NewMethodSet(i.Type)
		for m := range methods.Methods() {
			f.found[m.Obj().Name()] = append(f.found[m.Obj().Name()], i)
		}
	}
}

// glance type-checks a package that the applications do not need, with what has been loaded for others. Its mistakes
// are not reported.
func (l *loader) glance(path string, files []*File) *types.Package {
	system := build.Default
	system.GOOS, system.GOARCH, system.CgoEnabled, system.BuildTags = "linux", l.arch(), false, l.tree.opts.Tags
	var syntax []*ast.File
	for _, f := range files {
		if match, err := system.MatchFile(filepath.Dir(f.Path), filepath.Base(f.Path)); err != nil || !match {
			continue
		}
		if s, ds := parse(l.program.Fset, f.Path, f.Content); len(ds) == 0 && s.Name != nil {
			syntax = append(syntax, s)
		}
	}
	if len(syntax) == 0 {
		return nil
	}
	config := &types.Config{IgnoreFuncBodies: true, FakeImportC: true, Importer: loaded(l.imports), Error: func(error) {}}
	pkg, _ := config.Check(path, l.program.Fset, syntax, nil)
	return pkg
}

// loaded imports what is there.
type loaded map[string]*types.Package

// Import implements types.Importer.
func (l loaded) Import(path string) (*types.Package, error) {
	if p := l[path]; p != nil && p.Complete() {
		return p, nil
	}
	return nil, errAbsent
}

// declared are the exported structs of a package and the constructors of its types.
func (l *loader) declared(pkg *types.Package) []model.Implementation {
	position := func(obj types.Object) token.Position { return l.program.Fset.PositionFor(obj.Pos(), false) }
	var found []model.Implementation
	names := pkg.Scope().Names()
	for _, name := range names {
		fn, ok := pkg.Scope().Lookup(name).(*types.Func)
		if !ok || !fn.Exported() || fn.Signature().TypeParams() != nil || fn.Signature().Results().Len() == 0 {
			continue
		}
		out := fn.Signature().Results().At(0).Type()
		obj := model.TypeName(out)
		if obj == nil || obj.Pkg() != pkg || !obj.Exported() || types.IsInterface(out) {
			continue
		}
		found = append(found, model.Implementation{Type: out, Constructor: pkg.Name() + "." + name, Pos: position(fn)})
	}
	for _, name := range names {
		obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || !obj.Exported() || obj.IsAlias() {
			continue
		}
		named, ok := obj.Type().(*types.Named)
		if !ok || named.TypeParams() != nil {
			continue
		}
		if _, ok := named.Underlying().(*types.Struct); ok {
			found = append(found, model.Implementation{Type: types.NewPointer(named), Pos: position(obj)})
		}
	}
	return found
}
