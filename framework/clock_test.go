package framework_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
)

func TestTheMachinesClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := (&framework.Runtime{}).Time()
		begin := time.Now()
		at := func(want time.Duration) {
			t.Helper()
			if got := clock.Now().Sub(begin); got != want {
				t.Errorf("%s after the begin, want %s", got, want)
			}
		}
		at(0)
		if err := clock.Sleep(t.Context(), time.Minute); err != nil {
			t.Error(err)
		}
		at(time.Minute)
		if got := <-clock.After(time.Minute); got.Sub(begin) != 2*time.Minute {
			t.Errorf("after sent %s", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := clock.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("sleep = %v", err)
		}
		at(3 * time.Minute)
		for _, d := range []time.Duration{0, -1, time.Hour} {
			if err := clock.Sleep(ctx, d); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("sleep of %s with an ended context = %v", d, err)
			}
			if err := clock.Sleep(t.Context(), min(d, 0)); err != nil {
				t.Errorf("sleep of %s = %v", min(d, 0), err)
			}
		}
		at(3 * time.Minute)
	})
}
