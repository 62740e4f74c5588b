package share_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework/internal/share"
)

// hang ignores its context.
func hang(t *testing.T) func(context.Context) error {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	return func(context.Context) error { <-release; return nil }
}

// listen ends with its context.
func listen(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func TestRun(t *testing.T) {
	tests := []struct {
		name     string
		limit    time.Duration // 0: none
		cancel   bool          // before the work begins
		last     bool
		hangs    bool
		took     time.Duration
		leftover bool
	}{
		{name: "half of what is left", limit: 400 * time.Millisecond, took: 175 * time.Millisecond},
		{name: "all of it for the last", limit: 400 * time.Millisecond, last: true, took: 350 * time.Millisecond},
		{name: "no more than 100 ms to come back", limit: 4 * time.Second, last: true, took: 3900 * time.Millisecond},
		{name: "no deadline", took: share.Alone - 100*time.Millisecond},
		{name: "no deadline, last", last: true, took: share.Alone - 100*time.Millisecond},
		{name: "hangs", limit: 400 * time.Millisecond, hangs: true, took: 200 * time.Millisecond, leftover: true},
		{name: "hangs as the last", limit: 400 * time.Millisecond, last: true, hangs: true, took: 400 * time.Millisecond, leftover: true},
		{name: "hangs without a deadline", hangs: true, took: share.Alone, leftover: true},
		{name: "no time at all", limit: time.Nanosecond, took: time.Nanosecond},
		{name: "cancelled", cancel: true},
		{name: "hangs while cancelled", limit: time.Hour, cancel: true, hangs: true, took: 100 * time.Millisecond, leftover: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				if tt.limit > 0 {
					ctx, cancel = context.WithTimeout(ctx, tt.limit)
					defer cancel()
				}
				if tt.cancel {
					cancel()
				}
				work := listen
				if tt.hangs {
					work = hang(t)
				}
				begin := time.Now()
				err := share.Run(ctx, tt.last, work)
				took := time.Since(begin)
				if took != tt.took {
					t.Errorf("took %s, want %s", took, tt.took)
				}
				if left := err != nil && strings.HasPrefix(err.Error(), "left behind, it still runs after "); left != tt.leftover || err == nil {
					t.Errorf("error = %v", err)
				}
			})
		})
	}
}

func TestRunReturnsWhatWorkReturns(t *testing.T) {
	want := errors.New("busy")
	if err := share.Run(t.Context(), false, func(context.Context) error { return want }); err != want {
		t.Errorf("error = %v", err)
	}
	if err := share.Run(t.Context(), false, func(context.Context) error { return nil }); err != nil {
		t.Errorf("error = %v", err)
	}
	err := share.Run(t.Context(), false, func(context.Context) error { runtime.Goexit(); return nil })
	if err == nil || !strings.Contains(err.Error(), "Goexit") {
		t.Errorf("work that ends its goroutine: %v", err)
	}
}

// One that hangs leaves half of the time, another one half of that, and all of them together no more than there is.
func TestAllTogetherKeepTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		begin := time.Now()
		for i := range 5 {
			if err := share.Run(ctx, i == 4, hang(t)); err == nil {
				t.Error("no error")
			}
		}
		if took := time.Since(begin); took != time.Second {
			t.Errorf("took %s", took)
		}
	})
}
