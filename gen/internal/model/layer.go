package model

import (
	"go/token"
	"go/types"
)

// Layer is a layer of the application's own or of a component.
type Layer struct {
	// Namespace is that of the component it belongs to, empty for the application's own.
	Namespace string
	// Order is its place among the others.
	Order int
	// Object is the struct or the constructor.
	Object types.Object
	// Provider makes it when a unit starts. It is nil when nothing is injected and nothing has to be ended: the struct is
	// then written as a literal, the constructor called when the process starts.
	Provider *Provider
	// Err says that a constructor without provider returns an error.
	Err bool
	// Invokes says that it may have BeforeInvoke or AfterInvoke, Wraps that it may have Middleware.
	Invokes, Wraps bool
	// Pos is the declaration's name.
	Pos token.Position
}

// Name is the layer as messages call it: audit.Layer.
func (l *Layer) Name() string { return l.Object.Pkg().Name() + "." + l.Object.Name() }
