package config

import (
	"reflect"
	"slices"
	"strings"
)

// unknownMember reports a key that a struct in a list has no field for. Elsewhere a key that one struct does not know may be
// another's; an item of a list has no other reader.
func (v *value) unknownMember(t reflect.Type) error {
	known := memberKeys(t, func(field string) string { return fieldKey(v, field) })
	for _, k := range v.keys {
		if !slices.Contains(known, k) {
			return v.named[k].errorf("unknown key %s of a list item, expected one of %s", k, strings.Join(known, ", "))
		}
	}
	return nil
}

// memberKeys are the keys that decodeStruct reads, with what untagged says of fields without a tag.
func memberKeys(t reflect.Type, untagged func(field string) string) []string {
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case tag == "-" || !f.IsExported() && !f.Anonymous:
		case inlined(f, tag):
			keys = append(keys, memberKeys(f.Type, untagged)...)
		case !f.IsExported():
		case tag != "":
			keys = append(keys, tag)
		default:
			keys = append(keys, untagged(f.Name))
		}
	}
	return keys
}

// inlined reports whether the fields of a struct stand in its place.
func inlined(f reflect.StructField, tag string) bool {
	if f.Type.Kind() != reflect.Struct || isWhole(reflect.New(f.Type).Elem()) {
		return false
	}
	_, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return f.Anonymous && tag == "" || slices.Contains(strings.Split(options, ","), "inline")
}
