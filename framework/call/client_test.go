package call

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// answers is a transport that gives its answers in order.
type answers struct {
	mu      sync.Mutex
	answers []any // string or error
	seen    []string
	request Request
}

func (a *answers) Invoke(ctx context.Context, r *Request) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.request = *r
	a.seen = append(a.seen, string(r.Body))
	next := a.answers[0]
	a.answers = a.answers[1:]
	if err, ok := next.(error); ok {
		return nil, err
	}
	return []byte(next.(string)), nil
}

type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) { s, ok := v[name]; return s, ok }

// client has no engine, waits for nothing, and notes what it would have waited for.
func client(a Transport, waited *[]time.Duration) *Client {
	rt := &framework.Runtime{Variables: variables{Variable: "f,g=unit:live"}, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if a != nil {
		rt.Calls = a
	}
	c := New(rt)
	c.random = func(limit time.Duration) time.Duration { return limit }
	c.sleep = func(_ context.Context, d time.Duration) error { *waited = append(*waited, d); return nil }
	return c
}

func text(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := err.(*framework.Error); ok {
		return fmt.Sprintf("%d %s", e.Status, e.Code)
	}
	return err.Error()
}

const good = `{"faas":"answer","payload":1}`

func TestRetries(t *testing.T) {
	fail := func(r Reason) error { return &Failure{Reason: r, Message: "m"} }
	const first, second = firstWait, 2 * firstWait
	for name, tt := range map[string]struct {
		answers []any
		options Options
		result  string
		waited  []time.Duration
	}{
		"good":                 {answers: []any{good}, result: "1"},
		"no connection":        {answers: []any{fail(Unreachable), fail(Throttled), good}, result: "1", waited: []time.Duration{first, second}},
		"throttled to the end": {answers: []any{fail(Throttled), fail(Throttled), fail(Throttled)}, result: "503 callee_throttled", waited: []time.Duration{first, second}},
		"one try":              {answers: []any{fail(Throttled)}, options: Options{Tries: 1}, result: "503 callee_throttled"},
		"clock":                {answers: []any{fail(Skewed), good}, result: "1", waited: []time.Duration{0}},
		"vendor says when":     {answers: []any{&Failure{Reason: Throttled, After: time.Second}, &Failure{Reason: Throttled, After: time.Hour}, good}, result: "1", waited: []time.Duration{time.Second, longestWait}},
		"5xx":                  {answers: []any{fail(Unavailable), fail(Unavailable), fail(Unavailable)}, result: "503 callee_unavailable", waited: []time.Duration{first, second}},
		"gone":                 {answers: []any{fail(Gone)}, result: "502 callee_gone"},
		"refused":              {answers: []any{fail(Refused)}, result: "502 call_refused"},
		"too large":            {answers: []any{fail(TooLarge)}, result: "413 payload_too_large"},
		"no credentials":       {answers: []any{fail(NoCredentials)}, result: "500 call_credentials"},
		"failed":               {answers: []any{fail(Failed)}, result: "500 internal"},
		"timed out":            {answers: []any{fail(TimedOut)}, result: "504 callee_timeout"},
		"broken":               {answers: []any{fail(Broken)}, result: "502 call_failed"},
		"other error":          {answers: []any{errors.New("x")}, result: "502 call_failed"},
		"no answer":            {answers: []any{`{"result":1}`}, result: "502 bad_answer"},
		"cut answer":           {answers: []any{good[:20]}, result: "502 bad_answer"},
		"429 of the function":  {answers: []any{`{"faas":"answer","error":{"status":429,"code":"overloaded","message":"m"}}`}, result: "429 overloaded"},
		"503 of the function":  {answers: []any{`{"faas":"answer","error":{"status":503,"code":"down","message":"m"}}`}, result: "503 down"},
		"nonsense of it":       {answers: []any{`{"faas":"answer","error":{"status":200}}`}, result: "500 "},
	} {
		t.Run(name, func(t *testing.T) {
			var waited []time.Duration
			a := &answers{answers: tt.answers}
			result, err := client(a, &waited).Call(t.Context(), "f", nil, tt.options)
			if got := string(result) + text(err); got != tt.result || fmt.Sprint(waited) != fmt.Sprint(tt.waited) || len(a.answers) > 0 {
				t.Errorf("%s after waits of %s with %d answers left, want %s, %s", got, waited, len(a.answers), tt.result, tt.waited)
			}
		})
	}
}

// TestAsyncIsSentAgain: an asynchronous call may be delivered twice, so that it is sent again when it may have been accepted.
func TestAsyncIsSentAgain(t *testing.T) {
	for reason, want := range map[Reason]string{Broken: "", Unreachable: "", BadAnswer: "502 bad_answer", Refused: "502 call_refused"} {
		var waited []time.Duration
		a := &answers{answers: []any{&Failure{Reason: reason}, ""}}
		if err := client(a, &waited).Send(t.Context(), "f", nil, Options{}); text(err) != want || (want == "") != (len(a.seen) == 2 && a.seen[0] == a.seen[1]) {
			t.Errorf("%d: %v, sent %q", reason, err, a.seen)
		}
	}
}

// TestRetriesEndWithTheDeadline: a wait that would not leave time for the call is not begun.
func TestRetriesEndWithTheDeadline(t *testing.T) {
	var waited []time.Duration
	a := &answers{answers: []any{&Failure{Reason: Throttled, After: time.Hour}}}
	ctx, cancel := context.WithTimeout(t.Context(), longestWait)
	defer cancel()
	if _, err := client(a, &waited).Call(ctx, "f", nil, Options{}); text(err) != "503 callee_throttled" || waited != nil {
		t.Errorf("%v after waits of %s", err, waited)
	}
}

// hangs is a transport that waits for the end of its context.
type hangs struct{ cut func() }

func (h hangs) Invoke(ctx context.Context, r *Request) ([]byte, error) {
	if h.cut != nil {
		h.cut()
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestTimesAreUp(t *testing.T) {
	var waited []time.Duration
	if _, err := client(hangs{}, &waited).Call(t.Context(), "f", nil, Options{Timeout: time.Millisecond}); text(err) != "504 callee_timeout" || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the call's own timeout: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := client(hangs{cancel}, &waited).Call(ctx, "f", nil, Options{}); !errors.Is(err, context.Canceled) || text(err) != "call of function f: context canceled" {
		t.Errorf("a caller that is cancelled: %v", err)
	}
}

func TestBodies(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	var waited []time.Duration
	a := &answers{answers: []any{good, good, good, good, ""}}
	c := client(a, &waited)
	ctx := WithTrace(t.Context(), parent, "a=b")
	for _, o := range []Options{{}, {IdempotencyKey: "k"}} {
		if _, err := c.Call(ctx, "f", []byte(`{"n":1}`), o); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Call(WithTrace(t.Context(), "nonsense", "\n"), "g", nil, Options{}); err != nil {
		t.Fatal(err)
	}
	deadline, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if _, err := c.Call(deadline, "g", nil, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := c.Send(deadline, "g", []byte(`2`), Options{IdempotencyKey: "x"}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`{"faas":"call","function":"f","payload":{"n":1},"context":{"answer":true,"traceparent":"` + parent + `","tracestate":"a=b"}}`,
		`{"faas":"call","function":"f","payload":{"n":1},"context":{"answer":true,"key":"k","traceparent":"` + parent + `","tracestate":"a=b"}}`,
		`{"faas":"call","function":"g","payload":{},"context":{"answer":true}}`,
		`{"faas":"call","function":"g","payload":{},"context":{"answer":true,"timeout":3`,
		`{"faas":"call","function":"g","payload":2,"context":{"key":"x"}}`,
	} {
		if !strings.HasPrefix(a.seen[i], want) || strings.HasSuffix(want, "}") && a.seen[i] != want {
			t.Errorf("%s, want %s", a.seen[i], want)
		}
	}
	if r := a.request; r.Target != (Target{"unit", "live"}) || !r.Async || string(r.Payload) != "2" {
		t.Errorf("request %+v", r)
	}
	a.answers = []any{"", ""}
	for range 2 {
		if err := c.Send(deadline, "g", nil, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if a.seen[5] == a.seen[6] || !strings.Contains(a.seen[6], `"key":"`) {
		t.Errorf("calls without a key: %s, %s", a.seen[5], a.seen[6])
	}
}

func TestUnknown(t *testing.T) {
	var waited []time.Duration
	c := client(&answers{}, &waited)
	if _, err := c.Call(t.Context(), "h", nil, Options{}); text(err) != "500 unknown_callee" {
		t.Error(err)
	}
	if _, err := c.Call(t.Context(), "f", []byte("{"), Options{}); text(err) != "500 invalid_payload" {
		t.Error(err)
	}
	if _, err := client(nil, &waited).Call(t.Context(), "f", nil, Options{}); text(err) != "500 no_transport" {
		t.Error(err)
	}
	app := &framework.App{Unit: "u", Functions: []*framework.Function{{Name: "own"}}}
	for names, want := range map[string]string{
		"f g own": "", "f b a": "unit u calls a, b: variable FAAS_CALLS does not say where it is deployed; build the deployment file again",
	} {
		if err := c.Check(app, strings.Fields(names)...); text(err) != want {
			t.Errorf("%s: %v", names, err)
		}
	}
	if err := client(nil, &waited).Check(app, "f"); err == nil || !strings.Contains(err.Error(), "no transport") {
		t.Error(err)
	}
	if err := New(&framework.Runtime{Variables: variables{Variable: "f"}}).Check(app); err == nil {
		t.Error("a broken variable was no error")
	}
}

func TestParseTargets(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "map[]",
		" a,b=u:live; c=v ;":                   "map[a:u:live b:u:live c:v]",
		"a=arn:aws:lambda:r:1:function:f:live": "map[a:arn:aws:lambda:r:1:function:f:live]",
		"a=ns/u:$LATEST":                       "map[a:ns/u:$LATEST]",
		"a=u;a=u":                              "map[a:u]",
		"a":                                    `variable FAAS_CALLS: found "a", expected NAME,NAME=DEPLOYED or NAME=DEPLOYED:QUALIFIER`,
		"a=":                                   `variable FAAS_CALLS: found "a=", expected NAME,NAME=DEPLOYED or NAME=DEPLOYED:QUALIFIER`,
		"=u":                                   `variable FAAS_CALLS: found the function "", expected a name`,
		"a, b=u":                               `variable FAAS_CALLS: found the function " b", expected a name`,
		"a=u?x":                                `variable FAAS_CALLS: found the deployed function "u?x", expected a name, with an alias or version after a colon`,
		"a=u:x\n":                              "map[a:u:x]",
		"a=..":                                 `variable FAAS_CALLS: found the deployed function "..", expected a name, with an alias or version after a colon`,
		"a=u;a=v:x":                            `variable FAAS_CALLS: found function a at u and at v:x, expected one place`,
	} {
		targets, err := ParseTargets(text)
		got := fmt.Sprint(targets)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func FuzzParseTargets(f *testing.F) {
	f.Add("a,b=u:live;c=v")
	f.Fuzz(func(t *testing.T, text string) {
		targets, err := ParseTargets(text)
		if err != nil {
			return
		}
		var again strings.Builder
		for name, target := range targets {
			fmt.Fprintf(&again, "%s=%s;", name, target)
		}
		second, err := ParseTargets(again.String())
		if err != nil || fmt.Sprint(second) != fmt.Sprint(targets) {
			t.Fatalf("%q: %v became %v, %v", text, targets, second, err)
		}
	})
}

func TestDecode(t *testing.T) {
	if v, err := Decode[map[string]int]([]byte(`{"a":1}`), nil); err != nil || v["a"] != 1 {
		t.Error(v, err)
	}
	if v, err := Decode[[]byte]([]byte("\xff"), nil); err != nil || string(v) != "\xff" {
		t.Error(v, err)
	}
	if v, err := Decode[*int]([]byte("null"), nil); err != nil || v != nil {
		t.Error(v, err)
	}
	if v, err := Decode[int]([]byte(`"secret"`), nil); text(err) != "502 bad_answer" || v != 0 {
		t.Error(v, err)
	}
	if _, err := Decode[int](nil, errors.New("x")); text(err) != "x" {
		t.Error(err)
	}
	if _, err := Encode(func() {}); err == nil {
		t.Error("a func was encoded")
	}
}
