package collect

import (
	"go/types"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// structOf is a struct, or the one that a pointer points to.
func structOf(t types.Type) (*types.Struct, bool) {
	if e := pointee(t); e != nil {
		t = e
	}
	st, ok := t.Underlying().(*types.Struct)
	return st, ok
}

// fieldIndex is the index of a field, -1 if the struct has none of that name.
func fieldIndex(st *types.Struct, name string) int {
	for i := range st.NumFields() {
		if st.Field(i).Name() == name {
			return i
		}
	}
	return -1
}

// leads reports whether code of another package that writes a selector behind a value of type t means the field that
// indexes lead to.
func leads(t types.Type, selector string, index []int) bool {
	var found []int
	for name := range strings.SplitSeq(selector, ".") {
		obj, path, _ := types.LookupFieldOrMethod(t, true, nil, name)
		v, ok := obj.(*types.Var)
		if !ok {
			return false
		}
		found = append(found, path...)
		t = v.Type()
	}
	return slices.Equal(found, index)
}

// fieldType is the type of a dependency in an instance of its provider.
func fieldType(t types.Type, d *model.Dep) types.Type {
	for _, e := range d.Embedded {
		st, _ := structOf(t)
		t = structField(st, e.Name).Type()
	}
	st, _ := structOf(t)
	return structField(st, d.Name).Type()
}

// embeddedIn are embedded structs in an instance of the provider that embeds them.
func embeddedIn(t types.Type, embedded []model.Embedding) []model.Embedding {
	out := slices.Clone(embedded)
	for i := range out {
		st, _ := structOf(t)
		t = structField(st, out[i].Name).Type()
		if out[i].Type = t; out[i].Pointer {
			out[i].Type = pointee(t)
		}
	}
	return out
}
