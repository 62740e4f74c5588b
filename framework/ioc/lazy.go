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

// LazyOf returns the Lazy of a singleton for what b builds, nil for a request. Until that is built, Get belongs to the chain b,
// which is how a cycle that closes during construction is found.
func LazyOf[K Owner, T any](k K, b *Build, get func(K, *Build) (T, error)) Lazy[T] {
	l := Lazy[T]{get: func(_ context.Context, b *Build) (T, error) { return get(k, b) }, owner: new(atomic.Pointer[Build])}
	if b != nil && len(b.path) > 0 {
		l.owner.Store(b)
		b.lazies = append(b.lazies, func() { l.owner.Store(nil) })
	}
	return l
}

// LazyNew is [LazyOf] for what has an instance for each use. What Get makes while its owner is built ends with the owner, and
// later ones when the container closes.
func LazyNew[K Owner, T any](k K, b *Build, build func(K, *Build) (T, error)) Lazy[T] {
	return LazyOf(k, b, func(k K, b *Build) (T, error) {
		if b != nil {
			return build(k, b)
		}
		var own Cell[K, T] // begins a chain, and keeps the ends of what it makes
		return own.Wrap(k, nil, build)
	})
}

// Get returns the instance. Its error is that of the build; the next call tries again.
func (l Lazy[T]) Get(ctx context.Context) (T, error) {
	return l.get(ctx, l.owner.Load())
}
