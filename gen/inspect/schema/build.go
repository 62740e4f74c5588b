package schema

import (
	"go/types"
	"strings"
)

// events is where the types of events are.
const events = "github.com/faasgen/faasgen/framework/trigger/"

// known are types whose JSON is documented, though a method of theirs writes it.
func known(path string) *Schema {
	switch path {
	case "time.Time":
		return &Schema{Types: []string{"string"}, Format: "date-time"}
	case "encoding/json.RawMessage":
		return &Schema{}
	case "encoding/json.Number":
		return &Schema{Types: []string{"number"}}
	case "math/big.Int":
		return &Schema{Types: []string{"integer"}, Big: true}
	}
	return nil
}

func (s *Set) of(t types.Type) *Schema {
	t = types.Unalias(t)
	named, ok := t.(*types.Named)
	if !ok {
		return s.structure(t, nil)
	}
	name := named.Obj()
	if name.Pkg() != nil {
		if k := known(name.Pkg().Path() + "." + name.Name()); k != nil {
			return k
		}
	}
	switch {
	case name.Pkg() != nil && strings.HasPrefix(name.Pkg().Path(), events): // which read other forms of themselves, too
		return s.define(named, func() *Schema { return s.structure(named.Underlying(), name) })
	case method(t, "MarshalJSON") || method(t, "UnmarshalJSON"):
		s.find(name, "type %s writes or reads its JSON itself, which no schema can tell: it is {} in the contract", name.Name())
		return &Schema{}
	case method(t, "MarshalText") || method(t, "UnmarshalText"):
		return s.described(&Schema{Types: []string{"string"}}, name)
	}
	switch named.Underlying().(type) {
	case *types.Basic:
		values, names := s.enum(named)
		if values == nil {
			return s.described(s.structure(named.Underlying(), name), name)
		}
		return s.define(named, func() *Schema {
			e := s.structure(named.Underlying(), name)
			e.Enum, e.EnumNames = values, names
			e.Format, e.Minimum, e.Maximum = "", nil, nil // the values say more
			return e
		})
	case *types.Struct, *types.Slice, *types.Map, *types.Array, *types.Pointer:
		return s.define(named, func() *Schema { return s.structure(named.Underlying(), name) })
	}
	return s.structure(named.Underlying(), name)
}

// define returns a reference to the definition of a type, which build makes when it is first needed.
func (s *Set) define(named *types.Named, build func() *Schema) *Schema {
	key := definitionKey{types.TypeString(named, nil), s.rules && ruled(named, map[types.Type]bool{})}
	d := s.byKey[key]
	if d == nil {
		d = &Definition{key: key}
		s.byKey[key] = d
		before := s.rules
		s.rules = key.rules
		d.Schema = s.described(build(), named.Obj())
		s.rules = before
	}
	return &Schema{Ref: d}
}

// described adds the doc comment of a type.
func (s *Set) described(of *Schema, name types.Object) *Schema {
	if doc := s.docs.of(name); doc != "" && of.Ref == nil {
		of.Description, of.Deprecated = doc, deprecated(doc)
	}
	return of
}

// structure describes a type that has no name, or what a named one is made of.
func (s *Set) structure(t types.Type, name types.Object) *Schema {
	if s.above[t] { // as only code that does not compile has it
		return &Schema{}
	}
	s.above[t] = true
	defer delete(s.above, t)
	switch t := t.(type) {
	case *types.Basic:
		return s.basic(t, name)
	case *types.Pointer:
		return s.of(t.Elem()).Nullable()
	case *types.Interface:
		return &Schema{}
	case *types.Slice:
		if octets(t.Elem()) {
			return (&Schema{Types: []string{"string"}, ContentEncoding: "base64"}).Nullable()
		}
		return (&Schema{Types: []string{"array"}, Items: s.of(t.Elem())}).Nullable() // nil is null
	case *types.Array:
		n := t.Len()
		return &Schema{Types: []string{"array"}, Items: s.of(t.Elem()), MinItems: &n, MaxItems: &n}
	case *types.Map:
		if !key(t.Key()) {
			s.find(name, "encoding/json writes no map with keys of type %s", types.TypeString(t.Key(), qualify))
			return &Schema{}
		}
		return (&Schema{Types: []string{"object"}, Additional: s.of(t.Elem())}).Nullable()
	case *types.Struct:
		return s.object(t, nil)
	case *types.Named:
		return s.of(t)
	}
	s.find(name, "encoding/json writes no values of type %s", types.TypeString(t, qualify))
	return &Schema{}
}

func qualify(p *types.Package) string { return p.Name() }

func (s *Set) basic(t *types.Basic, name types.Object) *Schema {
	number := func(kind, format string, unsigned bool) *Schema {
		n := &Schema{Types: []string{kind}, Format: format}
		if unsigned {
			n.Minimum = new(float64)
		}
		return n
	}
	switch t.Kind() {
	case types.Bool, types.UntypedBool:
		return &Schema{Types: []string{"boolean"}}
	case types.String, types.UntypedString:
		return &Schema{Types: []string{"string"}}
	case types.Int, types.Int64:
		return number("integer", "int64", false)
	case types.Int32:
		return number("integer", "int32", false)
	case types.Int8, types.Int16, types.UntypedInt, types.UntypedRune:
		return number("integer", "", false)
	case types.Uint, types.Uint64, types.Uintptr, types.Uint8, types.Uint16, types.Uint32:
		return number("integer", "", true)
	case types.Float32:
		return number("number", "float", false)
	case types.Float64, types.UntypedFloat:
		return number("number", "double", false)
	}
	if t.Kind() != types.Invalid { // which has been reported
		s.find(name, "encoding/json writes no values of type %s", t.Name())
	}
	return &Schema{}
}

// object describes a struct, without the fields whose selectors leave says.
func (s *Set) object(st *types.Struct, leave func(path string) bool) *Schema {
	o := &Schema{Types: []string{"object"}, Properties: []Property{}}
	for _, f := range fieldsOf(st) {
		if leave != nil && leave(f.path) {
			continue
		}
		p := s.property(f)
		if !f.omit && !f.optional {
			o.Required = append(o.Required, f.name)
		}
		o.Properties = append(o.Properties, Property{f.name, p})
	}
	return o
}

// property describes the values of a field.
func (s *Set) property(f field) *Schema {
	t, before := types.Unalias(f.v.Type()), s.field
	s.field = f.v
	p := s.of(t)
	s.field = before
	if f.omit { // what would be null is left out
		p = nonNull(p)
	}
	if f.quoted {
		p = quoted(t, p)
	}
	if s.rules {
		p = s.ruled(p, t, f.tag.Get("validate"))
	}
	doc := s.docs.of(f.v)
	if doc == "" {
		return p
	}
	described := *p
	described.Description, described.Deprecated = doc, deprecated(doc)
	return &described
}

// nonNull is a schema without null, as far as it says so itself.
func nonNull(p *Schema) *Schema {
	switch {
	case len(p.Types) > 1 && p.Types[len(p.Types)-1] == "null":
		q := *p
		q.Types = p.Types[:len(p.Types)-1]
		if n := len(p.Enum); n > 0 && p.Enum[n-1] == nil {
			q.Enum = p.Enum[:n-1]
		}
		return &q
	case len(p.AnyOf) == 2 && p.AnyOf[1].null() && p.AnyOf[0].Ref != nil:
		return p.AnyOf[0]
	}
	return p
}

// quoted is the schema of a field with the option string: what is a number or a bool is written as text.
func quoted(t types.Type, p *Schema) *Schema {
	optional := false
	if ptr, ok := t.(*types.Pointer); ok {
		t, optional = types.Unalias(ptr.Elem()), p.null()
	}
	b, ok := t.Underlying().(*types.Basic)
	if !ok || method(t, "MarshalJSON") || b.Info()&(types.IsString|types.IsNumeric|types.IsBoolean) == 0 || b.Info()&types.IsComplex != 0 {
		return p
	}
	q := &Schema{Types: []string{"string"}}
	if optional {
		q = q.Nullable()
	}
	return q
}

// octets reports whether a slice of a type is written as base64.
func octets(elem types.Type) bool {
	b, ok := elem.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Uint8 && !method(elem, "MarshalJSON") && !method(elem, "MarshalText")
}

// key reports whether encoding/json takes a type for keys of maps.
func key(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsString|types.IsInteger) != 0 || method(t, "MarshalText")
}

// method reports whether a type, or a pointer to it, has a method of encoding/json or encoding with its signature.
func method(t types.Type, name string) bool {
	if _, ok := t.Underlying().(*types.Interface); ok {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	f, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	sig, bytes := f.Signature(), func(v *types.Var) bool {
		slice, ok := v.Type().Underlying().(*types.Slice)
		return ok && octet(slice.Elem())
	}
	if strings.HasPrefix(name, "Un") {
		return sig.Params().Len() == 1 && sig.Results().Len() == 1 && bytes(sig.Params().At(0))
	}
	return sig.Params().Len() == 0 && sig.Results().Len() == 2 && bytes(sig.Results().At(0))
}

func octet(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Uint8
}
