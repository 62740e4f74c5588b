package validator

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// The library joins the names of fields with dots. Marks in a name tell place what is to become of it.
const (
	embeddedMark = "\x01" // the name of an embedded struct, which JSON leaves out
	placeMark    = "\x02" // before the place of a value of the request
	nameMark     = "\x03" // between that and its name there
)

// fieldName is what the library calls a field: the name that clients know it by, with marks.
func fieldName(f reflect.StructField) string {
	for _, in := range []string{"path", "query", "header", "cookie", "form", "file"} {
		if tag, ok := f.Tag.Lookup(in); ok && !(in == "form" && (tag == "-" || f.Tag.Get("json") != "")) { // which has a name in JSON
			name, _, _ := strings.Cut(tag, ",")
			return placeMark + in + nameMark + name
		}
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case name != "" && name != "-":
		return name
	case f.Anonymous && f.Tag.Get("json") != "-" && isStruct(f.Type):
		return embeddedMark
	}
	return f.Name
}

func isStruct(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

// maxName bounds a name, which may contain the key of a map that the client has sent.
const maxName = 200

// place says where in the request a field comes from, and its name there. namespace is the library's name for it; top is
// the input's type, with which that begins.
func place(namespace, top string) (in, name string) {
	name = strings.TrimPrefix(namespace, top+".")
	name = strings.ReplaceAll(name, embeddedMark+".", "")
	in = "body"
	if _, marked, ok := strings.Cut(name, placeMark); ok {
		in, name, _ = strings.Cut(marked, nameMark)
	}
	if len(name) > maxName {
		name = name[:maxName] + "..."
	}
	if !utf8.ValidString(name) {
		name = strings.ToValidUTF8(name, "")
	}
	return in, name
}
