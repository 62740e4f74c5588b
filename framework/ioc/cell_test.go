package ioc_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/ioc"
)

// cell is one of a container that holds nothing itself.
type cell[T any] = ioc.Cell[*ioc.Container, T]

// injector is what generated code passes to a cell.
type injector[T any] = func(*ioc.Container, *ioc.Build) (T, error)

func value[T any](v T) injector[T] {
	return func(*ioc.Container, *ioc.Build) (T, error) { return v, nil }
}

// Types of their own have names of their own in errors.
type (
	left  int
	right int
)

func TestConcurrentFirstRequestsBuildOnce(t *testing.T) {
	var (
		k      ioc.Container
		one    cell[*int]
		builds atomic.Int32
		wg     sync.WaitGroup
	)
	if v, ok := ioc.Peek(&one); ok || v != nil || one.Slot.Done() {
		t.Error("an empty cell is ready")
	}
	start := make(chan struct{})
	got := make([]*int, 1000)
	for i := range got {
		wg.Go(func() {
			<-start
			v, err := one.Get(&k, nil, func(*ioc.Container, *ioc.Build) (*int, error) {
				builds.Add(1)
				return new(int), nil
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
	if v, ok := ioc.Peek(&one); !ok || v != got[0] || !one.Slot.Done() {
		t.Error("a built cell is not ready")
	}
}

func TestFailedBuildIsTriedAgain(t *testing.T) {
	var (
		k        ioc.Container
		db       cell[left]
		attempts atomic.Int32
		failures atomic.Int32
		wg       sync.WaitGroup
	)
	get := func() (left, error) {
		return db.Get(&k, nil, func(*ioc.Container, *ioc.Build) (left, error) {
			if n := attempts.Add(1); n <= 10 {
				return left(n), fmt.Errorf("attempt %d", n)
			}
			return 70, nil
		})
	}
	for range 10 {
		wg.Go(func() {
			if v, err := get(); v == 0 && err != nil && strings.HasPrefix(err.Error(), "build ioc_test.left: attempt ") {
				failures.Add(1)
			}
		})
	}
	wg.Wait()
	if v, err := get(); v != 70 || err != nil {
		t.Errorf("the eleventh caller got %d, %v", v, err)
	}
	if failures.Load() != 10 || attempts.Load() != 11 {
		t.Errorf("%d failures in %d attempts, want 10 in 11", failures.Load(), attempts.Load())
	}
}

func TestPanicInABuildIsAnErrorAndTriedAgain(t *testing.T) {
	var k ioc.Container
	var db cell[int]
	_, err := db.Get(&k, nil, func(*ioc.Container, *ioc.Build) (int, error) { panic("no driver") })
	var pe *framework.PanicError
	if !errors.As(err, &pe) || pe.Value != "no driver" || !strings.Contains(string(pe.Stack), "cell_test.go") {
		t.Errorf("error = %v", err)
	}
	if v, err := db.Get(&k, nil, value(1)); v != 1 || err != nil {
		t.Errorf("next: %d, %v", v, err)
	}
}

// t.FailNow in a replacement of a test ends its goroutine in the middle of a build.
func TestABuildThatEndsItsGoroutineIsTriedAgain(t *testing.T) {
	var k ioc.Container
	var db, owner cell[int]
	var undone []string
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = owner.Get(&k, nil, func(k *ioc.Container, b *ioc.Build) (int, error) {
			b.OnCleanup("owner", func() { undone = append(undone, "owner") })
			return db.Get(k, b, func(_ *ioc.Container, b *ioc.Build) (int, error) {
				b.OnCleanup("db", func() { undone = append(undone, "db") })
				runtime.Goexit()
				return 0, nil
			})
		})
	}()
	<-ended
	if _, ok := ioc.Peek(&db); ok || fmt.Sprint(undone) != "[db owner]" {
		t.Errorf("ready %t, undone %v", ok, undone)
	}
	for i, c := range []*cell[int]{&db, &owner} {
		if v, err := c.Get(&k, nil, value(i)); v != i || err != nil {
			t.Errorf("next: %d, %v", v, err)
		}
	}
}

// refuses has an Init that fails as long as it is told to.
type refuses struct{ err error }

func (r *refuses) Init(context.Context) error { return r.err }

// What a failed build has made is garbage, and is never seen, not even while it is built.
func TestAFailedBuildLeavesNoValue(t *testing.T) {
	var k ioc.Container
	var one cell[*refuses]
	collected := make(chan struct{})
	_, err := one.Get(&k, nil, func(*ioc.Container, *ioc.Build) (*refuses, error) {
		r := &refuses{errors.New("bad")}
		runtime.AddCleanup(r, func(int) { close(collected) }, 0)
		return r, nil
	})
	if err == nil || err.Error() != "build ioc_test.refuses: ioc_test.refuses.Init: bad" {
		t.Errorf("error = %v", err)
	}
	gone := false
	for i := 0; i < 500 && !gone; i++ {
		runtime.GC()
		select {
		case <-collected:
			gone = true
		case <-time.After(time.Millisecond):
		}
	}
	if !gone {
		t.Error("the cell keeps what could not be initialised")
	}
	if v, ok := ioc.Peek(&one); v != nil || ok || one.Slot.Done() {
		t.Error("there is a value")
	}
}

func TestPeekDuringABuildSeesNothing(t *testing.T) {
	var k ioc.Container
	var one cell[string]
	entered, release := make(chan struct{}), make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = one.Get(&k, nil, func(*ioc.Container, *ioc.Build) (string, error) { close(entered); <-release; return "v", nil })
	}()
	<-entered
	if v, ok := ioc.Peek(&one); v != "" || ok || one.Slot.Done() {
		t.Errorf("got %q, %t", v, ok)
	}
	close(release)
	for { // the race detector looks at this
		if v, ok := ioc.Peek(&one); ok {
			if v != "v" || !one.Slot.Done() {
				t.Errorf("got %q", v)
			}
			break
		}
		runtime.Gosched()
	}
	<-ended
}

func TestBuildThatEndsAfterCloseIsCleanedUp(t *testing.T) {
	var k ioc.Container
	var slow cell[int]
	cleaned := false
	v, err := slow.Open(&k, nil, func(*ioc.Container, *ioc.Build) (int, func(), error) {
		if err := k.Close(t.Context()); err != nil {
			t.Error(err)
		}
		return 1, func() { cleaned = true }, nil
	})
	if v != 0 || err != framework.ErrClosed || !cleaned {
		t.Errorf("%d, error = %v, cleaned = %v", v, err, cleaned)
	}
	if _, ok := ioc.Peek(&slow); ok {
		t.Error("it is there")
	}
}

func TestCycleOnOneGoroutineIsAnError(t *testing.T) {
	var k ioc.Container
	var a cell[left]
	var b cell[*right]
	var getA injector[left]
	getB := func(k *ioc.Container, c *ioc.Build) (*right, error) {
		return b.Get(k, c, func(k *ioc.Container, c *ioc.Build) (*right, error) { _, err := getA(k, c); return nil, err })
	}
	getA = func(k *ioc.Container, c *ioc.Build) (left, error) {
		return a.Get(k, c, func(k *ioc.Container, c *ioc.Build) (left, error) { _, err := getB(k, c); return 0, err })
	}
	_, err := getA(&k, nil)
	if want := "build ioc_test.left: dependency cycle while building: ioc_test.left -> ioc_test.right -> ioc_test.left"; err == nil || err.Error() != want {
		t.Errorf("error = %v, want %s", err, want)
	}
}

// Two requests build a and b at once, each then needs the other: one of them must get an error, both must end.
func TestCycleOverTwoGoroutinesIsAnErrorNotADeadlock(t *testing.T) {
	for range 50 {
		var k ioc.Container
		var cells [2]cell[int]
		var both sync.WaitGroup
		both.Add(2)
		var once [2]sync.Once
		var get func(i int, c *ioc.Build) (int, error)
		get = func(i int, c *ioc.Build) (int, error) {
			return cells[i].Get(&k, c, func(_ *ioc.Container, c *ioc.Build) (int, error) {
				once[i].Do(both.Done)
				both.Wait()
				return get(1-i, c)
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

func TestInitTimeoutIsNotTheRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := ioc.Container{InitTimeout: time.Second}
		var slow cell[left]
		var other cell[right]
		_, err := slow.Get(&k, nil, func(_ *ioc.Container, b *ioc.Build) (left, error) {
			if _, ok := b.Context().Deadline(); !ok {
				t.Error("the init context has no deadline")
			}
			<-b.Context().Done()
			return 0, context.Cause(b.Context())
		})
		if err == nil || err.Error() != "build ioc_test.left: init did not finish within 1s" {
			t.Errorf("error = %v", err)
		}
		// A caller that waits for another caller's hanging build gives up at its own init timeout.
		release, entered := make(chan struct{}), make(chan struct{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = other.Get(&k, nil, func(*ioc.Container, *ioc.Build) (right, error) { close(entered); <-release; return 1, nil })
		}()
		<-entered
		if _, err := other.Get(&k, nil, value(right(2))); err == nil || err.Error() != "waiting for ioc_test.right: init did not finish within 1s" {
			t.Errorf("error = %v", err)
		}
		close(release)
		<-ended
		if v, err := other.Get(&k, nil, value(right(2))); v != 1 || err != nil {
			t.Errorf("the build that took long: %d, %v", v, err)
		}
	})
}

func TestACellKnowsItsContainer(t *testing.T) {
	k := &hall{}
	v, err := k.cells[1].Get(k, nil, func(got *hall, b *ioc.Build) (*int, error) {
		if got != k {
			t.Error("another container")
		}
		return got.cells[0].Get(got, b, flat)
	})
	if v != seat || err != nil {
		t.Error(v, err)
	}
	if err := k.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAReadyCellAllocatesNothing(t *testing.T) {
	k := &hall{}
	get := func(k *hall, b *ioc.Build) (*int, error) { return k.cells[0].Get(k, b, flat) }
	if n := testing.AllocsPerRun(100, func() {
		if v, err := get(k, nil); v != seat || err != nil {
			t.Error(v, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
