package schema

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Set makes schemas that share definitions. It is for one goroutine.
type Set struct {
	module   string
	docs     docs
	rules    bool
	byKey    map[definitionKey]*Definition
	findings []Finding
	found    map[string]bool
	at       Place
	field    *types.Var // that is being described
	above    map[types.Type]bool
}

// definitionKey is what a definition is of. Types are compared as text, as a generic type has a value for each place where it stands.
type definitionKey struct {
	text  string
	rules bool
}

// Place is where a schema is for: findings about types whose source is not at hand point there.
type Place struct {
	Pos    token.Position
	Length int
}

// NewSet returns an empty set for an application in a module. Doc comments are those of sources, which has the module's files by name.
func NewSet(module string, fset *token.FileSet, sources map[string][]byte) *Set {
	return &Set{
		module: module, docs: docs{fset: fset, sources: sources, files: map[string]map[place]string{}},
		byKey: map[definitionKey]*Definition{}, found: map[string]bool{}, above: map[types.Type]bool{},
	}
}

// Of describes the values of a type as JSON. With rules, the validate tags of its fields hold, too.
func (s *Set) Of(t types.Type, rules bool, at Place) *Schema {
	s.at, s.rules = at, rules
	return s.of(t)
}

// Object describes a struct, or a pointer to one, without the fields whose selectors leave says.
func (s *Set) Object(t types.Type, leave func(path string) bool, rules bool, at Place) *Schema {
	s.at, s.rules = at, rules
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return s.of(t)
	}
	return s.object(st, leave)
}

// Doc is the doc comment of a type, field or constant of the module, "" if there is none.
func (s *Set) Doc(o types.Object) string { return s.docs.of(o) }

// Findings are the places that no schema describes, each once.
func (s *Set) Findings() []Finding { return s.findings }

// Definitions names the definitions, and returns them sorted by name. Types of one name have that of their package in front, or its path if
// packages have one name, too.
func (s *Set) Definitions() []*Definition {
	var all []*Definition
	for _, d := range s.byKey {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *Definition) int {
		if c := strings.Compare(a.key.text, b.key.text); c != 0 {
			return c
		}
		if a.key.rules {
			return 1
		}
		return -1
	})
	names := []func(d *Definition) string{
		func(d *Definition) string { return spell(d.key.text, "") },
		func(d *Definition) string {
			return spell(strings.NewReplacer("*", " pointer ", "[]", " list ", "map[", " map ").Replace(d.key.text), "")
		},
		func(d *Definition) string { return spell(d.key.text, "name") },
		func(d *Definition) string { return spell(d.key.text, "path") },
	}
	for _, name := range names {
		count := map[string]int{}
		for _, d := range all {
			if d.Name == "" {
				count[suffixed(name(d), d)]++
			}
		}
		for _, d := range all {
			if n := suffixed(name(d), d); d.Name == "" && count[n] == 1 && !taken(all, n) {
				d.Name = n
			}
		}
	}
	for i, d := range all { // what differs only in what names cannot have
		if d.Name == "" {
			d.Name = fmt.Sprintf("%s_%d", suffixed(spell(d.key.text, "path"), d), i+1)
		}
	}
	slices.SortFunc(all, func(a, b *Definition) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func taken(all []*Definition, name string) bool {
	return slices.ContainsFunc(all, func(d *Definition) bool { return d.Name == name })
}

// suffixed tells a type with its rules from the same type without.
func suffixed(name string, d *Definition) string {
	if d.key.rules {
		return name + "_Input"
	}
	return name
}

// spell makes a name of a type's text, whose packages are paths: shop/books.Page[shop/books.Book] is Page_Book. How much of the packages
// stays is "", "name" or "path".
func spell(text, packages string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("[],* {};()", r) }) {
		path, name := "", part
		if i := strings.LastIndex(part, "."); i >= 0 && i > strings.LastIndex(part, "/") {
			path, name = part[:i], part[i+1:]
		}
		switch packages {
		case "name":
			path = path[strings.LastIndex(path, "/")+1:]
		case "":
			path = ""
		}
		if b.Len() > 0 {
			b.WriteByte('_')
		}
		if path != "" {
			b.WriteString(clean(path) + ".")
		}
		b.WriteString(clean(name))
	}
	return b.String()
}

// clean keeps what names of components may have.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-', r == '.':
			return r
		case r == '/':
			return '.'
		}
		return '_'
	}, s)
}

// find notes what cannot be described.
func (s *Set) find(o types.Object, format string, args ...any) {
	if o == nil && s.field != nil {
		o = s.field
	}
	f := Finding{Pos: s.at.Pos, Length: s.at.Length, Message: fmt.Sprintf(format, args...)}
	if o != nil && o.Pos().IsValid() {
		if pos := s.docs.fset.Position(o.Pos()); s.docs.sources[pos.Filename] != nil {
			f.Pos, f.Length = pos, len(o.Name())
		}
	}
	if key := fmt.Sprint(f.Pos, f.Message); !s.found[key] {
		s.found[key] = true
		s.findings = append(s.findings, f)
	}
}
