package inspect

import (
	"encoding/json"
	"go/types"
	"reflect"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// maxSample is how deep a sample goes into a type.
const maxSample = 6

// Sample returns JSON of the form that a function decodes from a body or a payload, with made-up values: of a struct every
// field that is read from JSON. It is nil for a function that decodes nothing, as it takes no input, bytes, or the event of
// its trigger.
func (a *Application) Sample(function string) ([]byte, error) {
	for _, f := range a.graph.App.Functions {
		if f.Name != function || f.Input != model.BoundInput {
			continue
		}
		v, ok := sample(f.In, nil)
		if !ok {
			return nil, nil
		}
		return json.Marshal(v)
	}
	return nil, nil
}

// sample is a value that encodes to JSON which a value of t can be decoded from, false where there is none.
func sample(t types.Type, above []types.Type) (any, bool) {
	t = types.Unalias(t)
	if len(above) > maxSample {
		return nil, false
	}
	for _, outer := range above {
		if types.Identical(outer, t) {
			return nil, false
		}
	}
	above = append(above[:len(above):len(above)], t)
	if named, ok := t.(*types.Named); ok {
		switch name := named.Obj(); {
		case name.Pkg() != nil && name.Pkg().Path() == "time" && name.Name() == "Time":
			return "2026-01-02T03:04:05Z", true
		case name.Pkg() != nil && name.Pkg().Path() == "encoding/json" && name.Name() == "RawMessage":
			return struct{}{}, true
		case reads(t, "UnmarshalJSON"), reads(t, "UnmarshalText"):
			return nil, false // in whatever form
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return "text", true
		case u.Info()&types.IsNumeric != 0 && u.Info()&types.IsComplex == 0:
			return 1, true
		case u.Info()&types.IsBoolean != 0:
			return true, true
		}
	case *types.Pointer:
		return sample(u.Elem(), above)
	case *types.Slice:
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Byte {
			return []byte("text"), true
		}
		return sampleList(u.Elem(), 1, above)
	case *types.Array:
		return sampleList(u.Elem(), u.Len(), above)
	case *types.Map:
		if k, ok := u.Key().Underlying().(*types.Basic); ok && k.Info()&types.IsString != 0 && !reads(u.Key(), "UnmarshalText") {
			if v, ok := sample(u.Elem(), above); ok {
				return map[string]any{"key": v}, true
			}
		}
		return struct{}{}, true
	case *types.Struct:
		fields := map[string]any{}
		sampleFields(u, fields, above)
		return fields, true
	}
	return nil, false
}

func sampleList(elem types.Type, n int64, above []types.Type) (any, bool) {
	v, ok := sample(elem, above)
	if !ok || n > 16 {
		return []any{}, true
	}
	list := make([]any, n)
	for i := range list {
		list[i] = v
	}
	return list, true
}

// sampleFields fills in the fields that are read from JSON, those of embedded structs too. A field that comes from another
// part of a request is left out, as is one of an unknown type.
func sampleFields(s *types.Struct, fields map[string]any, above []types.Type) {
	for i := range s.NumFields() {
		f, tag := s.Field(i), reflect.StructTag(s.Tag(i))
		text, tagged := tag.Lookup("json")
		name, options, _ := strings.Cut(text, ",")
		if text == "-" || elsewhere(tag, tagged) {
			continue
		}
		if inner, ok := embedded(f); ok && name == "" {
			if len(above) <= maxSample {
				sampleFields(inner, fields, append(above[:len(above):len(above)], f.Type()))
			}
			continue
		}
		if !f.Exported() {
			continue
		}
		v, ok := sample(f.Type(), above)
		if !ok {
			continue
		}
		if tagged && strings.Contains(","+options+",", ",string,") {
			if b, err := json.Marshal(v); err == nil {
				v = string(b)
			}
		}
		if name == "" {
			name = f.Name()
		}
		fields[name] = v
	}
}

// embedded is the struct that a field embeds.
func embedded(f *types.Var) (*types.Struct, bool) {
	if !f.Embedded() {
		return nil, false
	}
	t := types.Unalias(f.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if reads(t, "UnmarshalJSON") || reads(t, "UnmarshalText") {
		return nil, false
	}
	s, ok := t.Underlying().(*types.Struct)
	return s, ok
}

// elsewhere reports whether a request's binder takes the field from anywhere but a JSON body. A field of forms may come from JSON as well.
func elsewhere(tag reflect.StructTag, saysJSON bool) bool {
	for _, in := range []string{"path", "query", "header", "cookie", "file"} {
		if _, ok := tag.Lookup(in); ok {
			return true
		}
	}
	_, ofForms := tag.Lookup("form")
	return ofForms && !saysJSON
}

// reads reports whether a pointer to t has a method of that name.
func reads(t types.Type, name string) bool {
	if _, ok := t.Underlying().(*types.Interface); ok {
		return false
	}
	found, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, nil, name)
	_, ok := found.(*types.Func)
	return ok
}
