package shop_test

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/faasgen/faasgen/examples/shop/internal/faasgen/app"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/faastest"
)

const (
	traceID     = "0af7651916cd43dd8448eb211c80319c"
	traceparent = "Traceparent: 00-" + traceID + "-b7ad6b7169203331-01"
	oneCup      = `{"product":"cup","count":1}`
)

// TestOneTraceInTheLog: an order and the functions that it calls have a line each, and all lines have the id that the customer sent:
// in the process of one unit, and as if each function were a unit of its own.
func TestOneTraceInTheLog(t *testing.T) {
	for name, options := range map[string][]faastest.Option{"in process": nil, "apart": {faastest.Apart()}} {
		t.Run(name, func(t *testing.T) {
			a := start(t, options...)
			if w := a.Do("POST", "/orders", oneCup, traceparent); w.Code != http.StatusCreated {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			a.Calls("order-confirm") // which is over then
			found := map[any]faastest.Record{}
			for _, r := range a.Logs().Containing("invocation") {
				found[r.Attributes["function"]] = r
			}
			for function, trigger := range map[string]string{"order-place": "http", "stock-get": "call", "order-confirm": "call"} {
				if r := found[function]; r.Attributes["trigger"] != trigger || r.Attributes["trace_id"] != traceID || r.Attributes["duration_us"] == nil {
					t.Errorf("%s: found %s in\n%s", function, r, a.Logs())
				}
			}
			if r := found["order-place"]; r.Attributes["status"] != int64(http.StatusCreated) || r.Attributes["route"] != "/orders" {
				t.Errorf("found %s", r)
			}
			lines := a.Logs().Containing("confirmed")
			if len(lines) != 1 || lines[0].Attributes["trace_id"] != traceID {
				t.Errorf("found %s", lines)
			}
		})
	}
}

// TestTraces: where there is a receiver, it gets the spans of an order and of what that calls, in the customer's trace.
func TestTraces(t *testing.T) {
	id, err := hex.DecodeString(traceID)
	if err != nil {
		t.Fatal(err)
	}
	for name, options := range map[string][]faastest.Option{"in process": nil, "apart": {faastest.Apart()}} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			var got strings.Builder
			receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				if _, err := io.Copy(&got, r.Body); err != nil || r.URL.Path != "/v1/traces" {
					t.Errorf("%s: %v", r.URL.Path, err)
				}
			}))
			t.Cleanup(receiver.Close)
			a := start(t, append(options, faastest.Config{"layers.otel.endpoint": receiver.URL, "layers.otel.metrics": "false", "layers.otel.cap": "10s", "layers.otel.global": "false"},
				faastest.Variables{"OTEL_EXPORTER_OTLP_COMPRESSION": "none"})...)
			if w := a.Do("POST", "/orders", oneCup, traceparent); w.Code != http.StatusCreated {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			a.Calls("order-confirm") // which is over then
			a.Close()
			mu.Lock()
			defer mu.Unlock()
			for _, text := range []string{"POST /orders", "stock-get", "order-confirm", string(id)} {
				if !strings.Contains(got.String(), text) {
					t.Errorf("no %q among the spans", text)
				}
			}
		})
	}
}

// TestManyOrders: who orders faster than people do is told to wait. Looking is not limited.
func TestManyOrders(t *testing.T) {
	a := start(t, faastest.Config{"layers.limit.keyBurst": "2", "layers.limit.keyRate": "0.01"})
	for _, want := range []int{http.StatusCreated, http.StatusCreated, http.StatusTooManyRequests} {
		if w := a.Do("POST", "/orders", oneCup); w.Code != want || (w.Header().Get("Retry-After") != "") != (want == http.StatusTooManyRequests) {
			t.Errorf("%d %v %s, want %d", w.Code, w.Header(), w.Body, want)
		}
	}
	for range 30 {
		if w := a.Do("GET", "/products", nil); w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}

// TestWithoutLayers: tests leave out what they are not about.
func TestWithoutLayers(t *testing.T) {
	t.Parallel()
	none := app.Overrides{AccesslogLayer: framework.NoLayer(), OtelLayer: framework.NoLayer(), LimitLayer: framework.NoLayer()}
	a := faastest.Start(t, func(rt *framework.Runtime) *framework.App { return app.NewWith(rt, none) })
	for range 30 {
		if w := a.Do("POST", "/orders", `{"product":"pot","count":1}`); w.Code != http.StatusNotFound {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if lines := a.Logs().Containing("invocation"); len(lines) > 0 {
		t.Errorf("found\n%s", lines)
	}
}
