package call

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	// defaultTries is how often a call is sent at most, unless its options say otherwise.
	defaultTries = 3
	// firstWait bounds the wait before the second try; each further one may be twice as long, up to longestWait.
	firstWait   = 100 * time.Millisecond
	longestWait = 2 * time.Second
)

// again reports whether a call that failed with err is sent again after its n-th try, and waits until then. An asynchronous one may
// come more than once in any case, so that it is also sent again when it is not known whether it was accepted.
func (c *Client) again(ctx context.Context, async bool, n, tries int, err error) bool {
	f, ok := errors.AsType[*Failure](err)
	if !ok || n >= tries || !f.Temporary() && !(async && f.Reason == Broken) {
		return false
	}
	wait := c.random(min(firstWait<<(n-1), longestWait))
	if f.Reason == Skewed {
		wait = 0
	}
	wait = max(wait, min(f.After, longestWait))
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
		return false
	}
	return c.sleep(ctx, wait) == nil
}

// random is any time up to limit: of many callers that were refused at once, no two come again at once.
func random(limit time.Duration) time.Duration { return rand.N(limit) }

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
