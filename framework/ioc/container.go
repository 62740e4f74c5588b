// Package ioc decides when the instances of a unit are built and how long they live. Generated code holds one [Cell] for
// each singleton and one [Container] for them all; the container remembers the order of creation, so that Close can
// destroy in reverse. There is no reflection and no look-up by name: what needs what was solved by the generator, and
// request-scoped values are locals of the generated handlers.
package ioc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/faasgen/faasgen/framework/internal/coldstart"
)

// Container records what was built. The zero value is ready to use. A cell of a container that was closed gives
// framework.ErrClosed, and what panics a *framework.PanicError.
type Container struct {
	// InitTimeout limits each chain of builds: all of Start's, or one lazy build at first use. Zero is unlimited.
	InitTimeout time.Duration

	made      atomic.Uint64 // counts the ends
	lifecycle lifecycle

	mu      sync.Mutex
	ends    []*end          // of what was built
	closing context.Context // set once Close has begun
	errs    []error         // of Close
}

// Build is one chain of builds: a cell, the cells it needs, and so on, all on one goroutine. Generated providers pass it
// on, which is how cells that need each other are told apart from cells that two requests need at once.
type Build struct {
	container *Container
	ctx       context.Context
	cancel    context.CancelFunc
	path      []reflect.Type // of the cells being built, outermost first
	times     times          // of the same
	ends      []*end         // of what was made for them so far
	undoErrs  []error        // of those ends that ran because a build failed
	lazies    []func()       // that part what is Lazy from the chain, when the cell is built that it is for
	waits     *Slot          // the cell this chain waits for; guarded by the container's mu
}

// NewBuild begins a chain under the container's InitTimeout. Done must be called at its end.
func (c *Container) NewBuild(ctx context.Context) *Build {
	b := &Build{container: c, ctx: ctx, cancel: func() {}, times: times{recorder: coldstart.From(ctx)}}
	if c.InitTimeout > 0 {
		b.ctx, b.cancel = context.WithTimeoutCause(ctx, c.InitTimeout, fmt.Errorf("init did not finish within %s", c.InitTimeout))
	}
	return b
}

// Done ends the chain.
func (b *Build) Done() { b.cancel() }

// Context is what Init methods receive: it ends with the init timeout and never with a request.
func (b *Build) Context() context.Context { return b.ctx }

// Close calls OnStop of the configurations that were ready, the last first, each within half of the time that ctx has left by
// then, or 10 seconds where it has no deadline. Then it destroys what was built, in exact reverse order of creation: of the returns of constructors with a clean-up
// function and of the Init methods of what has a Destroy method. All run, even when one fails, panics or hangs; their
// errors are joined. Each Destroy method and each clean-up function gets half of the time that ctx has left by then, the
// last one all of it, and 10 seconds where ctx has no deadline. The context of a Destroy method ends a little earlier, by
// an eighth of its time or 100 ms. One that does not return in its time is left behind while it still runs, and the error
// names it. Later calls do nothing.
func (c *Container) Close(ctx context.Context) error {
	return errors.Join(c.lifecycle.stop(ctx), c.destroy(ctx))
}

func (c *Container) destroy(ctx context.Context) error {
	c.mu.Lock()
	if c.closing != nil {
		c.mu.Unlock()
		return nil
	}
	c.closing = ctx
	ends := c.ends
	c.ends = nil
	c.mu.Unlock()
	slices.SortFunc(ends, func(a, b *end) int { return cmp.Compare(b.number, a.number) })
	for i, e := range ends {
		e.last = i == len(ends)-1
		e.once()
	}
	return errors.Join(c.errs...)
}
