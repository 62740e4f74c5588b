package platform

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// TestCallsOfFunctions: what a function passes with its call arrives, and what it called answers in the form of answers.
func TestCallsOfFunctions(t *testing.T) {
	seen := function("seen", func(ctx *framework.Context) error {
		ctx.SetResult([]byte(fmt.Sprintf(`{"event":%s,"call":"%v"}`, ctx.Event(), *ctx.Call())))
		return nil
	}, framework.Callee{})
	left := function("left", func(ctx *framework.Context) error {
		at, ok := ctx.Deadline()
		ctx.SetResult(ok && time.Until(at) <= 100*time.Second && time.Until(at) > 90*time.Second)
		return nil
	})
	fails := func(name string, err error) *framework.Function {
		return function(name, func(*framework.Context) error { return err }, kind("http"), framework.Callee{})
	}
	secret := errors.New("secret")
	binary := function("binary", func(ctx *framework.Context) error { ctx.SetResult([]byte{0xff}); return nil })
	panics := function("panics", func(*framework.Context) error { panic("secret") })
	web := told("web", kind("http"))
	d, _ := dispatcher(t, app(seen, left, binary, panics, web,
		fails("stated", &framework.Error{Status: 409, Code: "c", Message: "m", Err: secret, Fields: []framework.FieldError{{In: "body", Name: "n"}}}),
		fails("no-status", &framework.Error{Code: "c", Message: "m"}), fails("wrapped", fmt.Errorf("secret: %w", framework.Errorf(404, "gone", "not there"))),
		fails("hidden", secret)), members(web), Raw())
	for _, tt := range []struct{ payload, want string }{
		{`{"faas":"call","function":"seen","payload":1,"context":{"answer":true,"key":"k","traceparent":"00-a","tracestate":"b=c","root":"r-1","later":[1]}}`,
			`{"faas":"answer","payload":{"event":1,"call":"{false k 00-a b=c r-1}"}}`},
		{`{"faas":"call","function":"seen","payload":1,"context":{"key":"k"}}`, `{"event":1,"call":"{true k   }"}`},
		{`{"faas":"call","function":"seen","context":{}}`, `{"event":{},"call":"{true    }"}`},
		{`{"faas":"call","function":"left","context":{"answer":true,"timeout":100000}}`, `{"faas":"answer","payload":true}`},
		{`{"faas":"call","function":"left","context":{"answer":true,"timeout":9000000000000000000}}`, `{"faas":"answer","payload":false}`},
		{`{"faas":"call","function":"left","context":{"answer":true,"timeout":-1}}`, `{"faas":"answer","payload":false}`},
		{`{"faas":"call","function":"binary","context":{"answer":true}}`, `{"faas":"answer","base64":"/w=="}`},
		{`{"faas":"call","function":"stated","context":{"answer":true}}`, `{"faas":"answer","error":{"status":409,"code":"c","message":"m"}}`},
		{`{"faas":"call","function":"no-status","context":{"answer":true}}`, `{"faas":"answer","error":{"status":500,"code":"c","message":"m"}}`},
		{`{"faas":"call","function":"wrapped","context":{"answer":true}}`, `{"faas":"answer","error":{"status":404,"code":"gone","message":"not there"}}`},
		// Failures of asynchronous calls, and those that the function did not state, are the vendor's to count.
		{`{"faas":"call","function":"stated","context":{"key":"k"}}`, `error function stated: c: m (body n: ): secret`},
		{`{"faas":"call","function":"stated","context":{"key":"k","root":"r-1"}}`, `error function stated, called in request r-1: c: m (body n: ): secret`},
		{`{"faas":"call","function":"seen","context":{"root":"r\n1"}}`, `{"event":{},"call":"{true    }"}`},
		{`{"faas":"call","function":"seen","context":{"root":"` + strings.Repeat("r", 129) + `"}}`, `{"event":{},"call":"{true    }"}`},
		{`{"faas":"call","function":"hidden","context":{"answer":true}}`, `error function hidden: secret`},
		{`{"faas":"call","function":"panics","context":{"answer":true}}`, `error panic: secret`},
		// Broken ones.
		{`{"faas":"call","function":"web","payload":{"web":1},"context":{"answer":true}}`, `{"faas":"answer","error":{"status":403,"code":"not_callable","message":"function web is not one that other functions call"}}`},
		{`{"faas":"call","function":"web","payload":{"web":1},"context":{}}`, `error not_callable: function web is not one that other functions call`},
		{`{"faas":"call","function":"none","context":{"answer":true}}`, `{"faas":"answer","error":{"status":404,"code":"unknown_function"`},
		{`{"faas":"call","function":"seen","context":1}`, `error invalid_event: call: found a context that is broken, expected an object with answer, timeout, key, traceparent and tracestate`},
		{`{"faas":"call","function":"seen","context":{"timeout":"x"}}`, `error invalid_event: call: found a context that is broken, expected an object with answer, timeout, key, traceparent and tracestate`},
		{`{"faas":"call","function":"seen","context":{01}}`, `error invalid_event: call: found a context that is broken, expected an object with answer, timeout, key, traceparent and tracestate`},
		// A person calls a function with triggers by their payloads, as ever.
		{`{"faas":"call","function":"web","payload":{"web":1}}`, `error not_callable: function web is not one that other functions call`},
		{`{"faas":"call","function":"stated","payload":{}}`, `error c: m (body n: ): secret`},
	} {
		got, err := d.Handle(context.Background(), []byte(tt.payload), framework.Invocation{})
		if err != nil {
			got = []byte("error " + err.Error())
		}
		if string(got) != tt.want && (strings.HasSuffix(tt.want, "}") || !strings.HasPrefix(string(got), tt.want)) {
			t.Errorf("%s:\n%s, want\n%s", tt.payload, got, tt.want)
		}
	}
}

// A deadline of the platform that is earlier stays.
func TestCallKeepsTheEarlierDeadline(t *testing.T) {
	own := time.Now().Add(time.Hour)
	for timeout, want := range map[int64]bool{1: false, int64(2 * time.Hour / time.Millisecond): true} {
		f := function("f", func(ctx *framework.Context) error {
			at, _ := ctx.Deadline()
			ctx.SetResult(own.Sub(at).Round(time.Millisecond) == 100*time.Millisecond) // the margin
			return nil
		})
		d, _ := dispatcher(t, app(f))
		p := fmt.Sprintf(`{"faas":"call","function":"f","context":{"timeout":%d}}`, timeout*1000)
		if got, err := d.Handle(context.Background(), []byte(p), framework.Invocation{Deadline: own}); err != nil || string(got) != fmt.Sprint(want) {
			t.Errorf("timeout %d: %s, %v", timeout, got, err)
		}
	}
}

// TestCallCountsInTheLimit: a call of another unit takes one of the places of the function that it calls, as one in process does.
func TestCallCountsInTheLimit(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	f := function("f", func(*framework.Context) error {
		entered <- struct{}{}
		<-leave
		return nil
	}, framework.Callee{})
	f.Concurrency, f.Overload = 1, framework.OverloadFail
	d, _ := dispatcher(t, app(f))
	const p = `{"faas":"call","function":"f","context":{"answer":true}}`
	first := make(chan string)
	go func() {
		got, err := d.Handle(context.Background(), []byte(p), framework.Invocation{})
		first <- fmt.Sprintf("%s %v", got, err)
	}()
	<-entered
	want := `{"faas":"answer","error":{"status":429,"code":"overloaded","message":"the function is at its concurrency limit"}}`
	if got, err := d.Handle(context.Background(), []byte(p), framework.Invocation{}); err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	leave <- struct{}{}
	if got := <-first; got != `{"faas":"answer","payload":null} <nil>` {
		t.Error(got)
	}
}
