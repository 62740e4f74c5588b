package emit

import (
	"bytes"
	"cmp"
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// symbol is a name of the framework or of the standard library: an import path, a dot, the name.
type symbol string

func (s symbol) split() (path, name string) {
	i := strings.LastIndexByte(string(s), '.')
	return string(s[:i]), string(s[i+1:])
}

// file is one file in the making.
type file struct {
	*writer
	name  string
	doc   string // of the package
	build string // constraint
	body  bytes.Buffer
	used  map[string]bool // paths of imports
}

// p writes a line. What is passed as a symbol, type or object is written as the file names it.
func (f *file) p(format string, args ...any) {
	shown := make([]any, len(args))
	for i, a := range args {
		shown[i] = f.show(a)
	}
	fmt.Fprintf(&f.body, format, shown...)
	f.body.WriteByte('\n')
}

// s is p as an expression.
func (f *file) s(format string, args ...any) string {
	shown := make([]any, len(args))
	for i, a := range args {
		shown[i] = f.show(a)
	}
	return fmt.Sprintf(format, shown...)
}

func (f *file) show(a any) any {
	switch a := a.(type) {
	case symbol:
		path, name := a.split()
		return f.qualify(path, known(path)) + "." + name
	case types.Type:
		return f.typ(a)
	case types.Object:
		return f.object(a)
	}
	return a
}

// object names a declaration.
func (f *file) object(o types.Object) string {
	if o.Pkg() == nil || o.Pkg().Path() == f.path {
		return o.Name()
	}
	return f.qualify(o.Pkg().Path(), o.Pkg().Name()) + "." + o.Name()
}

// typ writes a type.
func (f *file) typ(t types.Type) string {
	return types.TypeString(nameableAliases(t), func(p *types.Package) string {
		if p.Path() == f.path {
			return ""
		}
		return f.qualify(p.Path(), p.Name())
	})
}

// qualify imports a package and returns its name in the file.
func (f *file) qualify(path, name string) string {
	f.used[path] = true
	return f.imports.local(path, name)
}

// comment writes a sentence, and the user's doc text below it.
func (f *file) comment(first, doc string) {
	f.p("// %s", first)
	doc = strings.TrimSpace(doc)
	if doc == "" {
		return
	}
	f.p("//")
	for line := range strings.Lines(doc) {
		f.p("%s", strings.TrimRight("// "+strings.TrimRight(line, "\n"), " \t"))
	}
}

// raw is the file, not yet formatted.
func (f *file) raw() []byte {
	var b bytes.Buffer
	b.WriteString(Header + "\n\n")
	if f.build != "" {
		b.WriteString("//go:build " + f.build + "\n\n")
	}
	if f.doc != "" {
		b.WriteString("// " + f.doc + "\n")
	}
	b.WriteString("package " + f.types.Name() + "\n\n")
	var groups [2][]string // of the standard library, and the others
	for _, path := range slices.Sorted(maps.Keys(f.used)) {
		line := strconv.Quote(path)
		if name := f.imports.local(path, ""); name != f.imports.real[path] {
			line = name + " " + line
		}
		i := 0
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
			i = 1
		}
		groups[i] = append(groups[i], line)
	}
	if len(f.used) > 0 {
		fmt.Fprintf(&b, "import (\n%s\n\n%s\n)\n\n", strings.Join(groups[0], "\n"), strings.Join(groups[1], "\n"))
	}
	b.Write(f.body.Bytes())
	return b.Bytes()
}

// imports gives every package that the generated package imports one name, the same in all its files. They are known when
// everything was written once; then all is written again.
type imports struct {
	real  map[string]string // names of the packages themselves, by path
	names map[string]string // nil the first time
}

func (i *imports) local(path, name string) string {
	if i.names != nil {
		return i.names[path]
	}
	if name != "" {
		i.real[path] = name
	}
	return i.real[path]
}

// choose settles the names. The framework's and the standard library's packages take theirs first, then the user's in the order
// of their paths. A package whose name is taken gets a number.
func (i *imports) choose(reserved *space) {
	taken := reserved.inner()
	rank := func(path string) int {
		if known(path) != "" {
			return 0
		}
		return 1
	}
	paths := slices.SortedFunc(maps.Keys(i.real), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
	i.names = map[string]string{}
	for _, path := range paths {
		name := i.real[path]
		if types.Universe.Lookup(name) != nil { // which generated code may use
			name += "pkg"
		}
		if path == pathCall {
			name += "s" // away from the type call
		}
		i.names[path] = taken.take(name)
	}
}

// nameableAliases replaces aliases that only their own package can name.
func nameableAliases(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Alias:
		if t.Obj().Pkg() != nil && !t.Obj().Exported() {
			return nameableAliases(t.Rhs())
		}
	case *types.Pointer:
		if e := nameableAliases(t.Elem()); e != t.Elem() {
			return types.NewPointer(e)
		}
	case *types.Slice:
		if e := nameableAliases(t.Elem()); e != t.Elem() {
			return types.NewSlice(e)
		}
	case *types.Array:
		if e := nameableAliases(t.Elem()); e != t.Elem() {
			return types.NewArray(e, t.Len())
		}
	case *types.Chan:
		if e := nameableAliases(t.Elem()); e != t.Elem() {
			return types.NewChan(t.Dir(), e)
		}
	case *types.Map:
		k, e := nameableAliases(t.Key()), nameableAliases(t.Elem())
		if k != t.Key() || e != t.Elem() {
			return types.NewMap(k, e)
		}
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, unnamed(t.Params()), unnamed(t.Results()), t.Variadic())
	}
	return t
}

// unnamed is a tuple without the names of its variables.
func unnamed(t *types.Tuple) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		vars[i] = types.NewVar(0, nil, "", nameableAliases(t.At(i).Type()))
	}
	return types.NewTuple(vars...)
}
