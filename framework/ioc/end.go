package ioc

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/faasgen/faasgen/framework/internal/fault"
	"github.com/faasgen/faasgen/framework/internal/share"
)

// end is what undoes one thing that was made: its Destroy method or the clean-up function of its constructor.
type end struct {
	build  *Build
	number uint64 // in the order of creation
	what   string // begins its errors
	run    func(context.Context) error
	// What follows is the chain's until its cell is built, then that of the caller that closes the container.
	begun bool
	kept  bool // the cell is built: Close runs it
	last  bool // that Close runs
}

// OnDestroy turns a Destroy method into the clean-up function that a provider returns. When the container closes,
// destroy gets its share of the time, and its error is part of what Close returns. When the build that needed it fails
// after all, destroy runs at once, and its error is part of the build's.
func (b *Build) OnDestroy(name string, destroy func(context.Context) error) func() {
	return b.onEnd("destroy "+name, destroy)
}

// OnCleanup does for the clean-up function of a constructor, which may be nil, what OnDestroy does for a Destroy method. It
// is called before anything else can fail, so that a panic in Init does not leave open what the constructor opened.
func (b *Build) OnCleanup(name string, cleanup func()) func() {
	if cleanup == nil {
		return func() {}
	}
	return b.onEnd("clean up "+name, func(context.Context) error { cleanup(); return nil })
}

// onEnd is called once for what is built and not at each invocation, so it is in a program once.
//
//go:noinline
func (b *Build) onEnd(what string, run func(context.Context) error) func() {
	e := &end{build: b, number: b.container.made.Add(1), what: what, run: run}
	b.ends = append(b.ends, e)
	return e.once
}

// once runs the end within its share of the time. A panic is an error.
func (e *end) once() {
	if e.begun {
		return
	}
	e.begun = true
	run := func(ctx context.Context) error { return fault.Guard(func() error { return e.run(ctx) }) }
	if !e.kept { // a build failed half way
		if err := share.Run(context.WithoutCancel(e.build.ctx), false, run); err != nil {
			e.build.undoErrs = append(e.build.undoErrs, fmt.Errorf("%s: %w", e.what, err))
		}
		return
	}
	c := e.build.container
	if err := share.Run(c.closing, e.last, run); err != nil {
		c.errs = append(c.errs, fmt.Errorf("%s: %w", e.what, err))
	}
}

// undo ends what was made since mark for a cell whose build has failed with err, in reverse, and joins the errors.
func (b *Build) undo(mark int, err error) error {
	ends := slices.Clone(b.ends[mark:])
	b.ends = b.ends[:mark]
	for _, e := range slices.Backward(ends) {
		e.once()
	}
	if len(b.undoErrs) > 0 {
		err = errors.Join(append([]error{err}, b.undoErrs...)...)
		b.undoErrs = nil
	}
	return err
}
