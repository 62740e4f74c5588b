package ioc

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/faasgen/faasgen/framework/internal/fault"
)

// Cell holds one singleton. Concurrent first requests build it once; a failed build is returned to its caller and tried
// again by the next one; two cells that build each other get an error instead of a deadlock. The zero value is empty.
type Cell[T any] struct {
	ready atomic.Bool
	value T // written before ready is set, never afterwards
	state state
}

// state is the untyped half of a cell. Its fields are guarded by the container's mu.
type state struct {
	owner *Build        // the chain that is building, nil if none
	done  chan struct{} // closed when that build ends; made by the first who waits for it
}

// Ready returns the instance if it was built.
func (c *Cell[T]) Ready() (T, bool) {
	if c.ready.Load() {
		return c.value, true
	}
	var zero T
	return zero, false
}

// Get returns the instance, building it if there is none yet. name is how errors call it. b is the chain that needs it,
// nil for a request, which begins a chain of its own. A ready cell costs one atomic load.
//
// The clean-up function that build returns is made of those that [Build.OnDestroy] and [Build.OnCleanup] returned to it, or
// runs when the container closes if they were not called.
func (c *Cell[T]) Get(k *Container, b *Build, name string, build func(*Build) (T, func(), error)) (T, error) {
	if c.ready.Load() {
		return c.value, nil
	}
	return c.slow(k, b, name, build)
}

func (c *Cell[T]) slow(k *Container, b *Build, name string, build func(*Build) (T, func(), error)) (T, error) {
	var zero T
	if b == nil {
		b = k.NewBuild(context.Background())
		defer b.Done()
	}
	for {
		wait, err := k.begin(&c.state, b, name)
		if err != nil {
			return zero, err
		}
		if c.ready.Load() {
			if wait == nil {
				k.release(&c.state)
			} else {
				k.stopWaiting(b)
			}
			return c.value, nil
		}
		if wait == nil {
			break
		}
		select {
		case <-wait:
			k.stopWaiting(b)
		case <-b.ctx.Done():
			k.stopWaiting(b)
			return zero, fmt.Errorf("waiting for %s: %w", name, context.Cause(b.ctx))
		}
	}
	b.path = append(b.path, name)
	released := false
	defer func() {
		b.path = b.path[:len(b.path)-1]
		if !released {
			k.release(&c.state)
		}
	}()

	var (
		v       T
		cleanup func()
		mark    = len(b.ends)
	)
	err := fault.Guard(func() (err error) {
		if b.ctx.Err() != nil { // the chain's time is up, there is none for another Init
			return context.Cause(b.ctx)
		}
		v, cleanup, err = build(b)
		return err
	})
	if err == nil {
		if cleanup != nil && len(b.ends) == mark {
			b.OnCleanup(name, cleanup)
		}
		if c.keep(k, v, b.ends[mark:]) {
			released = true
			b.ends = b.ends[:mark]
			return v, nil
		}
		err = fault.ErrClosed
	}
	if err = b.undo(mark, err); len(b.path) > 1 || err == fault.ErrClosed { // the outermost cell names the whole chain once
		return zero, err
	}
	return zero, fmt.Errorf("build %s: %w", name, err)
}

// keep fills the cell, makes the ends of its build those of Close, and releases the cell. It reports false when the container
// was closed meanwhile.
func (c *Cell[T]) keep(k *Container, v T, ends []*end) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closing != nil {
		return false
	}
	for _, e := range ends {
		e.kept = true
	}
	k.ends = append(k.ends, ends...)
	c.value = v
	c.ready.Store(true)
	c.state.release()
	return true
}

// begin makes b the owner of the cell, or returns the channel to wait on for the chain that owns it. Waiting that would
// never end, because the owner waits for b, is an error that names the cells.
func (k *Container) begin(s *state, b *Build, name string) (<-chan struct{}, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closing != nil {
		return nil, fault.ErrClosed
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
