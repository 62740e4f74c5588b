package framework

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/faasgen/faasgen/framework/internal/invocation"
)

// Context is a context.Context for one invocation, with the facts of that invocation. It is made by the
// engine, is cancelled when the invocation ends, and its other methods must not be called after that.
type Context struct {
	parent context.Context
	origin *Context // whose values it has besides those of parent, of what WithContext made; nil for the engine's own
	*call
}

// call is what all Contexts of one invocation share.
type call struct {
	engine     *Engine
	invocation Invocation
	logger     atomic.Pointer[slog.Logger] // made by the first call of Logger, maybe from several goroutines of a handler
	result     any
	state      invocation.State // what generated code keeps
	deadline   time.Time        // zero if there is none; then parent alone says when the call is cancelled, as always where there is an origin
	limit      time.Duration    // of the function or the platform, which the deadline comes from

	answered atomic.Bool // by the first to answer, of a call with Overdue
	over     atomic.Bool // the response is out, or is lost

	mu       sync.Mutex
	done     chan struct{} // made by the first call of Done: most handlers never call it
	err      error
	cold     bool        // the first of the process; not guarded
	trace    string      // of SetTraceID; not guarded
	replying bool        // the worker does not keep the time now
	timer    *time.Timer // of a reply that looks at its context
	detach   func() bool // from parent, with timer
}

var _ context.Context = (*Context)(nil)

// newContext returns the engine's own Context of an invocation, with what is shared in the same piece of memory.
func newContext(parent context.Context, e *Engine, inv *Invocation, cold bool) *Context {
	c := &struct {
		own    Context
		shared call
	}{shared: call{engine: e, invocation: *inv, cold: cold}}
	c.own.parent, c.own.call = parent, &c.shared
	return &c.own
}

// Invocation is what a platform hands to [Engine.Invoke].
type Invocation struct {
	// Function is the function to call. Required.
	Function *Function
	// Event is what the function receives: *web.Exchange for http, timer.Event for timers, []byte for a raw payload, and a slice
	// of the event type for all other triggers, such as []mq.Message.
	Event any
	// RequestID is the vendor's id of this call. The platform makes one up where the vendor has none.
	RequestID string
	// Trace is the vendor's trace header value, empty if there is none.
	Trace string
	// Deadline is when the vendor stops the call; zero is none. The context of the call ends a fiftieth of the time that is left
	// before, at most 100 ms, so that the response arrives in time.
	Deadline time.Time
	// Redelivered says that the event is delivered again when the call fails, as queues and streams do it.
	Redelivered bool
	// Vendor is the vendor's original invocation, which the platform's own From returns typed.
	Vendor any
	// Call is what the caller passes with its call, where that is a function; else nil.
	Call *Call
	// Within is the invocation that this one is a part of, where a function calls another of its unit. It runs also while the
	// unit is closing, which waits for that one.
	Within *Context
	// Reply, if set, is called with the outcome before Invoke returns, while the Context and its deadline still hold: a
	// result that is streamed may be reading from something that ends with them. It is not called when Invoke returns
	// ErrClosed.
	Reply func(result any, err error)
	// Overdue lets Invoke run the handler on its caller's goroutine also when there is a deadline, which costs less than
	// a goroutine that can be left alone. When the deadline passes, Overdue is called in place of Reply, on a goroutine of
	// its own, and must do what would have followed Invoke; Invoke returns ErrAbandoned when the handler ends, if ever.
	// Overdue is not used where ctx can be cancelled: a caller waits for Invoke then.
	Overdue func(err error)
	// Background, if set, is where the platform waits for what [Context.Go] runs, after the response and before it does what
	// may stop the process. Without it nothing waits until the unit is closed.
	Background *Background
}

type contextKey struct{}

// From returns the Context that ctx is or descends from, and nil if there is none.
func From(ctx context.Context) *Context {
	if c, ok := ctx.(*Context); ok {
		return c
	}
	c, _ := ctx.Value(contextKey{}).(*Context)
	return c
}

// Value makes the Context reachable from contexts derived from it.
func (c *Context) Value(key any) any {
	switch key.(type) {
	case contextKey:
		return c
	case invocation.Key:
		return &c.root().state
	case invocation.InputKey:
		in, _ := c.root().invocation.Event.(*invocation.Input)
		return in
	}
	return c.parent.Value(key)
}

// SetValue makes Value return v for key from now on, in this invocation. It is for middleware that runs before the
// handler, such as tracing; it must not be called concurrently with Value.
func (c *Context) SetValue(key, v any) {
	for ; c != nil; c = c.origin {
		c.parent = context.WithValue(c.parent, key, v)
	}
}

// WithContext returns the Context of the same invocation with the values, the deadline and the cancellation of ctx, which
// should descend from it. What is set on either holds for the invocation. It is for middleware that continues with another
// context, as aspects do.
func (c *Context) WithContext(ctx context.Context) *Context {
	if same, ok := ctx.(*Context); ok {
		return same
	}
	return &Context{parent: ctx, origin: c, call: c.call}
}

// root is the engine's own Context of the invocation.
func (c *Context) root() *Context {
	for c.origin != nil {
		c = c.origin
	}
	return c
}

// unlimited reports whether parent alone says when c ends.
func (c *Context) unlimited() bool { return c.origin != nil || c.deadline.IsZero() }

// Deadline is the smaller of the platform's and the function's own deadline.
func (c *Context) Deadline() (time.Time, bool) {
	if c.unlimited() {
		return c.parent.Deadline()
	}
	return c.deadline, true
}

// Done is closed when the deadline passes, the caller goes away or the invocation ends.
func (c *Context) Done() <-chan struct{} {
	if c.unlimited() {
		return c.parent.Done()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.err != nil {
			close(c.done)
		}
	}
	c.keepTime()
	return c.done
}

// Err is context.DeadlineExceeded or context.Canceled once Done is closed.
func (c *Context) Err() error {
	if c.unlimited() {
		return c.parent.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keepTime()
	return c.err
}

// reply begins the time in which the response is written. Few responses look at the context, as one does that is streamed
// from something with the same end: only for them the time is kept.
func (c *Context) reply() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.replying = true; c.done != nil {
		c.keepTime()
	}
}

// keepTime makes a reply end with its deadline or its caller. The caller holds mu.
func (c *Context) keepTime() {
	if !c.replying || c.timer != nil || c.err != nil {
		return
	}
	c.timer = time.AfterFunc(time.Until(c.deadline), func() { c.cancel(context.DeadlineExceeded) })
	parent := c.parent
	c.detach = context.AfterFunc(parent, func() { c.cancel(parent.Err()) })
}

// cancel ends a Context that has a deadline. The first reason stays.
func (c *Context) cancel(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = reason
	if c.done != nil {
		close(c.done)
	}
	if c.timer != nil {
		c.timer.Stop()
		c.detach()
	}
}

// Event is the input of the function; see [Invocation.Event].
func (c *Context) Event() any {
	event := c.root().invocation.Event
	if in, ok := event.(*invocation.Input); ok {
		return in.Encode(in)
	}
	return event
}

// SetEvent replaces the input of the function by another value of the same type. It is for middleware, such as one that
// removes messages from a batch that were handled before.
func (c *Context) SetEvent(v any) { c.root().invocation.Event = v }

// Result is what the handler returned so far, nil if nothing.
func (c *Context) Result() any { return c.root().result }

// SetResult replaces the result that the caller gets. A nil pointer, interface or reader must be passed as plain nil.
func (c *Context) SetResult(v any) { c.root().result = v }

// RequestID is the platform's id of this invocation.
func (c *Context) RequestID() string { return c.invocation.RequestID }

// Trace is the platform's trace header value, empty if there is none.
func (c *Context) Trace() string { return c.invocation.Trace }

// FunctionName is the name of the function, also inside an aggregation.
func (c *Context) FunctionName() string { return c.invocation.Function.Name }

// Unit is the name of the deployment unit the function runs in.
func (c *Context) Unit() string { return c.engine.app.Unit }

// Runtime holds the facts of the process. It must not be changed.
func (c *Context) Runtime() *Runtime { return c.engine.rt }

// Vendor is the vendor's original invocation; use the platform's From for its type.
func (c *Context) Vendor() any { return c.invocation.Vendor }

// Logger returns the process's logger with request_id, function and unit set, of a call that came from another unit with
// root_request_id, and with trace_id where there is a trace.
func (c *Context) Logger() *slog.Logger {
	c = c.root()
	if l := c.logger.Load(); l != nil {
		return l
	}
	l := c.engine.log.With("request_id", c.RequestID(), "function", c.FunctionName(), "unit", c.Unit())
	if root := c.Root(); root != "" {
		l = l.With("root_request_id", root)
	}
	if trace := c.TraceID(); trace != "" {
		l = l.With("trace_id", trace)
	}
	c.logger.Store(l)
	return l
}
