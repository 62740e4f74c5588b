// Package recovery is a layer that says what becomes of a process whose function panicked. Without it the engine logs the panic, answers
// with 500, and goes on; what the panic left half done, such as a lock that is held, is still there. In f.yml:
//
//	layers:
//	  recovery: {use: go:github.com/faasgen/faasgen/framework/layer/recovery, config: {policy: exit}}
//
// With the policy exit the process answers, finishes what else runs, closes the unit and ends, as if the platform had stopped it; the
// platform has another take its place:
//
//   - AWS, Alibaba and Tencent start a process, with a cold start, for the next event.
//   - A server is started again by what watches over it: Kubernetes, systemd with Restart=always. It exits with 0.
//   - faasgen dev and tests go on, with a line in the log.
//
// It sees panics of the function and of what is further inside: middleware, guards, aspects, and constructors and Init of what is built for
// the call. The text of a panic is in the log alone.
package recovery

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync/atomic"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Config is what the layer's entry in f.yml and configuration say of it.
//
//faas:config key=layer
type Config struct {
	// Policy is answer, after which the process goes on, or exit.
	Policy string //faas:config default=answer
	// Status is that of the response, 500 to 599.
	Status int //faas:config default=500
	// RetryAfter is in how many seconds a client may try again, at most an hour; zero does not say.
	RetryAfter int //faas:config default=0
}

// Layer is the layer. It is made by New.
type Layer struct {
	exit       bool
	status     int
	retryAfter string
	exiting    atomic.Bool
}

// New returns the layer, or the error that names the key that is wrong.
//
//faas:layer
func New(c *Config) (*Layer, error) {
	switch {
	case c.Policy != "answer" && c.Policy != "exit":
		return nil, fmt.Errorf("policy: found %.40q, expected answer or exit", c.Policy)
	case c.Status < 500 || c.Status > 599:
		return nil, fmt.Errorf("status: found %d, expected 500 to 599", c.Status)
	case c.RetryAfter < 0 || c.RetryAfter > 3600:
		return nil, fmt.Errorf("retryAfter: found %d, expected 0 to 3600 seconds", c.RetryAfter)
	}
	l := &Layer{exit: c.Policy == "exit", status: c.Status}
	if c.RetryAfter > 0 {
		l.retryAfter = strconv.Itoa(c.RetryAfter)
	}
	return l, nil
}

// Name returns "recovery".
func (l *Layer) Name() string { return "recovery" }

// Middleware catches panics.
func (l *Layer) Middleware(next framework.Handler) framework.Handler {
	return func(ctx *framework.Context) (err error) {
		defer func() {
			if v := recover(); v != nil {
				ctx.SetResult(nil)
				err = &framework.PanicError{Value: v, Stack: debug.Stack()}
			}
			if err != nil {
				err = l.judge(ctx, err)
			}
		}()
		return next(ctx)
	}
}

// judge is the error that the caller gets.
func (l *Layer) judge(ctx *framework.Context, err error) error {
	p, ok := errors.AsType[*framework.PanicError](err)
	if !ok {
		return err
	}
	if l.exit && l.exiting.CompareAndSwap(false, true) {
		if stop := ctx.Runtime().Stop; stop != nil {
			ctx.Logger().Error("the process ends, as its function panicked")
			stop()
		} else {
			ctx.Logger().Warn("the function panicked: in a deployment the process would end now")
			l.exiting.Store(false)
		}
	}
	x := web.From(ctx)
	if x != nil && l.retryAfter != "" {
		x.Header().Set("Retry-After", l.retryAfter)
	}
	if x == nil || l.status == 500 {
		return err // which the engine logs with its stack
	}
	ctx.Logger().Error("panic in handler", "panic", fmt.Sprint(p.Value), "stack", string(p.Stack))
	return &framework.Error{Status: l.status, Code: "panic", Message: "the function failed; its log has the reason"}
}
