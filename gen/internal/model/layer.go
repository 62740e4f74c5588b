package model

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/faasgen/faasgen/gen/spec"
)

// Layer is a layer of the application's own, of a component, or one that f.yml names.
type Layer struct {
	// Instance is the name that f.yml gives it, empty for others. Only functions that list it have it.
	Instance string
	// UsePlace is where f.yml says its package.
	UsePlace spec.Place
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

// Name is the layer as messages call it: audit.Layer, or the name that f.yml gives it.
func (l *Layer) Name() string {
	if l.Instance != "" {
		return l.Instance
	}
	return l.Object.Pkg().Name() + "." + l.Object.Name()
}

// Having returns the function with those of its layers that have some names alone: what a deployment has of it.
func (f *Function) Having(names []spec.NamedLayer) *Function {
	has := func(l *Layer) bool {
		return slices.ContainsFunc(names, func(n spec.NamedLayer) bool { return n.Name == l.Instance })
	}
	if !slices.ContainsFunc(f.Layers, func(l *Layer) bool { return !has(l) }) {
		return f
	}
	out := *f
	out.Layers = slices.DeleteFunc(slices.Clone(f.Layers), func(l *Layer) bool { return !has(l) })
	return &out
}
