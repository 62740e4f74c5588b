package wirecmd

import (
	"cmp"
	"fmt"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/injector"
)

// module is the skeleton's module path. Every import path of the real code goes below it, the standard library's too.
const module = "skeleton"

const goMod = `module ` + module + `

go 1.26

require github.com/google/wire v0.0.0

replace github.com/google/wire => ./_wire
`

// stub stands for Wire's own package. Wire looks at bindToUsePointer to know which Bind is meant.
const stub = `package wire

type Binding struct{}

func Build(...any) string { return "" }

func Bind(iface, to any) Binding { return Binding{} }

type StructProvider struct{}

func Struct(structType any, fieldNames ...string) StructProvider { return StructProvider{} }

type StructFields struct{}

func FieldsOf(structType any, fieldNames ...string) StructFields { return StructFields{} }

const bindToUsePointer = true
`

// skeleton returns the module's files.
func skeleton(packages []*injector.Package) (map[string][]byte, error) {
	s := &shape{packages: map[string]*shapePackage{}}
	files := map[string][]byte{
		"go.mod":        []byte(goMod),
		"_wire/go.mod":  []byte("module github.com/google/wire\n\ngo 1.26\n"),
		"_wire/wire.go": []byte(stub),
	}
	for _, p := range packages {
		source, err := reimport(p.Source)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", injector.Source, p.Types.Path(), err)
		}
		files[p.Types.Path()+"/"+injector.Source] = source
		s.unit(p)
	}
	for path, p := range s.packages {
		files[path+"/skeleton.go"] = p.source()
	}
	return files, nil
}

// reimport moves the imports of a file below the skeleton's module.
func reimport(source []byte) ([]byte, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", source, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var out []byte
	last := 0
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if path == "github.com/google/wire" {
			continue
		}
		at := fset.Position(spec.Path.Pos()).Offset + 1
		out = append(append(out, source[last:at]...), module+"/"...)
		last = at
	}
	return append(out, source[last:]...), nil
}

// shape collects what the skeleton has to declare.
type shape struct {
	packages map[string]*shapePackage
}

type shapePackage struct {
	*types.Package
	shape    *shape
	imports  map[string]string            // local name by path
	declared map[string]string            // text by identifier
	structs  map[string]map[string]string // types of fields, by struct and name
}

func (s *shape) in(p *types.Package) *shapePackage {
	sp := s.packages[p.Path()]
	if sp == nil {
		sp = &shapePackage{Package: p, shape: s, imports: map[string]string{}, declared: map[string]string{}, structs: map[string]map[string]string{}}
		s.packages[p.Path()] = sp
	}
	return sp
}

// unit declares what the package of a unit declares: the functions that injectors call with their signatures, everything
// else by name.
func (s *shape) unit(p *injector.Package) {
	sp := s.in(p.Types)
	skip := map[string]bool{}
	for _, in := range p.Injectors {
		skip[in.Name] = true
		s.mention(in.Out)
		for _, v := range in.Params {
			s.mention(v.Type())
		}
		for _, b := range in.Bindings {
			s.mention(b.Interface)
			s.mention(b.Concrete)
		}
	}
	for _, in := range p.Injectors {
		for _, f := range in.Providers {
			switch {
			case f.Field != "":
				s.fields(sp, f.Params[0], []string{f.Field}, []types.Type{f.Out})
			case f.Struct:
				s.fields(s.in(f.Package), f.Out, f.Fields, f.Params)
			case f.Package != nil:
				s.function(s.in(f.Package), f)
			case !skip[f.Name]:
				s.function(sp, f)
			}
		}
	}
	for _, name := range p.Types.Scope().Names() {
		if o, isType := p.Types.Scope().Lookup(name).(*types.TypeName); isType {
			s.mention(o.Type())
		} else if !skip[name] && sp.declared[name] == "" {
			sp.declared[name] = "var " + name + " int"
		}
	}
}

// function declares a function that an injector calls.
func (s *shape) function(sp *shapePackage, f *injector.Provider) {
	if sp.declared[f.Name] != "" {
		return
	}
	var params []*types.Var
	for _, t := range f.Params {
		s.mention(t)
		params = append(params, types.NewParam(token.NoPos, nil, "", t))
	}
	s.mention(f.Out)
	sig := injector.Signature(params, f.Out, f.Cleanup, f.Err)
	text := strings.TrimPrefix(types.TypeString(sig, sp.qualify), "func")
	sp.declared[f.Name] = "func " + f.Name + text + ` { panic("") }`
}

// fields gives a struct, of which t is a pointer, the fields that an injector fills or reads.
func (s *shape) fields(sp *shapePackage, t types.Type, names []string, of []types.Type) {
	o := types.Unalias(types.Unalias(t).(*types.Pointer).Elem()).(*types.Named).Obj()
	if sp.structs[o.Name()] == nil {
		sp.structs[o.Name()] = map[string]string{}
	}
	for i, name := range names {
		s.mention(of[i])
		sp.structs[o.Name()][name] = types.TypeString(of[i], sp.qualify)
	}
	s.named(o.Type().(*types.Named))
}

// mention declares the named types in t in their packages.
func (s *shape) mention(t types.Type) {
	switch t := t.(type) {
	case *types.Named:
		s.named(t)
	case *types.Alias:
		for a := range t.TypeArgs().Types() {
			s.mention(a)
		}
		if o := t.Obj(); o.Pkg() != nil {
			p := s.in(o.Pkg())
			if p.declared[o.Name()] == "" {
				p.declared[o.Name()] = "type " + o.Name() // breaks cycles
				rhs := t.Origin().Rhs()
				s.mention(rhs)
				p.declared[o.Name()] = "type " + o.Name() + parameters(t) + " = " + types.TypeString(rhs, p.qualify)
			}
		}
	case *types.Map:
		s.mention(t.Key())
		s.mention(t.Elem())
	case interface{ Elem() types.Type }:
		s.mention(t.Elem())
	case *types.Signature:
		for v := range t.Params().Variables() {
			s.mention(v.Type())
		}
		for v := range t.Results().Variables() {
			s.mention(v.Type())
		}
	case *types.Struct:
		for f := range t.Fields() {
			s.mention(f.Type())
		}
	case *types.Interface:
		for e := range t.EmbeddedTypes() {
			s.mention(e)
		}
		for m := range t.ExplicitMethods() {
			s.mention(m.Type())
		}
	}
}

// parameters are the type parameters of an alias by the names that it uses, with as much of their constraints as keys of
// maps need.
func parameters(t *types.Alias) string {
	var list []string
	for p := range t.Origin().TypeParams().TypeParams() {
		constraint := " any"
		if types.Comparable(p) {
			constraint = " comparable"
		}
		list = append(list, p.Obj().Name()+constraint)
	}
	if list == nil {
		return ""
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// named declares a type whose zero value is written like the real one's; nothing else of it matters.
func (s *shape) named(t *types.Named) {
	for a := range t.TypeArgs().Types() {
		s.mention(a)
	}
	o := t.Obj()
	if o.Pkg() == nil {
		return
	}
	var params string
	if n := t.TypeParams().Len(); n > 0 {
		names := make([]string, n)
		for i := range names {
			names[i] = "T" + strconv.Itoa(i)
		}
		params = "[" + strings.Join(names, ", ") + " any]"
	}
	body := "[]int"
	switch u := t.Underlying().(type) {
	case *types.Struct, *types.Array:
		body = "struct {"
		fields := s.in(o.Pkg()).structs[o.Name()]
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			body += "\n\t" + name + " " + fields[name]
		}
		if body += "}"; len(fields) > 0 {
			body = body[:len(body)-1] + "\n}"
		}
	case *types.Interface:
		body = "interface{}"
	case *types.Basic:
		body = u.Name()
	}
	s.in(o.Pkg()).declared[o.Name()] = "type " + o.Name() + params + " " + body
}

// qualify names another package of the skeleton.
func (p *shapePackage) qualify(other *types.Package) string {
	if other.Path() == p.Path() {
		return ""
	}
	name := p.imports[other.Path()]
	if name == "" {
		name = "import_" + strconv.Itoa(len(p.imports))
		p.imports[other.Path()] = name
	}
	return name
}

func (p *shapePackage) source() []byte {
	var b strings.Builder
	b.WriteString("package " + p.Name() + "\n\n")
	for _, path := range slices.SortedFunc(maps.Keys(p.imports), cmp.Compare) {
		fmt.Fprintf(&b, "import %s %q\n", p.imports[path], module+"/"+path)
	}
	for _, name := range slices.Sorted(maps.Keys(p.declared)) {
		b.WriteString("\n" + p.declared[name] + "\n")
	}
	return []byte(b.String())
}
