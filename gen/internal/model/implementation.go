package model

import (
	"cmp"
	"go/token"
	"go/types"
)

// Implementation is a declaration that a provider of an interface could be made of.
type Implementation struct {
	// Type is what implements the interface.
	Type types.Type
	// Constructor is the function that makes it, package.Name; empty when it is a struct that nothing makes.
	Constructor string
	// Pos is the name of the constructor, or of the struct.
	Pos token.Position
}

// Name is the declaration as messages call it.
func (i Implementation) Name() string { return cmp.Or(i.Constructor, TypeString(i.Type)) }
