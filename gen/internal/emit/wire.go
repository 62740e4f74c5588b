package emit

import (
	"strings"

	"github.com/faasgen/faasgen/gen/internal/injector"
)

// wireFile writes wire.go: the declarations of the injectors, for Wire and for those who read.
func (w *writer) wireFile() *file {
	f := w.file(injector.Source)
	f.build = "wireinject"
	for _, in := range w.injectors {
		w.declaration(f, in)
	}
	return f
}

// declaration writes the declaration of one injector, whose body tells Wire what to use.
func (w *writer) declaration(f *file, in *injector.Injector) {
	var set, fields []string
	for _, p := range in.Providers {
		switch {
		case p.Field != "":
			fields = append(fields, f.s("%q", p.Field))
		case p.Struct:
			args := []string{f.s("new(%s)", pointee(p.Out))}
			for _, name := range p.Fields {
				args = append(args, f.s("%q", name))
			}
			set = append(set, f.s("%s(%s)", symWireStruct, strings.Join(args, ", ")))
		case p.Package != nil:
			set = append(set, f.qualify(p.Package.Path(), p.Package.Name())+"."+p.Name)
		default:
			set = append(set, p.Name)
		}
	}
	if fields != nil {
		set = append([]string{f.s("%s(new(*call), %s)", symWireFields, strings.Join(fields, ", "))}, set...)
	}
	for _, b := range in.Bindings {
		set = append(set, f.s("%s(new(%s), new(%s))", symWireBind, b.Interface, b.Concrete))
	}
	for _, line := range in.Doc {
		f.p("%s", line)
	}
	var params []string
	for _, p := range in.Params {
		params = append(params, f.s("%s %s", p.Name(), p.Type()))
	}
	results := f.typ(in.Out)
	if in.Cleanup {
		results += ", func()"
	}
	f.p("func %s(%s) (%s, error) {", in.Name, strings.Join(params, ", "), results)
	f.p("panic(%s(%s))", symWireBuild, strings.Join(set, ", "))
	f.p("}")
	f.p("")
}
