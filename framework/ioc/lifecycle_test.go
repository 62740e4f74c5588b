package ioc_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/ioc"
)

// Configurations of several components. Their names are in errors.
type (
	confA struct{ *conf }
	confB struct{ *conf }
	confC struct{ *conf }
	confD struct{ *conf }
	confE struct{ *conf }
)

type conf struct {
	name string
	seen *[]string
}

func (c *conf) note(what string, err error) error {
	*c.seen = append(*c.seen, what+" "+c.name)
	return err
}

// configuration is a cell of one, and its getter.
type configuration[T any] struct {
	cell[T]
	make func(*conf) T
	conf
}

func (c *configuration[T]) get(k *ioc.Container, b *ioc.Build) (T, error) {
	return c.Open(k, b, func(*ioc.Container, *ioc.Build) (T, func(), error) {
		return c.make(&c.conf), func() { _ = c.note("destroy", nil) }, nil
	})
}

func TestReadyAndStop(t *testing.T) {
	var k ioc.Container
	var seen []string
	a := configuration[confA]{make: func(c *conf) confA { return confA{c} }, conf: conf{"a", &seen}}
	b := configuration[*confB]{make: func(c *conf) *confB { return &confB{c} }, conf: conf{"b", &seen}}
	c := configuration[*confC]{make: func(c *conf) *confC { return &confC{c} }, conf: conf{"c", &seen}}
	d := configuration[*confD]{make: func(c *conf) *confD { return &confD{c} }, conf: conf{"d", &seen}}
	e := configuration[*confE]{make: func(c *conf) *confE { return &confE{c} }, conf: conf{"e", &seen}}
	late := configuration[*confE]{make: func(c *conf) *confE { return &confE{c} }, conf: conf{"late", &seen}}
	only := configuration[*confE]{make: func(c *conf) *confE { return &confE{c} }, conf: conf{"only", &seen}}
	ctx := t.Context()
	for _, ready := range []func(context.Context) error{
		ioc.Ready(&k, &a.cell, a.get, func(v confA, _ context.Context) error { return v.note("ready", nil) }, func(v confA, _ context.Context) error { return v.note("stop", errors.New("a is stuck")) }),
		ioc.Ready(&k, &b.cell, b.get, nil, func(v *confB, _ context.Context) error { return v.note("stop", nil) }),
		ioc.Ready(&k, &c.cell, c.get, func(v *confC, _ context.Context) error { return v.note("ready", nil) }, nil),
		ioc.Ready(&k, &d.cell, d.get, func(v *confD, _ context.Context) error { return v.note("ready", nil) }, func(*confD, context.Context) error { panic("d") }),
		ioc.Ready(&k, &only.cell, only.get, nil, nil), // is built
	} {
		if err := ready(ctx); err != nil {
			t.Fatal(err)
		}
	}
	readyE := ioc.Ready(&k, &e.cell, e.get, func(v *confE, _ context.Context) error { return v.note("ready", errors.New("no e")) }, func(v *confE, _ context.Context) error { return v.note("stop", nil) })
	if err := readyE(ctx); err == nil || err.Error() != "ioc_test.confE.OnReady: no e" {
		t.Errorf("got %v", err)
	}
	if _, err := late.get(&k, nil); err != nil {
		t.Fatal(err)
	}
	err := k.Close(ctx)
	var panicked *framework.PanicError
	if !errors.As(err, &panicked) || !strings.Contains(err.Error(), "ioc_test.confD.OnStop: panic: d") || !strings.Contains(err.Error(), "ioc_test.confA.OnStop: a is stuck") {
		t.Errorf("got %v", err)
	}
	want := []string{"ready a", "ready c", "ready d", "ready e", "stop b", "stop a",
		"destroy late", "destroy e", "destroy only", "destroy d", "destroy c", "destroy b", "destroy a"}
	if !slices.Equal(seen, want) {
		t.Errorf("got %q, want %q", seen, want)
	}
	if err := k.Close(ctx); err != nil || len(seen) != len(want) {
		t.Errorf("a second stop: %v, %q", err, seen)
	}
	// OnReady began something: its OnStop is called at once.
	readyLate := ioc.Ready(&k, &late.cell, late.get, nil, func(v *confE, _ context.Context) error { return v.note("stop", errors.New("slowly")) })
	if err := readyLate(ctx); !errors.Is(err, framework.ErrClosed) || !strings.HasSuffix(err.Error(), "\nioc_test.confE.OnStop: slowly") || seen[len(seen)-1] != "stop late" {
		t.Errorf("ready after stop: %v", err)
	}
}

func TestReadyFails(t *testing.T) {
	var k ioc.Container
	var one cell[*confA]
	get := func(k *ioc.Container, b *ioc.Build) (*confA, error) { return one.Get(k, b, value(&confA{})) }
	stop := func(*confA, context.Context) error { t.Error("stopped"); return nil }
	err := ioc.Ready(&k, &one, func(*ioc.Container, *ioc.Build) (*confA, error) { return nil, errors.New("no") },
		func(*confA, context.Context) error { t.Error("called"); return nil }, stop)(t.Context())
	if err == nil || err.Error() != "no" {
		t.Errorf("got %v", err)
	}
	err = ioc.Ready(&k, &one, get, func(*confA, context.Context) error { panic("a") }, stop)(t.Context())
	var panicked *framework.PanicError
	if !errors.As(err, &panicked) || err.Error() != "ioc_test.confA.OnReady: panic: a" {
		t.Errorf("got %v", err)
	}
	if err := k.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestReadyHasTheInitTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := ioc.Container{InitTimeout: time.Second}
		var one cell[*confA]
		get := func(k *ioc.Container, b *ioc.Build) (*confA, error) {
			return one.Get(k, b, func(_ *ioc.Container, b *ioc.Build) (*confA, error) {
				if _, ok := b.Context().Deadline(); !ok {
					t.Error("no deadline")
				}
				return &confA{}, nil
			})
		}
		err := ioc.Ready(&k, &one, get, func(_ *confA, ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }, nil)(t.Context())
		if err == nil || err.Error() != "ioc_test.confA.OnReady: init did not finish within 1s" {
			t.Errorf("got %v", err)
		}
	})
}

// Stops share the time that there is, and leave some to what is destroyed.
func TestAnOnStopThatHangsLeavesTimeForTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k ioc.Container
		var a, b cell[*confA]
		release := make(chan struct{})
		defer close(release)
		var seen []string
		get := func(c *cell[*confA], name string) injector[*confA] {
			return func(k *ioc.Container, b *ioc.Build) (*confA, error) {
				return c.Get(k, b, func(_ *ioc.Container, b *ioc.Build) (*confA, error) {
					b.OnCleanup(name, func() { seen = append(seen, "destroy "+name) })
					return &confA{}, nil
				})
			}
		}
		for _, ready := range []func(context.Context) error{
			ioc.Ready(&k, &a, get(&a, "a"), nil, func(*confA, context.Context) error { seen = append(seen, "stop a"); return nil }),
			ioc.Ready(&k, &b, get(&b, "b"), nil, func(*confA, context.Context) error { <-release; return nil }),
		} {
			if err := ready(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		err := k.Close(ctx)
		if err == nil || err.Error() != "ioc_test.confA.OnStop: left behind, it still runs after 500ms" || time.Since(begin) != 500*time.Millisecond {
			t.Errorf("got %v after %s", err, time.Since(begin))
		}
		wantOrder(t, seen, "stop a, destroy b, destroy a")
	})
}

func TestHealthOfAConfiguration(t *testing.T) {
	var k ioc.Container
	var one cell[*confA]
	builds := 0
	get := func(k *ioc.Container, b *ioc.Build) (*confA, error) {
		return one.Get(k, b, func(*ioc.Container, *ioc.Build) (*confA, error) {
			if builds++; builds == 1 {
				return nil, errors.New("no")
			}
			return &confA{}, nil
		})
	}
	var outcome func() error
	health := ioc.Health(&k, &one, get, func(v *confA, ctx context.Context) error {
		if v == nil || ctx != t.Context() {
			t.Error("called with something else")
		}
		return outcome()
	})
	if err := health(t.Context()); err == nil || err.Error() != "build ioc_test.confA: no" {
		t.Errorf("got %v", err)
	}
	for _, tt := range []struct {
		outcome func() error
		want    string
	}{
		{func() error { return nil }, ""},
		{func() error { return errors.New("ill") }, "ioc_test.confA.OnHealthCheck: ill"},
		{func() error { panic("a") }, "ioc_test.confA.OnHealthCheck: panic: a"},
	} {
		outcome = tt.outcome
		if err := health(t.Context()); tt.want == "" && err != nil || tt.want != "" && (err == nil || err.Error() != tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
	if builds != 2 {
		t.Errorf("built %d times", builds)
	}
}

// Who replaces a configuration also begins, checks and ends it.
func TestReadyAndHealthLeaveAloneWhatWasReplaced(t *testing.T) {
	var k ioc.Container
	var one cell[*confA]
	ioc.Override(&one, &confA{})
	get := func(*ioc.Container, *ioc.Build) (*confA, error) { t.Error("built"); return nil, nil }
	called := func(*confA, context.Context) error { t.Error("called"); return nil }
	if err := errors.Join(ioc.Ready(&k, &one, get, called, called)(t.Context()), ioc.Health(&k, &one, get, called)(t.Context()), k.Close(t.Context())); err != nil {
		t.Error(err)
	}
}
