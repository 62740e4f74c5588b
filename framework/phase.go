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
			p.err = &fault.LayerError{Layer: l.name, Err: err}
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
			p.err = errors.Join(p.err, &fault.LayerError{Layer: l.name, Err: err})
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
		p.err = errors.Join(p.err, &fault.LayerError{Layer: p.layer.name, Err: errHookGoexit})
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
