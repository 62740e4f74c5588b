package ioc_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/ioc"
)

func TestLifecycle(t *testing.T) {
	var (
		l    ioc.Lifecycle
		c    ioc.Container
		cell ioc.Cell[int]
		seen []string
	)
	note := func(what string, err error) func(context.Context) error {
		return func(context.Context) error { seen = append(seen, what); return err }
	}
	ctx := t.Context()
	if _, err := cell.Get(&c, nil, "cell", func(*ioc.Build) (int, func(), error) {
		return 1, func() { seen = append(seen, "destroy") }, nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		l.Ready(ctx, "a.C", note("ready a", nil), note("stop a", errors.New("a is stuck"))),
		l.Ready(ctx, "b.C", nil, note("stop b", nil)),
		l.Ready(ctx, "c.C", note("ready c", nil), nil),
		l.Ready(ctx, "d.C", note("ready d", nil), func(context.Context) error { panic("d") }),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Ready(ctx, "e.C", note("ready e", errors.New("no e")), note("stop e", nil)); err == nil || err.Error() != "e.C.OnReady: no e" {
		t.Errorf("got %v", err)
	}
	err := l.Stop(ctx, &c)
	var panicked *framework.PanicError
	if !errors.As(err, &panicked) || !strings.Contains(err.Error(), "d.C.OnStop: panic: d") || !strings.Contains(err.Error(), "a.C.OnStop: a is stuck") {
		t.Errorf("got %v", err)
	}
	if want := []string{"ready a", "ready c", "ready d", "ready e", "stop b", "stop a", "destroy"}; !slices.Equal(seen, want) {
		t.Errorf("got %q, want %q", seen, want)
	}
	if err := l.Stop(ctx, &c); err != nil || len(seen) != 7 {
		t.Errorf("a second stop: %v, %q", err, seen)
	}
	if err := l.Ready(ctx, "f.C", nil, note("stop f", nil)); !errors.Is(err, framework.ErrClosed) {
		t.Errorf("ready after stop: %v", err)
	}
}

func TestLifecyclePanicOfOnReady(t *testing.T) {
	var l ioc.Lifecycle
	err := l.Ready(t.Context(), "a.C", func(context.Context) error { panic("a") }, nil)
	var panicked *framework.PanicError
	if !errors.As(err, &panicked) || err.Error() != "a.C.OnReady: panic: a" {
		t.Errorf("got %v", err)
	}
}

func TestHealthOfAConfiguration(t *testing.T) {
	if err := ioc.Health(t.Context(), "a.C", func(context.Context) error { return nil }); err != nil {
		t.Error(err)
	}
	if err := ioc.Health(t.Context(), "a.C", func(context.Context) error { return errors.New("ill") }); err == nil || err.Error() != "a.C.OnHealthCheck: ill" {
		t.Errorf("got %v", err)
	}
	if err := ioc.Health(t.Context(), "a.C", func(context.Context) error { panic("a") }); err == nil || !strings.HasPrefix(err.Error(), "a.C.OnHealthCheck: panic: a") {
		t.Errorf("got %v", err)
	}
}
