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

// errAbsent is what an import is that nothing has needed before; what mentions it is no implementation.
var errAbsent = errors.New("not loaded")

// Implementations finds the exported structs of the application that implement an interface, and the constructors of any type
// that does, with directives or without, sorted by position. It reads packages too that nothing imports and that have no
// directives, so it is for messages only. An interface without methods has none.
func (a *App) Implementations(iface *types.Interface) []model.Implementation {
	if iface.NumMethods() == 0 || a.loader == nil {
		return nil
	}
	folders := map[string][]*File{}
	for i := range a.loader.tree.Files {
		f := &a.loader.tree.Files[i]
		if strings.HasSuffix(f.Path, ".go") && !f.Test() {
			dir := filepath.Dir(f.Path)
			folders[dir] = append(folders[dir], f)
		}
	}
	var found []model.Implementation
	for dir, files := range folders {
		ip, _ := importPath(a.loader.tree.Modules, dir)
		if ip == "" || a.loader.tree.owner(dir) != a.Dir && !a.includes(ip) || !mention(files, iface) {
			continue
		}
		pkg := a.loader.imports[ip]
		if a.loader.checked[ip] == nil {
			pkg = a.loader.glance(ip, files)
		}
		if pkg != nil && pkg.Name() != "main" {
			found = append(found, a.loader.implementing(pkg, iface)...)
		}
	}
	slices.SortFunc(found, func(x, y model.Implementation) int {
		return cmp.Or(cmp.Compare(x.Pos.Filename, y.Pos.Filename), cmp.Compare(x.Pos.Offset, y.Pos.Offset))
	})
	return found
}

func (a *App) includes(path string) bool {
	return slices.ContainsFunc(a.Packages, func(p *Package) bool { return p.Path == path })
}

// mention reports whether files hold the names of all methods of an interface: others need not be parsed.
func mention(files []*File, iface *types.Interface) bool {
	for m := range iface.Methods() {
		name := []byte(m.Name() + "(")
		if !slices.ContainsFunc(files, func(f *File) bool { return bytes.Contains(f.Content, name) }) {
			return false
		}
	}
	return true
}

// glance type-checks a package that the applications do not need, with what has been loaded for others. Its mistakes are
// nobody's concern.
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

// implementing finds the types of one package. Where a constructor returns one, that is what there is to mark.
func (l *loader) implementing(pkg *types.Package, iface *types.Interface) []model.Implementation {
	position := func(obj types.Object) token.Position { return l.program.Fset.PositionFor(obj.Pos(), false) }
	var found []model.Implementation
	made := map[*types.TypeName]bool{}
	for _, name := range pkg.Scope().Names() {
		fn, ok := pkg.Scope().Lookup(name).(*types.Func)
		if !ok || !fn.Exported() || fn.Signature().TypeParams() != nil || fn.Signature().Results().Len() == 0 {
			continue
		}
		out := fn.Signature().Results().At(0).Type()
		obj := model.TypeName(out)
		if obj == nil || obj.Pkg() != pkg || !obj.Exported() || types.IsInterface(out) || !types.Implements(out, iface) {
			continue
		}
		made[obj] = true
		found = append(found, model.Implementation{Type: out, Constructor: pkg.Name() + "." + name, Pos: position(fn)})
	}
	for _, name := range pkg.Scope().Names() {
		obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || !obj.Exported() || obj.IsAlias() || made[obj] {
			continue
		}
		named, ok := obj.Type().(*types.Named)
		if !ok || named.TypeParams() != nil {
			continue
		}
		if _, ok := named.Underlying().(*types.Struct); ok && types.Implements(types.NewPointer(named), iface) {
			found = append(found, model.Implementation{Type: types.NewPointer(named), Pos: position(obj)})
		}
	}
	return found
}
