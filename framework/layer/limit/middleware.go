package limit

import (
	"context"
	"errors"
	"strconv"
	"time"

	"golang.org/x/time/rate"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Codes of the errors of invocations that are over a limit.
const (
	codeRate       = "rate_limited"
	codeOverloaded = "overloaded"
)

// maxRetryAfter is the longest that a client is told to wait.
const maxRetryAfter = 3600 * time.Second

// Middleware keeps one function within its limits.
func (l *Layer) Middleware(next framework.Handler) framework.Handler {
	f := &function{layer: l}
	if l.config.Rate > 0 {
		f.tokens = rate.NewLimiter(rate.Limit(l.config.Rate), l.config.Burst)
	}
	if l.config.Concurrency > 0 {
		f.places = make(chan struct{}, l.config.Concurrency)
	}
	if l.key != nil {
		f.callers = newCallers(&l.config)
	}
	return func(ctx *framework.Context) error {
		var now time.Time // is read once
		if f.callers != nil || f.tokens != nil {
			now = ctx.Runtime().Time().Now()
		}
		c, err := f.byKey(ctx, now)
		if err != nil {
			return err
		}
		if c != nil {
			defer f.callers.leave(c)
		}
		if f.tokens != nil {
			if err := f.token(ctx, now); err != nil {
				return err
			}
		}
		if f.places != nil {
			if err := f.place(ctx); err != nil {
				return err
			}
			defer func() { <-f.places }()
		}
		return next(ctx)
	}
}

// function is one function and its limits; those that are nil it does not have.
type function struct {
	layer   *Layer
	tokens  *rate.Limiter
	places  chan struct{}
	callers *callers
}

// byKey holds an invocation to the limit of its caller, who is nil where there is none.
func (f *function) byKey(ctx *framework.Context, now time.Time) (*caller, error) {
	if f.callers == nil {
		return nil, nil
	}
	key, ok := f.layer.key(ctx)
	if !ok {
		return nil, nil
	}
	c, over, after := f.callers.enter(key, now)
	if c == nil {
		return nil, refuse(ctx, 429, over, after, nil) // waiting would keep a place that is others' as much as the caller's
	}
	return c, nil
}

// token takes one of the function's tokens.
func (f *function) token(ctx *framework.Context, now time.Time) error {
	if f.tokens.AllowN(now, 1) {
		return nil
	}
	if !waits(ctx) {
		return refuse(ctx, 429, codeRate, untilToken(f.tokens, now), nil)
	}
	clock := ctx.Runtime().Time()
	taken := f.tokens.ReserveN(now, 1)
	after := taken.DelayFrom(now)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(now.Add(after)) {
		taken.CancelAt(now)
		return refuse(ctx, 503, codeRate, after, context.DeadlineExceeded)
	}
	if err := clock.Sleep(ctx, after); err != nil {
		taken.CancelAt(clock.Now())
		return refuse(ctx, 503, codeRate, after, err)
	}
	return nil
}

// place takes one of the function's places.
func (f *function) place(ctx *framework.Context) error {
	select {
	case f.places <- struct{}{}:
		return nil
	default:
	}
	if !waits(ctx) {
		return refuse(ctx, 429, codeOverloaded, time.Second, nil)
	}
	select {
	case f.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return refuse(ctx, 503, codeOverloaded, time.Second, ctx.Err())
	}
}

// waits reports whether an invocation waits for its turn: nobody would send it again, and nobody waits for what it answers.
func waits(ctx *framework.Context) bool {
	if call := ctx.Call(); call != nil {
		return call.Async
	}
	return !ctx.Redelivered() && web.From(ctx) == nil
}

// refuse is the error of an invocation over a limit.
func refuse(ctx *framework.Context, status int, code string, after time.Duration, cause error) error {
	message := "too many calls at once"
	if code == codeRate {
		message = "too many calls"
	}
	if x := web.From(ctx); x != nil {
		seconds := int((min(after, maxRetryAfter) + time.Second - 1) / time.Second)
		x.Header().Set("Retry-After", strconv.Itoa(max(1, seconds)))
	}
	if cause != nil {
		cause = errors.Join(errors.New("it waited for its turn"), cause)
	}
	return &framework.Error{Status: status, Code: code, Message: message, Err: cause}
}
