package ioc_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/faasgen/faasgen/framework/ioc"
)

// However builds, failures and Close meet, what was made is ended once. Run it with -race.
func TestCloseWhileCellsAreBuilt(t *testing.T) {
	for range 30 {
		var k ioc.Container
		var cells [8]cell[int]
		var listeners [16]cell[*int]
		var made, ended, ready, stopped atomic.Int32
		var get func(b *ioc.Build, i int) (int, error)
		get = func(b *ioc.Build, i int) (int, error) {
			return cells[i].Get(&k, b, func(_ *ioc.Container, b *ioc.Build) (int, error) {
				var once atomic.Bool
				n := made.Add(1)
				b.OnDestroy("it", func(context.Context) error {
					if ended.Add(1); once.Swap(true) {
						t.Error("ended twice")
					}
					return nil
				})
				if i > 0 {
					if _, err := get(b, i-1); err != nil {
						return 0, err
					}
				}
				if n%3 == 0 {
					return -1, errors.New("failed")
				}
				return i, nil
			})
		}
		var wg sync.WaitGroup
		for g := range 16 {
			wg.Go(func() {
				for i := range cells {
					if v, ok := ioc.Peek(&cells[i]); ok && v != i {
						t.Errorf("saw %d", v)
					}
					if v, err := get(nil, (i+g)%len(cells)); err == nil && v != (i+g)%len(cells) {
						t.Errorf("got %d", v)
					}
				}
			})
			wg.Go(func() {
				get := func(k *ioc.Container, b *ioc.Build) (*int, error) { return listeners[g].Get(k, b, value(new(int))) }
				_ = ioc.Ready(&k, &listeners[g], get,
					func(*int, context.Context) error { ready.Add(1); return nil },
					func(*int, context.Context) error { stopped.Add(1); return nil })(context.Background())
			})
		}
		for range 2 {
			wg.Go(func() {
				if err := k.Close(context.Background()); err != nil {
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
