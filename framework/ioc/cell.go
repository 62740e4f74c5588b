package ioc

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
)

// Owner is a pointer to a generated container: a struct that embeds [Container].
type Owner interface{ base() *Container }

func (c *Container) base() *Container { return c }

// Cell holds one singleton of the container K, as the type T that it is injected as. Concurrent first requests build it once;
// a failed build is returned to its caller and tried again by the next one; two cells that build each other get an error
// instead of a deadlock. What was built is given Init(context.Context) error, if it has such a method, and its
// Destroy(context.Context) error runs when the container closes. The zero value is empty.
type Cell[K Owner, T any] struct {
	ready atomic.Bool
	// replaced and unneeded are set by overrides, before the first request.
	replaced, unneeded bool
	value              T // written by the build, before ready is set
	state              state
}

// state is the untyped half of a cell. Its fields are guarded by the container's mu.
type state struct {
	owner *Build        // the chain that is building, nil if none
	done  chan struct{} // closed when that build ends; made by the first who waits for it
}

// Peek returns the instance if there is one.
func (s *Cell[K, T]) Peek() (v T, ok bool) {
	if s.ready.Load() {
		return s.value, true
	}
	return v, false
}

// Done reports whether nothing has to be built any more: there is an instance, or an override made it unnecessary.
func (s *Cell[K, T]) Done() bool { return s.unneeded || s.ready.Load() }

// Get returns the instance, building it if there is none yet. b is the chain that needs it, nil for a request, which begins a
// chain of its own. A ready cell costs one atomic load.
func (s *Cell[K, T]) Get(k K, b *Build, build func(K, *Build) (T, error)) (T, error) {
	if s.ready.Load() {
		return s.value, nil
	}
	return s.get(k, b, build)
}

//go:noinline
func (s *Cell[K, T]) get(k K, b *Build, build func(K, *Build) (T, error)) (T, error) {
	err := k.base().fill(&s.state, &s.ready, b, reflect.TypeFor[T](), func(b *Build) (any, func(), error) {
		v, err := build(k, b)
		s.value = v
		return v, nil, err
	})
	return s.result(err)
}

// Open is Get for an injector that returns a clean-up function, which runs when the container closes.
func (s *Cell[K, T]) Open(k K, b *Build, build func(K, *Build) (T, func(), error)) (T, error) {
	if s.ready.Load() {
		return s.value, nil
	}
	err := k.base().fill(&s.state, &s.ready, b, reflect.TypeFor[T](), func(b *Build) (any, func(), error) {
		v, cleanup, err := build(k, b)
		s.value = v
		return v, cleanup, err
	})
	return s.result(err)
}

// Wrap is Get for what is the value of another cell, or stands before it: Init and Destroy are that cell's.
func (s *Cell[K, T]) Wrap(k K, b *Build, build func(K, *Build) (T, error)) (T, error) {
	if s.ready.Load() {
		return s.value, nil
	}
	err := k.base().fill(&s.state, &s.ready, b, reflect.TypeFor[T](), func(b *Build) (any, func(), error) {
		v, err := build(k, b)
		s.value = v
		return nil, nil, err
	})
	return s.result(err)
}

func (s *Cell[K, T]) result(err error) (v T, _ error) {
	if err != nil {
		return v, err
	}
	return s.value, nil
}

// fill builds what belongs into a cell, unless another chain does.
func (k *Container) fill(s *state, ready *atomic.Bool, b *Build, t reflect.Type, build func(*Build) (any, func(), error)) error {
	name := typeName(t)
	if b == nil {
		b = k.NewBuild(context.Background())
		defer b.Done()
	}
	for {
		wait, err := k.begin(s, b, name)
		if err != nil {
			return err
		}
		if ready.Load() {
			if wait == nil {
				k.release(s)
			} else {
				k.stopWaiting(b)
			}
			return nil
		}
		if wait == nil {
			break
		}
		select {
		case <-wait:
			k.stopWaiting(b)
		case <-b.ctx.Done():
			k.stopWaiting(b)
			return fmt.Errorf("waiting for %s: %w", name, context.Cause(b.ctx))
		}
	}
	b.path = append(b.path, name)
	mark, lazies, released := len(b.ends), len(b.lazies), false
	defer func() {
		b.path = b.path[:len(b.path)-1]
		for _, release := range b.lazies[lazies:] {
			release()
		}
		b.lazies = b.lazies[:lazies]
		if !released {
			k.release(s)
		}
	}()
	err := guard(func() error {
		if b.ctx.Err() != nil { // the chain's time is up, there is none for another Init
			return context.Cause(b.ctx)
		}
		v, cleanup, err := build(b)
		if err != nil {
			return err
		}
		if cleanup != nil {
			b.OnCleanup(name, cleanup)
		}
		return b.begin(v)
	})
	if err == nil {
		if k.keep(s, ready, b.ends[mark:]) {
			released = true
			b.ends = b.ends[:mark]
			return nil
		}
		err = ErrClosed
	}
	if err = b.undo(mark, err); len(b.path) > 1 || err == ErrClosed { // the outermost cell names the whole chain once
		return err
	}
	return fmt.Errorf("build %s: %w", name, err)
}

// keep makes a cell ready, makes the ends of its build those of Close, and releases the cell. It reports false when the
// container was closed meanwhile.
func (k *Container) keep(s *state, ready *atomic.Bool, ends []*end) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closing != nil {
		return false
	}
	for _, e := range ends {
		e.kept = true
	}
	k.ends = append(k.ends, ends...)
	ready.Store(true)
	s.release()
	return true
}

// begin runs Init of what was built, and has its Destroy run at the end.
func (b *Build) begin(v any) error {
	if i, ok := v.(interface{ Init(context.Context) error }); ok {
		if err := i.Init(b.ctx); err != nil {
			return fmt.Errorf("%s.Init: %w", typeName(reflect.TypeOf(v)), err)
		}
	}
	if d, ok := v.(interface{ Destroy(context.Context) error }); ok {
		b.OnDestroy(typeName(reflect.TypeOf(v)), d.Destroy)
	}
	return nil
}

// typeName is how errors call what a cell holds: order.Store.
func typeName(t reflect.Type) string { return strings.TrimPrefix(t.String(), "*") }

// begin makes b the owner of the cell, or returns the channel to wait on for the chain that owns it. Waiting that would
// never end, because the owner waits for b, is an error that names the cells.
func (k *Container) begin(s *state, b *Build, name string) (<-chan struct{}, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closing != nil {
		return nil, ErrClosed
	}
	if s.owner == nil {
		s.owner = b
		return nil, nil
	}
	for owner := s.owner; owner != nil; {
		if owner == b {
			return nil, fmt.Errorf("dependency cycle while building: %s -> %s", strings.Join(b.path, " -> "), name)
		}
		if owner.waits == nil {
			break
		}
		owner = owner.waits.owner
	}
	if s.done == nil {
		s.done = make(chan struct{})
	}
	b.waits = s
	return s.done, nil
}

func (k *Container) stopWaiting(b *Build) {
	k.mu.Lock()
	defer k.mu.Unlock()
	b.waits = nil
}

func (k *Container) release(s *state) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s.release()
}

// release ends the ownership of the chain that has built, or has failed to.
func (s *state) release() {
	if s.done != nil {
		close(s.done)
	}
	s.owner, s.done = nil, nil
}
