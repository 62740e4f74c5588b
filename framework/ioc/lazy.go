package ioc

import (
	"context"
	"sync/atomic"
)

// Lazy is a dependency that is built when Get is first called. It adds no edge to the graph, so it breaks a cycle and
// keeps an expensive dependency from being built for functions that rarely need it.
type Lazy[T any] struct {
	get   func(context.Context, *Build) (T, error)
	owner *atomic.Pointer[Build]
}

// NewLazy is called by generated code. b is the chain that builds the owner of the Lazy: until release is called, Get
// belongs to that chain, which is how a cycle that closes during construction is found.
func NewLazy[T any](b *Build, get func(context.Context, *Build) (T, error)) (l Lazy[T], release func()) {
	l = Lazy[T]{get: get, owner: new(atomic.Pointer[Build])}
	l.owner.Store(b)
	return l, func() { l.owner.Store(nil) }
}

// Get returns the instance. Its error is that of the build; the next call tries again.
func (l Lazy[T]) Get(ctx context.Context) (T, error) {
	return l.get(ctx, l.owner.Load())
}
