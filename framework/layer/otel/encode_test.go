package otel

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracing "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// keeper keeps the spans that end.
type keeper struct {
	exporter
	spans []sdktrace.ReadOnlySpan
}

func (k *keeper) OnEnd(s sdktrace.ReadOnlySpan) { k.spans = append(k.spans, s) }

// Whatever a span has arrives, also what is long or no UTF-8.
func TestEncodeSpans(t *testing.T) {
	k := &keeper{}
	p := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(k))
	state, err := trace.ParseTraceState("a=1,b=2")
	if err != nil {
		t.Fatal(err)
	}
	parent := trace.NewSpanContext(trace.SpanContextConfig{TraceID: newTrace(), SpanID: newSpan(), TraceFlags: 1, TraceState: state, Remote: true})
	long := strings.Repeat("x", 70_000)
	_, span := p.Tracer("one", trace.WithInstrumentationVersion("v1"), trace.WithSchemaURL("https://one")).Start(trace.ContextWithSpanContext(context.Background(), parent), "name\xff",
		trace.WithSpanKind(trace.SpanKindProducer), trace.WithLinks(trace.Link{SpanContext: parent, Attributes: []attribute.KeyValue{attribute.Bool("linked", true)}}),
		trace.WithAttributes(attribute.Bool("yes", true), attribute.Bool("no", false), attribute.Int64("int", -7), attribute.Int64("zero", 0), attribute.Float64("float", math.Pi), attribute.String("long", long),
			attribute.StringSlice("strings", []string{"a", ""}), attribute.Int64Slice("ints", []int64{1, -1}), attribute.Float64Slice("floats", []float64{0, 1}), attribute.BoolSlice("bools", []bool{true, false})))
	span.AddEvent("event", trace.WithAttributes(attribute.String("k", "v")))
	span.SetStatus(2, "")
	span.End()
	_, other := p.Tracer("two").Start(context.Background(), "other")
	other.End()
	var m collectortrace.ExportTraceServiceRequest
	if err := proto.Unmarshal(encodeSpans(nil, &owner{[]attribute.KeyValue{attribute.String("service.name", "shop")}, "https://schema"}, k.spans), &m); err != nil {
		t.Fatal(err)
	}
	if len(m.ResourceSpans) != 1 || m.ResourceSpans[0].SchemaUrl != "https://schema" || len(m.ResourceSpans[0].Resource.Attributes) != 1 || len(m.ResourceSpans[0].ScopeSpans) != 2 {
		t.Fatalf("found %v", &m)
	}
	first := m.ResourceSpans[0].ScopeSpans[0]
	got := first.Spans[0]
	if first.Scope.Name != "one" || first.Scope.Version != "v1" || first.SchemaUrl != "https://one" || got.Name != "name\uFFFD" || got.Kind != tracing.Span_SPAN_KIND_PRODUCER ||
		got.TraceState != "a=1,b=2" || len(got.Events) != 1 || got.Events[0].Name != "event" || len(got.Links) != 1 || !got.Links[0].Attributes[0].Value.GetBoolValue() ||
		got.Status.Code != tracing.Status_STATUS_CODE_OK || got.Flags&0x301 != 0x301 || got.StartTimeUnixNano == 0 || got.EndTimeUnixNano < got.StartTimeUnixNano {
		t.Errorf("found %v", first)
	}
	parentID := parent.SpanID()
	if !bytes.Equal(got.ParentSpanId, parentID[:]) || len(got.TraceId) != 16 || len(got.SpanId) != 8 {
		t.Errorf("found the ids %x %x %x", got.TraceId, got.SpanId, got.ParentSpanId)
	}
	values := map[string]string{}
	for _, kv := range got.Attributes {
		values[kv.Key] = strings.ReplaceAll(kv.Value.String(), "  ", " ")
	}
	for key, want := range map[string]string{"yes": "bool_value:true", "no": "bool_value:false", "int": "int_value:-7", "zero": "int_value:0", "float": "double_value:3.141592653589793",
		"long": `string_value:"` + long + `"`, "strings": `array_value:{values:{string_value:"a"} values:{string_value:""}}`, "ints": "array_value:{values:{int_value:1} values:{int_value:-1}}",
		"floats": "array_value:{values:{double_value:0} values:{double_value:1}}", "bools": "array_value:{values:{bool_value:true} values:{bool_value:false}}"} {
		if values[key] != want {
			t.Errorf("%s: found %.100s, want %.100s", key, values[key], want)
		}
	}
}

// Metrics of every kind arrive, as differences since they were last read.
func TestEncodeMetrics(t *testing.T) {
	reader := sdkmetric.NewManualReader(sdkmetric.WithTemporalitySelector(sdkmetric.DeltaTemporalitySelector))
	p := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithView(sdkmetric.NewView(sdkmetric.Instrument{Name: "exponential"},
		sdkmetric.Stream{Aggregation: sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 20, MaxScale: 3}})))
	m := p.Meter("shop")
	ctx, with := context.Background(), metric.WithAttributes(attribute.String("a", "b"))
	counter, _ := m.Int64Counter("count", metric.WithUnit("1"), metric.WithDescription("what"))
	upDown, _ := m.Float64UpDownCounter("level")
	gauge, _ := m.Int64Gauge("gauge")
	histogram, _ := m.Float64Histogram("histogram", metric.WithExplicitBucketBoundaries(1, 2))
	exponential, _ := m.Int64Histogram("exponential")
	for round := range 2 {
		counter.Add(ctx, 3, with)
		upDown.Add(ctx, -1.5, with)
		gauge.Record(ctx, -4, with)
		histogram.Record(ctx, 1.5, with)
		exponential.Record(ctx, 8, with)
		exponential.Record(ctx, 0, with)
		var read metricdata.ResourceMetrics
		if err := reader.Collect(ctx, &read); err != nil {
			t.Fatal(err)
		}
		var got collectormetrics.ExportMetricsServiceRequest
		if err := proto.Unmarshal(encodeMetrics(nil, &owner{}, read.ScopeMetrics), &got); err != nil || len(got.ProtoReflect().GetUnknown()) > 0 {
			t.Fatal(err)
		}
		seen := 0
		for _, x := range got.ResourceMetrics[0].ScopeMetrics[0].Metrics {
			ok := false
			switch x.Name {
			case "count":
				d := x.GetSum().GetDataPoints()[0]
				ok = d.GetAsInt() == 3 && x.GetSum().AggregationTemporality == 1 && x.GetSum().IsMonotonic && x.Unit == "1" && x.Description == "what" &&
					d.Attributes[0].Key == "a" && d.TimeUnixNano >= d.StartTimeUnixNano && d.StartTimeUnixNano > 0
			case "level":
				ok = !x.GetSum().IsMonotonic && x.GetSum().DataPoints[0].GetAsDouble() == -1.5*float64(1+round*(int(x.GetSum().AggregationTemporality)-1))
			case "gauge":
				ok = x.GetGauge().DataPoints[0].GetAsInt() == -4
			case "histogram":
				d := x.GetHistogram().DataPoints[0]
				ok = d.Count == 1 && d.GetSum() == 1.5 && len(d.BucketCounts) == 3 && d.BucketCounts[1] == 1 && len(d.ExplicitBounds) == 2 && d.ExplicitBounds[1] == 2 &&
					d.GetMin() == 1.5 && d.GetMax() == 1.5 && x.GetHistogram().AggregationTemporality == 1
			case "exponential":
				d := x.GetExponentialHistogram().DataPoints[0]
				ok = d.Count == 2 && d.ZeroCount == 1 && d.GetSum() == 8 && len(d.Positive.BucketCounts) == 1 && d.Positive.BucketCounts[0] == 1 && d.Scale == 3 && d.Positive.Offset == 23
			}
			if seen++; !ok {
				t.Errorf("round %d: found %v", round, x)
			}
		}
		if seen != 5 {
			t.Errorf("found %d metrics", seen)
		}
	}
}

func FuzzAccepted(f *testing.F) {
	f.Add([]byte{0x0a, 0x05, 0x08, 0x01, 0x12, 0x01, 'x'})
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		var m collectortrace.ExportTraceServiceResponse
		refused, ok := accepted(body)
		if refused < 0 {
			t.Errorf("%x: %d were refused", body, refused)
		}
		if proto.Unmarshal(body, &m) == nil && !ok {
			t.Errorf("%x is an answer, and was none", body)
		}
	})
}
