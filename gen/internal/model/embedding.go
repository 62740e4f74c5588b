package model

import (
	"go/token"
	"go/types"
	"strings"
)

// Embedding is a struct that is embedded in another.
type Embedding struct {
	// Name is that of the field.
	Name string
	// Type is the struct, without the pointer to it.
	Type types.Type
	// Pointer says that a pointer is embedded. Nothing else makes what it points to, so the code that makes the provider does,
	// before its fields are filled: new(Type).
	Pointer bool
}

// Selector is how code of another package reaches a field of embedded structs: Base.Max, and Max where Base is unexported.
// Collect has made sure that it leads to that field.
func Selector(embedded []Embedding, name string) string {
	var names []string
	for _, e := range embedded {
		if token.IsExported(e.Name) {
			names = append(names, e.Name)
		}
	}
	return strings.Join(append(names, name), ".")
}

// Field is the dependency as messages and graphs call it: Max, Base.Max.
func (d *Dep) Field() string { return Selector(d.Embedded, d.Name) }
