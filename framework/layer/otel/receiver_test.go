package otel_test

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	tracing "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// receiver is a receiver of OTLP/HTTP, which reads with the official types.
type receiver struct {
	*httptest.Server
	t testing.TB

	mu        sync.Mutex
	spans     []*tracing.Span
	metrics   []*metrics.Metric
	resources []*resource.Resource
	posts     int
	header    http.Header
	answer    func(w http.ResponseWriter, r *http.Request, path string) bool // reports whether it has answered
}

func newReceiver(t testing.TB) *receiver {
	r := &receiver{t: t}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) serve(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.posts++
	r.header = req.Header.Clone()
	answer := r.answer
	r.mu.Unlock()
	if answer != nil && answer(w, req, req.URL.Path) {
		return
	}
	if got := req.Header.Get("Content-Type"); got != "application/x-protobuf" || req.Method != "POST" {
		r.t.Errorf("found %s with the media type %q", req.Method, got)
	}
	var from io.Reader = req.Body
	if req.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(req.Body)
		if err != nil {
			r.t.Error(err)
			return
		}
		from = z
	}
	body, err := io.ReadAll(from)
	if err != nil {
		return // the exporter has gone away
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-protobuf")
	switch req.URL.Path {
	case "/v1/traces":
		var m collectortrace.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &m); err != nil || len(m.ProtoReflect().GetUnknown()) > 0 {
			r.t.Errorf("not an ExportTraceServiceRequest: %v", err)
		}
		for _, rs := range m.ResourceSpans {
			r.resources = append(r.resources, rs.Resource)
			for _, ss := range rs.ScopeSpans {
				r.spans = append(r.spans, ss.Spans...)
			}
		}
	case "/v1/metrics":
		var m collectormetrics.ExportMetricsServiceRequest
		if err := proto.Unmarshal(body, &m); err != nil {
			r.t.Errorf("not an ExportMetricsServiceRequest: %v", err)
		}
		for _, rm := range m.ResourceMetrics {
			r.resources = append(r.resources, rm.Resource)
			for _, sm := range rm.ScopeMetrics {
				r.metrics = append(r.metrics, sm.Metrics...)
			}
		}
	default:
		r.t.Errorf("found the path %s", req.URL.Path)
	}
}

// taken are the spans that came so far.
func (r *receiver) taken() []*tracing.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*tracing.Span(nil), r.spans...)
}

func (r *receiver) measured() []*metrics.Metric {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*metrics.Metric(nil), r.metrics...)
}

// sent is the header of the last request.
func (r *receiver) sent() http.Header {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.header
}

// resource is whose telemetry came first.
func (r *receiver) resource() *resource.Resource {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.resources) == 0 {
		return nil
	}
	return r.resources[0]
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.posts
}

func (r *receiver) behave(answer func(http.ResponseWriter, *http.Request, string) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

// named is the span of that name, nil if there is none or several.
func named(spans []*tracing.Span, name string) (found *tracing.Span) {
	for _, s := range spans {
		if s.Name == name {
			if found != nil {
				return nil
			}
			found = s
		}
	}
	return found
}

// plain are attributes as values of Go.
func plain(list []*common.KeyValue) map[string]any {
	m := map[string]any{}
	for _, kv := range list {
		m[kv.Key] = value(kv.Value)
	}
	return m
}

func value(v *common.AnyValue) any {
	switch v := v.Value.(type) {
	case *common.AnyValue_StringValue:
		return v.StringValue
	case *common.AnyValue_BoolValue:
		return v.BoolValue
	case *common.AnyValue_IntValue:
		return v.IntValue
	case *common.AnyValue_DoubleValue:
		return v.DoubleValue
	case *common.AnyValue_ArrayValue:
		var list []any
		for _, item := range v.ArrayValue.Values {
			list = append(list, value(item))
		}
		return list
	}
	return nil
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
