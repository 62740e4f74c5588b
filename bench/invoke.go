package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

type greetRequest struct {
	ID   int    `path:"id" json:"-"`
	Name string `json:"name"`
}

type greeting struct {
	Message string `json:"message"`
}

func greet(_ context.Context, in greetRequest) (*greeting, error) {
	return &greeting{Message: fmt.Sprint("hello ", in.Name, in.ID)}, nil
}

// Rounds of each measurement, and how long one takes. They are short, so that the best of them is one that nothing else on the
// machine was in the way of.
const (
	rounds    = 40
	benchtime = "50ms"
)

const greetBody = `{"name":"Ann"}`

// benchInvoke measures what the framework adds: routing, binding, the engine, the response; against the same JSON work
// without any framework. The adapter is what the generator writes.
func benchInvoke(context.Context, string) (table, error) {
	f := &framework.Function{Name: "greet", Triggers: []framework.Trigger{web.Route{Method: "POST", Pattern: "/greet/{id}"}}, Handler: func(ctx *framework.Context) error {
		var in greetRequest
		b, err := web.Bind(ctx)
		if err != nil {
			return err
		}
		b.JSON(&in, "id")
		web.Value(b, web.InPath, "id", &in.ID, web.Int[int])
		if err := b.Err(); err != nil {
			return err
		}
		out, err := greet(ctx, in)
		return adapter.Return(ctx, out, err)
	}}
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	e := framework.NewEngine(rt, &framework.App{Unit: "greet", Functions: []*framework.Function{f}})
	if err := e.Start(context.Background()); err != nil {
		return nil, err
	}
	router, err := web.NewRouter(e.App())
	if err != nil {
		return nil, err
	}
	call := func(inv framework.Invocation) (int, error) {
		m := router.Match("POST", "", "/greet/7", "")
		x := web.NewExchange(web.Request{Method: "POST", Path: "/greet/7", Body: []byte(greetBody), PathValues: m.Values,
			Header: web.Header{"Content-Type": {"application/json"}}})
		inv.Function, inv.Event, inv.RequestID = m.Function, x, "1"
		result, err := e.Invoke(context.Background(), inv)
		r := x.Respond(result, err, web.ErrorInfo{Route: m.Route})
		if r.Status != 200 {
			return 0, fmt.Errorf("status %d: %s", r.Status, r.Body)
		}
		return len(r.Body), nil
	}
	bare := func() (int, error) {
		in := greetRequest{ID: 7}
		if err := json.Unmarshal([]byte(greetBody), &in); err != nil {
			return 0, err
		}
		out, err := greet(context.Background(), in)
		if err != nil {
			return 0, err
		}
		body, err := json.Marshal(out)
		return len(body), err
	}
	later := time.Now().Add(time.Hour)
	const budget = "<= 2 us, <= 10 allocations"
	with := func(inv framework.Invocation) func() (int, error) { return func() (int, error) { return call(inv) } }
	cases := []struct {
		name, budget string
		run          func() (int, error)
		best         testing.BenchmarkResult
	}{
		{name: "bare handler", run: bare},
		{name: "no deadline", budget: budget, run: with(framework.Invocation{})},
		{name: "deadline, in a loop that polls", budget: budget, run: with(framework.Invocation{Deadline: later, Overdue: func(error) {}})},
		{name: "deadline, behind net/http", budget: budget, run: with(framework.Invocation{Deadline: later})}, // whose goroutine has to return
	}
	// They take turns and the best of each counts: what else the machine does can only make one slower.
	testing.Init()
	if err := flag.Set("test.benchtime", benchtime); err != nil {
		return nil, err
	}
	for i := range rounds {
		for n := range cases {
			c := &cases[n]
			r, err := measure(c.run)
			if err != nil {
				return nil, err
			}
			if i == 0 || r.NsPerOp() < c.best.NsPerOp() {
				c.best = r
			}
		}
	}
	rows := table{{"http, JSON in and out", "time", "allocations", "over the bare handler", "budget"}}
	for _, c := range cases {
		rows = append(rows, row(c.name, c.best, cases[0].best, c.budget))
	}
	return rows, nil
}

func row(name string, r, bare testing.BenchmarkResult, budget string) []string {
	return []string{name, fmt.Sprintf("%d ns", r.NsPerOp()), fmt.Sprint(r.AllocsPerOp()),
		fmt.Sprintf("%+d ns, %+d", r.NsPerOp()-bare.NsPerOp(), r.AllocsPerOp()-bare.AllocsPerOp()), budget}
}

func measure(f func() (int, error)) (testing.BenchmarkResult, error) {
	if _, err := f(); err != nil {
		return testing.BenchmarkResult{}, err
	}
	return testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if n, err := f(); err != nil || n == 0 {
				b.Fatal(n, err)
			}
		}
	}), nil
}
