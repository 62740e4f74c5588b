package framework

import (
	"context"
	"fmt"
	"time"
)

// watch answers for a handler that runs on its caller's goroutine and ignores its deadline. One whose timer was stopped
// in time is used again.
type watch struct {
	timer   *time.Timer
	context *Context
	left    time.Duration
}

// invokeHere runs the handler on the caller's goroutine. Until it ends, nobody but the watch can answer.
func (e *Engine) invokeHere(c *Context, h Handler) (any, error) {
	defer e.leave()
	w, _ := e.watches.Get().(*watch)
	if w == nil {
		w = &watch{}
	}
	w.context, w.left = c, time.Until(c.deadline)
	if w.timer == nil {
		w.timer = time.AfterFunc(w.left, w.fire)
	} else {
		w.timer.Reset(w.left)
	}
	result, err := e.limited(c, h)
	if !c.answered.CompareAndSwap(false, true) {
		c.Logger().Warn(lateMessage, "error", err)
		return nil, ErrAbandoned
	}
	if c.invocation.Reply != nil {
		c.invocation.Reply(result, err)
	}
	if w.timer.Stop() { // else it fires, and has w for itself
		w.context = nil
		e.watches.Put(w)
	}
	c.cancel(context.Canceled)
	return result, err
}

// fire ends the invocation at its deadline. A reply that is under way only hears of it.
func (w *watch) fire() {
	c := w.context
	first := c.answered.CompareAndSwap(false, true)
	c.cancel(context.DeadlineExceeded)
	if first {
		c.invocation.Overdue(overdue(w.left))
	}
}

// overdue is the error of an invocation whose handler ignores its deadline.
func overdue(limit time.Duration) *Error {
	return &Error{
		Status: 504, Code: "deadline_exceeded",
		Message: fmt.Sprintf("the function did not answer within %s", limit.Round(time.Millisecond)),
		Err:     fmt.Errorf("%w: %w", context.DeadlineExceeded, ErrAbandoned),
	}
}
