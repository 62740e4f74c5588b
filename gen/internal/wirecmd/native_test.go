package wirecmd_test

import (
	"fmt"
	"go/token"
	"go/types"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/internal/injector"
	"github.com/faasgen/faasgen/gen/internal/native"
	"github.com/faasgen/faasgen/gen/internal/wirecmd"
)

// world makes types for a package whose injectors are hard to name variables for.
type world struct {
	pkg      *types.Package
	packages map[string]*types.Package
	args     []*types.Var
	out      injector.Package
	source   strings.Builder
	imports  map[string]string
}

func newWorld(declared ...string) *world {
	w := &world{pkg: types.NewPackage("example.com/app/internal/faasgen/some-unit", "someunit"), packages: map[string]*types.Package{}, imports: map[string]string{}}
	w.args = []*types.Var{
		types.NewVar(token.NoPos, w.pkg, "u", types.NewPointer(w.local("unit"))),
		types.NewVar(token.NoPos, w.pkg, "b", types.NewPointer(w.named("example.com/ioc", "Build", structure()))),
	}
	for _, name := range declared {
		w.pkg.Scope().Insert(types.NewVar(token.NoPos, w.pkg, name, types.Typ[types.Int]))
	}
	return w
}

func structure() types.Type { return types.NewStruct(nil, nil) }

func (w *world) local(name string) types.Type {
	o := types.NewTypeName(token.NoPos, w.pkg, name, nil)
	w.pkg.Scope().Insert(o)
	return types.NewNamed(o, structure(), nil)
}

// named makes a type in a package, whose name is the last element of its path.
func (w *world) named(path, name string, underlying types.Type) types.Type {
	p := w.packages[path]
	if p == nil {
		p = types.NewPackage(path, path[strings.LastIndexByte(path, '/')+1:])
		w.packages[path] = p
	}
	return types.NewNamed(types.NewTypeName(token.NoPos, p, name, nil), underlying, nil)
}

func (w *world) qualify(p *types.Package) string {
	if p == w.pkg {
		return ""
	}
	if w.imports[p.Path()] == "" {
		w.imports[p.Path()] = fmt.Sprintf("imported%d", len(w.imports))
	}
	return w.imports[p.Path()]
}

// generic makes an alias with a type parameter, comparable or any, and returns its instance for string.
func (w *world) generic(path, name string, comparable bool, rhs func(types.Type) types.Type) types.Type {
	constraint := types.Universe.Lookup("any").Type()
	if comparable {
		constraint = types.Universe.Lookup("comparable").Type()
	}
	t := types.NewTypeParam(types.NewTypeName(token.NoPos, w.packages[path], "T", nil), constraint)
	alias := types.NewAlias(types.NewTypeName(token.NoPos, w.packages[path], name, nil), rhs(t))
	alias.SetTypeParams([]*types.TypeParam{t})
	instance, err := types.Instantiate(nil, alias, []types.Type{types.Typ[types.String]}, true)
	if err != nil {
		panic(err)
	}
	return instance
}

// inject adds an injector of out, made by a function that needs deps. Interfaces among them are bound to a pointer.
func (w *world) inject(name string, out types.Type, cleanup, fails bool, deps ...types.Type) {
	in := &injector.Injector{Name: "build" + name, Doc: []string{"// build" + name + " is tested."}, Params: w.args, Out: out, Cleanup: cleanup, Err: fails || len(deps) > 0}
	own := &injector.Provider{Name: "provide" + name, Out: out, Cleanup: cleanup, Err: fails}
	var list []string
	for i, d := range deps {
		p := &injector.Provider{Name: fmt.Sprintf("get%s%d", name, i), Params: []types.Type{w.args[0].Type(), w.args[1].Type()}, Out: d, Err: i%2 == 0, Cleanup: cleanup && i%3 == 0}
		own.Params = append(own.Params, d)
		if _, ok := d.Underlying().(*types.Interface); ok {
			p.Out = types.NewPointer(w.named("example.com/impl", "Impl"+name, structure()))
			in.Bindings = append(in.Bindings, injector.Binding{Interface: d, Concrete: p.Out})
			list = append(list, fmt.Sprintf("wire.Bind(new(%s), new(%s))", types.TypeString(d, w.qualify), types.TypeString(p.Out, w.qualify)))
		}
		in.Providers = append(in.Providers, p)
		list = append(list, p.Name)
		w.declare(p.Name)
	}
	in.Providers = append(in.Providers, own)
	w.declare(own.Name, in.Name)
	sig := types.TypeString(injector.Signature(w.args, out, cleanup, in.Err), w.qualify)
	fmt.Fprintf(&w.source, "\n%s\nfunc %s%s {\n\tpanic(wire.Build(%s))\n}\n", in.Doc[0], in.Name, strings.TrimPrefix(sig, "func"), strings.Join(append(list, own.Name), ", "))
	w.out.Injectors = append(w.out.Injectors, in)
}

func (w *world) declare(names ...string) {
	for _, n := range names {
		w.pkg.Scope().Insert(types.NewVar(token.NoPos, w.pkg, n, types.Typ[types.Invalid]))
	}
}

func (w *world) done() *injector.Package {
	var b strings.Builder
	b.WriteString("//go:build wireinject\n\npackage someunit\n\nimport \"github.com/google/wire\"\n")
	for path, name := range w.imports {
		fmt.Fprintf(&b, "import %s %q\n", name, path)
	}
	b.WriteString(w.source.String())
	w.out.Types, w.out.Source = w.pkg, []byte(b.String())
	return &w.out
}

// TestNativeNamesVariablesLikeWire compares the two where Wire has to think about names.
func TestNativeNamesVariablesLikeWire(t *testing.T) {
	w := newWorld("store", "len2", "HTTPClient", "cleanup", "shopStore")
	p := types.NewPointer
	store := w.named("example.com/shop", "Store", structure())
	w.inject("Store", p(store), true, true)
	w.inject("Taken", p(w.named("example.com/shop", "Taken", structure())), true, true, p(store), p(w.named("example.com/store", "Store", structure())))
	w.inject("Keyword", p(w.named("example.com/x", "Func", structure())), false, false, p(w.named("example.com/func2", "Range", structure())))
	w.inject("Universe", p(w.named("example.com/y", "Error", structure())), true, false, p(w.named("example.com/y", "String", structure())), p(w.named("example.com/y", "Len", structure())))
	w.inject("Initialism", p(w.named("example.com/y", "HTTPClient", structure())), false, true, p(w.named("example.com/y", "DB", structure())), p(w.named("example.com/y", "SQLStore2", structure())), p(w.named("example.com/z", "SQLStore2", structure())))
	w.inject("Packages", p(w.named("example.com/err", "Err", structure())), false, true, p(w.named("example.com/u", "U", structure())), p(w.named("example.com/b", "B", structure())), p(w.named("example.com/unit", "Unit", structure())))
	w.inject("Basic", types.Typ[types.Int], false, true, types.Typ[types.String], types.Typ[types.Bool])
	w.inject("Value", store, true, true, types.NewSlice(store), types.NewMap(types.Typ[types.String], store), types.NewSignatureType(nil, nil, nil, nil, nil, false))
	w.inject("Array", types.NewArray(store, 3), true, true, types.NewChan(types.SendRecv, p(store)))
	w.inject("Kinds", w.named("example.com/k", "Level", types.Typ[types.Uint8]), true, true, w.named("example.com/k", "Name", types.Typ[types.String]), w.named("example.com/k", "On", types.Typ[types.Bool]), w.named("example.com/k", "List", types.NewSlice(types.Typ[types.Int])))
	w.inject("Bound", p(w.named("example.com/shop", "Shop", structure())), true, true, w.named("example.com/shop", "Finder", types.NewInterfaceType(nil, nil)), w.local("namedStore"), w.local("Store2"))
	many := make([]types.Type, 6)
	for i := range many {
		many[i] = p(w.named(fmt.Sprintf("example.com/many%d/same", i), "Same", structure()))
	}
	w.inject("Many", p(w.named("example.com/same", "Same", structure())), true, true, many...)
	alias := types.NewAlias(types.NewTypeName(token.NoPos, w.packages["example.com/shop"], "Alias", nil), p(store))
	w.inject("Alias", alias, true, true, types.NewAlias(types.NewTypeName(token.NoPos, w.packages["example.com/k"], "Plain", nil), types.Typ[types.Int64]))
	w.inject("Generic", w.generic("example.com/k", "Set", true, func(t types.Type) types.Type { return types.NewMap(t, types.Typ[types.Bool]) }), true, true,
		w.generic("example.com/k", "Vec", false, func(t types.Type) types.Type { return types.NewSlice(t) }))
	packages := []*injector.Package{w.done()}
	command, err := wirecmd.Find(t.Context(), runtime.Version())
	if err != nil {
		t.Fatal(err)
	}
	wired, err := command.Emit(t.Context(), packages)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := native.Emitter{}.Emit(t.Context(), packages)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(wired[w.pkg.Path()]), "\nfunc build"); n != len(packages[0].Injectors) {
		t.Errorf("Wire wrote %d injectors of %d", n, len(packages[0].Injectors))
	}
	if diff := cmp.Diff(string(wired[w.pkg.Path()]), string(ours[w.pkg.Path()])); diff != "" {
		t.Errorf("-wire +native:\n%s\n%s", diff, wired[w.pkg.Path()])
	}
}
