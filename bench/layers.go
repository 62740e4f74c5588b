package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/layer/accesslog"
	"github.com/faasgen/faasgen/framework/layer/cors"
	"github.com/faasgen/faasgen/framework/layer/etag"
	"github.com/faasgen/faasgen/framework/layer/flags"
	"github.com/faasgen/faasgen/framework/layer/limit"
	"github.com/faasgen/faasgen/framework/layer/prometheus"
	"github.com/faasgen/faasgen/framework/layer/recovery"
	"github.com/faasgen/faasgen/framework/layer/requestid"
	"github.com/faasgen/faasgen/framework/layer/timeout"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// readyLayers makes each ready layer so that it has something to do for every invocation. What is for one platform works as on it.
func readyLayers(rt *framework.Runtime) (list framework.Layers, err error) {
	add := func(l framework.Layer, failed error) {
		list = append(list, l)
		if failed != nil && err == nil {
			err = failed
		}
	}
	seconds := []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}
	add(accesslog.New(&accesslog.Config{Metrics: "emf", Namespace: "bench", DebugRate: 1e-9, Redact: []string{"authorization", "cookie", "password", "secret", "token"}}))
	add(prometheus.New(&prometheus.Config{Address: "127.0.0.1:0", Buckets: seconds}, rt))
	add(recovery.New(&recovery.Config{Policy: "answer", Status: 503}))
	add(requestid.New(&requestid.Config{Header: "X-Request-Id", Trust: true}))
	add(cors.New(&cors.Config{Origins: []string{"https://shop.example.com"}}))
	add(limit.New(&limit.Config{Rate: 1e6, Concurrency: 100, Key: "ip", KeyRate: 1e6, KeyConcurrency: 100, Keys: 1000}))
	add(flags.New(config.NewLive("flag new-checkout\n  serve on=20%\n")))
	add(timeout.New(&timeout.Config{After: 10 * time.Minute, Status: 503, Warn: 0.8}))
	add(etag.New(&etag.Config{CacheControl: "private, max-age=60", Limit: 1 << 20}))
	return list, err
}

// benchLayers measures what the ready layers add to an invocation, each and all together.
func benchLayers(ctx context.Context, _ string) (table, error) {
	handler := func(ctx *framework.Context) error {
		flags.BooleanValue(ctx, "new-checkout", false)
		if web.From(ctx) == nil {
			return nil
		}
		return adapter.Return(ctx, &greeting{Message: "hello"}, nil)
	}
	type unit struct {
		name, budget string
		run          func() (int, error)
		best         testing.BenchmarkResult
		cpu          time.Duration
	}
	// newUnit makes a unit with the layers that keep says, by their place.
	newUnit := func(name, budget string, emf, queue bool, keep func(i int) bool) (*unit, error) {
		rt := &framework.Runtime{EMF: emf, Server: true, Logger: slog.New(platform.LogHandler(slog.NewJSONHandler(io.Discard, nil), nil))}
		all, err := readyLayers(rt)
		if err != nil {
			return nil, err
		}
		var layers framework.Layers
		for i, l := range all {
			if keep(i) {
				layers = append(layers, l)
			}
		}
		get := &framework.Function{Name: "greet", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/greet"}}, Handler: handler}
		paid := &framework.Function{Name: "paid", Triggers: []framework.Trigger{mq.Subscription{Queue: "payments"}}, Handler: handler}
		app := &framework.App{Unit: "bench", Functions: []*framework.Function{get, paid}}
		if layers != nil {
			app.Layers = layers
		}
		e := framework.NewEngine(rt, app)
		silent := slog.New(slog.DiscardHandler) // of what layers say at start
		rt.Logger, silent = silent, rt.Logger
		if err := e.Start(ctx); err != nil {
			return nil, err
		}
		rt.Logger = silent
		deadline := time.Now().Add(time.Hour)
		header := web.Header{"Origin": {"https://shop.example.com"}, "Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}
		batch := []mq.Message{{ID: "1"}}
		u := &unit{name: name, budget: budget, run: func() (int, error) {
			inv := framework.Invocation{Function: paid, Event: batch, RequestID: "0f2f6b0e-9d1b-4a77-9d5f-3f6f6d0a1b2c", Deadline: deadline, Redelivered: true, Overdue: func(error) {}}
			if queue {
				_, err := e.Invoke(ctx, inv)
				return 1, err
			}
			x := web.NewExchange(web.Request{Method: "GET", Path: "/greet", Pattern: "/greet", RemoteAddr: "192.0.2.1", Header: header})
			inv.Function, inv.Event = get, x
			result, err := e.Invoke(ctx, inv)
			r := x.Respond(result, err, web.ErrorInfo{})
			if r.Status != 200 {
				return 0, fmt.Errorf("status %d: %s", r.Status, r.Body)
			}
			return len(r.Body), nil
		}}
		return u, nil
	}
	var units []*unit
	add := func(name, budget string, emf, queue bool, keep func(i int) bool) error {
		u, err := newUnit(name, budget, emf, queue, keep)
		units = append(units, u)
		return err
	}
	none, every := func(int) bool { return false }, func(int) bool { return true }
	const budget = "<= 3 us, <= 5 allocations"
	names := []string{"accesslog", "prometheus", "recovery", "requestid", "cors", "limit", "flags", "timeout", "etag"}
	if err := add("request, no layer", "", false, false, none); err != nil {
		return nil, err
	}
	for i, name := range names {
		if err := add("  "+name, "", false, false, func(at int) bool { return at == i }); err != nil {
			return nil, err
		}
	}
	if err := add("  all", budget, false, false, every); err != nil {
		return nil, err
	}
	if err := add("  all, with EMF in the line", "", true, false, every); err != nil {
		return nil, err
	}
	messages := len(units)
	if err := add("message, no layer", "", false, true, none); err != nil {
		return nil, err
	}
	if err := add("  all", budget, false, true, every); err != nil {
		return nil, err
	}
	testing.Init()
	if err := flag.Set("test.benchtime", benchtime); err != nil {
		return nil, err
	}
	for round := range rounds {
		for _, u := range units {
			before, calls := cpuTime(), 0
			r, err := measure(func() (int, error) { calls++; return u.run() })
			if err != nil {
				return nil, fmt.Errorf("%s: %w", u.name, err)
			}
			if cpu := (cpuTime() - before) / time.Duration(max(calls, 1)); round == 0 || cpu < u.cpu {
				u.cpu = cpu
			}
			if round == 0 || r.NsPerOp() < u.best.NsPerOp() {
				u.best = r
			}
		}
	}
	rows := table{{"", "time", "CPU", "allocations", "over no layer", "CPU over no layer", "budget"}}
	for i, u := range units {
		base := units[0]
		if i >= messages {
			base = units[messages]
		}
		r := row(u.name, u.best, base.best, u.budget)
		rows = append(rows, []string{r[0], r[1], fmt.Sprintf("%d ns", u.cpu.Nanoseconds()), r[2], r[3], fmt.Sprintf("%+d ns", (u.cpu - base.cpu).Nanoseconds()), r[4]})
	}
	return rows, nil
}
