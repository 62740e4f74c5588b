package framework_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// hooked has every hook.
type hooked struct{ seen *[]string }

func (h hooked) note(s string) error { *h.seen = append(*h.seen, s); return nil }

func (hooked) Name() string { return "hooked" }
func (h hooked) BeforeRuntimeStart(context.Context, *framework.Runtime) error {
	return h.note("before runtime")
}
func (h hooked) AfterRuntimeStart(_ context.Context, _ *framework.Runtime, err error) error {
	return h.note(fmt.Sprint("after runtime ", err))
}
func (h hooked) BeforeFunctionStart(context.Context, *framework.App) error {
	return h.note("before function")
}

// later has those that a layer with dependencies can have.
type later struct{ hooked }

func (later) BeforeRuntimeStart()  {}
func (later) AfterRuntimeStart()   {}
func (later) BeforeFunctionStart() {}

// lateHooks are the hooks of a layer that exists when the unit has started.
type lateHooks struct{ h hooked }

func (lateHooks) Name() string { return "late" }
func (l lateHooks) AfterFunctionStart(_ context.Context, _ *framework.App, err error) error {
	return l.h.note(fmt.Sprint("after function ", err))
}
func (l lateHooks) BeforeInvoke(*framework.Context) error { return l.h.note("before invoke") }
func (l lateHooks) AfterInvoke(_ *framework.Context, err error) error {
	return l.h.note(fmt.Sprint("after invoke ", err))
}
func (l lateHooks) BeforeClose(context.Context, *framework.App) error {
	return l.h.note("before close")
}
func (l lateHooks) AfterClose(_ context.Context, _ *framework.App, err error) error {
	return l.h.note(fmt.Sprint("after close ", err))
}
func (l lateHooks) Middleware(next framework.Handler) framework.Handler {
	return func(c *framework.Context) error { _ = l.h.note("around"); return next(c) }
}

// everything has them all.
type everything struct {
	lateHooks
	hooked
}

func (everything) Name() string { return "everything" }

// live starts, calls and ends a unit with a layer.
func live(t *testing.T, l *framework.LateLayer, start func(context.Context) error) error {
	t.Helper()
	f := &framework.Function{Name: "f", Handler: func(*framework.Context) error { return nil }}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Layers: []framework.Layer{l}, Functions: []*framework.Function{f}, Start: start})
	if err := e.Start(t.Context()); err != nil {
		return err
	}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil {
		t.Error(err)
	}
	return e.Close(t.Context())
}

func TestLateLayerWithDependencies(t *testing.T) {
	var seen []string
	l := &framework.LateLayer{Called: "late", Invokes: true, Wraps: true}
	if err := live(t, l, func(context.Context) error { return l.Set(lateHooks{hooked{&seen}}) }); err != nil {
		t.Fatal(err)
	}
	want := []string{"after function <nil>", "before invoke", "around", "after invoke <nil>", "before close", "after close <nil>"}
	if !slices.Equal(seen, want) {
		t.Errorf("got %q", seen)
	}
}

func TestLateLayerThatIsMade(t *testing.T) {
	var seen []string
	l := &framework.LateLayer{Called: "made", Invokes: true, Wraps: true, Make: func() (framework.Layer, error) {
		return everything{lateHooks{hooked{&seen}}, hooked{&seen}}, nil
	}}
	if err := live(t, l, nil); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"before runtime", "after runtime <nil>", "before function", "after function <nil>", "before invoke", "around", "after invoke <nil>",
		"before close", "after close <nil>",
	}
	if !slices.Equal(seen, want) {
		t.Errorf("got %q", seen)
	}
}

func TestLateLayerThatDoesNothingDuringAnInvocation(t *testing.T) {
	var seen []string
	l := &framework.LateLayer{Called: "late"}
	if err := live(t, l, func(context.Context) error { return l.Set(lateHooks{hooked{&seen}}) }); err != nil {
		t.Fatal(err)
	}
	if want := []string{"after function <nil>", "before close", "after close <nil>"}; !slices.Equal(seen, want) {
		t.Errorf("got %q", seen)
	}
}

func TestLateLayerFails(t *testing.T) {
	var seen []string
	for _, tt := range []struct {
		name  string
		layer framework.Layer
		err   error
		early bool
		want  []string
	}{
		{"its hooks come too late", hooked{&seen}, nil, false, []string{
			"layer hooked: BeforeRuntimeStart cannot be called: the layer has dependencies and is built after it",
			"layer hooked: AfterRuntimeStart cannot", "layer hooked: BeforeFunctionStart cannot",
		}},
		{"its hooks are none", later{}, nil, true, []string{"layer hooked: method BeforeRuntimeStart has the signature func(framework_test.later)"}},
		{"it cannot be made", nil, errors.New("no layer today"), true, []string{"layer missing: no layer today"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := &framework.LateLayer{Called: "missing"}
			start := func(context.Context) error { return l.Set(tt.layer) }
			if tt.early {
				l.Make, start = func() (framework.Layer, error) { return tt.layer, tt.err }, nil
			}
			err := live(t, l, start)
			for _, part := range tt.want {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("got %v, expected it to have %s", err, part)
				}
			}
		})
	}
	l := &framework.LateLayer{Called: "none", Invokes: true, Wraps: true, Make: func() (framework.Layer, error) { return nil, nil }}
	if err := live(t, l, nil); err != nil || l.Name() != "none" {
		t.Errorf("no layer: %v, %s", err, l.Name())
	}
}
