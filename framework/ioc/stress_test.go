package ioc_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/faasgen/faasgen/framework/ioc"
)

// However builds, failures and Close meet, what was made is ended once. Run it with -race.
func TestCloseWhileCellsAreBuilt(t *testing.T) {
	for range 30 {
		var k ioc.Container
		var life ioc.Lifecycle
		var cells [8]ioc.Cell[int]
		var made, ended, ready, stopped atomic.Int32
		var get func(b *ioc.Build, i int) (int, error)
		get = func(b *ioc.Build, i int) (int, error) {
			return cells[i].Get(&k, b, fmt.Sprint(i), func(b *ioc.Build) (int, func(), error) {
				var once atomic.Bool
				n := made.Add(1)
				cleanup := b.OnDestroy("it", func(context.Context) error {
					if ended.Add(1); once.Swap(true) {
						t.Error("ended twice")
					}
					return nil
				})
				if i > 0 {
					if _, err := get(b, i-1); err != nil {
						return 0, nil, err
					}
				}
				if n%3 == 0 {
					return 0, nil, errors.New("failed")
				}
				return i, cleanup, nil
			})
		}
		var wg sync.WaitGroup
		for g := range 16 {
			wg.Go(func() {
				for i := range cells {
					if v, err := get(nil, (i+g)%len(cells)); err == nil && v != (i+g)%len(cells) {
						t.Errorf("got %d", v)
					}
				}
			})
			wg.Go(func() {
				_ = life.Ready(context.Background(), "c", func(context.Context) error { ready.Add(1); return nil },
					func(context.Context) error { stopped.Add(1); return nil })
			})
		}
		for range 2 {
			wg.Go(func() {
				if err := life.Stop(context.Background(), &k); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if made.Load() != ended.Load() {
			t.Fatalf("%d made, %d ended", made.Load(), ended.Load())
		}
		if ready.Load() != stopped.Load() {
			t.Fatalf("%d ready, %d stopped", ready.Load(), stopped.Load())
		}
	}
}
