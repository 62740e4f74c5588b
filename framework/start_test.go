package framework_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/ioc"
)

// diary is what happens while a unit lives.
type diary struct{ seen []string }

func (d *diary) note(what string, err error) func(context.Context) error {
	return func(context.Context) error { d.seen = append(d.seen, what); return err }
}

func (d *diary) check(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(d.seen, want) {
		t.Errorf("got  %q\nwant %q", d.seen, want)
	}
}

func (d *diary) warm(name string, err error) func(context.Context, bool) error {
	return func(_ context.Context, lazy bool) error {
		d.seen = append(d.seen, fmt.Sprintf("warm %s, lazy %t", name, lazy))
		return err
	}
}

func needing(name string, n framework.Needs) *framework.Function {
	f := function(name, func(*framework.Context) error { return nil })
	f.Needs = n
	return f
}

// startedEager starts a unit that builds everything at the start.
func startedEager(t *testing.T, app *framework.App) *framework.Engine {
	t.Helper()
	rt := quiet()
	rt.Variables = variables{"FAAS_LAZY": "false"}
	e := framework.NewEngine(rt, app)
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestStartInOrder(t *testing.T) {
	var d diary
	first := &framework.Component{Name: "first.C", Order: 1, Ready: d.note("ready first", nil)}
	again := &framework.Component{Name: "first.C", Order: 1, Ready: d.note("ready first again", nil)} // another function's, the same
	second := &framework.Component{Name: "second.C", Order: 2, Ready: d.note("ready second", nil)}
	silent := &framework.Component{Name: "silent.C", Order: 0}
	stop := d.note("stop what they need", nil)
	check := func(known error) error { d.seen = append(d.seen, "check"); return known }
	app := &framework.App{Unit: "u", Start: d.note("start", nil), Stop: d.note("stop", nil), Functions: []*framework.Function{
		needing("a", framework.Needs{Check: check, Warm: d.warm("a", nil), Stop: stop, Components: []*framework.Component{second, first}}),
		needing("b", framework.Needs{Check: check, Warm: d.warm("b", nil), Stop: stop, Components: []*framework.Component{again, silent}}),
		function("c", func(*framework.Context) error { return nil }),
	}}
	e := startedEager(t, app)
	d.check(t, "start", "check", "check", "warm a, lazy false", "warm b, lazy false", "ready first", "ready second")
	d.seen = nil
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	d.check(t, "stop what they need", "stop")
}

func TestWarmIsLazyForSeveralFunctions(t *testing.T) {
	for _, tt := range []struct {
		functions int
		lazy      bool
		want      string
	}{{1, false, "warm f, lazy false"}, {1, true, "warm f, lazy true"}, {2, false, "warm f, lazy true"}} {
		var d diary
		app := &framework.App{Unit: "u", Lazy: tt.lazy, Functions: []*framework.Function{needing("f", framework.Needs{Warm: d.warm("f", nil)})}}
		if tt.functions == 2 {
			app.Functions = append(app.Functions, function("g", func(*framework.Context) error { return nil }))
		}
		started(t, app)
		d.check(t, tt.want)
	}
}

// Whatever fails ends the start, and what was built is destroyed.
func TestStartStopsAtTheFirstFailure(t *testing.T) {
	steps := []string{"start", "check", "build", "warm a, lazy false", "ready one", "ready two"}
	for i, failing := range steps {
		t.Run(failing, func(t *testing.T) {
			var d diary
			outcome := func(step string) error {
				if step == failing {
					return errors.New("no")
				}
				return nil
			}
			app := &framework.App{Unit: "u", Start: d.note(steps[0], outcome(steps[0])), Functions: []*framework.Function{needing("a", framework.Needs{
				Check: func(error) error { return d.note(steps[1], outcome(steps[1]))(t.Context()) },
				Warm:  d.warm("a", outcome(steps[3])),
				Stop:  d.note("stop", errors.New("not at once")),
				Components: []*framework.Component{
					{Name: "one.C", Ready: d.note(steps[4], outcome(steps[4])), Layers: framework.ComponentLayers{{Name: "l", Build: func(ctx context.Context) (framework.Layer, error) {
						return nil, d.note(steps[2], outcome(steps[2]))(ctx)
					}}}},
					{Name: "two.C", Ready: d.note(steps[5], outcome(steps[5]))},
				},
			})}}
			err := framework.NewEngine(quiet(), app).Start(t.Context())
			if err == nil || !strings.HasPrefix(err.Error(), "init of unit u: ") || !strings.HasSuffix(err.Error(), "no\nnot at once") {
				t.Errorf("got %v", err)
			}
			d.check(t, append(slices.Clone(steps[:i+1]), "stop")...)
		})
	}
}

// bad is a function's check: what is known, and what is wrong with its own configuration.
func bad(texts ...string) func(error) error {
	return func(known error) error {
		for _, text := range texts {
			known = errors.Join(known, errors.New(text))
		}
		return known
	}
}

func TestConfigurationOfAllFunctionsIsCheckedAtOnce(t *testing.T) {
	for _, tt := range []struct {
		checks []func(error) error
		want   string
	}{
		{nil, ""},
		{[]func(error) error{nil, bad()}, ""},
		{[]func(error) error{nil, bad("a is bad"), bad()}, "a is bad"},
		{[]func(error) error{bad("a is bad", "b is bad"), nil, bad("c is bad")}, "a is bad\nb is bad\nc is bad"},
		{[]func(error) error{bad(), func(error) error { panic("oops") }, bad("late")}, "panic: oops"},
	} {
		app := &framework.App{Unit: "u"}
		var d diary
		for i, check := range tt.checks {
			app.Functions = append(app.Functions, needing(fmt.Sprint(i), framework.Needs{Check: check, Warm: d.warm("f", nil)}))
		}
		err := framework.NewEngine(quiet(), app).Start(t.Context())
		if tt.want == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if err == nil || err.Error() != "init of unit u: "+tt.want || len(d.seen) > 0 {
			t.Errorf("got %v, want %s; %v", err, tt.want, d.seen)
		}
	}
}

// Functions lack some keys together and others alone: that is one list.
func TestKeysThatFunctionsLackAreOneError(t *testing.T) {
	lacks := func(keys ...string) func(error) error {
		return config.Checks(0, func() (*config.Config, error) { return nil, nil }, func(_ int, r *config.Reader) {
			for _, key := range keys {
				config.Value[string](r, key)
			}
			config.ValueText[int](r, "x.y", "many")
		})
	}
	app := &framework.App{Unit: "u", Functions: []*framework.Function{
		needing("f", framework.Needs{Check: lacks("b.b", "c.c")}), needing("g", framework.Needs{Check: lacks("a.a", "c.c")}),
		needing("h", framework.Needs{Check: lacks()}),
	}}
	err := framework.NewEngine(quiet(), app).Start(t.Context())
	var missing *config.MissingError
	if !errors.As(err, &missing) || !slices.Equal(missing.Keys, []string{"a.a", "b.b", "c.c"}) || !slices.Equal(missing.Variables, []string{"A_A", "B_B", "C_C"}) {
		t.Errorf("got %v", err)
	}
	if err == nil || strings.Count(err.Error(), "have no value") != 1 || strings.Count(err.Error(), "key x.y: ") != 1 {
		t.Errorf("got %v", err)
	}
}

func TestHealthOfComponents(t *testing.T) {
	var d diary
	components := []*framework.Component{
		{Name: "b.C", Order: 2, Health: d.note("b", errors.New("b is ill"))},
		{Name: "a.C", Order: 1, Health: d.note("a", errors.New("a is ill"))},
		{Name: "a.C", Order: 1, Health: d.note("a again", nil)},
		{Name: "c.C", Order: 3, Health: d.note("c", nil)},
		{Name: "d.C", Order: 4},
	}
	e := startedEager(t, &framework.App{Unit: "u", Health: d.note("app", errors.New("app is ill")), Functions: []*framework.Function{
		needing("f", framework.Needs{Components: components[:2]}), needing("g", framework.Needs{Components: components[2:]}),
	}})
	if err := e.Health(t.Context()); err == nil || err.Error() != "app is ill\na is ill\nb is ill" {
		t.Errorf("got %v", err)
	}
	d.check(t, "app", "a", "b", "c")
	e = started(t, &framework.App{Unit: "u", Functions: []*framework.Function{needing("f", framework.Needs{Components: components[3:]})}})
	if err := e.Health(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestStopOfWhatIsNeededAndOfTheApplication(t *testing.T) {
	var d diary
	stop := d.note("needs", errors.New("needs: no"))
	e := started(t, &framework.App{Unit: "u", Stop: d.note("app", errors.New("app: no")), Functions: []*framework.Function{
		needing("f", framework.Needs{}), needing("g", framework.Needs{Stop: stop}), needing("h", framework.Needs{Stop: stop}),
	}})
	for range 2 {
		if err := e.Close(t.Context()); err == nil || err.Error() != "needs: no\napp: no" {
			t.Errorf("got %v", err)
		}
	}
	d.check(t, "needs", "app")
}

func TestCloses(t *testing.T) {
	nothing := func(context.Context) error { return nil }
	with := func(n framework.Needs) *framework.App {
		return &framework.App{Functions: []*framework.Function{needing("f", framework.Needs{}), needing("g", n)}}
	}
	for name, tt := range map[string]struct {
		app  *framework.App
		want bool
	}{
		"nothing":                {&framework.App{}, false},
		"functions":              {with(framework.Needs{}), false},
		"component":              {with(framework.Needs{Components: []*framework.Component{{Name: "c", Health: nothing}}}), false},
		"layer of a component":   {with(framework.Needs{Components: []*framework.Component{{Name: "c", Layers: framework.ComponentLayers{{}}}}}), true},
		"something to stop":      {with(framework.Needs{Stop: nothing}), true},
		"stop of an application": {&framework.App{Stop: nothing}, true},
		"layer":                  {&framework.App{Layers: framework.Layers{closer{}}}, true},
	} {
		if got := tt.app.Closes(); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestAUnitOfCells starts, calls, checks and ends a unit as generated code describes one.
func TestAUnitOfCells(t *testing.T) {
	var k ioc.Container
	var d diary
	var store, configuration ioc.Cell[*ioc.Container, *string]
	cell := func(c *ioc.Cell[*ioc.Container, *string], name string) func(*ioc.Container, *ioc.Build) (*string, error) {
		return func(k *ioc.Container, b *ioc.Build) (*string, error) {
			return c.Open(k, b, func(*ioc.Container, *ioc.Build) (*string, func(), error) {
				return &name, func() { _ = d.note("end "+name, nil)(nil) }, d.note("build "+name, nil)(nil)
			})
		}
	}
	getStore, getConfiguration := cell(&store, "store"), cell(&configuration, "configuration")
	on := func(what string) func(*string, context.Context) error {
		return func(_ *string, ctx context.Context) error { return d.note(what, nil)(ctx) }
	}
	f := function("f", func(*framework.Context) error { _, err := getStore(&k, nil); return err })
	f.Needs = framework.Needs{
		Warm: ioc.Warm(&k, ioc.Needs(&store, getStore)),
		Stop: k.Close,
		Components: []*framework.Component{{
			Name:   "configuration",
			Ready:  ioc.Ready(&k, &configuration, getConfiguration, on("ready"), on("stop")),
			Health: ioc.Health(&k, &configuration, getConfiguration, on("health")),
		}},
	}
	e := started(t, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil {
		t.Error(err)
	}
	if err := e.Health(t.Context()); err != nil {
		t.Error(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	d.check(t, "build store", "build configuration", "ready", "health", "stop", "end configuration", "end store")
}

// A start that ends its goroutine has failed; nothing waits for it.
func TestStartEndsItsGoroutine(t *testing.T) {
	e := framework.NewEngine(quiet(), &framework.App{Unit: "u", Start: func(context.Context) error { runtime.Goexit(); return nil }})
	if err := e.Start(context.Background()); err == nil || !strings.Contains(err.Error(), "Goexit") {
		t.Errorf("error %v, want one that says what happened", err)
	}
}
