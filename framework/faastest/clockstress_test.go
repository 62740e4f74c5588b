package faastest_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/faastest"
)

// Several move the clock while others sleep again and again, and give up. Run it with -race.
func TestClockMovedByMany(t *testing.T) {
	c := faastest.NewClock(noon())
	var sleepers, movers sync.WaitGroup
	var awake atomic.Int32
	ctx, cancel := context.WithCancel(t.Context())
	for range 8 {
		sleepers.Go(func() {
			for range 50 {
				before := c.Now()
				if c.Sleep(context.Background(), time.Second) == nil && c.Now().Before(before.Add(time.Second)) {
					t.Error("woken too early")
				}
				awake.Add(1)
			}
		})
		sleepers.Go(func() {
			for ctx.Err() == nil {
				_ = c.Sleep(ctx, time.Second)
			}
		})
		sleepers.Go(func() {
			for range 50 {
				<-c.After(time.Second)
			}
		})
	}
	done := make(chan struct{})
	var back sync.RWMutex // Set goes back in time if another moves the clock after Now, and who wakes then is early
	for range 4 {
		movers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					back.RLock()
					c.Advance(500 * time.Millisecond)
					back.RUnlock()
					back.Lock()
					c.Set(c.Now())
					back.Unlock()
					_ = c.Waiting()
				}
			}
		})
	}
	for awake.Load() < 400 {
		c.Await(t, 1)
	}
	cancel()
	sleepers.Wait()
	close(done)
	movers.Wait()
	if c.Waiting() != 0 {
		t.Errorf("%d still wait", c.Waiting())
	}
}
