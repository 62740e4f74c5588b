package accesslog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/accesslog"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// unit is a unit of one function with the layer, and what it logs.
type unit struct {
	engine *framework.Engine
	f      *framework.Function
	mu     sync.Mutex
	out    bytes.Buffer
}

// Write is that of the log.
func (u *unit) Write(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.out.Write(p)
}

func (u *unit) log() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.out.String()
}

func start(t testing.TB, c accesslog.Config, rt *framework.Runtime, f *framework.Function) *unit {
	t.Helper()
	l, err := accesslog.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	u := &unit{f: f}
	if rt == nil {
		rt = &framework.Runtime{}
	}
	rt.Logger = slog.New(platform.LogHandler(slog.NewJSONHandler(u, nil), nil))
	if f.Name == "" {
		f.Name = "order-create"
	}
	u.engine = framework.NewEngine(rt, &framework.App{Unit: "api", Functions: []*framework.Function{f}, Layers: framework.Layers{l}})
	if err := u.engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.engine.Close(context.WithoutCancel(t.Context())) })
	return u
}

func (u *unit) invoke(inv framework.Invocation) (any, error) {
	inv.Function = u.f
	if inv.RequestID == "" {
		inv.RequestID = "r-1"
	}
	return u.engine.Invoke(context.Background(), inv)
}

// lines are the lines of the log, each of which has to be one JSON object.
func (u *unit) lines(t testing.TB) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(u.log()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("found the line %q, expected a JSON object: %v", line, err)
		}
		all = append(all, m)
	}
	return all
}

// access is the line of the last invocation, without what differs from run to run.
func (u *unit) access(t testing.TB) string {
	t.Helper()
	all := u.lines(t)
	for _, m := range slices.Backward(all) {
		if m["msg"] != "invocation" {
			continue
		}
		if _, ok := m["duration_us"].(float64); !ok {
			t.Errorf("duration_us is %v, want a number", m["duration_us"])
		}
		if _, err := time.Parse(time.RFC3339Nano, m["time"].(string)); err != nil {
			t.Error(err)
		}
		delete(m, "duration_us")
		delete(m, "time")
		delete(m, "msg")
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	t.Fatalf("no line of an invocation in\n%s", u.log())
	return ""
}

func get(path, pattern string) *web.Exchange {
	return web.NewExchange(web.Request{Method: "GET", Path: path, Pattern: pattern, Header: web.Header{}})
}

func TestLineOfEachOutcome(t *testing.T) {
	const secret = "text of an error"
	post := web.Route{Method: "POST", Pattern: "/orders/{id}", Status: 201}
	routes := []framework.Trigger{web.Route{Method: "GET", Pattern: "/orders/{id}"}, post}
	queue := []framework.Trigger{mq.Subscription{Queue: "payments"}}
	both := []framework.Trigger{timer.Schedule{}, mq.Subscription{Queue: "payments"}, web.Route{Method: "GET", Pattern: "/orders/{id}"}, framework.Callee{}}
	fails := func(err error) framework.Handler { return func(*framework.Context) error { return err } }
	ok := fails(nil)
	batch := &framework.BatchError{}
	batch.Add("1", errors.New(secret))
	created := get("/orders/7", "/orders/{id}")
	created.Request.Method = "POST"
	head := get("/orders/7", "/orders/{id}")
	head.Request.Method = "HEAD"
	traced := get("/orders/7", "/orders/{id}")
	traced.Request.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	for _, tt := range []struct {
		name     string
		triggers []framework.Trigger
		handler  framework.Handler
		inv      framework.Invocation
		want     string
	}{
		{"request", routes, func(c *framework.Context) error { c.SetResult("hello"); return nil }, framework.Invocation{Event: get("/orders/7", "/orders/{id}")},
			`"level":"INFO","method":"GET","route":"/orders/{id}","status":200,"trigger":"http"`},
		{"HEAD", routes, func(c *framework.Context) error { c.SetResult("hello"); return nil }, framework.Invocation{Event: head},
			`"level":"INFO","method":"HEAD","route":"/orders/{id}","status":200,"trigger":"http"`},
		{"no result", routes, ok, framework.Invocation{Event: get("/orders/7", "/orders/{id}")},
			`"level":"INFO","method":"GET","route":"/orders/{id}","status":204,"trigger":"http"`},
		{"status of the route", routes, func(c *framework.Context) error { c.SetResult("hello"); return nil }, framework.Invocation{Event: created},
			`"level":"INFO","method":"POST","route":"/orders/{id}","status":201,"trigger":"http"`},
		{"status of the handler", routes, func(c *framework.Context) error { web.From(c).SetStatus(202); return nil }, framework.Invocation{Event: get("/orders/7", "/orders/{id}")},
			`"level":"INFO","method":"GET","route":"/orders/{id}","status":202,"trigger":"http"`},
		{"response", routes, func(c *framework.Context) error { c.SetResult(&web.Response{Status: 418}); return nil }, framework.Invocation{Event: get("/orders/7", "/orders/{id}")},
			`"level":"INFO","method":"GET","route":"/orders/{id}","status":418,"trigger":"http"`},
		{"caller's fault", routes, fails(framework.Errorf(404, "not_found", "no order")), framework.Invocation{Event: get("/orders/7", "/orders/{id}")},
			`"error_code":"not_found","level":"INFO","method":"GET","route":"/orders/{id}","status":404,"trigger":"http"`},
		{"error", routes, fails(errors.New(secret)), framework.Invocation{Event: get("/orders/7", "/orders/{id}")},
			`"error_code":"internal","level":"ERROR","method":"GET","route":"/orders/{id}","status":500,"trigger":"http"`},
		{"panic", routes, func(*framework.Context) error { panic(secret) }, framework.Invocation{Event: get("/orders/7", "/orders/{id}")},
			`"error_code":"panic","level":"ERROR","method":"GET","route":"/orders/{id}","status":500,"trigger":"http"`},
		{"trace", routes, ok, framework.Invocation{Event: traced},
			`"level":"INFO","method":"GET","route":"/orders/{id}","status":204,"trace_id":"0af7651916cd43dd8448eb211c80319c","trigger":"http"`},
		{"X-Ray", queue, ok, framework.Invocation{Event: []mq.Message{{ID: "1"}}, Trace: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"},
			`"level":"INFO","trace_id":"5759e988bd862e3fe1be46a994272793","trigger":"mq"`},
		{"batch", queue, fails(batch), framework.Invocation{Event: []mq.Message{{ID: "1"}, {ID: "2"}}},
			`"error_code":"batch","failed_messages":1,"level":"ERROR","trigger":"mq"`},
		{"stated error of an event", queue, fails(framework.Errorf(404, "not_found", "no order")), framework.Invocation{Event: []mq.Message{{ID: "1"}}},
			`"error_code":"not_found","level":"ERROR","trigger":"mq"`},
		{"message, of several triggers", both, ok, framework.Invocation{Event: []mq.Message{{ID: "1"}}}, `"level":"INFO","trigger":"mq"`},
		{"time, of several triggers", both, ok, framework.Invocation{Event: timer.Event{}}, `"level":"INFO","trigger":"timer"`},
		{"bytes, of several triggers", both, ok, framework.Invocation{Event: []byte("{}")}, `"level":"INFO","trigger":"raw"`},
		{"nothing, of several triggers", both, ok, framework.Invocation{}, `"level":"INFO"`},
		{"call", both, ok, framework.Invocation{Event: []byte("{}"), Call: &framework.Call{Root: "r-0", Traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}},
			`"level":"INFO","root_request_id":"r-0","trace_id":"0af7651916cd43dd8448eb211c80319c","trigger":"call"`},
		{"function without triggers", nil, ok, framework.Invocation{Event: []byte("{}")}, `"level":"INFO","trigger":"raw"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := start(t, accesslog.Config{}, nil, &framework.Function{Triggers: tt.triggers, Handler: tt.handler})
			_, _ = u.invoke(tt.inv)
			var want map[string]any
			if err := json.Unmarshal([]byte(`{"cold":true,"function":"order-create","request_id":"r-1","unit":"api",`+tt.want+"}"), &want); err != nil {
				t.Fatal(err)
			}
			text, _ := json.Marshal(want)
			if got := u.access(t); got != string(text) {
				t.Errorf("found  %s\nwant   %s", got, text)
			}
			if n := strings.Count(u.log(), `"msg":"invocation"`); n != 1 {
				t.Errorf("%d lines, want one:\n%s", n, u.log())
			}
		})
	}
}

func TestOnlyTheFirstInvocationIsCold(t *testing.T) {
	u := start(t, accesslog.Config{}, nil, &framework.Function{Handler: func(*framework.Context) error { return nil }})
	for range 3 {
		_, _ = u.invoke(framework.Invocation{})
	}
	var cold []any
	for _, m := range u.lines(t) {
		cold = append(cold, m["cold"])
	}
	if got := fmt.Sprint(cold); got != "[true false false]" {
		t.Errorf("cold is %s", got)
	}
}

// A function that ignores its deadline has its line when it comes back.
func TestLineOfALateFunction(t *testing.T) {
	back := make(chan bool)
	u := start(t, accesslog.Config{}, nil, &framework.Function{Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/slow"}}, Handler: func(c *framework.Context) error {
		<-back
		c.SetResult("too late")
		return nil
	}})
	answered, ended := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := u.invoke(framework.Invocation{Event: get("/slow", "/slow"), Deadline: time.Now().Add(time.Millisecond), Overdue: func(err error) { answered <- err }})
		ended <- err
	}()
	if err := <-answered; !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if got := u.log(); got != "" {
		t.Errorf("there is a line before the function came back:\n%s", got)
	}
	close(back)
	<-ended
	const want = `{"cold":true,"error_code":"deadline_exceeded","function":"order-create","late":true,"level":"ERROR","method":"GET","request_id":"r-1","route":"/slow","status":504,"trigger":"http","unit":"api"}`
	if got := u.access(t); got != want {
		t.Errorf("found  %s\nwant   %s", got, want)
	}
}

func TestLineOfAFunctionThatEndsItsGoroutine(t *testing.T) {
	u := start(t, accesslog.Config{}, nil, &framework.Function{Handler: func(*framework.Context) error { runtime.Goexit(); return nil }})
	var ended sync.WaitGroup
	ended.Go(func() { _, _ = u.invoke(framework.Invocation{}) })
	ended.Wait()
	if got := u.access(t); !strings.Contains(got, `"error_code":"panic"`) {
		t.Errorf("found %s", got)
	}
}

func TestMetrics(t *testing.T) {
	f := func() *framework.Function {
		return &framework.Function{Triggers: []framework.Trigger{mq.Subscription{Queue: "q"}}, Handler: func(*framework.Context) error { return errors.New("no") }}
	}
	u := start(t, accesslog.Config{Metrics: "emf", Namespace: "shop"}, &framework.Runtime{EMF: true, Function: "shop-api-prod"}, f())
	for range 2 {
		_, _ = u.invoke(framework.Invocation{Event: []mq.Message{{ID: "1"}}})
	}
	all := u.lines(t)
	if len(all) != 3 {
		t.Fatalf("%d lines, want one of the cold start and two of invocations:\n%s", len(all), u.log())
	}
	check := func(m map[string]any, directives string, fields ...string) {
		t.Helper()
		aws, ok := m["_aws"].(map[string]any)
		if !ok {
			t.Fatalf("no _aws in %v", m)
		}
		ms, _ := aws["Timestamp"].(float64)
		if age := time.Since(time.UnixMilli(int64(ms))); age < 0 || age > time.Minute {
			t.Errorf("the timestamp %v is %s old, in milliseconds", aws["Timestamp"], age)
		}
		text, _ := json.Marshal(aws["CloudWatchMetrics"])
		if string(text) != directives {
			t.Errorf("directives %s\nwant       %s", text, directives)
		}
		for _, name := range fields { // what the directives name has to be at the root
			if m[name] == nil {
				t.Errorf("the line has no %s", name)
			}
		}
	}
	check(all[0], `[{"Dimensions":[["function_name"]],"Metrics":[{"Name":"ColdStart","Unit":"Count"}],"Namespace":"shop"}]`, "function_name", "ColdStart")
	for _, m := range all[1:] {
		check(m, `[{"Dimensions":[["unit","function"]],"Metrics":[{"Name":"duration_us","Unit":"Microseconds"},{"Name":"errors","Unit":"Count"}],"Namespace":"shop"}]`,
			"unit", "function", "duration_us", "errors")
		if m["errors"] != 1.0 {
			t.Errorf("errors is %v, want 1", m["errors"])
		}
	}
	if all[0]["function_name"] != "shop-api-prod" {
		t.Errorf("function_name is %v", all[0]["function_name"])
	}
	u = start(t, accesslog.Config{Metrics: "emf", Namespace: "shop"}, nil, f())
	_, _ = u.invoke(framework.Invocation{Event: []mq.Message{{ID: "1"}}})
	if all := u.lines(t); len(all) != 1 || all[0]["_aws"] != nil || all[0]["errors"] != 1.0 || all[0]["duration_us"] == nil {
		t.Errorf("found %v, want one line with errors and duration_us", all)
	}
}

func TestTextOnATerminal(t *testing.T) {
	l, err := accesslog.New(&accesslog.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	f := &framework.Function{Name: "f", Handler: func(*framework.Context) error { return nil }}
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.NewTextHandler(&out, nil))}, &framework.App{Unit: "u", Functions: []*framework.Function{f}, Layers: framework.Layers{l}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f, RequestID: "r-1"}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "level=INFO msg=invocation unit=u function=f") || strings.Count(got, "\n") != 1 {
		t.Errorf("found %q", got)
	}
}

func TestWrongConfiguration(t *testing.T) {
	for want, c := range map[string]accesslog.Config{
		`metrics: found "statsd", expected none or emf`:                      {Metrics: "statsd"},
		`debugRate: found 1.5, expected a share from 0 to 1`:                 {DebugRate: 1.5},
		`debugRate: found -1, expected a share from 0 to 1`:                  {DebugRate: -1},
		`redact: found an empty name`:                                        {Redact: []string{" "}},
		`headers: found "User Agent", expected the name of a header such as`: {Headers: []string{"User Agent"}},
		`namespace: found "", expected 1 to 255 of the characters`:           {Metrics: "emf"},
		`namespace: found ":shop", expected`:                                 {Metrics: "emf", Namespace: ":shop"},
		`namespace: found "my shop", expected`:                               {Metrics: "emf", Namespace: "my shop"},
	} {
		if _, err := accesslog.New(&c); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// What a request brings stays one line, and is bounded.
func TestHostileRequest(t *testing.T) {
	u := start(t, accesslog.Config{Headers: []string{"User-Agent", "Authorization"}, Query: true, Redact: []string{"Authorization", "TOKEN"}}, nil, &framework.Function{
		Triggers: []framework.Trigger{web.Route{Pattern: "/{rest...}"}}, Handler: func(*framework.Context) error { return nil }})
	x := web.NewExchange(web.Request{Method: strings.Repeat("M", 5000), Path: "/\n{\"level\":\"ERROR\"}", Pattern: "/{rest...}",
		Header: web.Header{"User-Agent": {strings.Repeat("\n", 5000)}, "Authorization": {"Bearer hunter2"}, "Traceparent": {"00-\n"}},
		RawQuery: "token=hunter2&a=" + strings.Repeat("b", 5000) + strings.Repeat("&x%0a=1", 10) + func() (s string) {
			for i := range 100 {
				s += fmt.Sprintf("&n%d=1", i)
			}
			return s
		}()})
	_, _ = u.invoke(framework.Invocation{Event: x})
	log := u.log()
	if strings.Count(log, "\n") != 1 || len(log) > 3000 {
		t.Errorf("%d lines of %d bytes, want one of at most 3000", strings.Count(log, "\n"), len(log))
	}
	if strings.Contains(log, "hunter2") {
		t.Errorf("a secret is in the log: %s", log)
	}
	m := u.lines(t)[0]
	if q := m["query"].(map[string]any); len(q) > 32 {
		t.Errorf("%d parameters, want at most 32", len(q))
	}
	if h := m["headers"].(map[string]any); h["Authorization"] != "[redacted]" {
		t.Errorf("headers %v", h)
	}
	if m["trace_id"] != nil {
		t.Errorf("trace_id %v of a broken header", m["trace_id"])
	}
}

func TestManyAtOnce(t *testing.T) {
	u := start(t, accesslog.Config{Metrics: "emf", Namespace: "n", DebugRate: 0.5, Redact: []string{"password"}}, &framework.Runtime{EMF: true}, &framework.Function{
		Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/"}}, Handler: func(c *framework.Context) error {
			c.Logger().Debug("looked", "password", "hunter2")
			return nil
		}})
	var all sync.WaitGroup
	const calls, at = 50, 8
	for range at {
		all.Go(func() {
			for range calls {
				_, _ = u.invoke(framework.Invocation{Event: get("/", "/")})
			}
		})
	}
	all.Wait()
	n, cold := 0, 0
	for _, m := range u.lines(t) {
		switch m["msg"] {
		case "invocation":
			n++
		case "cold start":
			cold++
		}
	}
	if n != calls*at || cold != 1 {
		t.Errorf("%d invocations and %d cold starts, want %d and 1", n, cold, calls*at)
	}
	if strings.Contains(u.log(), "hunter2") {
		t.Error("a secret is in the log")
	}
}
