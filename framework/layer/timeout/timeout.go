// Package timeout is a layer for functions that should give up before the platform gives them up. In f.yml:
//
//	layers:
//	  timeout: {use: go:github.com/faasgen/faasgen/framework/layer/timeout, config: {after: 2s, status: 503, retryAfter: 5}}
//
// After the soft timeout the context of the function ends, as that of a deadline does. A function that stops then, with the error of its
// context or one that wraps it, is answered for with the status, 503 or 504, and code timeout; what it left undone it could still tidy up.
// One that finishes all the same gets its result to the caller; what it streams has until the soft timeout, where it looks at the context.
// The timeout of f.yml is the hard one: what is over that is answered for
// without the function.
//
// A function that took most of the time until its deadline, the platform's or its own, leaves a warning in the log.
package timeout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Config is what the layer's entry in f.yml and configuration say of it.
//
//faas:config key=layer
type Config struct {
	// After is the soft timeout, at least a millisecond; zero is none.
	After time.Duration //faas:config default=0
	// Status is that of the response, 503 or 504.
	Status int //faas:config default=504
	// RetryAfter is in how many seconds a client may try again, at most an hour; zero does not say.
	RetryAfter int //faas:config default=0
	// Warn is the share of the time until its deadline that a function may take without a warning, from 0 to 1; zero is never.
	Warn float64 //faas:config default=0.8
}

// Layer is the layer. It is made by New.
type Layer struct {
	config     Config
	retryAfter string
}

// New returns the layer, or the error that names the key that is wrong.
//
//faas:layer
func New(c *Config) (*Layer, error) {
	switch {
	case c.After < 0 || c.After > 0 && c.After < time.Millisecond || c.After > 24*time.Hour:
		return nil, fmt.Errorf("after: found %s, expected 1ms to 24h, or 0 for none", c.After)
	case c.Status != 503 && c.Status != 504:
		return nil, fmt.Errorf("status: found %d, expected 503 or 504", c.Status)
	case c.RetryAfter < 0 || c.RetryAfter > 3600:
		return nil, fmt.Errorf("retryAfter: found %d, expected 0 to 3600 seconds", c.RetryAfter)
	case !(c.Warn >= 0 && c.Warn <= 1):
		return nil, fmt.Errorf("warn: found %v, expected a share from 0 to 1", c.Warn)
	}
	l := &Layer{config: *c}
	if c.RetryAfter > 0 {
		l.retryAfter = strconv.Itoa(c.RetryAfter)
	}
	return l, nil
}

// Name returns "timeout".
func (l *Layer) Name() string { return "timeout" }

// Middleware keeps the time.
func (l *Layer) Middleware(next framework.Handler) framework.Handler {
	return func(ctx *framework.Context) error {
		began := time.Now()
		deadline, limited := ctx.Deadline()
		end := began.Add(l.config.After)
		if l.config.After == 0 || limited && !end.Before(deadline) {
			err := next(ctx)
			l.warn(ctx, began, deadline, limited)
			return err
		}
		soft := &softContext{parent: ctx, deadline: end}
		defer func() {
			if !streams(ctx.Result()) {
				soft.release()
			}
		}()
		err := next(ctx.WithContext(soft))
		if err != nil && ctx.Err() == nil && soft.Err() != nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
			err = l.timedOut(ctx, err)
		}
		l.warn(ctx, began, deadline, limited)
		return err
	}
}

// timedOut is the error of a function that gave up.
func (l *Layer) timedOut(ctx *framework.Context, cause error) error {
	if x := web.From(ctx); x != nil && l.retryAfter != "" {
		x.Header().Set("Retry-After", l.retryAfter)
	}
	return &framework.Error{Status: l.config.Status, Code: "timeout", Message: "the function did not answer within " + l.config.After.String(), Err: cause}
}

// warn says that a function came near its deadline. That it missed it the engine says.
func (l *Layer) warn(ctx *framework.Context, began, deadline time.Time, limited bool) {
	if !limited || l.config.Warn == 0 || ctx.Err() != nil {
		return
	}
	took, had := time.Since(began), deadline.Sub(began)
	if took.Seconds() > l.config.Warn*had.Seconds() {
		ctx.Logger().Warn("the function came near its deadline", "took_ms", took.Milliseconds(), "limit_ms", had.Milliseconds())
	}
}

// streams reports whether a result is still to be read, maybe from what ends with the context.
func streams(result any) bool {
	switch r := result.(type) {
	case io.Reader:
		return true
	case *web.Response:
		return r != nil && r.Reader != nil
	case web.Response:
		return r.Reader != nil
	}
	return false
}

// softContext is a context with an earlier deadline. Most functions never ask for Done: only for those that do there is a timer.
type softContext struct {
	parent   *framework.Context
	deadline time.Time

	mu     sync.Mutex
	timed  context.Context // made by the first call of Done
	cancel context.CancelFunc
	over   bool // the function has returned
}

// Deadline returns the soft one.
func (s *softContext) Deadline() (time.Time, bool) { return s.deadline, true }

// Value returns what the context of the invocation has.
func (s *softContext) Value(key any) any { return s.parent.Value(key) }

// Done is closed at the soft deadline, or when the context of the invocation ends.
func (s *softContext) Done() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timed == nil {
		s.timed, s.cancel = context.WithDeadline(s.parent, s.deadline)
		if s.over { // code that was left behind
			s.cancel()
		}
	}
	return s.timed.Done()
}

// Err is not nil once Done is closed.
func (s *softContext) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timed != nil {
		return s.timed.Err()
	}
	if err := s.parent.Err(); err != nil {
		return err
	}
	if !time.Now().Before(s.deadline) {
		return context.DeadlineExceeded
	}
	return nil
}

// release frees the timer when the function has returned.
func (s *softContext) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	if s.cancel != nil {
		s.cancel()
	}
}
