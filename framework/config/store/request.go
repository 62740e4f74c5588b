package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/faasgen/faasgen/framework/call"
)

const (
	// tries is how often a request is sent at most.
	tries = 4
	// firstWait bounds the wait before the second try; each further one may be twice as long.
	firstWait = 100 * time.Millisecond
)

// Request sends a request of a source, again where that may help and ctx leaves time, and says in words what went wrong. Errors of send
// are a *call.Failure, as those of package wire, whose reasons are read as those of a store.
func Request(ctx context.Context, send func() error) error {
	for n := 1; ; n++ {
		err := send()
		f, ok := errors.AsType[*call.Failure](err)
		if !ok {
			return err
		}
		if n == tries || !f.Temporary() && f.Reason != call.Broken { // reading twice does no harm
			return explain(f)
		}
		wait := rand.N(firstWait << (n - 1))
		if f.Reason == call.Skewed {
			wait = 0
		}
		wait = max(wait, min(f.After, time.Second))
		if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
			return explain(f)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// ErrDenied is the cause of a Failure whose reason is Refused because the role has no right.
var ErrDenied = errors.New("access denied")

// explain says what a failure means to who starts the unit.
func explain(f *call.Failure) error {
	what := "the store refuses to read it"
	switch f.Reason {
	case call.Unreachable:
		what = "the store cannot be reached"
	case call.Throttled:
		what = "the store takes no requests at the moment"
	case call.Unavailable:
		what = "the store cannot be read at the moment"
	case call.Broken:
		what = "the connection to the store broke"
	case call.BadAnswer:
		what = "the store did not answer as expected"
	case call.TooLarge:
		what = "it is too large"
	case call.Gone:
		what = "the store does not have it"
	case call.NoCredentials:
		what = "there are no credentials to read the store with; give the function a role"
	case call.Skewed:
		what = "the store refuses the time of the request"
	case call.Refused:
		if errors.Is(f.Err, ErrDenied) {
			what = "the role of the function may not read it"
			f = &call.Failure{Code: f.Code, Message: f.Message}
		}
	}
	if text := f.Error(); text != "" {
		return fmt.Errorf("%s: %s", what, text)
	}
	return errors.New(what)
}
