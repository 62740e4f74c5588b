package schema

import (
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// ruled reports whether a type has validate tags, or one that it consists of.
func ruled(t types.Type, seen map[types.Type]bool) bool {
	t = types.Unalias(t)
	if seen[t] {
		return false
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := range u.NumFields() {
			if reflect.StructTag(u.Tag(i)).Get("validate") != "" || ruled(u.Field(i).Type(), seen) {
				return true
			}
		}
	case *types.Pointer:
		return ruled(u.Elem(), seen)
	case *types.Slice:
		return ruled(u.Elem(), seen)
	case *types.Array:
		return ruled(u.Elem(), seen)
	case *types.Map:
		return ruled(u.Elem(), seen)
	}
	return false
}

// Ruled is a schema with what a validate tag asks for, as far as JSON Schema can tell: the document allows no less than the function.
func (s *Set) Ruled(p *Schema, t types.Type, tag string) *Schema {
	return s.ruled(p, types.Unalias(t), tag)
}

func (s *Set) ruled(p *Schema, t types.Type, tag string) *Schema {
	if tag == "" || tag == "-" {
		return p
	}
	r := rule{schema: *p, of: t}
	if ptr, ok := t.(*types.Pointer); ok {
		r.of, r.pointer = types.Unalias(ptr.Elem()), true
	}
	list, of, deep := strings.Split(tag, ","), "", false
	if i := slices.Index(list, "dive"); i >= 0 {
		list, of, deep = list[:i], strings.Join(list[i+1:], ","), true
	}
	r.empty = slices.Contains(list, "omitempty") || slices.Contains(list, "omitzero") || slices.Contains(list, "omitnil")
	for _, text := range list {
		if name, value, _ := strings.Cut(text, "="); !strings.Contains(text, "|") {
			r.apply(name, value)
		}
	}
	if slice, ok := r.of.Underlying().(*types.Slice); ok && deep && r.schema.Items != nil {
		r.schema.Items = s.ruled(r.schema.Items, types.Unalias(slice.Elem()), of)
	}
	return &r.schema
}

// rule is a schema to which rules are added.
type rule struct {
	schema Schema
	of     types.Type
	// pointer says that of is what the field points to: an empty value is there, and null is none.
	pointer bool
	// empty says that a zero value passes, whatever else is asked for.
	empty bool
}

func (r *rule) apply(name, value string) {
	if name == "required" {
		r.schema = *nonNull(&r.schema)
	}
	if r.schema.Ref != nil || len(r.schema.AnyOf) > 0 {
		return
	}
	basic, _ := r.of.Underlying().(*types.Basic)
	switch {
	case slices.Contains(r.schema.Types, "string") && basic != nil && basic.Info()&types.IsString != 0:
		r.text(name, value)
	case slices.Contains(r.schema.Types, "integer"), slices.Contains(r.schema.Types, "number"):
		r.number(name, value)
	case slices.Contains(r.schema.Types, "array"):
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return
		}
		bound(name, n, r.empty, &r.schema.MinItems, &r.schema.MaxItems)
	}
}

// bound sets the bounds of a length.
func bound(name string, n int64, empty bool, least, most **int64) {
	switch name {
	case "gt":
		name, n = "min", n+1
	case "lt":
		name, n = "max", n-1
	}
	if (name == "min" || name == "gte" || name == "len") && !empty {
		*least = &n
	}
	if name == "max" || name == "lte" || name == "len" {
		*most = &n
	}
}

func (r *rule) text(name, value string) {
	switch name {
	case "required":
		if !r.empty && !r.pointer && r.schema.MinLength == nil {
			r.schema.MinLength = new(int64)
			*r.schema.MinLength = 1
		}
	case "email", "uuid":
		if !r.empty {
			r.schema.Format = name
		}
	case "url", "uri":
		if !r.empty {
			r.schema.Format = "uri"
		}
	case "alpha", "alphanum", "numeric":
		pattern := map[string]string{"alpha": "^[a-zA-Z]+$", "alphanum": "^[a-zA-Z0-9]+$", "numeric": `^[-+]?[0-9]+(?:\.[0-9]+)?$`}[name]
		if !r.empty {
			r.schema.Pattern = pattern
		}
	case "oneof":
		r.oneOf(strings.Fields(value))
	default:
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			bound(name, n, r.empty, &r.schema.MinLength, &r.schema.MaxLength) // both count characters
		}
	}
}

func (r *rule) oneOf(words []string) {
	var values []any
	for _, w := range words {
		if strings.ContainsAny(w, "'") { // words with spaces
			return
		}
		values = append(values, strings.NewReplacer("0x2C", ",", "0x7C", "|").Replace(w)) // which a tag cannot have
	}
	switch {
	case r.empty && r.pointer:
		values = append(values, nil)
	case r.empty:
		values = append(values, "")
	}
	r.schema.Enum, r.schema.EnumNames = values, nil
}

func (r *rule) number(name, value string) {
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || r.empty && (name == "min" || name == "gte" || name == "gt") && v >= 0 || r.empty && (name == "max" || name == "lte" || name == "lt") && v <= 0 {
		return
	}
	switch name {
	case "min", "gte":
		r.schema.Minimum = &v
	case "max", "lte":
		r.schema.Maximum = &v
	case "gt":
		r.schema.ExclusiveMinimum = &v
	case "lt":
		r.schema.ExclusiveMaximum = &v
	}
}
