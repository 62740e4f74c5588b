// Package fault has the errors that the engine and the container share, so that one check finds either: a panic that became
// an error, and what is closed. Users know them by the names that package framework gives them.
package fault

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

// ErrClosed is framework.ErrClosed.
var ErrClosed = errors.New("the unit is closed, or has not started")

// PanicError is framework.PanicError.
type PanicError struct {
	// Value is what was passed to panic.
	Value any
	// Stack is the stack of the panicking goroutine, as runtime/debug.Stack formats it.
	Stack []byte

	logged atomic.Bool
}

// Error returns the panic's value, for logs.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value if it was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// MarkLogged says that the stack of p is in the log.
func MarkLogged(p *PanicError) { p.logged.Store(true) }

// Logged reports whether the log has all that an error of an invocation says: it is a panic, of the handler or of a hook, or nothing
// but such panics. The engine logs them, each with its stack. An error that wraps a panic says more.
func Logged(err error) bool {
	if _, ok := err.(*PanicError); ok {
		return true
	}
	of, ok := err.(interface{ Logged() bool })
	return ok && of.Logged()
}

// Stack is that of the panic that an error wraps, if the log does not have it yet.
func Stack(err error) []byte {
	if p, ok := errors.AsType[*PanicError](err); ok && !p.logged.Load() {
		return p.Stack
	}
	return nil
}

// Guard runs f, a user's code, and turns a panic of it into a *PanicError.
func Guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return Legible(f())
}

// Legible returns err, a user's error, and panics if its text cannot be had, as that of a nil pointer that became an error. It
// is called where a panic is caught: later, where the text is logged, it would end the process.
func Legible(err error) error {
	if err != nil {
		_ = err.Error()
	}
	return err
}
