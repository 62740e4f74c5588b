package framework

import (
	"errors"

	"github.com/faasgen/faasgen/framework/internal/fault"
)

// phase is one run of a phase through the layers: before-hooks in order, the body, and in reverse the after-hooks of every
// layer whose before-hook was reached. Each of these runs once, whatever became of the code before it.
type phase struct {
	table  *hookTable
	call   *Context                      // of an invocation, whose after-hooks are called without a closure: that would be an allocation
	after  func(*layerSlot, error) error // of any other phase
	failed *error                        // where the error is left if the goroutine ends and nothing is returned; may be nil
	layer  *layerSlot                    // whose hook runs, nil for the body
	left   int                           // layers whose after-hook is still to be called
	err    error
	over   bool
}

// errHookGoexit is the error of a hook that neither returns nor panics.
var errHookGoexit = errors.New("it ended its goroutine, as runtime.Goexit and t.FailNow do")

// phase runs one. It does not return if code of the user's ends the goroutine; the after-hooks have their turn all the same.
func (t *hookTable) phase(p phase, before func(*layerSlot) error, body func() error) error {
	p.table = t
	defer p.exit()
	for _, l := range t.layers {
		p.left++
		p.layer = l
		if err := fault.Guard(func() error { return before(l) }); err != nil {
			p.err = &layerError{l.name, err}
			break
		}
	}
	if p.err == nil {
		p.layer = nil
		p.err = fault.Guard(body)
		p.left = len(t.layers) // the start of a unit adds those that it builds
	}
	p.finish()
	return p.err
}

// finish calls the after-hooks that are left.
func (p *phase) finish() {
	for layers := p.table.layers; p.left > 0; {
		p.left--
		l := layers[p.left]
		p.layer = l
		if err := fault.Guard(func() error {
			if p.call != nil {
				return afterCall(p.call, l, p.err)
			}
			return p.after(l, p.err)
		}); err != nil {
			p.err = join(p.err, &layerError{l.name, err})
		}
	}
	p.over = true
}

// exit is deferred: it goes on where the goroutine ends in the body or in a hook. That of an after-hook comes here again.
func (p *phase) exit() {
	if p.over {
		return
	}
	switch {
	case p.layer != nil:
		p.err = join(p.err, &layerError{p.layer.name, errHookGoexit})
	case p.failed != nil:
		p.err, p.left = errStartGoexit, len(p.table.layers)
	default:
		p.err, p.left = errGoexit, len(p.table.layers)
	}
	defer p.exit()
	p.finish()
	if p.failed != nil {
		*p.failed = p.err
	}
}

// layerError is the error of a layer's hook: what it returned, or the panic.
type layerError struct {
	layer string
	err   error
}

// Error names the layer.
func (e *layerError) Error() string { return "layer " + e.layer + ": " + e.err.Error() }

// Unwrap returns the hook's own error.
func (e *layerError) Unwrap() error { return e.err }

// Logged is for [fault.Logged].
func (e *layerError) Logged() bool { return fault.Logged(e.err) }

// failures are several errors of one phase, in the form of [errors.Join].
type failures struct{ list []error }

// join adds an error to those of a phase.
func join(known error, err *layerError) error {
	if known == nil {
		return err
	}
	return &failures{[]error{known, err}}
}

// Error has a line for each.
func (f *failures) Error() string { return errors.Join(f.list...).Error() }

// Unwrap returns them.
func (f *failures) Unwrap() []error { return f.list }

// Logged is for [fault.Logged].
func (f *failures) Logged() bool {
	for _, err := range f.list {
		if !fault.Logged(err) {
			return false
		}
	}
	return true
}
