package framework_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/faasgen/faasgen/framework"
)

// serve starts a unit of one function and calls it once.
func serve(event any, h framework.Handler, layers ...framework.Layer) (any, error) {
	f := &framework.Function{Name: "greet", Handler: h}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "greet", Functions: []*framework.Function{f}, Layers: framework.Layers(layers)})
	if err := e.Start(context.Background()); err != nil {
		return nil, err
	}
	defer e.Close(context.Background())
	return e.Invoke(context.Background(), framework.Invocation{Function: f, Event: event})
}

// A guard refuses with an error, which is the response. Marked //faas:guard, it stands where //faas:use says.
func ExampleGuard() {
	friends := framework.Guard(func(ctx *framework.Context) error {
		if ctx.Event() != "Ann" {
			return framework.Errorf(403, "forbidden", "not for you")
		}
		return nil
	})
	greet := friends.Middleware(func(ctx *framework.Context) error {
		ctx.SetResult("hello")
		return nil
	})
	fmt.Println(serve("Ann", greet))
	fmt.Println(serve("Bob", greet))
	// Output:
	// hello <nil>
	// <nil> forbidden: not for you
}

// The status and the message are for clients, what is wrapped is for the log.
func ExampleErrorf() {
	err := framework.Errorf(404, "not_found", "%w", errors.New("no such book"))
	var public *framework.Error
	fmt.Println(errors.As(err, &public), public.Status, public.Code, public.Message)
	// Output: true 404 not_found no such book
}

// A handler that takes a whole batch says which messages come again.
func ExampleBatchError() {
	ship := func(ctx context.Context, orders map[string]string) error {
		var failed framework.BatchError
		for id, to := range orders {
			if to == "" {
				failed.Add(id, errors.New("no address"))
			}
		}
		return failed.Err()
	}
	fmt.Println(ship(context.Background(), map[string]string{"1": "Berlin"}))
	var failed *framework.BatchError
	fmt.Println(errors.As(ship(context.Background(), map[string]string{"1": "Berlin", "2": ""}), &failed), failed.Failures[0].ID)
	// Output:
	// <nil>
	// true 2
}

// What is called with a context.Context finds the Context of the invocation in it.
func ExampleFrom() {
	greet := func(ctx context.Context) string {
		return "hello from " + framework.From(ctx).FunctionName()
	}
	fmt.Println(serve(nil, func(ctx *framework.Context) error {
		ctx.SetResult(greet(ctx))
		return nil
	}))
	// Output: hello from greet <nil>
}

// audit is a layer: a name, and any of the hooks.
type audit struct{}

func (audit) Name() string { return "audit" }

func (audit) BeforeFunctionStart(ctx context.Context, app *framework.App) error {
	fmt.Println("start of", app.Unit)
	return nil
}

func (audit) AfterInvoke(ctx *framework.Context, err error) error {
	fmt.Println("called", ctx.FunctionName(), err)
	return nil
}

// Marked //faas:layer, it is part of every unit.
func ExampleLayer() {
	_, _ = serve(nil, func(ctx *framework.Context) error { return errors.New("busy") }, audit{})
	// Output:
	// start of greet
	// called greet busy
}
