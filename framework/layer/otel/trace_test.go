package otel_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdk "go.opentelemetry.io/otel/trace"
	tracing "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/otel"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

const (
	traceID = "0af7651916cd43dd8448eb211c80319c"
	spanID  = "b7ad6b7169203331"
)

func request(header ...string) *web.Exchange {
	x := web.NewExchange(web.Request{Method: "GET", Path: "/orders/7", Pattern: "/orders/{id}", Header: web.Header{}})
	for i := 0; i < len(header); i += 2 {
		x.Request.Header.Set(header[i], header[i+1])
	}
	return x
}

// What comes first counts, and what the caller has decided; a vendor that does not sample decides nothing.
func TestParents(t *testing.T) {
	traceparent := func(flags string) []string {
		return []string{"Traceparent", "00-" + traceID + "-" + spanID + "-" + flags}
	}
	for _, tt := range []struct {
		name          string
		header        []string
		inv           framework.Invocation
		variables     variables
		trace, parent string // of the span; "new" is one of its own
		none          bool   // no span
	}{
		{name: "new", trace: "new"},
		{name: "traceparent", header: traceparent("01"), trace: traceID, parent: spanID},
		{name: "traceparent, not sampled", header: traceparent("00"), none: true},
		{name: "traceparent before the vendor's", header: traceparent("01"), inv: framework.Invocation{Trace: "Root=1-11111111-222222222222222222222222;Parent=3333333333333333;Sampled=1"}, trace: traceID, parent: spanID},
		{name: "a broken traceparent", header: []string{"Traceparent", "00-" + traceID}, trace: "new"},
		{name: "X-Ray", inv: framework.Invocation{Trace: "Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1"}, trace: traceID, parent: spanID},
		{name: "X-Ray, not sampled", inv: framework.Invocation{Trace: "Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=0"}, trace: traceID, parent: spanID},
		{name: "X-Ray without a parent", inv: framework.Invocation{Trace: "Root=1-0af76519-16cd43dd8448eb211c80319c"}, trace: traceID},
		{name: "Jaeger", inv: framework.Invocation{Trace: "af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1"}, trace: traceID, parent: spanID},
		{name: "the vendor's in the form of W3C", inv: framework.Invocation{Trace: "00-" + traceID + "-" + spanID + "-01"}, trace: traceID, parent: spanID},
		{name: "a call", inv: framework.Invocation{Call: &framework.Call{Traceparent: "00-" + traceID + "-" + spanID + "-01"}}, trace: traceID, parent: spanID},
		{name: "sampler off", variables: variables{"OTEL_TRACES_SAMPLER": "always_off"}, none: true},
		{name: "sampler off, but for what the caller samples", header: traceparent("01"), variables: variables{"OTEL_TRACES_SAMPLER": "parentbased_always_off"}, trace: traceID, parent: spanID},
		{name: "sampler on, whatever the caller says", header: traceparent("00"), variables: variables{"OTEL_TRACES_SAMPLER": "always_on"}, trace: traceID, parent: spanID},
		{name: "no propagation", header: traceparent("01"), variables: variables{"OTEL_PROPAGATORS": "none"}, trace: "new"},
		{name: "disabled", header: traceparent("01"), variables: variables{"OTEL_SDK_DISABLED": "true"}, none: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newReceiver(t)
			called := false
			e := start(t, configuration(r.URL), tt.variables, &framework.Function{Handler: func(ctx *framework.Context) error {
				called = true
				if parent, _ := otel.Traceparent(ctx); tt.variables["OTEL_SDK_DISABLED"] == "" && tt.variables["OTEL_PROPAGATORS"] == "" && strings.HasSuffix(parent, "-01") == tt.none {
					t.Errorf("what is called gets %s", parent)
				}
				return nil
			}})
			tt.inv.Event = request(tt.header...)
			if tt.inv.Call != nil {
				tt.inv.Event = []byte("{}")
			}
			e.invoke(tt.inv)
			span := named(r.taken(), "GET /orders/{id}")
			if tt.inv.Call != nil {
				span = named(r.taken(), "work")
			}
			if !called || (span == nil) != tt.none {
				t.Fatalf("called %v, found %v", called, span)
			}
			if span == nil {
				return
			}
			if hexOf(span.ParentSpanId) != tt.parent || (hexOf(span.TraceId) != tt.trace) != (tt.trace == "new") {
				t.Errorf("found %v", span)
			}
		})
	}
}

// A batch has links to the traces of its messages, and a trace of its own.
func TestSources(t *testing.T) {
	const message = "00-" + traceID + "-" + spanID + "-01"
	for _, tt := range []struct {
		event   any
		trigger string
		kind    tracing.Span_SpanKind
		links   int
	}{
		{[]mq.Message{{ID: "1", Attributes: map[string]string{"traceparent": message, "tracestate": "a=b"}}, {ID: "2", Attributes: map[string]string{"traceparent": "nonsense"}}, {ID: "3"}}, "pubsub", tracing.Span_SPAN_KIND_CONSUMER, 1},
		{[]kafka.Record{{Headers: []kafka.Header{{Name: "traceparent", Value: []byte(message)}}}, {Headers: []kafka.Header{{Name: "traceparent", Value: []byte(message)}}}}, "pubsub", tracing.Span_SPAN_KIND_CONSUMER, 2},
		{[]os.Event{{Key: "k"}}, "datasource", tracing.Span_SPAN_KIND_SERVER, 0},
		{timer.Event{}, "timer", tracing.Span_SPAN_KIND_SERVER, 0},
		{[]byte("{}"), "other", tracing.Span_SPAN_KIND_SERVER, 0},
	} {
		r := newReceiver(t)
		e := start(t, configuration(r.URL), nil, &framework.Function{Handler: nothing})
		e.invoke(framework.Invocation{Event: tt.event})
		span := named(r.taken(), "work")
		if a := plain(span.GetAttributes()); span == nil || a["faas.trigger"] != tt.trigger || span.Kind != tt.kind || len(span.Links) != tt.links || hexOf(span.TraceId) == traceID {
			t.Errorf("%T: found %v", tt.event, span)
			continue
		}
		for _, link := range span.Links {
			if hexOf(link.TraceId) != traceID || hexOf(link.SpanId) != spanID || link.Flags&1 != 1 {
				t.Errorf("%T: found the link %v", tt.event, link)
			}
		}
	}
}

// How an invocation ended is in its span, and no text of an error.
func TestOutcomes(t *testing.T) {
	for _, tt := range []struct {
		name    string
		handler framework.Handler
		reason  any
		status  tracing.Status_StatusCode
	}{
		{"fine", nothing, nil, tracing.Status_STATUS_CODE_UNSET},
		{"error", func(*framework.Context) error { return errors.New(secret) }, "internal", tracing.Status_STATUS_CODE_ERROR},
		{"caller's fault", func(*framework.Context) error { return framework.Errorf(404, "not_found", secret) }, "not_found", tracing.Status_STATUS_CODE_UNSET},
		{"panic", func(*framework.Context) error { panic(secret) }, "panic", tracing.Status_STATUS_CODE_ERROR},
		{"deadline", func(*framework.Context) error { return context.DeadlineExceeded }, "deadline_exceeded", tracing.Status_STATUS_CODE_ERROR},
	} {
		r := newReceiver(t)
		e := start(t, configuration(r.URL), nil, &framework.Function{Handler: tt.handler})
		e.invoke(framework.Invocation{Event: request()})
		span := named(r.taken(), "GET /orders/{id}")
		if span == nil || span.Status.GetCode() != tt.status || plain(span.Attributes)["error.type"] != tt.reason || strings.Contains(span.String(), secret) {
			t.Errorf("%s: found %v", tt.name, span)
		}
	}
}

// A share of invocations is traced: that of the trace ids, so that all services decide alike.
func TestSample(t *testing.T) {
	r := newReceiver(t)
	c := configuration(r.URL)
	c.Sample = 0.25
	e := start(t, c, nil, &framework.Function{Handler: nothing})
	const n = 2000
	for range n {
		e.invoke(framework.Invocation{})
	}
	e.close()
	got := 0
	for _, s := range r.taken() {
		if s.Name == "work" {
			got++
		}
	}
	if got < n*20/100 || got > n*30/100 { // 5 standard deviations
		t.Errorf("%d of %d were traced", got, n)
	}
}

// A request through Transport carries the trace, and has a span where that is sampled.
func TestTransport(t *testing.T) {
	for _, sample := range []float64{0, 1} {
		got := make(chan http.Header, 1)
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got <- r.Header.Clone(); w.WriteHeader(404) }))
		defer other.Close()
		r := newReceiver(t)
		c := configuration(r.URL)
		c.Sample = sample
		client := &http.Client{Transport: otel.Transport(other.Client().Transport)}
		var within string
		e := start(t, c, nil, &framework.Function{Handler: func(ctx *framework.Context) error {
			within = sdk.SpanContextFromContext(ctx).TraceID().String()
			q, err := http.NewRequestWithContext(ctx, "GET", other.URL+"/path?token="+secret, nil)
			if err != nil {
				return err
			}
			response, err := client.Do(q)
			if err != nil {
				return err
			}
			return response.Body.Close()
		}})
		e.invoke(framework.Invocation{})
		header := (<-got).Get("Traceparent")
		span := named(r.taken(), "GET")
		if len(header) != 55 || header[3:35] != within {
			t.Errorf("sample %v: found traceparent %q of the trace %s", sample, header, within)
		}
		if sample == 0 {
			if span != nil || !strings.HasSuffix(header, "-00") {
				t.Errorf("found %v, %s", span, header)
			}
			continue
		}
		if span == nil || span.Kind != tracing.Span_SPAN_KIND_CLIENT || header[36:52] != hexOf(span.SpanId) || plain(span.Attributes)["http.response.status_code"] != int64(404) || strings.Contains(span.String(), secret) {
			t.Errorf("found %v, %s", span, header)
		}
	}
}

// What the variable does not name is neither read nor sent.
func TestPropagators(t *testing.T) {
	const baggage = "customer=ann"
	for words, want := range map[string][2]string{
		"": {traceID, baggage}, "tracecontext": {traceID, ""}, "baggage": {"", baggage}, "none": {"", ""}, "xray": {"", ""}, "tracecontext, baggage": {traceID, baggage},
	} {
		got := make(chan http.Header, 1)
		other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Clone() }))
		defer other.Close()
		client := &http.Client{Transport: otel.Transport(nil)}
		r := newReceiver(t)
		e := start(t, configuration(r.URL), variables{"OTEL_PROPAGATORS": words}, &framework.Function{Handler: func(ctx *framework.Context) error {
			if parent, _ := otel.Traceparent(ctx); !strings.Contains(parent, want[0]) || (parent == "") != (want[0] == "") {
				t.Errorf("%q: found the traceparent %q", words, parent)
			}
			q, err := http.NewRequestWithContext(ctx, "GET", other.URL, nil)
			if err != nil {
				return err
			}
			response, err := client.Do(q)
			if err != nil {
				return err
			}
			return response.Body.Close()
		}})
		e.invoke(framework.Invocation{Event: request("Traceparent", "00-"+traceID+"-"+spanID+"-01", "Baggage", baggage)})
		h := <-got
		if parent := h.Get("Traceparent"); !strings.Contains(parent, want[0]) || (parent == "") != (want[0] == "") || h.Get("Baggage") != want[1] {
			t.Errorf("%q: found %q and %q", words, parent, h.Get("Baggage"))
		}
		span := named(r.taken(), "GET /orders/{id}")
		if span == nil || (hexOf(span.TraceId) == traceID) != (want[0] != "") {
			t.Errorf("%q: found the span %v", words, span)
		}
	}
}
