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

// Single holds one singleton T of the container K. What it builds is given Init and Destroy, if it has them.
type Single[K Owner, T any] struct {
	ready atomic.Bool
	value T // written by the build, before ready is set
	state state
}

// Get returns the instance, building it if there is none yet. b is the chain that needs it, nil for a request.
func (s *Single[K, T]) Get(k K, b *Build, build func(K, *Build) (T, error)) (T, error) {
	if s.ready.Load() {
		return s.value, nil
	}
	return s.get(k, b, build)
}

//go:noinline
func (s *Single[K, T]) get(k K, b *Build, build func(K, *Build) (T, error)) (v T, err error) {
	err = k.base().fill(&s.state, &s.ready, b, reflect.TypeFor[T](), func(b *Build) (any, func(), error) {
		v, err := build(k, b)
		s.value = v
		return v, nil, err
	})
	if err == nil {
		v = s.value
	}
	return v, err
}

// Open is Get for an injector with a clean-up function.
func (s *Single[K, T]) Open(k K, b *Build, build func(K, *Build) (T, func(), error)) (v T, err error) {
	if s.ready.Load() {
		return s.value, nil
	}
	err = k.base().fill(&s.state, &s.ready, b, reflect.TypeFor[T](), func(b *Build) (any, func(), error) {
		v, cleanup, err := build(k, b)
		s.value = v
		return v, cleanup, err
	})
	if err == nil {
		v = s.value
	}
	return v, err
}

// Set puts v in the place of what would be built, before anybody has asked. Who sets it ends it.
func (s *Single[K, T]) Set(v T) { s.value = v; s.ready.Store(true) }

// fill builds what belongs into a cell, unless another chain does.
func (k *Container) fill(s *state, ready *atomic.Bool, b *Build, t reflect.Type, build func(*Build) (any, func(), error)) error {
	name := strings.TrimPrefix(t.String(), "*")
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
	released := false
	defer func() {
		b.path = b.path[:len(b.path)-1]
		if !released {
			k.release(s)
		}
	}()
	mark, lazies := len(b.ends), len(b.lazies)
	defer func() {
		for _, release := range b.lazies[lazies:] {
			release()
		}
		b.lazies = b.lazies[:lazies]
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
		return b.start(name, v)
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

// start runs Init of v, and has Close run its Destroy.
func (b *Build) start(name string, v any) error {
	if i, ok := v.(interface{ Init(context.Context) error }); ok {
		if err := i.Init(b.ctx); err != nil {
			return fmt.Errorf("%s.Init: %w", name, err)
		}
	}
	if d, ok := v.(interface{ Destroy(context.Context) error }); ok {
		b.OnDestroy(name, d.Destroy)
	}
	return nil
}

// Override sets s to v unless v is nil. Overrides of tests use it.
func Override[K Owner, T any](s *Single[K, T], v T) {
	if r := reflect.ValueOf(&v).Elem(); !r.IsZero() {
		s.Set(v)
	}
}

// Warm builds what getters return, in one chain, unless the configuration is wrong.
func Warm[K Owner](ctx context.Context, k K, wrong error, needs ...func(K, *Build) error) error {
	if wrong != nil {
		return wrong
	}
	b := k.base().NewBuild(ctx)
	defer b.Done()
	for _, need := range needs {
		if err := need(k, b); err != nil {
			return err
		}
	}
	return nil
}

// Needs is a getter without its result.
func Needs[K Owner, T any](get func(K, *Build) (T, error)) func(K, *Build) error {
	return func(k K, b *Build) error { _, err := get(k, b); return err }
}

// Wrap is Get for what stands before another cell's value: it is given no Init and no Destroy, which the other has had.
func (s *Single[K, T]) Wrap(k K, b *Build, build func(K, *Build) (T, error)) (v T, err error) {
	if s.ready.Load() {
		return s.value, nil
	}
	err = k.base().fill(&s.state, &s.ready, b, reflect.TypeFor[T](), func(b *Build) (any, func(), error) {
		v, err := build(k, b)
		s.value = v
		return nil, nil, err
	})
	if err == nil {
		v = s.value
	}
	return v, err
}

// LazyOf is the Lazy of what get returns, for a value that b builds.
func LazyOf[K Owner, T any](k K, b *Build, get func(K, *Build) (T, error)) Lazy[T] {
	l, release := NewLazy(b, func(_ context.Context, b *Build) (T, error) { return get(k, b) })
	if b != nil {
		b.lazies = append(b.lazies, release)
	}
	return l
}
