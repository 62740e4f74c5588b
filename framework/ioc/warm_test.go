package ioc_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework/ioc"
)

func TestWarm(t *testing.T) {
	for _, tt := range []struct {
		lazy bool
		fail int
		want string
		err  string
	}{
		{lazy: false, fail: -1, want: "[0 1 2 3]"},
		{lazy: true, fail: -1, want: "[1 3]"},
		{lazy: false, fail: 1, want: "[0 1]", err: "build int: 1 is bad"},
		{lazy: true, fail: 1, want: "[1]", err: "build int: 1 is bad"},
		{lazy: true, fail: 2, want: "[1 3]"},
	} {
		t.Run(fmt.Sprintf("lazy %t, %d fails", tt.lazy, tt.fail), func(t *testing.T) {
			var k ioc.Container
			var cells [4]cell[int]
			var built []int
			var chain *ioc.Build
			get := func(i int) injector[int] {
				return func(k *ioc.Container, b *ioc.Build) (int, error) {
					return cells[i].Get(k, b, func(_ *ioc.Container, b *ioc.Build) (int, error) {
						if chain == nil {
							chain = b
						}
						if chain != b {
							t.Error("another chain")
						}
						if built = append(built, i); i == tt.fail {
							return 0, fmt.Errorf("%d is bad", i)
						}
						return i, nil
					})
				}
			}
			warm := ioc.Warm(&k, ioc.Needs(&cells[0], get(0)), ioc.Eager(&cells[1], get(1)), ioc.Needs(&cells[2], get(2)), ioc.Eager(&cells[3], get(3)))
			err := warm(t.Context(), tt.lazy)
			if fmt.Sprint(built) != tt.want || tt.err == "" && err != nil || tt.err != "" && (err == nil || err.Error() != tt.err) {
				t.Errorf("built %v, error %v", built, err)
			}
			if tt.err == "" {
				if err := warm(t.Context(), tt.lazy); err != nil || fmt.Sprint(built) != tt.want {
					t.Errorf("again: built %v, error %v", built, err)
				}
			}
		})
	}
}

// All of a start has the time together; a cell that is built on first use begins anew.
func TestInitTimeoutOfChains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := ioc.Container{InitTimeout: 3 * time.Second}
		var cells [3]cell[int]
		get := func(i int) injector[int] {
			return func(k *ioc.Container, b *ioc.Build) (int, error) {
				return cells[i].Get(k, b, func(_ *ioc.Container, b *ioc.Build) (int, error) {
					select {
					case <-time.After(2 * time.Second):
						return i, nil
					case <-b.Context().Done():
						return 0, context.Cause(b.Context())
					}
				})
			}
		}
		err := ioc.Warm(&k, ioc.Needs(&cells[0], get(0)), ioc.Needs(&cells[1], get(1)))(t.Context(), false)
		if err == nil || err.Error() != "build int: init did not finish within 3s" {
			t.Errorf("error = %v", err)
		}
		for i := range cells {
			if v, err := get(i)(&k, nil); v != i || err != nil {
				t.Errorf("a chain of its own: %d, %v", v, err)
			}
		}
		// One chain at first use: what it needs counts too. And so does a Lazy that it calls.
		var outer, inner, other cell[int]
		slow := func(c *cell[int]) injector[int] {
			return func(k *ioc.Container, b *ioc.Build) (int, error) {
				return c.Get(k, b, func(_ *ioc.Container, b *ioc.Build) (int, error) {
					time.Sleep(2 * time.Second)
					return 1, b.Context().Err()
				})
			}
		}
		_, err = outer.Get(&k, nil, func(k *ioc.Container, b *ioc.Build) (int, error) {
			if _, err := slow(&inner)(k, b); err != nil {
				return 0, err
			}
			return ioc.LazyOf(k, b, slow(&other)).Get(t.Context())
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
		if _, ok := ioc.Peek(&inner); !ok {
			t.Error("what was built in time is lost")
		}
	})
}

func TestStart(t *testing.T) {
	k := ioc.Container{InitTimeout: time.Hour}
	var one cell[int]
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, 7)
	v, err := ioc.Start(ctx, &k, func(k *ioc.Container, b *ioc.Build) (int, error) {
		return one.Get(k, b, func(_ *ioc.Container, b *ioc.Build) (int, error) {
			if _, ok := b.Context().Deadline(); !ok {
				t.Error("no init timeout")
			}
			return b.Context().Value(key{}).(int), nil
		})
	})
	if v != 7 || err != nil {
		t.Error(v, err)
	}
}
