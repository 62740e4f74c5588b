package recovery_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/recovery"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func ExampleNew() {
	layer, err := recovery.New(&recovery.Config{Policy: "answer", Status: 503, RetryAfter: 5})
	if err != nil {
		panic(err)
	}
	list := &framework.Function{Name: "order-list", Handler: func(*framework.Context) error { panic("the index is out of range") }}
	rt := &framework.Runtime{Logger: slog.New(slog.NewJSONHandler(io.Discard, nil))}
	e := framework.NewEngine(rt, &framework.App{Unit: "shop", Functions: []*framework.Function{list}, Layers: framework.Layers{layer}})
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	x := web.NewExchange(web.Request{Method: "GET", Path: "/orders"})
	result, err := e.Invoke(context.Background(), framework.Invocation{Function: list, Event: x})
	response := x.Respond(result, err, web.ErrorInfo{Log: rt.Log()})
	fmt.Println(response.Status, web.Header(response.Header).Get("Retry-After"), string(response.Body))
	// Output:
	// 503 5 {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"the function failed; its log has the reason","code":"panic"}
}

func start(t *testing.T, c recovery.Config, stop func(), to io.Writer, handler framework.Handler) (*framework.Engine, *framework.Function) {
	t.Helper()
	l, err := recovery.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	f := &framework.Function{Name: "f", Handler: handler}
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.NewJSONHandler(to, nil)), Stop: stop}, &framework.App{Unit: "u", Functions: []*framework.Function{f}, Layers: framework.Layers{l}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e, f
}

func TestAPanicIsLoggedOnceAndShownToNobody(t *testing.T) {
	for _, status := range []int{500, 503} {
		for name, handler := range map[string]framework.Handler{
			"panic": func(ctx *framework.Context) error { ctx.SetResult("half"); panic("hunter2") },
			"of what is built for a call": func(*framework.Context) error {
				return fmt.Errorf("build: %w", &framework.PanicError{Value: "hunter2", Stack: []byte("goroutine 1")})
			},
		} {
			for _, event := range []any{web.NewExchange(web.Request{Method: "GET"}), []byte("{}")} {
				var log bytes.Buffer
				e, f := start(t, recovery.Config{Policy: "answer", Status: status}, nil, &log, handler)
				result, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Event: event})
				if err == nil || result != nil && name == "panic" {
					t.Errorf("%d, %s, %T: result %v, error %v", status, name, event, result, err)
				}
				if n := strings.Count(log.String(), `"panic":"hunter2"`); n != 1 || !strings.Contains(log.String(), `"stack":"goroutine`) {
					t.Errorf("%d, %s, %T: %d records of the panic:\n%s", status, name, event, n, log.String())
				}
				if x, ok := event.(*web.Exchange); ok {
					r := x.Respond(result, err, web.ErrorInfo{Log: slog.New(slog.DiscardHandler)})
					if r.Status != status || strings.Contains(string(r.Body), "hunter2") {
						t.Errorf("%d, %s: answered with %d %s", status, name, r.Status, r.Body)
					}
				}
			}
		}
	}
}

func TestErrorsAreNoPanics(t *testing.T) {
	own := framework.Errorf(404, "no", "no")
	e, f := start(t, recovery.Config{Policy: "exit", Status: 503}, func() { t.Error("the process ends") }, io.Discard, func(*framework.Context) error { return own })
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); !errors.Is(err, own) {
		t.Error(err)
	}
}

// The process is asked to end once, however many panics there are at the same time, and every one of them is answered.
func TestExit(t *testing.T) {
	var stops atomic.Int64
	e, f := start(t, recovery.Config{Policy: "exit", Status: 500}, func() { stops.Add(1) }, io.Discard, func(*framework.Context) error { panic("no") })
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err == nil {
				t.Error("no error")
			}
		})
	}
	all.Wait()
	if n := stops.Load(); n != 1 {
		t.Errorf("the process was asked to end %d times, want once", n)
	}
}

func TestExitWhereNothingWouldTakeThePlace(t *testing.T) {
	var log bytes.Buffer
	e, f := start(t, recovery.Config{Policy: "exit", Status: 500}, nil, &log, func(*framework.Context) error { panic("no") })
	for range 2 {
		if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err == nil {
			t.Error("no error")
		}
	}
	if n := strings.Count(log.String(), "in a deployment the process would end now"); n != 2 {
		t.Errorf("%d lines say so, want one for each:\n%s", n, log.String())
	}
}

func TestWrongConfiguration(t *testing.T) {
	for want, c := range map[string]recovery.Config{
		`policy: found "restart", expected answer or exit`:   {Policy: "restart", Status: 500},
		`status: found 404, expected 500 to 599`:             {Policy: "exit", Status: 404},
		`retryAfter: found 4000, expected 0 to 3600 seconds`: {Policy: "exit", Status: 500, RetryAfter: 4000},
	} {
		if _, err := recovery.New(&c); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
