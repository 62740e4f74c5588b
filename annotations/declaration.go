package annotations

import (
	"go/ast"
	"go/token"
)

// Declaration is a declaration that carries directives.
type Declaration struct {
	// Place says what it is: exactly one bit.
	Place Place
	// Name is the declaration as messages call it: NewStore, Controller, Controller.Create, Controller.Store.
	Name string
	// Node is the *ast.TypeSpec of a struct, the *ast.FuncDecl of a function or method, the *ast.Field of a field.
	Node ast.Node
	// Type is the declared struct: that of Node, or the one that a field belongs to. It is nil for functions and methods.
	// Its Type is a *ast.StructType unless it is declared by another type's name, which may be a struct or not.
	Type *ast.TypeSpec
	// Names are the declared names: several for a field such as A, B int, and the type's name for an embedded one.
	Names []*ast.Ident
	// Doc is the doc comment, nil if there is none.
	Doc *ast.CommentGroup
	// Markers are the directives in source order. A directive that is unknown, misplaced or repeated is not among them: it
	// has been reported, and so has everything about markers that are Bad.
	Markers []Marker

	// presumed are directives that were meant to stand here: near misses and detached ones, already reported.
	presumed map[string]bool
	// unsure is set when an unknown directive may be any of them.
	unsure bool
	// kept says that the collector has it; seen is where what may not stand here twice was first, by how it is written; firsts
	// are the first marker of each directive. A declaration may have thousands of markers, so nothing goes through all of them
	// for each.
	kept   bool
	seen   map[string]token.Pos
	firsts []Marker
}

// first is the first marker of a directive, nil if the declaration has none.
func (d *Declaration) first(name string) *Marker {
	for i := range d.firsts {
		if d.firsts[i].Definition.Name == name {
			return &d.firsts[i]
		}
	}
	return nil
}

// Declarations are in source order.
type Declarations []*Declaration

// Marker is a directive with its arguments in their types.
type Marker struct {
	Directive Directive
	// Definition is that of the directive, or of the suggested one if the name is misspelt.
	Definition *Definition
	// Value is a pointer to a new value of Definition.Marker: *Provide, *HTTP, ...
	Value any
	// Bad is set when a mistake in it has been reported. Value then holds what could be read: enough to know that a handler or a
	// provider is meant to be here, so that one mistake is not followed by others, but nothing to generate from.
	Bad bool

	arguments map[string]Argument
}

// Given reports whether the user wrote an argument, by whatever position or key.
func (m *Marker) Given(argument string) bool {
	_, ok := m.arguments[argument]
	return ok
}

// Range is where the value of an argument stands, or the directive's name if the user did not write the argument.
func (m *Marker) Range(argument string) (pos, end token.Pos) {
	if a, ok := m.arguments[argument]; ok && a.Pos().IsValid() {
		return a.ValuePos(), a.End()
	}
	return m.Directive.Pos(), m.Directive.NameEnd()
}

// Find returns the first marker of a type, such as Find[Handler](d), and the directive that it was read from; nil if the
// declaration has none.
func Find[T any](d *Declaration) (*T, *Marker) {
	for i := range d.Markers {
		if v, ok := d.Markers[i].Value.(*T); ok {
			return v, &d.Markers[i]
		}
	}
	return nil, nil
}
