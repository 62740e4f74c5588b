package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/otel"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// traced is a unit that is measured.
type traced struct {
	name, budget string
	run          func() (int, error)
	close        func()
	best         testing.BenchmarkResult
	cpu          time.Duration
}

// newTraced makes a unit with the layer, or without it where c is nil. Background work is waited for after each invocation, as loops
// that poll do it.
func newTraced(ctx context.Context, name, budget string, c *otel.Config, header web.Header) (*traced, error) {
	rt := &framework.Runtime{Logger: slog.New(platform.LogHandler(slog.NewJSONHandler(io.Discard, nil), nil))}
	get := &framework.Function{Name: "greet", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/greet"}}, Handler: func(ctx *framework.Context) error {
		ctx.SetResult("hello")
		return nil
	}}
	app := &framework.App{Unit: "bench", Functions: []*framework.Function{get}}
	if c != nil {
		l, err := otel.New(c, rt)
		if err != nil {
			return nil, err
		}
		app.Layers = framework.Layers{l}
	}
	e := framework.NewEngine(rt, app)
	if err := e.Start(ctx); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(time.Hour)
	var background framework.Background
	run := func() (int, error) {
		x := web.NewExchange(web.Request{Method: "GET", Path: "/greet", Pattern: "/greet", RemoteAddr: "192.0.2.1", Header: header})
		result, err := e.Invoke(ctx, framework.Invocation{Function: get, Event: x, RequestID: "0f2f6b0e-9d1b-4a77-9d5f-3f6f6d0a1b2c", Deadline: deadline, Overdue: func(error) {},
			Background: &background})
		r := x.Respond(result, err, web.ErrorInfo{})
		if r.Status != 200 {
			return 0, fmt.Errorf("status %d: %s", r.Status, r.Body)
		}
		background.Wait()
		return len(r.Body), nil
	}
	return &traced{name: name, budget: budget, run: run, close: func() { _ = e.Close(context.WithoutCancel(ctx)) }}, nil
}

// benchTracing measures what the layer otel adds to an invocation, export to a receiver in another process included, and to a binary.
func benchTracing(ctx context.Context, work string) (table, error) {
	receiver, stop, err := startPeer(ctx, work, "receiver")
	if err != nil {
		return nil, err
	}
	defer stop()
	config := func(endpoint string, share float64) *otel.Config {
		return &otel.Config{Endpoint: endpoint, Sample: share, Cap: time.Second, Traces: true, Metrics: true}
	}
	const budget = "<= 5 us"
	var units []*traced
	for _, u := range []struct {
		name, budget string
		config       *otel.Config
		header       web.Header
	}{
		{name: "request, no layer"},
		{"  otel, no receiver", budget, config("", 0.01), nil},
		{"  otel, 0 %", budget, config(receiver, 0), nil},
		{"  otel, 1 %", budget, config(receiver, 0.01), nil},
		{"  otel, not sampled by the caller", budget, config(receiver, 1), web.Header{"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}}},
		{"  otel, 100 %", "", config(receiver, 1), nil},
	} {
		unit, err := newTraced(ctx, u.name, u.budget, u.config, u.header)
		if err != nil {
			return nil, err
		}
		defer unit.close()
		units = append(units, unit)
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
	for _, u := range units {
		r := row(u.name, u.best, units[0].best, u.budget)
		rows = append(rows, []string{r[0], r[1], fmt.Sprintf("%d ns", u.cpu.Nanoseconds()), r[2], r[3], fmt.Sprintf("%+d ns", (u.cpu - units[0].cpu).Nanoseconds()), r[4]})
	}
	rows = append(rows, []string{"", "size", "", "with otel", "", "over it", ""})
	for _, u := range []struct{ name, tags, budget string }{
		{"stripped event unit on aws", "none", ""},
		{"  with configuration and a client that speaks TLS", "client", "<= 1.5 MB"},
		{"  with net/http's client", "http", "<= 1.5 MB"},
	} {
		var sizes [2]int64
		for i, tags := range []string{u.tags, u.tags + ",otel"} {
			binary := filepath.Join(work, "traced")
			if err := goBuild(ctx, ".", binary, "./peer/traced", "-tags", tags); err != nil {
				return nil, err
			}
			info, err := os.Stat(binary)
			if err != nil {
				return nil, err
			}
			sizes[i] = info.Size()
		}
		rows = append(rows, []string{u.name, megabytes(sizes[0]), "", megabytes(sizes[1]), "", "+" + megabytes(sizes[1]-sizes[0]), u.budget})
	}
	return rows, nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.2f MB", float64(n)/1e6) }
