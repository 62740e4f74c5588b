package framework

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/faasgen/faasgen/framework/internal/coldstart"
	"github.com/faasgen/faasgen/framework/internal/fault"
)

// Engine runs the life cycle of one unit: RuntimeStart and FunctionStart in Start, Invoke for each event, Close once.
// Invoke is safe for concurrent use between a successful Start and the return of Close.
type Engine struct {
	rt       *Runtime
	app      *App
	log      *slog.Logger
	hooks    hooks // nil without layers
	handlers map[*Function]Handler
	limits   map[*Function]chan struct{}
	deferred map[string]*deferred // by the component's name
	workers  workers
	watches  watches

	deployment deployment
	wrong      error // with the settings of the unit

	cold atomic.Pointer[ColdStart]

	mu       sync.Mutex
	state    engineState
	invoked  bool // there was an invocation
	inFlight int
	idle     chan struct{}   // closed when the last invocation ends after Close began
	base     context.Context // of background work, nil without any; stop ends it
	stop     context.CancelFunc
	closing  context.Context // of a Close that came while Start was under way
	closeErr error
	closed   chan struct{}
}

type engineState int

const (
	stateNew engineState = iota
	stateStarting
	stateReady
	stateClosing
)

// ErrClosed is what Invoke returns when the engine is not started or is closing, and what is in the error of a provider that
// would be built then.
var ErrClosed = fault.ErrClosed

// ErrAbandoned is in the error of an invocation whose deadline passed or whose caller went away while its handler still
// runs: what belongs to the handler, such as its event, must not be touched any more.
var ErrAbandoned = errors.New("the handler still runs")

// NewEngine applies the settings of the deployment to app: its functions and limits, as the package comment of settings.go
// describes. It runs no user code and never fails; Start reports what is wrong.
func NewEngine(rt *Runtime, app *App) *Engine {
	e := &Engine{
		rt: rt, app: app, log: rt.Log(),
		handlers: make(map[*Function]Handler, len(app.Functions)),
		limits:   make(map[*Function]chan struct{}),
		idle:     make(chan struct{}),
		closed:   make(chan struct{}),
	}
	e.deployment, e.wrong = deploy(rt, app)
	rt.engine = e
	return e
}

// App returns the unit that the engine runs.
func (e *Engine) App() *App { return e.app }

// Runtime returns the facts of the process.
func (e *Engine) Runtime() *Runtime { return e.rt }

// Start runs RuntimeStart and FunctionStart under the smaller of the unit's and the platform's init timeout. After an
// error nothing may be invoked and the process should report the error and exit. What was built has been destroyed,
// except where an initialiser that ignores its context still runs.
func (e *Engine) Start(ctx context.Context) (err error) {
	e.mu.Lock()
	if e.state != stateNew {
		e.mu.Unlock()
		return errors.New("the engine was started before")
	}
	e.state = stateStarting
	e.mu.Unlock()

	if limit := smaller(e.app.InitTimeout, e.rt.InitTimeout); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, fmt.Errorf("init did not finish within %s", limit))
		defer cancel()
	}
	// A hanging initialiser must not keep the platform from learning of it, so the work has its own goroutine.
	done := make(chan error, 1)
	go func() {
		err := errStartGoexit
		defer func() { done <- err }()
		e.start(ctx, &err)
	}()
	select {
	case err = <-done:
	case <-ctx.Done():
		err = e.cutShort(ctx, done)
	}
	e.mu.Lock()
	closing := e.state == stateClosing
	if err == nil && !closing {
		e.state = stateReady
	}
	e.mu.Unlock()
	e.logPanic(err)
	switch {
	case err != nil:
		err = fmt.Errorf("init of unit %s: %w", e.app.Unit, err)
	case closing: // Close came while start was under way and left the rest to us
		e.closeErr = e.end(e.closing)
		e.logPanic(e.closeErr)
		err = ErrClosed
	default:
		return nil
	}
	e.finish()
	return err
}

// cutShort is the error of a start whose time is up or whose process is stopped. Work that obeys its context
// is waited for while it undoes what it has done, and what it finished all the same is undone here.
func (e *Engine) cutShort(ctx context.Context, done <-chan error) error {
	cause := context.Cause(ctx)
	select {
	case err := <-done:
		if err == nil {
			err = e.end(ctx)
		}
		if err != nil && err != cause {
			return fmt.Errorf("%w: %w", cause, err) // which says what took so long
		}
	case <-time.After(undoGrace):
	}
	return cause
}

const (
	// undoGrace is how long a start that was cut short may take to come back.
	undoGrace = 200 * time.Millisecond
	// stopGrace is what Stop gets when all the time there was is used up, or when start has failed.
	stopGrace = time.Second
)

// lastGrace returns a context for Stop where ctx has ended, or may end because of the very failure that Stop undoes: with
// that one, everything it does would fail at once.
//
//go:noinline
func lastGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
}

// finish marks the engine as closed for good.
func (e *Engine) finish() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state = stateClosing
	select {
	case <-e.closed:
	default:
		close(e.closed)
	}
}

// start runs the two phases. Its error is left in failed, also where the goroutine ends in code of the user's.
func (e *Engine) start(ctx context.Context, failed *error) {
	if *failed = e.wrong; e.wrong != nil {
		return
	}
	report := &coldStart{begun: time.Now()}
	ctx = coldstart.With(ctx, &report.Recorder)
	*failed = errStartGoexit
	if *failed = fault.Guard(e.prepare); *failed != nil {
		return
	}
	if e.hooks != nil {
		*failed = errStartGoexit
		if *failed = e.hooks.runtimeStart(ctx, e.rt, failed); *failed != nil {
			return
		}
	}
	report.running = time.Now()
	defer e.undo(ctx, failed)
	*failed = errStartGoexit
	body := func() error { return e.startFunctions(ctx) }
	if e.hooks == nil {
		*failed = fault.Guard(body)
	} else {
		*failed = e.hooks.functionStart(ctx, e.app, body, failed)
	}
	e.cold.Store(report.end())
}

// undo ends what a start that has failed has begun.
func (e *Engine) undo(ctx context.Context, failed *error) {
	if *failed == nil || !e.app.Closes() {
		return
	}
	ctx, cancel := lastGrace(ctx)
	defer cancel()
	*failed = errors.Join(*failed, bounded(ctx, true, e.app.close))
}

// prepare makes the layers and limits of the functions.
func (e *Engine) prepare() error {
	for _, f := range e.app.Functions {
		if f.Handler == nil {
			return fmt.Errorf("function %s has no handler", f.Name)
		}
		if f.Concurrency > 0 {
			e.limits[f] = make(chan struct{}, f.Concurrency)
		}
	}
	layers := e.app.layered()
	if layers == nil {
		return nil
	}
	h, err := layers.table(e.app)
	if e.hooks = h; err == nil {
		h.replaceLogger(e)
	}
	return err
}

// Invoke runs one function: before-hooks, the chain, after-hooks. It returns what the handler left as its result. A
// panic becomes a *PanicError whose stack is logged. When the deadline passes first, Invoke returns a *Error with
// status 504 and leaves the handler to notice its context; what it returns later is dropped and logged.
func (e *Engine) Invoke(ctx context.Context, inv Invocation) (any, error) {
	h, ok := e.handlers[inv.Function]
	first := false
	if !ok || !e.enter(inv.Within, &first) {
		return nil, ErrClosed
	}
	if err := inv.Function.unusable; err != nil {
		defer e.leave()
		if inv.Reply != nil {
			inv.Reply(nil, err)
		}
		return nil, err
	}
	c := newContext(ctx, e, &inv, first)
	left := c.limitTime(e.deployment.timeout)
	switch {
	case c.deadline.IsZero():
		return e.invokeUnlimited(c, h)
	case inv.Overdue != nil && ctx.Done() == nil:
		return e.invokeWatched(c, h, left)
	}
	return e.invokeOnWorker(ctx, c, h, left)
}

// limitTime sets the deadline, and returns the time until then: the platform's, less a margin in which the response reaches it, or
// the function's own if that is sooner. It holds by the monotonic clock, so that a step of the other one moves no deadline.
func (c *Context) limitTime(platform time.Duration) (left time.Duration) {
	own, at := c.invocation.Function.Timeout, c.invocation.Deadline
	if at.IsZero() && platform == 0 && own == 0 {
		return 0
	}
	now := time.Now()
	if !at.IsZero() {
		platform = at.Sub(now)
	}
	left = platform - margin(platform)
	if c.limit = platform; own > 0 && (own < left || at.IsZero() && platform == 0) {
		c.limit, left = own, own
	}
	c.deadline = now.Add(left)
	return left
}

// margin is what is taken off a platform's limit of an invocation.
func margin(limit time.Duration) time.Duration {
	return max(0, min(limit/50, 100*time.Millisecond))
}

// invokeUnlimited runs a handler without a deadline, on the caller's goroutine.
func (e *Engine) invokeUnlimited(c *Context, h Handler) (any, error) {
	returned := false
	defer func() {
		c.over.Store(true)
		if !returned && c.invocation.Overdue != nil {
			go c.invocation.Overdue(errGoexit) // this goroutine ends
		}
		e.leave()
	}()
	result, err := e.limited(c, h)
	if c.invocation.Reply != nil {
		c.invocation.Reply(result, err)
	}
	returned = true
	return result, err
}

// limited runs the handler within the function's concurrency limit.
func (e *Engine) limited(c *Context, h Handler) (any, error) {
	if err := e.acquire(c); err != nil {
		return nil, err
	}
	defer e.release(c)
	err := e.run(c, h)
	return c.result, err
}

// run is the Invoke phase itself, inside the panic boundary.
func (e *Engine) run(c *Context, h Handler) error {
	if own := c.invocation.Function.hooks; own != nil {
		return own.invoke(c, func() error { return e.call(c, h) })
	}
	return e.call(c, h)
}

func (e *Engine) call(c *Context, h Handler) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = e.recovered(c, v)
		}
	}()
	err = fault.Legible(h(c))
	if p, ok := errors.AsType[*PanicError](err); ok { // such as of a provider that was built for this call
		e.logPanicOf(c, p)
	}
	return err
}

func (e *Engine) recovered(c *Context, v any) error {
	p := &PanicError{Value: v, Stack: debug.Stack()}
	e.logPanicOf(c, p)
	c.result = nil
	return p
}

func (e *Engine) logPanicOf(c *Context, p *PanicError) {
	c.Logger().Error("panic in handler", "panic", fmt.Sprint(p.Value), "stack", string(p.Stack))
	fault.MarkLogged(p)
}

// enter counts an invocation, unless there are no new ones any more. One within another of this engine is none. The first
// of the process is told so; nil is for what is no invocation.
func (e *Engine) enter(within *Context, first *bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	part := within != nil && within.engine == e && e.state == stateClosing && e.inFlight > 0
	if e.state != stateReady && !part {
		return false
	}
	e.inFlight++
	if first != nil {
		*first, e.invoked = !e.invoked, true
	}
	return true
}

func (e *Engine) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inFlight--
	if e.inFlight == 0 && e.state == stateClosing {
		close(e.idle)
	}
}

// Close refuses new invocations, waits for the running ones, then runs the Close phase: before-hooks, App.Stop, after-hooks.
// The running ones leave the last second before ctx ends, at most half of the time, to these. Each of them gets half of the time that is left by then, the last one all of it; one that hangs is
// left behind, so that Close returns with ctx. Errors are joined. Later calls wait for the first and return its error.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
	switch e.state {
	case stateClosing:
		e.mu.Unlock()
		<-e.closed
		return e.closeErr
	case stateStarting: // Start sees the state when its work returns, and closes
		e.state, e.closing = stateClosing, ctx
		e.mu.Unlock()
		select {
		case <-e.closed:
			return e.closeErr
		case <-ctx.Done():
			return fmt.Errorf("closing during init: %w", ctx.Err())
		}
	case stateNew:
		e.mu.Unlock()
		e.finish()
		return nil
	}
	e.state = stateClosing
	running := e.inFlight
	e.mu.Unlock()

	var err error
	if running > 0 {
		err = e.await(ctx)
	}
	e.endBackground()
	e.closeErr = errors.Join(err, e.end(ctx))
	e.logPanic(e.closeErr)
	e.workers.close()
	e.finish()
	return e.closeErr
}

// await waits for the running invocations.
func (e *Engine) await(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-min(stopGrace, time.Until(deadline)/2)))
		defer cancel()
	}
	select {
	case <-e.idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("closing with invocations still running: %w", ctx.Err())
	}
}

// end runs the Close phase, also when there is no time left for it: a database that is closed late is better than one never
// closed.
func (e *Engine) end(ctx context.Context) error {
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = lastGrace(ctx)
		defer cancel()
	}
	switch {
	case e.hooks != nil:
		return e.hooks.close(ctx, e.app)
	case e.app.stops():
		return bounded(ctx, true, e.app.close)
	}
	return nil
}

// logPanic writes down where code that starts or stops a unit panicked: the error says only with what.
func (e *Engine) logPanic(err error) {
	if p, ok := errors.AsType[*PanicError](err); ok {
		e.log.Error("panic outside of an invocation", "panic", fmt.Sprint(p.Value), "stack", string(p.Stack))
	}
}

func smaller(a, b time.Duration) time.Duration {
	if a == 0 || (b != 0 && b < a) {
		return b
	}
	return a
}
