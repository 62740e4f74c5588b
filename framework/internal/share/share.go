// Package share divides the time until a deadline among pieces of work that follow one another, so that one that hangs
// leaves time for the next. It is for what runs when a process ends; an invocation has a deadline of its own.
package share

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// Alone is what each piece of work gets where there is no deadline to share.
	Alone = 10 * time.Second
	// least is what it gets when the time is used up: all work is tried, late or not.
	least = 10 * time.Millisecond
	// comeBack bounds the part of a share in which work may come back after its context has ended.
	comeBack = 100 * time.Millisecond
)

// errExited is the error of work that neither returned nor panicked.
var errExited = errors.New("it ended its goroutine, as runtime.Goexit and t.FailNow do")

// Run calls work with a context that ends with its share: half of the time that ctx has left, all of it for the last,
// [Alone] where ctx has no deadline. The context ends an eighth of the share, at most 100 ms, before the share does. Work
// that has not returned at the end of its share is left behind on its goroutine, and the error says so. work must not
// panic.
func Run(ctx context.Context, last bool, work func(context.Context) error) error {
	mine := Alone
	if deadline, ok := ctx.Deadline(); ok {
		if mine = time.Until(deadline); !last {
			mine /= 2
		}
	}
	mine = max(mine, least)
	late := min(mine/8, comeBack)
	own, cancel := context.WithTimeout(ctx, mine-late)
	defer cancel()
	begin := time.Now()
	done := make(chan error, 1)
	go func() {
		err := errExited
		defer func() { done <- err }()
		err = work(own)
	}()
	select {
	case err := <-done:
		return err
	case <-own.Done():
	}
	// It may have returned at that very moment, or be about to: most work ends when its context does.
	timer := time.NewTimer(max(late, least/2))
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return fmt.Errorf("left behind, it still runs after %s", time.Since(begin).Round(time.Millisecond))
	}
}
