package framework

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/faasgen/faasgen/framework/internal/fault"
)

// Background is where the loop of a platform waits for what invocations have left running with [Context.Go]. One serves any
// number of invocations, one after the other or at once. The zero Background is ready.
type Background struct{ group atomic.Pointer[workGroup] }

// workGroup is the background work of the invocations since the last Wait.
type workGroup struct {
	mu      sync.Mutex
	running int
	idle    chan struct{} // made by the Wait that needs it
	until   time.Time     // when it is given up, zero is never
	context *Context      // of the last to join, for the log
}

// Pending reports whether there is anything to wait for.
func (b *Background) Pending() bool { return b.group.Load() != nil }

// Wait returns when all background work has ended. Work that still runs after its deadline is left behind, with a line in the log;
// work that obeys its context has half of the margin to come to its end, before the platform ends the process.
func (b *Background) Wait() {
	if !b.Pending() {
		return
	}
	g := b.group.Swap(nil)
	if g == nil {
		return
	}
	g.mu.Lock()
	running, idle := g.running, g.idle
	if running > 0 && idle == nil {
		idle = make(chan struct{})
		g.idle = idle
	}
	until, c := g.until, g.context
	g.mu.Unlock()
	if running == 0 {
		return
	}
	if until.IsZero() {
		<-idle
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
		c.Logger().Warn("background work still runs after its deadline and is left behind")
	}
}

// join adds work of c.
func (b *Background) join(c *Context) *workGroup {
	g := b.group.Load()
	for g == nil {
		g = &workGroup{}
		if !b.group.CompareAndSwap(nil, g) {
			g = b.group.Load()
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running++
	g.context = c
	if u := c.patience(); g.running == 1 || u.IsZero() || !g.until.IsZero() && u.After(g.until) {
		g.until = u
	}
	return g
}

func (g *workGroup) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running--
	if g.running == 0 && g.idle != nil {
		close(g.idle)
		g.idle = nil
	}
}

// patience is how long background work is waited for.
func (c *Context) patience() time.Time {
	if c.deadline.IsZero() {
		return time.Time{}
	}
	return c.deadline.Add(margin(c.limit) / 2)
}

// Go runs f in the background of the invocation: the response does not wait for what it does, the platform does. Loops that
// poll wait for it after the response was sent and before they take the next event; a process that is frozen between
// requests keeps back the last byte of the response; all others go on, and wait when the unit is closed. A goroutine that a
// handler starts by itself stops half way where the process is frozen.
//
// The context of f has the values and the deadline of the invocation, and is not cancelled when the invocation is answered.
// Values that live for one call, such as a unit of work, are destroyed by then and must not be used. An error or a panic is
// logged. Go may be called until the invocation is answered; what comes later runs, with a line in the log, but no loop waits
// for it.
func (c *Context) Go(f func(ctx context.Context) error) {
	root := c.root()
	e := root.engine
	base, ok := e.enterBackground()
	if !ok {
		root.Logger().Error("background work did not run: the unit is closed")
		return
	}
	var g *workGroup
	switch b := root.invocation.Background; {
	case root.over.Load():
		root.Logger().Warn("background work began after the invocation was answered: the platform may stop it half way")
	case b != nil:
		g = b.join(root)
	}
	ctx, cancel := base, context.CancelFunc(func() {})
	if d := root.deadline; !d.IsZero() {
		ctx, cancel = context.WithDeadline(base, d)
	}
	go func() {
		defer e.leave()
		if g != nil {
			defer g.leave()
		}
		defer cancel()
		root.background(f, &backgroundContext{ctx, c})
	}()
}

// background runs f and logs how it ended, also by runtime.Goexit.
func (c *Context) background(f func(context.Context) error, ctx context.Context) {
	err := errGoexit
	defer func() {
		if p, ok := err.(*PanicError); ok {
			c.Logger().Error("panic in background work", "panic", fmt.Sprint(p.Value), "stack", string(p.Stack))
		} else if err != nil {
			c.Logger().Error("background work failed", "error", err.Error())
		}
	}()
	err = fault.Guard(func() error { return f(ctx) })
}

// backgroundContext has its end from one context and its values from another.
type backgroundContext struct {
	context.Context
	values *Context
}

// Value returns what the invocation's own context has.
func (c *backgroundContext) Value(key any) any {
	if v := c.Context.Value(key); v != nil { // package context finds its own cancellers by a key
		return v
	}
	return c.values.Value(key)
}

// enterBackground counts background work as an invocation that Close waits for. The context ends when Close stops waiting.
func (e *Engine) enterBackground() (context.Context, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state != stateReady && e.inFlight == 0 {
		return nil, false
	}
	e.inFlight++
	if e.base == nil {
		e.base, e.stop = context.WithCancel(context.Background())
	}
	return e.base, true
}

// endBackground cancels background work that Close has waited for.
func (e *Engine) endBackground() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stop != nil {
		e.stop()
	}
}
