package prometheus_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/prometheus"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func config() prometheus.Config {
	return prometheus.Config{Address: "127.0.0.1:0", Buckets: []float64{0.01, 1, 100}}
}

func server() *framework.Runtime { return &framework.Runtime{Server: true} }

func made(t testing.TB, c prometheus.Config, rt *framework.Runtime) *prometheus.Layer {
	t.Helper()
	l, err := prometheus.New(&c, rt)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// log is what a unit logs.
type log struct {
	mu  sync.Mutex
	out bytes.Buffer
	has chan string // each line
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.has != nil {
		l.has <- string(p)
	}
	return l.out.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

func engine(l framework.Layer, rt *framework.Runtime, to io.Writer, functions ...*framework.Function) *framework.Engine {
	rt.Logger = slog.New(slog.NewJSONHandler(to, nil))
	return framework.NewEngine(rt, &framework.App{Unit: "shop", Functions: functions, Layers: framework.Layers{l}})
}

func start(t testing.TB, l framework.Layer, rt *framework.Runtime, functions ...*framework.Function) *framework.Engine {
	t.Helper()
	e := engine(l, rt, io.Discard, functions...)
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.WithoutCancel(t.Context())) })
	return e
}

// fetch gets the metrics.
func fetch(t testing.TB, l *prometheus.Layer, path string) (int, string) {
	t.Helper()
	response, err := http.Get("http://" + l.Addr().String() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestFigures(t *testing.T) {
	rt := server()
	l := made(t, config(), rt)
	inside, leave := make(chan bool), make(chan bool)
	fail := errors.New("no")
	results := []func(*framework.Context) error{
		func(c *framework.Context) error { c.SetResult("x"); return nil },
		func(c *framework.Context) error { return nil },
		func(c *framework.Context) error { c.SetResult(&web.Response{Status: 304}); return nil },
		func(c *framework.Context) error { return framework.Errorf(404, "no", "no") },
		func(c *framework.Context) error { return fail },
		func(c *framework.Context) error { panic("no") },
	}
	next := 0
	requests := &framework.Function{Name: "order-list", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/orders"}}, Handler: func(c *framework.Context) error {
		next++
		return results[next-1](c)
	}}
	var outcome error
	messages := &framework.Function{Name: "paid", Triggers: []framework.Trigger{mq.Subscription{Queue: "q"}}, Handler: func(c *framework.Context) error { return outcome }}
	slow := &framework.Function{Name: "slow", Handler: func(*framework.Context) error { inside <- true; <-leave; return nil }}
	e := start(t, l, rt, requests, messages, slow)
	for range results {
		_, _ = e.Invoke(t.Context(), framework.Invocation{Function: requests, Event: web.NewExchange(web.Request{Method: "GET", Path: "/orders", Pattern: "/orders"})})
	}
	for _, outcome = range []error{nil, fail, fail} {
		_, _ = e.Invoke(t.Context(), framework.Invocation{Function: messages, Event: []mq.Message{{ID: "1"}}})
	}
	var all sync.WaitGroup
	all.Go(func() { _, _ = e.Invoke(t.Context(), framework.Invocation{Function: slow}) })
	<-inside
	status, body := fetch(t, l, "/metrics")
	if status != 200 {
		t.Fatal(status, body)
	}
	var found []string
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "faas_") && !strings.Contains(line, "_bucket") && !strings.Contains(line, "_sum") {
			found = append(found, strings.TrimSpace(line))
		}
	}
	want := []string{
		`faas_invocation_duration_seconds_count{function="order-list",unit="shop"} 6`,
		`faas_invocation_duration_seconds_count{function="paid",unit="shop"} 3`,
		`faas_invocation_duration_seconds_count{function="slow",unit="shop"} 0`,
		`faas_invocations_in_flight{function="order-list",unit="shop"} 0`,
		`faas_invocations_in_flight{function="paid",unit="shop"} 0`,
		`faas_invocations_in_flight{function="slow",unit="shop"} 1`,
		`faas_invocations_total{function="order-list",outcome="2xx",unit="shop"} 2`,
		`faas_invocations_total{function="order-list",outcome="3xx",unit="shop"} 1`,
		`faas_invocations_total{function="order-list",outcome="4xx",unit="shop"} 1`,
		`faas_invocations_total{function="order-list",outcome="5xx",unit="shop"} 2`,
		`faas_invocations_total{function="order-list",outcome="error",unit="shop"} 0`,
		`faas_invocations_total{function="order-list",outcome="ok",unit="shop"} 0`,
		`faas_invocations_total{function="paid",outcome="error",unit="shop"} 2`,
		`faas_invocations_total{function="paid",outcome="ok",unit="shop"} 1`,
		`faas_invocations_total{function="slow",outcome="error",unit="shop"} 0`,
		`faas_invocations_total{function="slow",outcome="ok",unit="shop"} 0`,
	}
	if !slices.Equal(found, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(found, "\n"), strings.Join(want, "\n"))
	}
	for _, of := range []string{"go_goroutines ", "process_start_time_seconds ", `faas_invocation_duration_seconds_bucket{function="paid",unit="shop",le="100"} 3`} {
		if !strings.Contains(body, "\n"+of) {
			t.Errorf("no %s", of)
		}
	}
	close(leave)
	all.Wait()
	for path, want := range map[string]int{"/": 404, "/debug/pprof/": 404, "/metrics/": 404} {
		if status, _ := fetch(t, l, path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

// A request counts by the status that its route has, and by that of access logs where its caller has gone away.
func TestStatusOfRoutesAndOfCallersWhoLeave(t *testing.T) {
	rt, registry, c := server(), prom.NewRegistry(), config()
	l, err := prometheus.NewWith(&c, rt, registry)
	if err != nil {
		t.Fatal(err)
	}
	see := web.Route{Method: "POST", Pattern: "/orders", Status: 303}
	wait := web.Route{Method: "GET", Pattern: "/orders"}
	leave := func() {}
	f := &framework.Function{Name: "order", Triggers: []framework.Trigger{see, wait}, Handler: func(ctx *framework.Context) error {
		if web.From(ctx).Request.Method == "GET" {
			leave()
			<-ctx.Done()
		}
		return nil
	}}
	e := start(t, l, rt, f)
	var ctx context.Context
	ctx, leave = context.WithCancel(t.Context())
	defer leave()
	for _, r := range []web.Route{see, wait} {
		_, _ = e.Invoke(ctx, framework.Invocation{Function: f, Event: web.NewExchange(web.Request{Method: r.Method, Pattern: r.Pattern}), Deadline: time.Now().Add(time.Hour)})
	}
	if err := e.Close(t.Context()); err != nil { // which waits for the handler
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, label := range m.GetLabel() {
				if label.GetName() == "outcome" && m.GetCounter().GetValue() > 0 {
					found[label.GetValue()] = m.GetCounter().GetValue()
				}
			}
		}
	}
	if want := map[string]float64{"3xx": 1, "4xx": 1}; !maps.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
}

// A function that comes back after its caller was answered is a 5xx.
func TestLateFunction(t *testing.T) {
	rt := server()
	l := made(t, config(), rt)
	f := &framework.Function{Name: "f", Triggers: []framework.Trigger{web.Route{Pattern: "/"}}, Handler: func(c *framework.Context) error { <-c.Done(); return nil }}
	e := start(t, l, rt, f)
	_, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Event: web.NewExchange(web.Request{Method: "GET", Pattern: "/"}), Deadline: time.Now().Add(time.Millisecond), Overdue: func(error) {}})
	if !errors.Is(err, framework.ErrAbandoned) {
		t.Fatal(err)
	}
	if _, body := fetch(t, l, "/metrics"); !strings.Contains(body, `outcome="5xx",unit="shop"} 1`) {
		t.Error(body)
	}
}

func TestThePortClosesWithTheUnit(t *testing.T) {
	rt := server()
	l := made(t, config(), rt)
	e := start(t, l, rt, &framework.Function{Name: "f", Handler: func(*framework.Context) error { return nil }})
	at := l.Addr().String()
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

func TestNoPortWhenTheStartFails(t *testing.T) {
	rt := server()
	l := made(t, config(), rt)
	fail := errors.New("no database")
	e := engine(l, rt, io.Discard, &framework.Function{Name: "f", Handler: func(*framework.Context) error { return nil },
		Needs: framework.Needs{Components: []*framework.Component{{Name: "c", Ready: func(context.Context) error { return fail }}}}})
	if err := e.Start(t.Context()); !errors.Is(err, fail) || l.Addr() != nil {
		t.Errorf("error %v, address %v", err, l.Addr())
	}
}

func TestPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	c := config()
	c.Address = taken.Addr().String()
	f := &framework.Function{Name: "f", Handler: func(*framework.Context) error { return nil }}
	rt := server()
	e := engine(made(t, c, rt), rt, io.Discard, f)
	if err := e.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "layer prometheus: address: /metrics cannot be served") {
		t.Errorf("error %v, want one that names the key", err)
	}
	// In development the version before may have it: the new one waits, and gets it.
	lines := &log{has: make(chan string, 10)}
	rt = &framework.Runtime{Server: true, Dev: true}
	l := made(t, c, rt)
	e = engine(l, rt, lines, f)
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if line := <-lines.has; !strings.Contains(line, "/metrics cannot be served yet") {
		t.Error(line)
	}
	taken.Close()
	if line := <-lines.has; !strings.Contains(line, "serving metrics") {
		t.Error(line)
	}
	if status, _ := fetch(t, l, "/metrics"); status != 200 {
		t.Error(status)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	// One that ends while it waits leaves nothing behind.
	again, err := net.Listen("tcp", c.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	rt = &framework.Runtime{Server: true, Dev: true}
	e = engine(made(t, c, rt), rt, io.Discard, f)
	if err := errors.Join(e.Start(t.Context()), e.Close(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestNothingWhereNobodyCouldFetchIt(t *testing.T) {
	rt := &framework.Runtime{Platform: "cloud"}
	l := made(t, config(), rt)
	var lines log
	f := &framework.Function{Name: "f", Handler: func(*framework.Context) error { return nil }}
	e := engine(l, rt, &lines, f)
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil {
		t.Fatal(err)
	}
	if l.Addr() != nil {
		t.Errorf("a port is open: %s", l.Addr())
	}
	if got := lines.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "layer prometheus does nothing here") {
		t.Errorf("found %q, want one line that says so", got)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOwnRegistry(t *testing.T) {
	r := prom.NewRegistry()
	orders := prom.NewCounter(prom.CounterOpts{Name: "orders_total", Help: "Orders."})
	r.MustRegister(orders)
	rt, c := server(), config()
	l, err := prometheus.NewWith(&c, rt, r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := prometheus.NewWith(&c, rt, r); err == nil {
		t.Error("two layers share a registry")
	}
	start(t, l, rt, &framework.Function{Name: "f", Handler: func(*framework.Context) error { return nil }})
	orders.Inc()
	if _, body := fetch(t, l, "/metrics"); !strings.Contains(body, "orders_total 1\n") || strings.Contains(body, "go_goroutines") {
		t.Error(body)
	}
}

func TestWrongConfiguration(t *testing.T) {
	for want, c := range map[string]prometheus.Config{
		`address: found "9464", expected a host and a port`:                              {Address: "9464", Buckets: []float64{1}},
		`address: found port "metrics", expected 0 to 65535`:                             {Address: "127.0.0.1:metrics", Buckets: []float64{1}},
		`address: found port "70000", expected`:                                          {Address: "127.0.0.1:70000", Buckets: []float64{1}},
		`buckets: found 0, expected 1 to 100 upper bounds`:                               {Address: ":0"},
		`buckets: found 1 at place 2, expected numbers of seconds that rise`:             {Address: ":0", Buckets: []float64{1, 1}},
		`buckets: found -1 at place 1, expected numbers of seconds that rise`:            {Address: ":0", Buckets: []float64{-1}},
		fmt.Sprintf("buckets: found %d, expected 1 to 100 upper bounds in seconds", 101): {Address: ":0", Buckets: make([]float64, 101)},
	} {
		if _, err := prometheus.New(&c, server()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	rt := server()
	l := made(t, config(), rt)
	f := &framework.Function{Name: "f", Triggers: []framework.Trigger{web.Route{Pattern: "/"}}, Handler: func(*framework.Context) error { return nil }}
	e := start(t, l, rt, f)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				_, _ = e.Invoke(t.Context(), framework.Invocation{Function: f, Event: web.NewExchange(web.Request{Method: "GET", Pattern: "/"})})
			}
		})
	}
	all.Wait()
	_, body := fetch(t, l, "/metrics")
	if !regexp.MustCompile(`faas_invocations_total\{function="f",outcome="2xx",unit="shop"\} 1600\n`).MatchString(body) {
		t.Error(body)
	}
}
