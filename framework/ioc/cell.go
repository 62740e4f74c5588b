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
	Slot  Slot
	value T // written by the chain that owns the cell, just before ready is set
}

// Slot is the half of a cell that need not know what the cell holds. What is done with it is in a program once, and not with
// a type and a name for each cell: 4 KB of a unit of the bookstore. For the same reason cells have few methods: where anything
// reflects on methods, as the validator does, the linker keeps all of every cell.
type Slot struct {
	_     [0]func() // cells are not compared, so they need no function for that
	ready atomic.Bool
	// replaced and unneeded are set by overrides, before the first request.
	replaced, unneeded bool
	// What follows is guarded by the container's mu.
	owner *Build        // the chain that is building, nil if none
	done  chan struct{} // closed when that build ends; made by the first who waits for it
}

// Peek returns the instance if there is one.
func Peek[K Owner, T any](s *Cell[K, T]) (v T, ok bool) {
	if s.Slot.ready.Load() {
		return s.value, true
	}
	return v, false
}

// Done reports whether nothing has to be built any more: there is an instance, or an override made it unnecessary.
func (s *Slot) Done() bool { return s.unneeded || s.ready.Load() }

// Get returns the instance, building it if there is none yet. b is the chain that needs it, nil for a request, which begins a
// chain of its own. A ready cell costs one atomic load.
func (s *Cell[K, T]) Get(k K, b *Build, build func(K, *Build) (T, error)) (T, error) {
	if s.Slot.ready.Load() {
		return s.value, nil
	}
	return s.fill(k, b, build, nil, true)
}

// Open is Get for an injector that returns a clean-up function, which runs when the container closes.
func (s *Cell[K, T]) Open(k K, b *Build, open func(K, *Build) (T, func(), error)) (T, error) {
	if s.Slot.ready.Load() {
		return s.value, nil
	}
	return s.fill(k, b, nil, open, true)
}

// Wrap is Get for what is the value of another cell, or stands before it: Init and Destroy are that cell's.
func (s *Cell[K, T]) Wrap(k K, b *Build, build func(K, *Build) (T, error)) (T, error) {
	if s.Slot.ready.Load() {
		return s.value, nil
	}
	return s.fill(k, b, build, nil, false)
}

// errExited is the error of a build that neither returned nor panicked.
var errExited = errors.New("the build ended its goroutine, as runtime.Goexit and t.FailNow do")

// fill builds what belongs into a cell, unless another chain does. One of build and open is set. There is one in a program for
// each form of T, so that what need not know T is elsewhere. With begins, Init and Destroy of what is built are run.
//
//go:noinline
func (s *Cell[K, T]) fill(k K, b *Build, build func(K, *Build) (T, error), open func(K, *Build) (T, func(), error), begins bool) (v T, err error) {
	if b == nil {
		b = k.base().NewBuild(context.Background())
		defer b.Done()
	}
	t := reflect.TypeFor[T]()
	from, ready, err := b.claim(&s.Slot, t)
	if err != nil {
		return v, err
	}
	if ready {
		return s.value, nil
	}
	from.wraps = !begins
	err = errExited // until the end is reached
	defer b.settle(&s.Slot, from, &err)
	var made T
	var failed error
	if open == nil {
		made, failed = build(k, b)
	} else {
		var cleanup func()
		if made, cleanup, failed = open(k, b); failed == nil {
			b.opened(t, cleanup)
		}
	}
	if failed == nil && begins {
		failed = b.begin(made)
	}
	if failed == nil {
		s.value = made
		if failed = b.keep(&s.Slot, from); failed == nil {
			return made, nil
		}
		s.value = v
	}
	return v, failed
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

// opened has the clean-up function of a constructor, which may be nil, run at the end.
//
//go:noinline
func (b *Build) opened(t reflect.Type, cleanup func()) { b.OnCleanup(typeName(t), cleanup) }

// mark is how far a chain had come when it began with a cell.
type mark struct {
	ends, lazies int
	wraps        bool // the cell's value is that of another
}

// keep makes a cell ready, makes the ends of its build those of Close, and releases the cell. It is an error that the
// container was closed meanwhile.
func (b *Build) keep(s *Slot, from mark) error {
	b.free(from) // before another chain sees what holds them
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
	b.times.end(b.path[len(b.path)-1], !from.wraps)
	b.path = b.path[:len(b.path)-1]
	s.ready.Store(true)
	s.release()
	return nil
}

// free makes what is Lazy independent of the chain.
func (b *Build) free(from mark) {
	for _, part := range b.lazies[from.lazies:] {
		part()
	}
	b.lazies = b.lazies[:from.lazies]
}

// settle is deferred: it undoes what was made for a cell that is not kept, and releases the cell. A panic is an error.
func (b *Build) settle(s *Slot, from mark, err *error) {
	if p := recover(); p != nil {
		*err = &fault.PanicError{Value: p, Stack: debug.Stack()}
	}
	if *err == nil {
		return
	}
	b.free(from)
	*err = b.undo(from.ends, *err)
	t := b.path[len(b.path)-1]
	b.times.end(t, false)
	b.path = b.path[:len(b.path)-1]
	*err = b.named(t, *err)
	k := b.container
	k.mu.Lock()
	defer k.mu.Unlock()
	s.release()
}

// named says what could not be built. The outermost cell says it, once for the whole chain.
func (b *Build) named(t reflect.Type, err error) error {
	if len(b.path) > 0 || err == fault.ErrClosed {
		return err
	}
	return fmt.Errorf("build %s: %w", typeName(t), err)
}

// claim makes b the owner of a cell, unless it is ready by then. It waits for another chain that builds the cell.
func (b *Build) claim(s *Slot, t reflect.Type) (from mark, done bool, err error) {
	for {
		wait, err := b.own(s, t)
		if err != nil {
			return from, false, err
		}
		if wait == nil && s.ready.Load() {
			return from, true, nil
		}
		if wait == nil {
			b.path = append(b.path, t)
			b.times.begin()
			return mark{ends: len(b.ends), lazies: len(b.lazies)}, false, nil
		}
		select {
		case <-wait:
			b.stopWaiting()
		case <-b.ctx.Done():
			b.stopWaiting()
			return from, false, fmt.Errorf("waiting for %s: %w", typeName(t), context.Cause(b.ctx))
		}
	}
}

// own makes b the owner of a cell that is neither ready nor owned, or returns the channel to wait on for the chain that owns
// it. Waiting that would never end, because the owner waits for b, is an error that names the cells.
func (b *Build) own(s *Slot, t reflect.Type) (<-chan struct{}, error) {
	k := b.container
	k.mu.Lock()
	defer k.mu.Unlock()
	if s.ready.Load() {
		return nil, nil
	}
	if k.closing != nil {
		return nil, fault.ErrClosed
	}
	if s.owner == nil && b.ctx.Err() != nil { // the chain's time is up, there is none for another Init
		return nil, b.named(t, context.Cause(b.ctx))
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
func (s *Slot) release() {
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

// typeName is how errors call what a cell holds: order.Store. It is inlined nowhere, since nothing waits for an error.
//
//go:noinline
func typeName(t reflect.Type) string { return strings.TrimPrefix(t.String(), "*") }
