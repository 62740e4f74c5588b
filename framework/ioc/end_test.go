package ioc_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework/ioc"
)

// ended notes what ran, after how long, and how much time it was given.
type ended struct {
	begin time.Time
	mu    sync.Mutex
	notes []string
}

func (e *ended) note(name string, ctx context.Context) {
	note := fmt.Sprintf("%s at %s", name, time.Since(e.begin))
	if deadline, ok := ctx.Deadline(); ok {
		note += fmt.Sprintf(" for %s", time.Until(deadline))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.notes = append(e.notes, note)
}

func (e *ended) check(t *testing.T, want ...string) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if !slices.Equal(e.notes, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(e.notes, "\n"), strings.Join(want, "\n"))
	}
}

// build makes a cell for each name, in order. Those in bad hang or panic when they are destroyed.
func (e *ended) build(t *testing.T, k *ioc.Container, bad map[string]string, names ...string) {
	t.Helper()
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	for _, name := range names {
		var one cell[int]
		_, err := one.Open(k, nil, func(_ *ioc.Container, b *ioc.Build) (int, func(), error) {
			run := func(ctx context.Context) error {
				e.note(name, ctx)
				switch bad[name] {
				case "hangs":
					<-release
				case "listens":
					<-ctx.Done()
					return ctx.Err()
				case "panics":
					panic("no")
				case "fails":
					return errors.New("busy")
				}
				return nil
			}
			switch {
			case strings.HasPrefix(name, "part"):
				b.OnCleanup(name, func() { _ = run(context.Background()) })
				return 0, nil, nil
			case strings.HasPrefix(name, "int"):
				return 0, func() { _ = run(context.Background()) }, nil
			}
			b.OnDestroy(name, run)
			return 0, nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestADestroyThatHangsLeavesTimeForTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k ioc.Container
		e := &ended{begin: time.Now()}
		e.build(t, &k, map[string]string{"c": "hangs", "b": "listens", "e": "panics", "d": "fails"}, "a", "b", "c", "d", "e")
		ctx, cancel := context.WithTimeout(t.Context(), 800*time.Millisecond)
		defer cancel()
		err := k.Close(ctx)
		e.check(t, "e at 0s for 350ms", "d at 0s for 350ms", "c at 0s for 350ms", "b at 400ms for 175ms", "a at 575ms for 196.875ms")
		if took := time.Since(e.begin); took != 575*time.Millisecond {
			t.Errorf("took %s", took)
		}
		lines := strings.Split(err.Error(), "\n")
		lines = slices.DeleteFunc(lines, func(l string) bool { // of the stack
			return !strings.HasPrefix(l, "destroy ")
		})
		want := []string{"destroy e: panic: no", "destroy d: busy", "destroy c: left behind, it still runs after 400ms", "destroy b: context deadline exceeded"}
		if !slices.Equal(lines, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestACleanUpFunctionThatHangsLeavesTimeForTheOthers(t *testing.T) {
	for kind, called := range map[string][2]string{"part": {"part2", "part3"}, "int": {"int", "int"}} {
		synctest.Test(t, func(t *testing.T) {
			var k ioc.Container
			e := &ended{begin: time.Now()}
			e.build(t, &k, map[string]string{kind + "2": "hangs", kind + "3": "panics"}, kind+"1", kind+"2", kind+"3")
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			err := k.Close(ctx)
			e.check(t, kind+"3 at 0s", kind+"2 at 0s", kind+"1 at 500ms")
			for _, want := range []string{"clean up " + called[1] + ": panic: no", "clean up " + called[0] + ": left behind, it still runs after 500ms"} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v misses %q", err, want)
				}
			}
		})
	}
}

// Where there is no deadline, as in a program of one's own, nothing waits for ever.
func TestCloseWithoutADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k ioc.Container
		e := &ended{begin: time.Now()}
		e.build(t, &k, map[string]string{"b": "hangs"}, "a", "b")
		err := k.Close(context.Background())
		e.check(t, "b at 0s for 9.9s", "a at 10s for 9.9s")
		if err == nil || err.Error() != "destroy b: left behind, it still runs after 10s" {
			t.Errorf("error = %v", err)
		}
	})
}

// A context that has ended, or ends meanwhile, does not keep Destroy from being called.
func TestCloseWithoutTimeRunsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k ioc.Container
		e := &ended{begin: time.Now()}
		e.build(t, &k, map[string]string{"b": "hangs"}, "a", "b", "c")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := k.Close(ctx); err == nil || len(e.notes) != 3 {
			t.Errorf("error = %v, ran %v", err, e.notes)
		}
	})
}

// An injector may end several things in one function: what it made of prototypes. Each has its turn by itself, where its
// creation was.
func TestOneCellEndsAllThatWasMadeForIt(t *testing.T) {
	var k ioc.Container
	var desk, part cell[int]
	var order []string
	_, err := desk.Open(&k, nil, func(k *ioc.Container, b *ioc.Build) (int, func(), error) {
		b.OnCleanup("first", func() { order = append(order, "first"); panic("one") })
		_, err := part.Open(k, b, func(*ioc.Container, *ioc.Build) (int, func(), error) {
			return 1, func() { order = append(order, "part") }, nil
		})
		b.OnDestroy("second", func(context.Context) error { order = append(order, "second"); panic("two") })
		b.OnCleanup("nil", nil)()
		return 1, func() { order = append(order, "desk") }, err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = k.Close(t.Context())
	for _, want := range []string{"clean up first: panic: one", "destroy second: panic: two"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v misses %q", err, want)
		}
	}
	if want := []string{"desk", "second", "part", "first"}; !slices.Equal(order, want) {
		t.Errorf("order = %v", order)
	}
}

func TestAFailedBuildUndoesWhatItMade(t *testing.T) {
	for _, how := range []string{"error", "panic", "undone by the provider"} {
		var k ioc.Container
		var owner cell[left]
		var part cell[int]
		var order []string
		end := func(name string) func() { return func() { order = append(order, name) } }
		get := func(fail bool) (left, error) {
			return owner.Get(&k, nil, func(k *ioc.Container, b *ioc.Build) (left, error) {
				b.OnCleanup("a", end("a"))
				if _, err := part.Open(k, b, func(*ioc.Container, *ioc.Build) (int, func(), error) { return 0, end("part"), nil }); err != nil {
					return 0, err
				}
				busy := b.OnDestroy("b", func(context.Context) error { end("b")(); return errors.New("busy") })
				if !fail {
					return 1, nil
				}
				switch how {
				case "panic":
					panic("no")
				case "undone by the provider":
					busy()
				}
				return 2, errors.New("no")
			})
		}
		_, err := get(true)
		if want := []string{"b", "a"}; !slices.Equal(order, want) { // what has a cell of its own stays
			t.Errorf("%s: order = %v, want %v", how, order, want)
		}
		if err == nil || !strings.HasPrefix(err.Error(), "build ioc_test.left: ") || !strings.HasSuffix(err.Error(), "\ndestroy b: busy") {
			t.Errorf("%s: error = %v", how, err)
		}
		order = nil
		if v, err := get(false); v != 1 || err != nil {
			t.Fatal(v, err)
		}
		err = k.Close(t.Context())
		if want := []string{"b", "a", "part"}; !slices.Equal(order, want) || err == nil || err.Error() != "destroy b: busy" {
			t.Errorf("%s: close: order = %v, error = %v", how, order, err)
		}
	}
}

func TestUndoingABuildThatHangsTakesNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k ioc.Container
		var one cell[int]
		begin, release := time.Now(), make(chan struct{})
		defer close(release)
		_, err := one.Get(&k, nil, func(_ *ioc.Container, b *ioc.Build) (int, error) {
			b.OnCleanup("x", func() { <-release })
			return 0, errors.New("no")
		})
		if want := "build int: no\nclean up x: left behind, it still runs after 10s"; err == nil || err.Error() != want || time.Since(begin) != 10*time.Second {
			t.Errorf("error = %v after %s", err, time.Since(begin))
		}
	})
}

// What undoes a build whose time is up has time of its own.
func TestUndoingABuildThatIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := ioc.Container{InitTimeout: time.Millisecond}
		var one cell[int]
		var late error
		var left time.Duration
		_, err := one.Get(&k, nil, func(_ *ioc.Container, b *ioc.Build) (int, error) {
			b.OnDestroy("x", func(ctx context.Context) error {
				late = ctx.Err()
				deadline, _ := ctx.Deadline()
				left = time.Until(deadline)
				return nil
			})
			<-b.Context().Done()
			return 0, context.Cause(b.Context())
		})
		if err == nil || late != nil || left < time.Second {
			t.Errorf("%v; destroyed with %v, %s left", err, late, left)
		}
	})
}

// An Init that ignores its context is not followed by another one.
func TestNothingIsBuiltWhenTheTimeIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := ioc.Container{InitTimeout: time.Second}
		var first, second cell[int]
		b := k.NewBuild(t.Context())
		defer b.Done()
		if _, err := first.Get(&k, b, func(*ioc.Container, *ioc.Build) (int, error) { time.Sleep(2 * time.Second); return 1, nil }); err != nil {
			t.Error(err) // it is there: late, but not lost
		}
		_, err := second.Get(&k, b, func(*ioc.Container, *ioc.Build) (int, error) { t.Error("was built"); return 1, nil })
		if err == nil || err.Error() != "build int: init did not finish within 1s" {
			t.Errorf("error = %v", err)
		}
		if v, err := second.Get(&k, nil, value(2)); v != 2 || err != nil {
			t.Errorf("the next chain: %d, %v", v, err)
		}
	})
}
