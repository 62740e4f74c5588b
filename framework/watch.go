package framework

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// watch answers for a handler that runs on its caller's goroutine and ignores its deadline. One whose timer was stopped
// in time is used again.
type watch struct {
	timer   *time.Timer
	context *Context
}

// watches are the idle ones.
type watches struct {
	mu   sync.Mutex
	idle []*watch
}

// start returns a watch over c.
func (ws *watches) start(c *Context, left time.Duration) *watch {
	w := ws.take()
	if w == nil {
		w = &watch{context: c}
		w.timer = time.AfterFunc(left, w.fire)
		return w
	}
	w.context = c
	w.timer.Reset(left)
	return w
}

func (ws *watches) take() *watch {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	n := len(ws.idle)
	if n == 0 {
		return nil
	}
	w := ws.idle[n-1]
	ws.idle = ws.idle[:n-1]
	return w
}

// end stops w. One that fires after all has itself for itself.
func (ws *watches) end(w *watch) {
	if !w.timer.Stop() {
		return
	}
	w.context = nil
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if len(ws.idle) < maxIdleWorkers {
		ws.idle = append(ws.idle, w)
	}
}

// invokeWatched runs the handler on the caller's goroutine. Until it ends, only the watch can answer.
func (e *Engine) invokeWatched(c *Context, h Handler, left time.Duration) (any, error) {
	w := e.watches.start(c, left)
	returned, ours := false, false
	defer func() {
		if !returned && (ours || c.answered.CompareAndSwap(false, true)) { // this goroutine ends with the handler, or its result
			e.watches.end(w)
			c.over.Store(true)
			c.cancel(context.Canceled)
			go c.invocation.Overdue(errGoexit)
		}
		e.leave()
	}()
	result, err := e.limited(c, h)
	if ours = c.answered.CompareAndSwap(false, true); !ours {
		returned = true
		c.Logger().Warn(abandonedMessage, "error", err)
		return nil, ErrAbandoned
	}
	if c.invocation.Reply != nil {
		c.invocation.Reply(result, err)
	}
	returned = true
	c.over.Store(true)
	e.watches.end(w)
	c.cancel(context.Canceled)
	return result, err
}

// fire ends the invocation at its deadline. A reply that is under way only sees its context end.
func (w *watch) fire() {
	c := w.context
	first := c.answered.CompareAndSwap(false, true)
	err := c.unfinished(c.overdue()) // before the context ends, after which the handler may do anything
	if first {
		c.over.Store(true)
	}
	c.cancel(context.DeadlineExceeded)
	if first {
		c.invocation.Overdue(err)
	}
}

// overdue is the error of an invocation whose handler ignores its deadline. Where the platform's limit is that of the function,
// as in a unit of one, a little of it has passed when the call begins: the function's own is in the text then, so that it is the
// same in every unit. A function that waits is not told: the time that it has left itself differs from unit to unit.
func (c *Context) overdue() *Error {
	limit := max(0, c.limit) // the clocks of the platform and of the machine may differ
	switch own := c.invocation.Function.Timeout; {
	case limit < own && limit > own-own/10:
		limit = own
	case limit != own && limit > time.Second:
		limit = limit.Round(100 * time.Millisecond)
	}
	message := "the function did not answer in time"
	if by := c.invocation.Call; by == nil || by.Async {
		message = fmt.Sprintf("the function did not answer within %s", limit.Round(time.Millisecond))
	}
	return &Error{
		Status: 504, Code: "deadline_exceeded", Message: message,
		Err: fmt.Errorf("%w: %w", context.DeadlineExceeded, ErrAbandoned),
	}
}
