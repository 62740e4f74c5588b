package ioc

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"
	"sync/atomic"

	"github.com/faasgen/faasgen/framework/internal/fault"
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
	value              T // written by the chain that owns the cell, just before ready is set
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
	return s.fill(k, b, build, nil, true)
}

// Open is Get for an injector that returns a clean-up function, which runs when the container closes.
func (s *Cell[K, T]) Open(k K, b *Build, open func(K, *Build) (T, func(), error)) (T, error) {
	if s.ready.Load() {
		return s.value, nil
	}
	return s.fill(k, b, nil, open, true)
}

// Wrap is Get for what is the value of another cell, or stands before it: Init and Destroy are that cell's.
func (s *Cell[K, T]) Wrap(k K, b *Build, build func(K, *Build) (T, error)) (T, error) {
	if s.ready.Load() {
		return s.value, nil
	}
	return s.fill(k, b, build, nil, false)
}

// errExited is the error of a build that neither returned nor panicked.
var errExited = errors.New("the build ended its goroutine, as runtime.Goexit and t.FailNow do")

// fill builds what belongs into a cell, unless another chain does. One of build and open is set.
//
//go:noinline
func (s *Cell[K, T]) fill(k K, b *Build, build func(K, *Build) (T, error), open func(K, *Build) (T, func(), error), begins bool) (v T, err error) {
	if b == nil {
		b = k.base().NewBuild(context.Background())
		defer b.Done()
	}
	built, err := b.claim(&s.state, &s.ready, reflect.TypeFor[T]())
	if built {
		return s.value, nil
	}
	if err != nil {
		return v, err
	}
	from := b.enter(reflect.TypeFor[T]())
	err = errExited // unless run returns, or panics
	defer func() {
		if p := recover(); p != nil {
			err = &fault.PanicError{Value: p, Stack: debug.Stack()}
		}
		b.free(from.lazies) // before another chain sees what holds them
		if err == nil {
			s.value = v
			err = b.keep(&s.state, &s.ready, from)
		}
		if err != nil {
			v = *new(T)
			s.value = v
			err = b.fail(&s.state, from, err)
		}
	}()
	v, err = run(k, b, build, open, begins)
	return v, err
}

// run makes what belongs into a cell.
func run[K Owner, T any](k K, b *Build, build func(K, *Build) (T, error), open func(K, *Build) (T, func(), error), begins bool) (v T, err error) {
	if b.ctx.Err() != nil { // the chain's time is up, there is none for another Init
		return v, context.Cause(b.ctx)
	}
	if open == nil {
		v, err = build(k, b)
	} else {
		var cleanup func()
		if v, cleanup, err = open(k, b); err == nil && cleanup != nil {
			b.OnCleanup(nameOf[T](), cleanup)
		}
	}
	if err == nil && begins {
		err = b.begin(v)
	}
	return v, err
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

// mark is how far a chain had come when it began with a cell.
type mark struct{ ends, lazies int }

// enter begins to build a cell.
func (b *Build) enter(t reflect.Type) mark {
	b.path = append(b.path, t)
	return mark{len(b.ends), len(b.lazies)}
}

// free makes Lazy fields independent of the chain.
func (b *Build) free(from int) {
	for _, l := range b.lazies[from:] {
		l.Store(nil)
	}
	b.lazies = b.lazies[:from]
}

// keep makes a cell ready, makes the ends of its build those of Close, and releases the cell. It is an error that the
// container was closed meanwhile.
func (b *Build) keep(s *state, ready *atomic.Bool, from mark) error {
	k := b.container
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closing != nil {
		return fault.ErrClosed
	}
	for _, e := range b.ends[from.ends:] {
		e.kept = true
	}
	k.ends = append(k.ends, b.ends[from.ends:]...)
	b.ends = b.ends[:from.ends]
	b.path = b.path[:len(b.path)-1]
	ready.Store(true)
	s.release()
	return nil
}

// fail undoes what was made for a cell, and releases it. It returns the error of the chain.
func (b *Build) fail(s *state, from mark, err error) error {
	if err = b.undo(from.ends, err); len(b.path) == 1 && err != fault.ErrClosed { // the outermost cell names the whole chain once
		err = fmt.Errorf("build %s: %w", typeName(b.path[0]), err)
	}
	b.path = b.path[:len(b.path)-1]
	k := b.container
	k.mu.Lock()
	defer k.mu.Unlock()
	s.release()
	return err
}

// claim makes b the owner of a cell, unless it is ready by then. It waits for another chain that builds the cell.
func (b *Build) claim(s *state, ready *atomic.Bool, t reflect.Type) (built bool, err error) {
	for {
		wait, err := b.own(s, ready, t)
		if err != nil {
			return false, err
		}
		if wait == nil {
			return ready.Load(), nil
		}
		select {
		case <-wait:
			b.stopWaiting()
		case <-b.ctx.Done():
			b.stopWaiting()
			return false, fmt.Errorf("waiting for %s: %w", typeName(t), context.Cause(b.ctx))
		}
	}
}

// own makes b the owner of a cell that is neither ready nor owned, or returns the channel to wait on for the chain that owns
// it. Waiting that would never end, because the owner waits for b, is an error that names the cells.
func (b *Build) own(s *state, ready *atomic.Bool, t reflect.Type) (<-chan struct{}, error) {
	k := b.container
	k.mu.Lock()
	defer k.mu.Unlock()
	if ready.Load() {
		return nil, nil
	}
	if k.closing != nil {
		return nil, fault.ErrClosed
	}
	if s.owner == nil {
		s.owner = b
		return nil, nil
	}
	for owner := s.owner; owner != nil; owner = owner.waits.owner {
		if owner == b {
			return nil, fmt.Errorf("dependency cycle while building: %s", b.names(t))
		}
		if owner.waits == nil {
			break
		}
	}
	if s.done == nil {
		s.done = make(chan struct{})
	}
	b.waits = s
	return s.done, nil
}

func (b *Build) stopWaiting() {
	b.container.mu.Lock()
	defer b.container.mu.Unlock()
	b.waits = nil
}

// release ends the ownership of the chain that has built, or has failed to.
func (s *state) release() {
	if s.done != nil {
		close(s.done)
	}
	s.owner, s.done = nil, nil
}

// names are the cells that are being built, and the one that they lead to.
func (b *Build) names(last reflect.Type) string {
	var names []string
	for _, t := range b.path {
		names = append(names, typeName(t))
	}
	return strings.Join(append(names, typeName(last)), " -> ")
}

// typeName is how errors call what a cell holds: order.Store.
func typeName(t reflect.Type) string { return strings.TrimPrefix(t.String(), "*") }
