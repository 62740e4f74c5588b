// Package ioc decides when the instances of a unit are built and how long they live. Generated code holds one [Cell] for
// each singleton and one [Container] for them all; the container remembers the order of creation, so that Close can
// destroy in reverse. There is no reflection and no look-up by name: what needs what was solved by the generator, and
// request-scoped values are locals of the generated handlers.
package ioc

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// Container records what was built. The zero value is ready to use.
type Container struct {
	// InitTimeout limits each chain of builds: all of Start's, or one lazy build at first use. Zero is unlimited.
	InitTimeout time.Duration

	mu      sync.Mutex
	created []destroyer
	closing context.Context // set once Close has begun
	errs    []error         // of Destroy methods
}

// ErrClosed is what a cell returns after its container was closed.
var ErrClosed = errors.New("the container is closed")

type destroyer struct {
	name string
	run  func()
}

// Build is one chain of builds: a cell, the cells it needs, and so on, all on one goroutine. Generated providers pass it
// on, which is how cells that need each other are told apart from cells that two requests need at once.
type Build struct {
	container *Container
	ctx       context.Context
	cancel    context.CancelFunc
	path      []string // names of the cells being built, outermost first
	waits     *state   // the cell this chain waits for; guarded by the container's mu
}

// NewBuild begins a chain under the container's InitTimeout. Done must be called at its end.
func (c *Container) NewBuild(ctx context.Context) *Build {
	b := &Build{container: c, ctx: ctx, cancel: func() {}}
	if c.InitTimeout > 0 {
		b.ctx, b.cancel = context.WithTimeoutCause(ctx, c.InitTimeout, fmt.Errorf("init did not finish within %s", c.InitTimeout))
	}
	return b
}

// Done ends the chain.
func (b *Build) Done() { b.cancel() }

// Context is what Init methods receive: it ends with the init timeout and never with a request.
func (b *Build) Context() context.Context { return b.ctx }

// OnDestroy turns a Destroy method into the clean-up function that a provider returns. When the container closes,
// destroy gets its context, and its error is part of what Close returns.
func (b *Build) OnDestroy(name string, destroy func(context.Context) error) func() {
	c := b.container
	return func() {
		c.mu.Lock()
		ctx := c.closing
		c.mu.Unlock()
		if ctx == nil { // undoing a build that failed half way
			ctx = context.WithoutCancel(b.ctx)
		}
		if err := guard(func() error { return destroy(ctx) }); err != nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.errs = append(c.errs, fmt.Errorf("destroy %s: %w", name, err))
		}
	}
}

// Close destroys what was built, in exact reverse order of creation. All run, even when one fails or panics; their errors
// are joined. Later calls do nothing.
func (c *Container) Close(ctx context.Context) error {
	c.mu.Lock()
	if c.closing != nil {
		c.mu.Unlock()
		return nil
	}
	c.closing = ctx
	created := c.created
	c.created = nil
	c.mu.Unlock()
	for i := len(created) - 1; i >= 0; i-- {
		d := created[i]
		if err := guard(func() error { d.run(); return nil }); err != nil {
			c.mu.Lock()
			c.errs = append(c.errs, fmt.Errorf("destroy %s: %w", d.name, err))
			c.mu.Unlock()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return errors.Join(c.errs...)
}

// add records a finished build. It reports false when the container was closed meanwhile; the caller then cleans up.
func (c *Container) add(name string, cleanup func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing != nil {
		return false
	}
	if cleanup != nil {
		c.created = append(c.created, destroyer{name, cleanup})
	}
	return true
}

// PanicError is a panic of a constructor, Init or Destroy.
type PanicError struct {
	// Value is what was passed to panic.
	Value any
	// Stack is the goroutine's stack.
	Stack []byte
}

// Error returns the panic's value and the stack, since a failed start has no other place to show it.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack) }

func guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return f()
}
