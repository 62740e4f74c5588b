package framework

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// maxIdleWorkers bounds the goroutines kept for later invocations.
const maxIdleWorkers = 64

// worker is a goroutine that runs handlers with a deadline. Only another goroutine can leave a handler that ignores its deadline,
// and a goroutine that is kept has a stack that has already grown, which a new one would grow each time.
type worker struct {
	jobs  chan job
	done  chan outcome
	timer *time.Timer // of the caller that waits for this worker
	// abandoned is set before jobs is closed by a caller that did not wait for the handler.
	abandoned bool
}

// abandonedMessage is logged when an abandoned handler comes back.
const abandonedMessage = "the handler returned after its caller was answered"

type job struct {
	context *Context
	handler Handler
}

// outcome carries a finished invocation to its caller; the Context itself stays with the handler.
type outcome struct {
	result any
	err    error
	last   bool // the worker is gone
}

// workers are the idle ones, the last used first.
type workers struct {
	mu     sync.Mutex
	idle   []*worker
	closed bool
}

func (ws *workers) take() *worker {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if n := len(ws.idle); n > 0 {
		w := ws.idle[n-1]
		ws.idle = ws.idle[:n-1]
		return w
	}
	return nil
}

func (ws *workers) give(w *worker) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.closed || len(ws.idle) >= maxIdleWorkers {
		close(w.jobs)
		return
	}
	ws.idle = append(ws.idle, w)
}

func (ws *workers) close() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.closed = true
	for _, w := range ws.idle {
		close(w.jobs)
	}
	ws.idle = nil
}

func (e *Engine) work(w *worker) {
	busy := false
	defer func() {
		if busy { // the handler has ended this goroutine
			w.done <- outcome{err: errGoexit, last: true}
			<-w.jobs // is closed by the caller that takes it
		}
		// The caller of the last job left it to its worker to say that the handler has ended.
		if w.abandoned {
			e.leave()
		}
	}()
	for j := range w.jobs {
		busy = true
		result, err := e.limited(j.context, j.handler)
		busy = false
		if j.context.Err() != nil {
			j.context.Logger().Warn(abandonedMessage, "error", err)
		}
		w.done <- outcome{result: result, err: err}
	}
}

// errGoexit is the outcome of a handler that neither returns nor panics.
var errGoexit = errors.New("the handler ended its goroutine, as runtime.Goexit and t.FailNow do")

// invokeOnWorker runs the handler on a worker. The caller's goroutine keeps the time, which costs less than a
// context.WithDeadline.
func (e *Engine) invokeOnWorker(ctx context.Context, c *Context, h Handler, left time.Duration) (any, error) {
	w := e.workers.take()
	if w == nil {
		w = &worker{jobs: make(chan job, 1), done: make(chan outcome, 1), timer: time.NewTimer(left)}
		go e.work(w)
	} else {
		w.timer.Reset(left)
	}
	w.jobs <- job{c, h}
	var reason error
	select {
	case o := <-w.done:
		return e.answered(w, c, o)
	case <-w.timer.C:
		reason = context.DeadlineExceeded
	case <-ctx.Done():
		reason = ctx.Err()
	}
	// Both may be ready; a finished handler wins over a deadline that passed at the same moment.
	select {
	case o := <-w.done:
		return e.answered(w, c, o)
	default:
	}
	var err error = c.overdue()
	if !errors.Is(reason, context.DeadlineExceeded) {
		err = &Error{Status: 499, Code: "canceled", Message: "the call was cancelled", Err: fmt.Errorf("%w: %w", reason, ErrAbandoned)}
	}
	err = c.unfinished(err) // before the context ends, after which the handler may do anything
	c.cancel(reason)
	w.timer.Stop()
	w.abandoned = true
	close(w.jobs) // the worker ends with its handler; no caller reads its outcome
	if c.invocation.Reply != nil {
		c.invocation.Reply(nil, err)
	}
	c.over.Store(true)
	return nil, err
}

// answered replies while the Context holds, then ends it.
func (e *Engine) answered(w *worker, c *Context, o outcome) (any, error) {
	defer e.leave()
	w.timer.Stop()
	if o.last {
		close(w.jobs)
	} else {
		e.workers.give(w)
	}
	if c.invocation.Reply != nil {
		c.reply()
		c.invocation.Reply(o.result, o.err)
	}
	c.over.Store(true)
	c.cancel(context.Canceled)
	return o.result, o.err
}
