package framework_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// early has the hooks that come before a layer with dependencies can be built.
type early struct{ d *diary }

func (early) Name() string { return "early" }
func (l early) BeforeRuntimeStart(ctx context.Context, _ *framework.Runtime) error {
	return l.d.note("before runtime", nil)(ctx)
}
func (l early) AfterRuntimeStart(ctx context.Context, _ *framework.Runtime, err error) error {
	return l.d.note(fmt.Sprint("after runtime ", err), nil)(ctx)
}
func (l early) BeforeFunctionStart(ctx context.Context, _ *framework.App) error {
	return l.d.note("before function", nil)(ctx)
}

// late has the others.
type late struct {
	name string
	d    *diary
}

func (l late) Name() string { return l.name }
func (l late) AfterFunctionStart(ctx context.Context, _ *framework.App, err error) error {
	return l.d.note(fmt.Sprintf("%s: after function %v", l.name, err), nil)(ctx)
}
func (l late) BeforeInvoke(c *framework.Context) error {
	return l.d.note(l.name+": before invoke", nil)(c)
}
func (l late) AfterInvoke(c *framework.Context, err error) error {
	return l.d.note(fmt.Sprintf("%s: after invoke %v", l.name, err), nil)(c)
}
func (l late) BeforeClose(ctx context.Context, _ *framework.App) error {
	return l.d.note(l.name+": before close", nil)(ctx)
}
func (l late) AfterClose(ctx context.Context, _ *framework.App, err error) error {
	return l.d.note(fmt.Sprintf("%s: after close %v", l.name, err), nil)(ctx)
}
func (l late) Middleware(next framework.Handler) framework.Handler {
	return func(c *framework.Context) error { _ = l.d.note(l.name+": around", nil)(c); return next(c) }
}

// everything has all hooks.
type everything struct {
	late
	early
}

func (l everything) Name() string { return l.late.name }

// quietLayer does nothing during an invocation.
type quietLayer struct{ d *diary }

func (quietLayer) Name() string { return "quiet" }
func (l quietLayer) AfterFunctionStart(ctx context.Context, _ *framework.App, err error) error {
	return l.d.note(fmt.Sprint("quiet: after function ", err), nil)(ctx)
}

func building(l framework.Layer, err error) func(context.Context) (framework.Layer, error) {
	return func(context.Context) (framework.Layer, error) { return l, err }
}

func making(l framework.Layer, err error) func() (framework.Layer, error) {
	return func() (framework.Layer, error) { return l, err }
}

// layered has one function that needs the layers.
func layered(layers framework.ComponentLayers) *framework.App {
	return &framework.App{Unit: "u", Functions: []*framework.Function{needing("f", framework.Needs{Components: []*framework.Component{{Name: "c.C", Layers: layers}}})}}
}

// live starts, calls and ends a unit.
func live(t *testing.T, app *framework.App) error {
	t.Helper()
	e := framework.NewEngine(quiet(), app)
	if err := e.Start(t.Context()); err != nil {
		return err
	}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: app.Functions[0]}); err != nil {
		t.Error(err)
	}
	return e.Close(t.Context())
}

func TestLayerThatIsBuilt(t *testing.T) {
	var d diary
	if err := live(t, layered(framework.ComponentLayers{{Name: "l", Build: building(late{"l", &d}, nil)}})); err != nil {
		t.Fatal(err)
	}
	d.check(t, "l: after function <nil>", "l: before invoke", "l: around", "l: after invoke <nil>", "l: before close", "l: after close <nil>")
}

func TestLayerThatIsMade(t *testing.T) {
	var d diary
	if err := live(t, layered(framework.ComponentLayers{{Name: "l", Make: making(everything{late{"l", &d}, early{&d}}, nil)}})); err != nil {
		t.Fatal(err)
	}
	d.check(t, "before runtime", "after runtime <nil>", "before function", "l: after function <nil>",
		"l: before invoke", "l: around", "l: after invoke <nil>", "l: before close", "l: after close <nil>")
}

func TestLayerThatDoesNothingDuringAnInvocation(t *testing.T) {
	var d diary
	if err := live(t, layered(framework.ComponentLayers{{Name: "l", Build: building(quietLayer{&d}, nil)}})); err != nil {
		t.Fatal(err)
	}
	d.check(t, "quiet: after function <nil>")
}

// Given layers are outermost, then those of components by their order, however they come to be.
func TestLayersInOrder(t *testing.T) {
	var d diary
	app := layered(framework.ComponentLayers{
		{Name: "4", Order: 4, Build: building(late{"4", &d}, nil)},
		{Name: "3", Order: 3, Make: making(late{"3", &d}, nil)},
	})
	g := needing("g", framework.Needs{Components: []*framework.Component{
		{Name: "c.C", Layers: framework.ComponentLayers{{Name: "twice", Make: making(nil, errors.New("made twice"))}}},
		{Name: "d.C", Order: 1, Layers: framework.ComponentLayers{{Name: "2", Order: 2, Build: building(late{"2", &d}, nil)}}},
	}})
	app.Functions = append(app.Functions, g)
	app.Layers = framework.Layers{late{"1", &d}, nil}
	around := func(name string) framework.Middleware {
		return func(next framework.Handler) framework.Handler {
			return func(c *framework.Context) error { _ = d.note(name, nil)(c); return next(c) }
		}
	}
	app.Middleware = []framework.Middleware{around("app 1"), around("app 2")}
	app.Functions[0].Use = []framework.Middleware{around("use 1"), around("use 2")}
	e := started(t, app)
	d.check(t, "4: after function <nil>", "3: after function <nil>", "2: after function <nil>", "1: after function <nil>")
	d.seen = nil
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: app.Functions[0]}); err != nil {
		t.Error(err)
	}
	d.check(t, "1: before invoke", "2: before invoke", "3: before invoke", "4: before invoke",
		"1: around", "2: around", "3: around", "4: around", "app 1", "app 2", "use 1", "use 2",
		"4: after invoke <nil>", "3: after invoke <nil>", "2: after invoke <nil>", "1: after invoke <nil>")
	d.seen = nil
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	d.check(t, "1: before close", "2: before close", "3: before close", "4: before close",
		"4: after close <nil>", "3: after close <nil>", "2: after close <nil>", "1: after close <nil>")
}

// Middleware that an instance stands behind is composed when the instance is there: after all was built, once.
func TestChainsAreComposedOnceAfterAllWasBuilt(t *testing.T) {
	var d diary
	app := layered(framework.ComponentLayers{{Name: "l", Build: func(ctx context.Context) (framework.Layer, error) {
		return quietLayer{&d}, d.note("build", nil)(ctx)
	}}})
	f := app.Functions[0]
	f.Warm = d.warm("f", nil)
	f.Components[0].Ready = d.note("ready", nil)
	f.Use = []framework.Middleware{func(next framework.Handler) framework.Handler {
		_ = d.note("compose", nil)(nil)
		return next
	}}
	e := started(t, app)
	for range 2 {
		if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil {
			t.Error(err)
		}
	}
	d.check(t, "build", "warm f, lazy false", "compose", "ready", "quiet: after function <nil>")
}

// nameless cannot say its name.
type nameless struct {
	quietLayer
	name func() string
}

func (n *nameless) Name() string { return n.name() }

// muddled has hooks that are none.
type muddled struct{ quietLayer }

func (muddled) BeforeInvoke()       {}
func (muddled) AfterClose() error   { return nil }
func (muddled) BeforeRuntimeStart() {}

func TestLayersFail(t *testing.T) {
	var d diary
	for _, tt := range []struct {
		name   string
		layers framework.ComponentLayers
		want   []string
		seen   []string
	}{
		{"hooks come too late", framework.ComponentLayers{{Name: "e", Build: building(early{&d}, nil)}, {Name: "all", Build: building(everything{late{"all", &d}, early{&d}}, nil)}}, []string{
			"layer early: BeforeRuntimeStart cannot be called: the layer has dependencies and is built after it",
			"layer early: AfterRuntimeStart cannot", "layer early: BeforeFunctionStart cannot", "layer all: BeforeRuntimeStart cannot",
		}, nil},
		{"hooks that are none, made", framework.ComponentLayers{{Name: "m", Make: making(muddled{quietLayer{&d}}, nil)}}, []string{
			"layer quiet: method BeforeRuntimeStart has the signature func(framework_test.muddled)", "layer quiet: method BeforeInvoke has", "layer quiet: method AfterClose has",
		}, []string{}},
		{"hooks that are none, built", framework.ComponentLayers{{Name: "m", Build: building(muddled{quietLayer{&d}}, nil)}}, []string{
			"layer quiet: method BeforeRuntimeStart has the signature func(framework_test.muddled)", "layer quiet: method BeforeInvoke has", "layer quiet: method AfterClose has",
		}, nil},
		{"its name cannot be had, made", framework.ComponentLayers{{Name: "m.Layer", Make: making((*nameless)(nil), nil)}, {Name: "n.Layer", Make: making(quietLayer{&d}, nil)}}, []string{
			"m.Layer of c.C: its method Name has failed: panic: runtime error: invalid memory address",
		}, []string{}},
		{"its name cannot be had, built", framework.ComponentLayers{{Name: "m.Layer", Build: building((*nameless)(nil), nil)}}, []string{
			"m.Layer of c.C: its method Name has failed: panic: runtime error: invalid memory address",
		}, []string{}},
		{"it ends its goroutine in place of a name", framework.ComponentLayers{{Name: "m.Layer", Make: making(&nameless{name: func() string { runtime.Goexit(); return "" }}, nil)}}, []string{
			"the start of the unit ended its goroutine",
		}, []string{}},
		{"it has no name", framework.ComponentLayers{{Name: "m.Layer", Make: making(&nameless{name: func() string { return "" }}, nil)}}, []string{
			"m.Layer of c.C: its method Name returns no name",
		}, []string{}},
		{"cannot be made", framework.ComponentLayers{{Name: "missing", Make: making(nil, errors.New("no layer today"))}}, []string{"layer missing: no layer today"}, []string{}},
		{"making it panics", framework.ComponentLayers{{Name: "missing", Make: func() (framework.Layer, error) { panic("no layer today") }}}, []string{"panic: no layer today"}, []string{}},
		{"cannot be built", framework.ComponentLayers{{Name: "missing", Build: building(nil, errors.New("no layer today"))}}, []string{"layer missing: no layer today"}, []string{}},
		{"building it panics", framework.ComponentLayers{{Name: "missing", Build: func(context.Context) (framework.Layer, error) { panic("no layer today") }}}, []string{"panic: no layer today"}, []string{}},
		{"a layer that is there is told of another that cannot be built", framework.ComponentLayers{
			{Name: "first", Build: building(quietLayer{&d}, nil)}, {Name: "missing", Build: building(nil, errors.New("no layer today"))},
		}, []string{"layer missing: no layer today"}, []string{"quiet: after function layer missing: no layer today"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d.seen = nil
			err := live(t, layered(tt.layers))
			for _, part := range tt.want {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("got %v, expected it to have %s", err, part)
				}
			}
			if tt.seen != nil {
				d.check(t, tt.seen...)
			}
		})
	}
}

func TestNilIsNoLayer(t *testing.T) {
	app := layered(framework.ComponentLayers{{Name: "made", Make: making(nil, nil)}, {Name: "built", Build: building(nil, nil)}, {Name: "neither"}})
	app.Layers = framework.Layers{nil}
	if err := live(t, app); err != nil {
		t.Error(err)
	}
}

// After a layer could not be made no hook is called: nothing has begun.
func TestLayersAreMadeBeforeAnythingBegins(t *testing.T) {
	var d diary
	app := layered(framework.ComponentLayers{{Name: "missing", Make: making(nil, errors.New("no"))}})
	app.Layers = framework.Layers{everything{late{"given", &d}, early{&d}}}
	app.Stop = d.note("stop", nil)
	if err := live(t, app); err == nil || err.Error() != "init of unit u: layer missing: no" {
		t.Errorf("got %v", err)
	}
	d.check(t)
}
