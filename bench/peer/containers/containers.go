// Package containers measures dependency injection: code that faasgen generated against go.uber.org/fx, go.uber.org/dig and
// the same calls written by hand. Synthetic applications hand over their generated code and the constructors that it was
// generated for; results go to standard output as JSON, for the bench command.
package containers

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"testing"

	"go.uber.org/dig"
	"go.uber.org/fx"

	"github.com/faasgen/faasgen/framework"
)

// Result is the best of several measurements.
type Result struct {
	Case, Contestant string
	Nanoseconds      float64
	Allocations      int64
}

// contestant is one way to do the same.
type contestant struct {
	name string
	run  func(b *testing.B)
}

const (
	rounds    = 3
	benchtime = "300ms"
)

// compare lets the contestants take turns, and keeps the best of each: what else the machine does can only make one slower.
func compare(name string, contestants ...contestant) ([]Result, error) {
	testing.Init()
	if err := flag.Set("test.benchtime", benchtime); err != nil {
		return nil, err
	}
	results := make([]Result, len(contestants))
	for round := range rounds {
		for i, c := range contestants {
			failed := true
			r := testing.Benchmark(func(b *testing.B) {
				b.ReportAllocs()
				c.run(b)
				failed = b.Failed()
			})
			if failed || r.N == 0 {
				return nil, fmt.Errorf("%s of %s failed", name, c.name)
			}
			ns := float64(r.T.Nanoseconds()) / float64(r.N)
			if round == 0 || ns < results[i].Nanoseconds {
				results[i] = Result{name, c.name, ns, r.AllocsPerOp()}
			}
		}
	}
	return results, nil
}

func print(results []Result, err error) {
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(results)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runtime() *framework.Runtime {
	return &framework.Runtime{Platform: "bench", Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

// Start measures how long it takes until the value that needs all others is there. newApp is eager, byHand calls the
// constructors one after the other, and invoke is a function that takes the value.
func Start(newApp func(*framework.Runtime) *framework.App, constructors []any, invoke any, byHand func()) {
	rt, ctx := runtime(), context.Background()
	print(compare(fmt.Sprintf("start with %d providers", len(constructors)),
		contestant{"by hand", func(b *testing.B) {
			for b.Loop() {
				byHand()
			}
		}},
		contestant{"faasgen", func(b *testing.B) {
			for b.Loop() {
				for _, f := range newApp(rt).Functions {
					if err := f.Warm(ctx, false); err != nil {
						b.Fatal(err)
					}
				}
			}
		}},
		contestant{"fx", func(b *testing.B) {
			for b.Loop() {
				if err := fx.New(fx.NopLogger, fx.Provide(constructors...), fx.Invoke(invoke)).Err(); err != nil {
					b.Fatal(err)
				}
			}
		}},
		contestant{"dig", func(b *testing.B) {
			for b.Loop() {
				c := dig.New(dig.DeferAcyclicVerification()) // as fx does: without, 1,000 providers take 40 times as long
				for _, constructor := range constructors {
					if err := c.Provide(constructor); err != nil {
						b.Fatal(err)
					}
				}
				if err := c.Invoke(invoke); err != nil {
					b.Fatal(err)
				}
			}
		}}))
}

// inside runs body within an invocation of a unit's function, with the chain that the function has in its unit.
func inside(b *testing.B, newApp func(*framework.Runtime) *framework.App, function string, body func(*framework.Context, framework.Handler) error) {
	rt, ctx := runtime(), context.Background()
	rt.Variables = variables{"FAAS_FUNCTIONS": function}
	app := newApp(rt)
	app.Middleware = []framework.Middleware{func(next framework.Handler) framework.Handler {
		return func(ctx *framework.Context) error { return body(ctx, next) }
	}}
	e := framework.NewEngine(rt, app)
	if err := e.Start(ctx); err != nil {
		b.Fatal(err)
	}
	if _, err := e.Invoke(ctx, framework.Invocation{Function: app.Functions[0], Event: []byte(nil)}); err != nil {
		b.Fatal(err)
	}
	if err := e.Close(ctx); err != nil {
		b.Fatal(err)
	}
}

// variables are those of a process.
type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) {
	s, ok := v[name]
	return s, ok
}

// Case is one way to call a function.
type Case struct {
	// Name says what is measured.
	Name string
	// Function is the one that is called.
	Function string
	// ByHand does the same without a container.
	ByHand framework.Handler
	// Fx is what the instances that fx has built are called with, nil where fx has no such thing.
	Fx framework.Handler
	// Dig does the same with a container of dig.
	Dig func(*dig.Container, *framework.Context) error
}

// Calls measures calls of functions of running units of newApp. constructors are for the container of dig.
func Calls(newApp func(*framework.Runtime) *framework.App, constructors []any, cases ...Case) {
	container := dig.New()
	for _, c := range constructors {
		if err := container.Provide(c); err != nil {
			print(nil, err)
		}
	}
	var all []Result
	for _, c := range cases {
		loop := func(call func(*framework.Context, framework.Handler) error) func(*testing.B) {
			return func(b *testing.B) {
				inside(b, newApp, c.Function, func(ctx *framework.Context, next framework.Handler) error {
					for b.Loop() {
						if err := call(ctx, next); err != nil {
							return err
						}
					}
					return nil
				})
			}
		}
		contestants := []contestant{
			{"by hand", loop(func(ctx *framework.Context, _ framework.Handler) error { return c.ByHand(ctx) })},
			{"faasgen", loop(func(ctx *framework.Context, next framework.Handler) error { return next(ctx) })},
		}
		if c.Fx != nil {
			contestants = append(contestants, contestant{"fx", loop(func(ctx *framework.Context, _ framework.Handler) error { return c.Fx(ctx) })})
		}
		if c.Dig != nil {
			contestants = append(contestants, contestant{"dig", loop(func(ctx *framework.Context, _ framework.Handler) error { return c.Dig(container, ctx) })})
		}
		results, err := compare(c.Name, contestants...)
		if err != nil {
			print(nil, err)
		}
		all = append(all, results...)
	}
	print(all, nil)
}
