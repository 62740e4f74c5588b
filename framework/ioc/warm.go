package ioc

import "context"

// Need is one singleton that a function needs from the start.
type Need[K Owner] struct {
	build func(K, *Build) error
	eager bool
}

// Needs is a singleton that is built when the unit starts, unless it builds on first use.
func Needs[K Owner, T any](s *Cell[K, T], get func(K, *Build) (T, error)) Need[K] {
	slot := &s.Slot // the closure has a type, whose name need not tell the cell's
	return Need[K]{build: func(k K, b *Build) error {
		if slot.unneeded {
			return nil
		}
		_, err := get(k, b)
		return err
	}}
}

// Eager is a singleton that is always built when the unit starts.
func Eager[K Owner, T any](s *Cell[K, T], get func(K, *Build) (T, error)) Need[K] {
	n := Needs(s, get)
	n.eager = true
	return n
}

// Start builds one singleton in a chain of its own.
func Start[K Owner, T any](ctx context.Context, k K, get func(K, *Build) (T, error)) (T, error) {
	b := k.base().NewBuild(ctx)
	defer b.Done()
	return get(k, b)
}

// Warm returns what builds needs in one chain; with lazy, only those that are eager.
func Warm[K Owner](k K, needs ...Need[K]) func(ctx context.Context, lazy bool) error {
	return func(ctx context.Context, lazy bool) error {
		b := k.base().NewBuild(ctx)
		defer b.Done()
		for _, n := range needs {
			if lazy && !n.eager {
				continue
			}
			if err := n.build(k, b); err != nil {
				return err
			}
		}
		return nil
	}
}
