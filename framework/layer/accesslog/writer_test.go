package accesslog_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/accesslog"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// TestLineOfEachMethod has routes with one pattern, whose methods differ in their status, and methods that none of them names.
func TestLineOfEachMethod(t *testing.T) {
	f := &framework.Function{Handler: func(*framework.Context) error { return nil }, Triggers: []framework.Trigger{
		web.Route{Method: "POST", Pattern: "/orders", Status: 201}, web.Route{Method: "GET", Pattern: "/orders", Status: 203}, web.Route{Pattern: "/any", Status: 202},
	}}
	u := start(t, accesslog.Config{}, nil, f)
	for _, tt := range []struct {
		method, pattern, want string
	}{
		{"POST", "/orders", `"method":"POST","request_id":"r-1","route":"/orders","status":201`},
		{"GET", "/orders", `"method":"GET","request_id":"r-1","route":"/orders","status":203`},
		{"HEAD", "/orders", `"method":"HEAD","request_id":"r-1","route":"/orders","status":203`},
		{"PUT", "/any", `"method":"PUT","request_id":"r-1","route":"/any","status":202`},
		{"GET", "/any", `"method":"GET","request_id":"r-1","route":"/any","status":202`},
	} {
		if _, err := u.invoke(framework.Invocation{Event: web.NewExchange(web.Request{Method: tt.method, Path: tt.pattern, Pattern: tt.pattern})}); err != nil {
			t.Fatal(err)
		}
		if got := u.access(t); !strings.Contains(got, tt.want) {
			t.Errorf("%s %s: found %s, want %s", tt.method, tt.pattern, got, tt.want)
		}
	}
	for line := range strings.Lines(u.log()) {
		if n := strings.Count(line, `"method":`); n != 1 {
			t.Errorf("method is %d times in %s", n, line)
		}
	}
}

// TestLineOfARequestAllocatesNothing also with a metric and a trace in it.
func TestLineOfARequestAllocatesNothing(t *testing.T) {
	l, err := accesslog.New(&accesslog.Config{Metrics: "emf", Namespace: "shop", DebugRate: 1e-9, Redact: []string{"password"}})
	if err != nil {
		t.Fatal(err)
	}
	f := &framework.Function{Name: "list", Handler: func(*framework.Context) error { return nil }, Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/orders"}}}
	x := get("/orders", "/orders")
	x.Request.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	measure := func(layers ...framework.Layer) float64 {
		rt := &framework.Runtime{Logger: slog.New(platform.LogHandler(slog.NewJSONHandler(io.Discard, nil), nil))}
		e := framework.NewEngine(rt, &framework.App{Unit: "shop", Layers: framework.Layers(layers), Functions: []*framework.Function{f}})
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(1000, func() {
			if _, err := e.Invoke(context.Background(), framework.Invocation{Function: f, Event: x, RequestID: "r-1"}); err != nil {
				t.Fatal(err)
			}
		})
	}
	if with, without := measure(l), measure(); with > without {
		t.Errorf("%v allocations, want the %v of a unit without the layer", with, without)
	}
}
