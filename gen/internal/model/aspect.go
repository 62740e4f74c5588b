package model

import (
	"go/token"
	"go/types"

	"github.com/faasgen/faasgen/annotations"
)

// Aspect is a struct whose methods wrap calls.
type Aspect struct {
	// Object is the struct.
	Object *types.TypeName
	// Provider makes it: the struct itself, or a constructor of it. It is a singleton.
	Provider *Provider
	// Order is its place among the aspects of one call.
	Order int
	// Has says which of the methods it has.
	Has [advices]bool
	// Patterns are the items of match=.
	Patterns []AspectPattern
	// Pos is the declaration's name.
	Pos token.Position
}

// Name is the aspect as messages call it: audit.Trail.
func (a *Aspect) Name() string { return a.Object.Pkg().Name() + "." + a.Object.Name() }

// AspectPattern is one item of match=, with its place.
type AspectPattern struct {
	annotations.Pattern
	Text string
	// Unknown says that it was reported: nothing has such a name.
	Unknown bool
	Pos     token.Position
	Length  int
}

// CanFail reports whether the aspect may make a call fail: it has a method that returns an error.
func (a *Aspect) CanFail() bool {
	return a.Has[Around] || a.Has[Before] || a.Has[AfterReturn] || a.Has[AfterThrow]
}

// Advice is one of the methods of an aspect.
type Advice int

// The methods of an aspect.
const (
	Around Advice = iota
	Before
	AfterReturn
	AfterThrow
	After
	advices
)

// AllAdvice lists the methods.
func AllAdvice() []Advice { return []Advice{Around, Before, AfterReturn, AfterThrow, After} }

// String is the method's name.
func (a Advice) String() string {
	return [...]string{"Around", "Before", "AfterReturn", "AfterThrow", "After"}[a]
}
