package emit

import (
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"
)

// imports gives every package that a generated package may import one name, the same in all its files.
type imports struct {
	all     [][2]string // path and name, in the order in which they choose
	names   map[string]string
	renamed bool
	used    map[string]bool
}

// newImports names the framework's packages first, then the user's in the order of their paths. A package whose name is
// taken gets a number.
func newImports(reserved *space, packages map[string]*types.Package, triggers [][2]string) *imports {
	all := append(names(), triggers...)
	for _, path := range slices.Sorted(maps.Keys(packages)) {
		if !slices.ContainsFunc(all, func(n [2]string) bool { return n[0] == path }) {
			all = append(all, [2]string{path, packages[path].Name()})
		}
	}
	return choose(reserved, all)
}

func choose(reserved *space, all [][2]string) *imports {
	i := &imports{all: all, names: map[string]string{}, used: map[string]bool{}}
	taken := reserved.inner()
	for _, n := range all {
		i.names[n[0]] = taken.take(predeclared(n[1]))
		i.renamed = i.renamed || i.names[n[0]] != n[1]
	}
	return i
}

// predeclared keeps a package from hiding an identifier that generated code may use.
func predeclared(name string) string {
	if types.Universe.Lookup(name) != nil {
		return name + "pkg"
	}
	return name
}

// again names only what was imported.
func (i *imports) again(reserved *space) *imports {
	return choose(reserved, slices.DeleteFunc(slices.Clone(i.all), func(n [2]string) bool { return !i.used[n[0]] }))
}

// note remembers what a file imports.
func (i *imports) note(raw []byte) error {
	f, err := parser.ParseFile(token.NewFileSet(), "", raw, parser.ImportsOnly)
	if err != nil {
		return err
	}
	for _, s := range f.Imports {
		if path, err := strconv.Unquote(s.Path.Value); err == nil {
			i.used[path] = true
		}
	}
	return nil
}

// hint tells jennifer the names.
func (i *imports) hint(f *jen.File) {
	for _, n := range i.all {
		if name := i.names[n[0]]; name == n[1] {
			f.ImportName(n[0], name)
		} else {
			f.ImportAlias(n[0], name)
		}
	}
}

// packages are all packages that signatures and types of the unit name.
func (w *writer) packages() map[string]*types.Package {
	found := map[string]*types.Package{}
	seen := map[types.Type]bool{}
	add := func(t types.Type) { packagesOf(t, seen, func(p *types.Package) { found[p.Path()] = p }) }
	for _, n := range w.reach {
		found[n.Provider.Object.Pkg().Path()] = n.Provider.Object.Pkg()
		add(n.Provider.Out)
		for _, e := range n.Edges {
			add(e.Dep.Type)
			add(e.Bound)
		}
		if n.Decoration != nil {
			for _, m := range n.Decoration.Methods {
				add(m.Func.Type())
			}
		}
	}
	for _, l := range w.layers {
		found[l.Object.Pkg().Path()] = l.Object.Pkg()
	}
	for _, m := range w.unit.Members {
		f := m.Model
		found[f.Object.Pkg().Path()] = f.Object.Pkg()
		add(f.Object.Type())
		for _, m := range f.Middleware {
			found[m.Object.Pkg().Path()] = m.Object.Pkg()
		}
		if f.Bind != nil {
			for _, p := range f.Bind.Params {
				add(p.Type)
				add(p.Elem)
			}
		}
	}
	return found
}
