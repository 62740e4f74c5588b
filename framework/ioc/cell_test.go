package ioc_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/ioc"
)

func value[T any](v T) func(*ioc.Build) (T, func(), error) {
	return func(*ioc.Build) (T, func(), error) { return v, nil, nil }
}

func TestConcurrentFirstRequestsBuildOnce(t *testing.T) {
	var (
		k      ioc.Container
		cell   ioc.Cell[*int]
		builds atomic.Int32
		wg     sync.WaitGroup
	)
	if _, ok := cell.Ready(); ok {
		t.Error("an empty cell is ready")
	}
	start := make(chan struct{})
	got := make([]*int, 1000)
	for i := range got {
		wg.Go(func() {
			<-start
			v, err := cell.Get(&k, nil, "int", func(*ioc.Build) (*int, func(), error) {
				builds.Add(1)
				return new(int), nil, nil
			})
			if err != nil {
				t.Error(err)
			}
			got[i] = v
		})
	}
	close(start)
	wg.Wait()
	if builds.Load() != 1 {
		t.Errorf("built %d times", builds.Load())
	}
	for _, v := range got {
		if v == nil || v != got[0] {
			t.Fatal("callers got different instances")
		}
	}
	if v, ok := cell.Ready(); !ok || v != got[0] {
		t.Error("a built cell is not ready")
	}
}

func TestFailedBuildIsTriedAgain(t *testing.T) {
	var (
		k        ioc.Container
		cell     ioc.Cell[int]
		attempts atomic.Int32
		failures atomic.Int32
		wg       sync.WaitGroup
	)
	get := func() (int, error) {
		return cell.Get(&k, nil, "db", func(*ioc.Build) (int, func(), error) {
			if n := attempts.Add(1); n <= 10 {
				return 0, nil, fmt.Errorf("attempt %d", n)
			}
			return 7, nil, nil
		})
	}
	for range 10 {
		wg.Go(func() {
			if _, err := get(); err != nil && strings.HasPrefix(err.Error(), "build db: attempt ") {
				failures.Add(1)
			}
		})
	}
	wg.Wait()
	if v, err := get(); v != 7 || err != nil {
		t.Errorf("the eleventh caller got %d, %v", v, err)
	}
	if failures.Load() != 10 || attempts.Load() != 11 {
		t.Errorf("%d failures in %d attempts, want 10 in 11", failures.Load(), attempts.Load())
	}
}

func TestPanicInABuildIsAnErrorAndTriedAgain(t *testing.T) {
	var k ioc.Container
	var cell ioc.Cell[int]
	_, err := cell.Get(&k, nil, "db", func(*ioc.Build) (int, func(), error) { panic("no driver") })
	var pe *framework.PanicError
	if !errors.As(err, &pe) || pe.Value != "no driver" || !strings.Contains(string(pe.Stack), "cell_test.go") {
		t.Errorf("error = %v", err)
	}
	if v, err := cell.Get(&k, nil, "db", value(1)); v != 1 || err != nil {
		t.Errorf("next: %d, %v", v, err)
	}
}

func TestDestroyRunsInReverseOrderOfCreationAndAllRun(t *testing.T) {
	var (
		k       ioc.Container
		a, b, c ioc.Cell[string]
		order   []string
	)
	type ctxKey struct{}
	destroyed := func(build *ioc.Build, name string, err error) func() {
		return build.OnDestroy(name, func(ctx context.Context) error {
			order = append(order, fmt.Sprint(name, ctx.Value(ctxKey{})))
			if name == "panics" {
				panic("late")
			}
			return err
		})
	}
	_, err := c.Get(&k, nil, "c", func(build *ioc.Build) (string, func(), error) {
		if _, err := a.Get(&k, build, "a", func(build *ioc.Build) (string, func(), error) {
			return "a", destroyed(build, "a", errors.New("a is busy")), nil
		}); err != nil {
			return "", nil, err
		}
		_, err := b.Get(&k, build, "b", func(build *ioc.Build) (string, func(), error) {
			return "b", destroyed(build, "panics", nil), nil
		})
		return "c", destroyed(build, "c", errors.New("c is busy")), err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = k.Close(context.WithValue(t.Context(), ctxKey{}, "!"))
	if want := []string{"c!", "panics!", "a!"}; !slices.Equal(order, want) {
		t.Errorf("order = %v, want %v", order, want)
	}
	for _, want := range []string{"destroy a: a is busy", "destroy c: c is busy", "destroy panics: panic: late"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v misses %q", err, want)
		}
	}
	if err := k.Close(t.Context()); err != nil || len(order) != 3 {
		t.Errorf("second close: %v, %v", err, order)
	}
	var late ioc.Cell[int]
	if _, err := late.Get(&k, nil, "late", value(1)); !errors.Is(err, framework.ErrClosed) {
		t.Errorf("build after close: %v", err)
	}
}

func TestBuildThatEndsAfterCloseIsCleanedUp(t *testing.T) {
	var k ioc.Container
	var cell ioc.Cell[int]
	cleaned := false
	_, err := cell.Get(&k, nil, "slow", func(*ioc.Build) (int, func(), error) {
		if err := k.Close(t.Context()); err != nil {
			t.Error(err)
		}
		return 1, func() { cleaned = true }, nil
	})
	if !errors.Is(err, framework.ErrClosed) || !cleaned {
		t.Errorf("error = %v, cleaned = %v", err, cleaned)
	}
}

func TestCycleOnOneGoroutineIsAnError(t *testing.T) {
	var k ioc.Container
	var a, b ioc.Cell[int]
	var getA, getB func(*ioc.Build) (int, error)
	getA = func(c *ioc.Build) (int, error) {
		return a.Get(&k, c, "a", func(c *ioc.Build) (int, func(), error) { v, err := getB(c); return v, nil, err })
	}
	getB = func(c *ioc.Build) (int, error) {
		return b.Get(&k, c, "b", func(c *ioc.Build) (int, func(), error) { v, err := getA(c); return v, nil, err })
	}
	_, err := getA(nil)
	if want := "build a: dependency cycle while building: a -> b -> a"; err == nil || err.Error() != want {
		t.Errorf("error = %v, want %s", err, want)
	}
}

// Two requests build a and b at once, each then needs the other: one of them must get an error, both must end.
func TestCycleOverTwoGoroutinesIsAnErrorNotADeadlock(t *testing.T) {
	for range 50 {
		var k ioc.Container
		var cells [2]ioc.Cell[int]
		var both sync.WaitGroup
		both.Add(2)
		var once [2]sync.Once
		var get func(i int, c *ioc.Build) (int, error)
		get = func(i int, c *ioc.Build) (int, error) {
			return cells[i].Get(&k, c, string(rune('a'+i)), func(c *ioc.Build) (int, func(), error) {
				once[i].Do(both.Done)
				if c != nil {
					waitFor(t, &both)
				}
				v, err := get(1-i, c)
				return v, nil, err
			})
		}
		errs := make(chan error, 2)
		for i := range 2 {
			go func() { _, err := get(i, nil); errs <- err }()
		}
		for range 2 {
			select {
			case err := <-errs:
				if err == nil || !strings.Contains(err.Error(), "dependency cycle") {
					t.Fatalf("error = %v", err)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("deadlock")
			}
		}
	}
}

func waitFor(t *testing.T, wg *sync.WaitGroup) {
	t.Helper()
	wg.Wait()
}

func TestInitTimeoutIsNotTheRequests(t *testing.T) {
	k := ioc.Container{InitTimeout: time.Millisecond}
	var cell, other ioc.Cell[int]
	_, err := cell.Get(&k, nil, "slow", func(b *ioc.Build) (int, func(), error) {
		if _, ok := b.Context().Deadline(); !ok {
			t.Error("the init context has no deadline")
		}
		<-b.Context().Done()
		return 0, nil, context.Cause(b.Context())
	})
	if err == nil || err.Error() != "build slow: init did not finish within 1ms" {
		t.Errorf("error = %v", err)
	}
	// A caller that waits for somebody else's hanging build gives up at its own init timeout.
	release, entered := make(chan struct{}), make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = other.Get(&k, nil, "hangs", func(*ioc.Build) (int, func(), error) { close(entered); <-release; return 1, nil, nil })
	}()
	<-entered
	if _, err := other.Get(&k, nil, "hangs", value(2)); err == nil || err.Error() != "waiting for hangs: init did not finish within 1ms" {
		t.Errorf("error = %v", err)
	}
	close(release)
	<-ended
}

func TestLazyBreaksACycleAfterConstruction(t *testing.T) {
	var k ioc.Container
	type node struct{ other ioc.Lazy[int] }
	var a ioc.Cell[*node]
	var b ioc.Cell[int]
	getB := func(_ context.Context, c *ioc.Build) (int, error) {
		return b.Get(&k, c, "b", func(c *ioc.Build) (int, func(), error) {
			if _, err := a.Get(&k, c, "a", func(*ioc.Build) (*node, func(), error) { return nil, nil, errors.New("a must be built by now") }); err != nil {
				return 0, nil, err
			}
			return 5, nil, nil
		})
	}
	build := func(early bool) (*node, error) {
		return a.Get(&k, nil, "a", func(c *ioc.Build) (*node, func(), error) {
			lazy, release := ioc.NewLazy(c, getB)
			defer release()
			if early {
				if _, err := lazy.Get(t.Context()); err != nil {
					return nil, nil, err
				}
			}
			return &node{lazy}, nil, nil
		})
	}
	if _, err := build(true); err == nil || !strings.Contains(err.Error(), "dependency cycle while building: a -> b -> a") {
		t.Errorf("Get during construction: %v", err)
	}
	n, err := build(false)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := n.other.Get(t.Context()); v != 5 || err != nil {
		t.Errorf("Get after construction: %d, %v", v, err)
	}
}

func ExampleCell() {
	var (
		container ioc.Container
		database  ioc.Cell[string]
	)
	open := func(b *ioc.Build) (string, func(), error) {
		return "books", b.OnDestroy("database", func(context.Context) error { fmt.Println("closed"); return nil }), nil
	}
	name, err := database.Get(&container, nil, "database", open)
	fmt.Println(name, err)
	fmt.Println(container.Close(context.Background()))
	// Output:
	// books <nil>
	// closed
	// <nil>
}

func BenchmarkReadyCell(b *testing.B) {
	var k ioc.Container
	var cell ioc.Cell[int]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cell.Get(&k, nil, "x", value(1)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStart builds 100 cells, each of which needs the one before it.
func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var k ioc.Container
		var cells [100]ioc.Cell[*int]
		var get func(i int, c *ioc.Build) (*int, error)
		get = func(i int, c *ioc.Build) (*int, error) {
			return cells[i].Get(&k, c, "x", func(c *ioc.Build) (*int, func(), error) {
				if i == 0 {
					return new(int), nil, nil
				}
				v, err := get(i-1, c)
				return v, nil, err
			})
		}
		chain := k.NewBuild(b.Context())
		for i := range cells {
			if _, err := get(i, chain); err != nil {
				b.Fatal(err)
			}
		}
		chain.Done()
	}
}
