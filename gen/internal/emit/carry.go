package emit

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// Values of a call in process are copied. A type whose copy equals what JSON would make of it is copied by code: assigned, with a
// function of package carry for each part that assigning shares, or that JSON may refuse. All others go through JSON.

// carrier decides on types.
type carrier struct {
	path string       // of the package that names the types, "" where they have been looked at
	open []types.Type // the structs that are being looked at
}

// toCarry says what has to be done with a copy of a type.
type toCarry struct {
	fields  []carriedField
	dropped bool // the struct has fields that JSON leaves out
	plain   bool // nothing: it is assigned
}

type carriedField struct {
	v     *types.Var
	empty bool // omitempty
}

// jsonOnly is the reason why values of a type go through JSON, "" if they are copied by code.
func (w *writer) jsonOnly(t types.Type) string {
	_, reason := (&carrier{path: w.path}).look(t)
	return reason
}

// importable reports whether a package may import another: one in a folder internal is for those next to it.
func importable(by, other string) bool {
	i := strings.LastIndex("/"+other+"/", "/internal/")
	return i < 0 || by == "" || strings.HasPrefix("/"+by+"/", ("/" + other)[:i]+"/")
}

// byAssigning reports whether values of a type are copied by assigning them.
func byAssigning(t types.Type) bool {
	plain, reason := new(carrier).look(t)
	return plain && reason == ""
}

// ownForm are the methods by which a type has its own form in JSON.
const ownForm = "MarshalJSON UnmarshalJSON MarshalText UnmarshalText MarshalJSONTo UnmarshalJSONFrom"

// look reports whether a type is copied by assigning, and why not by code at all.
func (c *carrier) look(t types.Type) (plain bool, reason string) {
	t = types.Unalias(t)
	if n, ok := t.(*types.Named); ok {
		for name := range strings.FieldsSeq(ownForm) {
			if o, _, _ := types.LookupFieldOrMethod(n, true, nil, name); o != nil {
				return false, shortType(t) + " has " + name
			}
		}
		if p := n.Obj().Pkg(); p != nil && p.Path() == "encoding/json" {
			return false, "JSON treats " + shortType(t) + " as its own"
		}
	}
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil && !importable(c.path, n.Obj().Pkg().Path()) {
		return false, shortType(t) + " is internal to its package"
	}
	if !nameable(t) {
		return false, shortType(t) + " is not exported"
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&(types.IsBoolean|types.IsInteger) != 0 && u.Kind() != types.Uintptr:
			return true, ""
		case u.Info()&(types.IsString|types.IsFloat) != 0:
			return false, ""
		}
	case *types.Slice:
		_, reason := c.look(u.Elem())
		return false, reason
	case *types.Array:
		return c.look(u.Elem())
	case *types.Map:
		key, ok := u.Key().Underlying().(*types.Basic)
		if !ok || key.Info()&types.IsString == 0 {
			return false, "a key of " + shortType(t) + " is no string"
		}
		if _, reason := c.look(u.Key()); reason != "" {
			return false, reason
		}
		_, reason := c.look(u.Elem())
		return false, reason
	case *types.Pointer:
		if _, named := t.(*types.Named); named {
			return false, shortType(t) + " is a pointer"
		}
		switch u.Elem().Underlying().(type) {
		case *types.Pointer, *types.Slice, *types.Map, *types.Interface:
			return false, shortType(t) + " points to what may be null itself"
		}
		_, reason := c.look(u.Elem())
		return false, reason
	case *types.Struct:
		if _, named := t.(*types.Named); !named {
			return false, "a struct has no name"
		}
		if slices.ContainsFunc(c.open, func(o types.Type) bool { return types.Identical(o, t) }) {
			return false, shortType(t) + " contains itself"
		}
		c.open = append(c.open, t)
		defer func() { c.open = c.open[:len(c.open)-1] }()
		s, reason := c.fields(t, u)
		return s.plain, reason
	}
	return false, "JSON does not copy " + shortType(t)
}

// plainName reports whether a name of a member is one that JSON takes as it is.
func plainName(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return !(r == '_' || r == '.' || r == '-' || r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)))
	})
}

// fields looks at those of a struct.
func (c *carrier) fields(t types.Type, u *types.Struct) (s toCarry, reason string) {
	s.plain = true
	names := map[string]bool{}
	for i := range u.NumFields() {
		v := u.Field(i)
		field := "field " + v.Name() + " of " + shortType(t)
		if v.Embedded() {
			return s, field + " is embedded"
		}
		tag := reflect.StructTag(u.Tag(i)).Get("json")
		if !v.Exported() || tag == "-" {
			s.dropped, s.plain = true, false
			continue
		}
		options := strings.Split(tag, ",")
		name := or(options[0], v.Name())
		if slices.Contains(options[1:], "string") || slices.Contains(options[1:], "omitzero") || !plainName(name) || names[name] {
			return s, fmt.Sprintf("%s has the tag json:%q", field, tag)
		}
		names[name] = true
		plain, why := c.look(v.Type())
		if why != "" {
			return s, why
		}
		s.plain = s.plain && plain
		s.fields = append(s.fields, carriedField{v, slices.Contains(options[1:], "omitempty")})
	}
	return s, ""
}

// shortType names a type in a reason: price.Request.
func shortType(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string { return p.Name() })
}

// carry is the function that carries values of a type, nil for those that are assigned. Functions of structs are declared later, by
// carryFunctions.
func (f *file) carry(t types.Type) string {
	if byAssigning(t) {
		return "nil"
	}
	call := f.carryCall("*v", t, false)
	if name, ok := strings.CutSuffix(call, "(v)"); ok && !strings.ContainsAny(name, " (") {
		return name
	}
	return f.s("func(v *%s) bool { return %s }", t, call)
}

// carryCall is the call that carries a part of a value.
func (f *file) carryCall(expr string, t types.Type, empty bool) string {
	address := "&" + expr
	if v, ok := strings.CutPrefix(expr, "*"); ok {
		address = v
	}
	suffix := ""
	if empty {
		suffix = "OrNil"
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return f.s("%s(%s)", symCarryText, address)
		}
		return f.s("%s(%s)", symCarryNumber, address)
	case *types.Slice:
		return f.s("%s(%s, %s)", symCarrySlice+symbol(suffix), address, f.carry(u.Elem()))
	case *types.Array:
		return f.s("%s(%s[:], %s)", symCarryEach, strings.TrimPrefix(expr, "*"), f.carry(u.Elem()))
	case *types.Map:
		return f.s("%s(%s, %s)", symCarryMap+symbol(suffix), address, f.carry(u.Elem()))
	case *types.Pointer:
		if byAssigning(u.Elem()) {
			return f.s("%s(%s)", symCarryPlain, address)
		}
		return f.s("%s(%s, %s)", symCarryPointer, address, f.carry(u.Elem()))
	}
	return f.carryFunction(t) + "(" + address + ")"
}

// carryFunction is the name of the function that carries a struct.
func (w *writer) carryFunction(t types.Type) string {
	for _, c := range w.carried {
		if types.Identical(c.t, t) {
			return c.name
		}
	}
	name := w.declared.take("carry" + model.Title(typeIdent(t)))
	w.carried = append(w.carried, carriedStruct{t, name})
	return name
}

// carriedStruct is a struct with the function that carries it.
type carriedStruct struct {
	t    types.Type
	name string
}

// carryFunctions declares the functions that were named, and those that these name.
func (w *writer) carryFunctions(f *file) {
	for i := 0; i < len(w.carried); i++ {
		t := w.carried[i].t
		s, _ := new(carrier).fields(t, t.Underlying().(*types.Struct))
		f.comment(w.carried[i].name+" carries a "+w.describe(t)+" as JSON would.", "")
		f.p("func %s(v *%s) bool {", w.carried[i].name, t)
		var kept, calls []string
		for _, c := range s.fields {
			expr := "v." + c.v.Name()
			kept = append(kept, c.v.Name()+": "+expr)
			if !byAssigning(c.v.Type()) {
				calls = append(calls, f.carryCall(expr, c.v.Type(), c.empty))
			}
		}
		if s.dropped {
			f.p("*v = %s{%s}", t, strings.Join(kept, ", "))
		}
		if calls == nil {
			calls = []string{"true"}
		}
		f.p("return %s", strings.Join(calls, " &&\n"))
		f.p("}")
		f.p("")
	}
}
