package native

import (
	"bytes"
	"fmt"
	"go/types"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/injector"
)

// file is one wire_gen.go in the making.
type file struct {
	pkg     *types.Package
	imports map[string]imported // by path
	body    bytes.Buffer
}

type imported struct {
	name    string
	renamed bool
}

// qualify names a package in a type expression, importing it if need be.
func (f *file) qualify(p *types.Package) string {
	if p.Path() == f.pkg.Path() {
		return ""
	}
	i, ok := f.imports[p.Path()]
	if !ok {
		i.name = free(p.Name(), func(n string) bool { return n == "err" || f.taken(n) })
		i.renamed = i.name != p.Name()
		f.imports[p.Path()] = i
	}
	return i.name
}

// taken reports whether name means something in the file already: an import, a declaration or a predeclared name.
func (f *file) taken(name string) bool {
	for _, i := range f.imports {
		if i.name == name {
			return true
		}
	}
	return f.pkg.Scope().Lookup(name) != nil || types.Universe.Lookup(name) != nil
}

// locals are the names used inside one injector.
type locals struct {
	file     *file
	err      string
	params   []string
	values   []string
	cleanups []string
}

func (l *locals) taken(name string) bool {
	if name == l.err {
		return true
	}
	for _, names := range [][]string{l.params, l.values, l.cleanups} {
		for _, n := range names {
			if n == name {
				return true
			}
		}
	}
	return l.file.taken(name)
}

func (l *locals) arg(i int) string {
	if i < len(l.params) {
		return l.params[i]
	}
	return l.values[i-len(l.params)]
}

// undo calls the first n cleanups, the last first.
func (l *locals) undo(n int) string {
	var b strings.Builder
	for i := n - 1; i >= 0; i-- {
		b.WriteString("\t\t" + l.cleanups[i] + "()\n")
	}
	return b.String()
}

// injector returns the text of one function.
func (f *file) injector(in *injector.Injector, calls []call) string {
	var b strings.Builder
	for _, line := range in.Doc {
		b.WriteString(line + "\n")
	}
	l := &locals{file: f, err: free("err", f.taken)}
	b.WriteString("func " + in.Name + "(")
	for i, p := range in.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		l.params = append(l.params, free(p.Name(), l.taken))
		b.WriteString(l.params[i] + " " + types.TypeString(p.Type(), f.qualify))
	}
	results := types.TypeString(in.Out, f.qualify)
	if in.Cleanup {
		results += ", func()"
	}
	if in.Err {
		results += ", error"
	}
	if in.Cleanup || in.Err {
		results = "(" + results + ")"
	}
	b.WriteString(") " + results + " {\n")
	for _, c := range calls {
		f.call(&b, l, in, c)
	}
	b.WriteString("\treturn " + l.values[len(l.values)-1])
	if in.Cleanup {
		b.WriteString(", func() {\n" + l.undo(len(l.cleanups)) + "\t}")
	}
	if in.Err {
		b.WriteString(", nil")
	}
	b.WriteString("\n}\n\n")
	return b.String()
}

func (f *file) call(b *strings.Builder, l *locals, in *injector.Injector, c call) {
	p := c.provider
	l.values = append(l.values, local(c.out, l.taken))
	b.WriteString("\t" + l.values[len(l.values)-1])
	args := make([]string, len(c.args))
	for i, a := range c.args {
		args[i] = l.arg(a)
	}
	name := p.Name
	if p.Package != nil && p.Package.Path() != f.pkg.Path() {
		name = f.qualify(p.Package) + "." + name
	}
	switch {
	case p.Field != "":
		fmt.Fprintf(b, " := %s.%s\n", args[0], p.Field)
		return
	case p.Struct:
		b.WriteString(" := &" + name + "{\n")
		for i, field := range p.Fields {
			fmt.Fprintf(b, "\t\t%s: %s,\n", field, args[i])
		}
		b.WriteString("\t}\n")
		return
	}
	before := len(l.cleanups)
	if p.Cleanup {
		l.cleanups = append(l.cleanups, free("cleanup", l.taken))
		b.WriteString(", " + l.cleanups[before])
	}
	if p.Err {
		b.WriteString(", " + l.err)
	}
	fmt.Fprintf(b, " := %s(%s)\n", name, strings.Join(args, ", "))
	if !p.Err {
		return
	}
	fmt.Fprintf(b, "\tif %s != nil {\n%s\t\treturn %s", l.err, l.undo(before), zero(in.Out, f.qualify))
	if in.Cleanup {
		b.WriteString(", nil")
	}
	b.WriteString(", err\n\t}\n")
}

// zero is the shortest expression of a type's zero value.
func zero(t types.Type, q types.Qualifier) string {
	switch u := t.Underlying().(type) {
	case *types.Array, *types.Struct:
		return types.TypeString(t, q) + "{}"
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return "false"
		case u.Info()&types.IsNumeric != 0:
			return "0"
		case u.Info()&types.IsString != 0:
			return `""`
		}
	}
	return "nil"
}
