package framework_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// A lazy unit pays at the start for what all of its functions have, and for the rest when it is needed.
func TestComponentsOfSomeFunctionsAreReadyAtTheFirstCall(t *testing.T) {
	var d diary
	component := func(name string, order int) *framework.Component {
		return &framework.Component{Name: name, Order: order, Ready: d.note("ready "+name, nil), Health: d.note("health "+name, nil)}
	}
	imported, all, some, own, other := component("imported", 1), component("all", 2), component("some", 4), component("own", 5), component("other", 3)
	checked := &framework.Component{Name: "checked", Order: 6, Health: d.note("health checked", nil)}
	silent := &framework.Component{Name: "silent", Order: 7}
	a, b, c := needing("a", framework.Needs{Components: []*framework.Component{own, some, all, checked, silent}}),
		needing("b", framework.Needs{Components: []*framework.Component{some, all, silent}}),
		needing("c", framework.Needs{Components: []*framework.Component{all, imported, other, silent}})
	called := func(name string) framework.Middleware {
		return func(next framework.Handler) framework.Handler {
			return func(ctx *framework.Context) error { d.seen = append(d.seen, "call "+name); return next(ctx) }
		}
	}
	for _, f := range []*framework.Function{a, b, c} {
		f.Use = []framework.Middleware{called(f.Name)}
	}
	e := started(t, &framework.App{Unit: "u", Functions: []*framework.Function{a, b, c}})
	check := func(want ...string) {
		t.Helper()
		d.check(t, want...)
		d.seen = nil
	}
	health := func(want ...string) {
		t.Helper()
		if err := e.Health(t.Context()); err != nil {
			t.Error(err)
		}
		check(want...)
	}
	invoke := func(f *framework.Function, want ...string) {
		t.Helper()
		if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil {
			t.Error(err)
		}
		check(want...)
	}
	check("ready imported", "ready all") // in this order, as one may import the other
	health("health imported", "health all")
	invoke(b, "ready some", "call b")
	invoke(b, "call b")
	health("health imported", "health all", "health some")
	invoke(a, "ready own", "call a")
	health("health imported", "health all", "health some", "health own", "health checked")
	invoke(c, "ready other", "call c")
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOrderOfComponentsAtTheFirstCall(t *testing.T) {
	var d diary
	imports, imported := &framework.Component{Name: "a", Order: 2, Ready: d.note("ready a", nil)}, &framework.Component{Name: "b", Order: 1, Ready: d.note("ready b", nil)}
	f := needing("f", framework.Needs{Components: []*framework.Component{imports, imported}})
	e := started(t, &framework.App{Unit: "u", Functions: []*framework.Function{f, needing("g", framework.Needs{})}})
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil {
		t.Error(err)
	}
	d.check(t, "ready b", "ready a")
}

// A component that is not ready fails the call, and the next tries again; several at once make it ready once.
func TestReadyAtTheFirstCallIsTriedAgain(t *testing.T) {
	var fails error = errors.New("no database")
	tries := 0
	c := &framework.Component{Name: "c", Ready: func(ctx context.Context) error {
		tries++
		if d, ok := ctx.Deadline(); !ok || time.Until(d) < 4*time.Second {
			t.Error("found the deadline of the call, expected that of a start")
		}
		if fails == errPanic {
			panic("no database")
		}
		return fails
	}}
	f := needing("f", framework.Needs{Components: []*framework.Component{c}})
	f.Timeout = 2 * time.Second
	e := started(t, &framework.App{Unit: "u", InitTimeout: 5 * time.Second, Functions: []*framework.Function{f, needing("g", framework.Needs{})}})
	invoke := func() error {
		_, err := e.Invoke(t.Context(), framework.Invocation{Function: f})
		return err
	}
	if err := invoke(); !errors.Is(err, fails) {
		t.Errorf("found %v, want that of the component", err)
	}
	fails = errPanic
	if _, ok := errors.AsType[*framework.PanicError](invoke()); !ok {
		t.Error("a panic is no PanicError")
	}
	fails = nil
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := invoke(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if tries != 3 {
		t.Errorf("%d tries, want 3", tries)
	}
}

var errPanic = errors.New("panic")
