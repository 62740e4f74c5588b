package call_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// unit is one with a function that calls the others, and what it logs.
type unit struct {
	engine *framework.Engine
	client *call.Client
	log    bytes.Buffer
	caller func(ctx *framework.Context) (any, error)
}

type key struct{}

func newUnit(t *testing.T, transport call.Transport, functions ...*framework.Function) *unit {
	t.Helper()
	u := &unit{}
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(&u.log, nil)), Function: "deployed", Version: "7"}
	app := call.With(transport, func(rt *framework.Runtime) *framework.App {
		u.client = call.New(rt)
		return &framework.App{Unit: "u", Functions: append(functions, &framework.Function{Name: "caller", Handler: func(ctx *framework.Context) error {
			ctx.SetValue(key{}, "of the caller")
			out, err := u.caller(ctx)
			ctx.SetResult(out)
			return err
		}})}
	})(rt)
	u.engine = framework.NewEngine(rt, app)
	if err := u.engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.engine.Close(context.WithoutCancel(t.Context())) })
	return u
}

// run has the caller do something.
func (u *unit) run(t *testing.T, do func(ctx *framework.Context) (any, error)) (any, error) {
	t.Helper()
	u.caller = do
	return u.engine.Invoke(t.Context(), framework.Invocation{Function: u.engine.App().Function("caller"), RequestID: "id", Vendor: "vendor", Deadline: time.Now().Add(time.Minute)})
}

func TestInProcess(t *testing.T) {
	f := func(name string, h framework.Handler) *framework.Function {
		return &framework.Function{Name: name, Handler: h, Triggers: []framework.Trigger{framework.Callee{}}}
	}
	u := newUnit(t, nil,
		f("facts", func(ctx *framework.Context) error {
			_, deadline := ctx.Deadline()
			ctx.SetResult(fmt.Sprintf("%s %s %s %v %t %v %v", ctx.FunctionName(), ctx.RequestID(), ctx.Event(), ctx.Value(key{}), deadline, ctx.Vendor(), *ctx.Call()))
			return nil
		}),
		&framework.Function{Name: "web", Handler: func(*framework.Context) error { return nil }, Triggers: []framework.Trigger{web.Route{Pattern: "/"}}},
		f("none", func(ctx *framework.Context) error { return nil }),
		f("stated", func(ctx *framework.Context) error {
			return &framework.Error{Status: 404, Code: "c", Message: "m", Err: errors.New("secret"), Fields: []framework.FieldError{{In: "body"}}}
		}),
		f("hidden", func(ctx *framework.Context) error { return errors.New("secret one") }),
		f("panics", func(ctx *framework.Context) error { panic("secret two") }),
	)
	for name, want := range map[string]string{
		"web":    "403 not_callable: function web is not one that other functions call",
		"facts":  `"facts id {\"n\":1} \u003cnil\u003e true vendor {false k   id}"`,
		"none":   "null",
		"stated": "404 c: m",
		"hidden": "500 internal: function hidden failed; its log has the reason",
		"panics": "500 internal: function panics failed; its log has the reason",
	} {
		_, err := u.run(t, func(ctx *framework.Context) (any, error) {
			result, err := u.client.Call(ctx, name, []byte(`{"n":1}`), call.Options{IdempotencyKey: "k"})
			got := string(result)
			if e, ok := err.(*framework.Error); ok {
				if got = fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message); strings.Contains(e.Error(), "secret") || e.Fields != nil {
					t.Errorf("%s: more than status, code and message crossed: %v", name, e)
				}
			}
			if name == "facts" {
				want = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(want)
			}
			if got != want {
				t.Errorf("%s: %s, %v; want %s", name, got, err, want)
			}
			return nil, nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if log := u.log.String(); strings.Count(log, "secret one") != 1 || !strings.Contains(log, "secret two") {
		t.Errorf("the log does not have each failure once: %s", log)
	}
}

// TestInProcessWaitsForItsTurn: a call over the limit of the function waits, within its deadline.
func TestInProcessWaitsForItsTurn(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	u := newUnit(t, nil, &framework.Function{Name: "one", Concurrency: 1, Handler: func(ctx *framework.Context) error {
		entered <- struct{}{}
		<-leave
		return nil
	}})
	first := make(chan error)
	go func() {
		_, err := u.client.Call(context.Background(), "one", nil, call.Options{})
		first <- err
	}()
	<-entered
	_, err := u.client.Call(t.Context(), "one", nil, call.Options{Timeout: time.Millisecond})
	if e, ok := err.(*framework.Error); !ok || e.Status != 504 && e.Status != 503 {
		t.Errorf("a call that waits too long: %v", err)
	}
	second := make(chan error)
	go func() {
		_, err := u.client.Call(context.Background(), "one", nil, call.Options{})
		second <- err
	}()
	leave <- struct{}{}
	<-entered
	leave <- struct{}{}
	if err := errors.Join(<-first, <-second); err != nil {
		t.Error(err)
	}
}

// TestCallsWhileClosing: an invocation that Close waits for may still call others, and no one else may.
func TestCallsWhileClosing(t *testing.T) {
	closing := make(chan error, 1)
	ran := false
	u := newUnit(t, nil, &framework.Function{Name: "late", Handler: func(*framework.Context) error { ran = true; return nil }})
	_, err := u.run(t, func(ctx *framework.Context) (any, error) {
		go func() { closing <- u.engine.Close(context.Background()) }()
		for { // Close has begun when it refuses new ones
			if _, err := u.client.Call(context.Background(), "late", nil, call.Options{}); err != nil {
				if e, ok := err.(*framework.Error); !ok || e.Code != "callee_unavailable" {
					t.Errorf("from outside: %v", err)
				}
				break
			}
		}
		ran = false
		_, err := u.client.Call(ctx, "late", nil, call.Options{})
		return nil, err
	})
	if err := errors.Join(err, <-closing); err != nil || !ran {
		t.Errorf("%v, ran %t", err, ran)
	}
}

type kept struct{ r call.Request }

func (k *kept) Invoke(_ context.Context, r *call.Request) ([]byte, error) { k.r = *r; return nil, nil }

// TestAsyncLeaves: an asynchronous call of the own unit goes through the transport, to the version that runs.
func TestAsyncLeaves(t *testing.T) {
	k := &kept{}
	u := newUnit(t, k, &framework.Function{Name: "own", Handler: func(*framework.Context) error { t.Error("it ran in process"); return nil }},
		&framework.Function{Name: "web", Triggers: []framework.Trigger{web.Route{Pattern: "/"}}, Handler: func(*framework.Context) error { return nil }})
	if err := u.client.Send(t.Context(), "web", nil, call.Options{}); err == nil || k.r.Function != "" {
		t.Errorf("a function that is not called by others: %v, %+v", err, k.r)
	}
	if err := u.client.Send(t.Context(), "own", nil, call.Options{}); err != nil {
		t.Fatal(err)
	}
	if k.r.Target != (call.Target{Name: "deployed", Qualifier: "7"}) || !k.r.Async || k.r.Call.IdempotencyKey == "" {
		t.Errorf("%+v", k.r)
	}
}

// TestTraceOfARequest: a call passes on the trace context that its caller's request came with, and nothing that is none.
func TestTraceOfARequest(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for header, want := range map[string]string{parent: parent + " a=1,b=2", "nonsense": " ", strings.ToUpper(parent): " "} {
		k := &kept{}
		u := newUnit(t, k, &framework.Function{Name: "own", Handler: func(*framework.Context) error { return nil }})
		u.caller = func(ctx *framework.Context) (any, error) { return nil, u.client.Send(ctx, "own", nil, call.Options{}) }
		x := web.NewExchange(web.Request{Header: web.Header{"Traceparent": {header}, "Tracestate": {"a=1", "b=2"}}})
		if _, err := u.engine.Invoke(t.Context(), framework.Invocation{Function: u.engine.App().Function("caller"), Event: x}); err != nil {
			t.Fatal(err)
		}
		if got := k.r.Call.Traceparent + " " + k.r.Call.Tracestate; got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
}

// TestLogsOfAChain: in a process all functions log one request id, and each its own name. What came from another unit has the request
// id with which the calls began, and passes that on.
func TestLogsOfAChain(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	k := &kept{}
	var u *unit
	f := func(name, next string) *framework.Function {
		return &framework.Function{Name: name, Triggers: []framework.Trigger{framework.Callee{}}, Handler: func(ctx *framework.Context) error {
			ctx.Logger().Info("here")
			if by := ctx.Call(); by != nil && by.Traceparent != parent {
				t.Errorf("%s has the trace %q", name, by.Traceparent)
			}
			if name == "c" {
				return u.client.Send(ctx, next, nil, call.Options{})
			}
			_, err := u.client.Call(ctx, next, nil, call.Options{})
			return err
		}}
	}
	u = newUnit(t, k, f("a", "b"), f("b", "c"), f("c", "a"))
	for root, want := range map[string]string{"": "request_id=id function=%s unit=u trace_id=0af7651916cd43dd8448eb211c80319c\n", "first": "request_id=id function=%s unit=u root_request_id=first trace_id=0af7651916cd43dd8448eb211c80319c\n"} {
		u.log.Reset()
		inv := framework.Invocation{Function: u.engine.App().Function("a"), RequestID: "id", Trace: parent}
		if root != "" {
			inv.Call = &framework.Call{Root: root, Traceparent: parent}
		}
		if _, err := u.engine.Invoke(t.Context(), inv); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a", "b", "c"} {
			if line := fmt.Sprintf(want, name); strings.Count(u.log.String(), line) != 1 {
				t.Errorf("there is not one line %q in\n%s", line, u.log.String())
			}
		}
		if want := cmp.Or(root, "id"); k.r.Call.Root != want || k.r.Call.Traceparent != parent {
			t.Errorf("passed on: %+v, want %s", k.r.Call, want)
		}
	}
}

// TestWhatCrosses: a call in process passes the same bytes as one that leaves the unit, and shares none with either side.
func TestWhatCrosses(t *testing.T) {
	result := []byte(" {\"n\": 1}\n")
	for name, test := range map[string]struct {
		payload       string
		result        any
		payloadIs, is string
	}{
		"spaces":          {" [1, 2]\n", []byte(" {\"n\": 1}\n"), "[1, 2]", `{"n": 1}`},
		"no input":        {"", nil, "{}", "null"},
		"raw JSON":        {"null", json.RawMessage(" 1 "), "null", "1"},
		"no JSON":         {`"\u00fc"`, []byte(" \xff "), `"\u00fc"`, " \xff "},
		"no bytes at all": {"1", []byte(nil), "1", ""},
		"text":            {"1", "<", "1", `"<"`},
		"kept":            {"1", result, "1", `{"n": 1}`},
	} {
		var got string
		f := &framework.Function{Name: "f", Handler: func(ctx *framework.Context) error {
			payload := ctx.Event().([]byte)
			got = string(payload)
			for i := range payload {
				payload[i] = '#'
			}
			ctx.SetResult(test.result)
			return nil
		}}
		u := newUnit(t, nil, f)
		other := newUnit(t, nil, f) // to which the calls of the first one leave when it does not have the function
		d, err := platform.NewDispatcher(other.engine, nil)
		if err != nil {
			t.Fatal(err)
		}
		rt := &framework.Runtime{Calls: over{d}, Variables: variables{call.Variable: "f=other"}}
		for way, c := range map[string]*call.Client{"in process": u.client, "over the wire": call.New(rt)} {
			payload := []byte(test.payload)
			answer, err := c.Call(t.Context(), "f", payload, call.Options{})
			if err != nil || string(answer) != test.is || answer == nil || got != test.payloadIs || string(payload) != test.payload {
				t.Errorf("%s, %s: result %q, nil %t, %v; the function got %q; the payload is %q", name, way, answer, answer == nil, err, got, payload)
			}
			for i := range answer {
				answer[i] = '#'
			}
		}
	}
	if string(result) != " {\"n\": 1}\n" {
		t.Errorf("the result that the function has kept is %q", result)
	}
}

// over hands calls to a unit.
type over struct{ d *platform.Dispatcher }

func (o over) Invoke(ctx context.Context, r *call.Request) ([]byte, error) {
	answer, err := o.d.Handle(ctx, bytes.Clone(r.Body), framework.Invocation{})
	if err != nil {
		return nil, &call.Failure{Reason: call.Failed, Err: err}
	}
	return answer, nil
}

type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) { text, ok := v[name]; return text, ok }

// TestTimeOfACall: the called function has the same time in process and over the wire, and its error does not tell the time that
// its caller has left, which grouping changes. What a function states is in the log of its unit, both ways.
func TestTimeOfACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left time.Duration
		f := &framework.Function{Name: "f", Handler: func(ctx *framework.Context) error {
			end, _ := ctx.Deadline()
			left = time.Until(end)
			<-ctx.Done()
			time.Sleep(time.Second)
			return nil
		}}
		u, other := newUnit(t, nil, f), newUnit(t, nil, f)
		d, err := platform.NewDispatcher(other.engine, nil)
		if err != nil {
			t.Fatal(err)
		}
		rt := &framework.Runtime{Calls: over{d}, Variables: variables{call.Variable: "f=other"}}
		for way, c := range map[string]*call.Client{"in process": u.client, "over the wire": call.New(rt)} {
			_, err := c.Call(t.Context(), "f", nil, call.Options{Timeout: time.Second})
			if e, ok := err.(*framework.Error); !ok || e.Code != "deadline_exceeded" || e.Message != "the function did not answer in time" || left != 960400*time.Microsecond {
				t.Errorf("%s: %v, with %s left", way, err, left)
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
		}
		for way, u := range map[string]*unit{"in process": u, "over the wire": other} {
			if log := u.log.String(); strings.Count(log, `level=ERROR msg="a call was answered with an error"`) != 1 || !strings.Contains(log, "function=f") {
				t.Errorf("%s: the log is %s", way, log)
			}
		}
	})
}
