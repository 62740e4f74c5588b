package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/call/carry"
	"github.com/faasgen/faasgen/framework/platform/aws/invoke"
	"github.com/faasgen/faasgen/framework/trigger/event"
)

type priceRequest struct {
	Item  string `json:"item"`
	Count int    `json:"count"`
}

func carryPriceRequest(v *priceRequest) bool { return carry.Text(&v.Item) }

type quote struct {
	Total int `json:"total"`
}

func price(_ context.Context, in priceRequest) (*quote, error) {
	return &quote{Total: 3 * in.Count}, nil
}

// benchCalls measures a call of one function from another: as a method, in process as generated code does it, in process by way of JSON,
// as of types that only JSON carries, and over the wire to another process. Client and adapter are what the generator writes.
func benchCalls(ctx context.Context, work string) (table, error) {
	url, stop, err := startPeer(ctx, work, "invoke")
	if err != nil {
		return nil, err
	}
	defer stop()
	for name, value := range map[string]string{"AWS_ENDPOINT_URL_LAMBDA": url, "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", call.Variable: "price-apart=unit"} {
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	priced := func(ctx *framework.Context) error {
		var in priceRequest
		if !adapter.Called(ctx, &in) {
			e, err := adapter.Event[[]byte](ctx)
			if err != nil {
				return err
			}
			if err := event.Decode(e, &in); err != nil {
				return err
			}
		}
		out, err := price(ctx, in)
		return adapter.ReturnPointer(ctx, out, out == nil, err)
	}
	in := priceRequest{Item: "tea", Count: 2}
	var client *call.Client
	type way struct {
		name, budget string
		run          func(ctx context.Context) (*quote, error)
		deadline     bool
		best         testing.BenchmarkResult
		cpu          time.Duration
	}
	copied := func(ctx context.Context) (*quote, error) {
		return call.Do[priceRequest, *quote](ctx, client, "price", in, call.Options{}, carryPriceRequest, carry.Plain)
	}
	encoded := func(function string) func(context.Context) (*quote, error) {
		return func(ctx context.Context) (*quote, error) {
			payload, err := call.Encode(in)
			if err != nil {
				return nil, err
			}
			return call.Decode[*quote](client.Call(ctx, function, payload, call.Options{}))
		}
	}
	method := func(ctx context.Context) (*quote, error) { return price(ctx, in) }
	ways := []*way{
		{name: "method", run: method, deadline: true},
		{name: "in process, no deadline", budget: "<= 2 us, <= 6 allocations", run: copied},
		{name: "in process, with a deadline", budget: "<= 2 us, <= 6 allocations", run: copied, deadline: true},
		{name: "in process, by way of JSON", run: encoded("price"), deadline: true},
		{name: "over the wire", budget: "<= 60 us of CPU", run: encoded("price-apart"), deadline: true},
	}
	var now func(ctx *framework.Context) error
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	e := framework.NewEngine(rt, call.With(invoke.New(), func(rt *framework.Runtime) *framework.App {
		client = call.New(rt)
		return &framework.App{Unit: "shop", Functions: []*framework.Function{{Name: "price", Handler: priced}, {Name: "order", Handler: func(ctx *framework.Context) error { return now(ctx) }}}}
	})(rt))
	if err := e.Start(ctx); err != nil {
		return nil, err
	}
	testing.Init()
	if err := flag.Set("test.benchtime", benchtime); err != nil {
		return nil, err
	}
	for round := range rounds {
		for _, w := range ways {
			now = func(ctx *framework.Context) error {
				before := cpuTime()
				calls := 0
				r, err := measure(func() (int, error) {
					calls++
					q, err := w.run(ctx)
					if err != nil {
						return 0, err
					}
					return q.Total, nil
				})
				if cpu := (cpuTime() - before) / time.Duration(max(calls, 1)); round == 0 || cpu < w.cpu {
					w.cpu = cpu
				}
				if round == 0 || r.NsPerOp() < w.best.NsPerOp() {
					w.best = r
				}
				return err
			}
			inv := framework.Invocation{Function: e.App().Function("order"), RequestID: "1", Overdue: func(error) {}}
			if w.deadline {
				inv.Deadline = time.Now().Add(time.Hour)
			}
			if _, err := e.Invoke(context.Background(), inv); err != nil {
				return nil, fmt.Errorf("%s: %w", w.name, err)
			}
		}
	}
	rows := table{{"", "time", "CPU", "allocations", "over the method", "budget"}}
	for _, w := range ways {
		r := row(w.name, w.best, ways[0].best, w.budget)
		rows = append(rows, append([]string{r[0], r[1], fmt.Sprintf("%d ns", w.cpu.Nanoseconds())}, r[2:]...))
	}
	return rows, nil
}

// cpuTime is what this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// startPeer starts a server of folder peer in a process of its own and returns its address.
func startPeer(ctx context.Context, work, name string) (url string, stop func(), err error) {
	binary := filepath.Join(work, name)
	if err := goBuild(ctx, ".", binary, "./peer/"+name); err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, binary)
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = in.Close()
		_ = cmd.Wait()
	}
	if url, err = bufio.NewReader(out).ReadString('\n'); err != nil {
		stop()
		return "", nil, fmt.Errorf("%s did not start: %w", name, err)
	}
	return strings.TrimSpace(url), stop, nil
}
