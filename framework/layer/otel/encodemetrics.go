package otel

import (
	"math"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"google.golang.org/protobuf/encoding/protowire"
)

// encodeMetrics is an ExportMetricsServiceRequest. Exemplars are not kept.
func encodeMetrics(b []byte, of *owner, scopes []metricdata.ScopeMetrics) []byte {
	e := &encoder{b}
	e.nested(1, func() {
		e.owner(of)
		for i := range scopes {
			s := &scopes[i]
			e.nested(2, func() {
				e.scope(s.Scope)
				for j := range s.Metrics {
					e.nested(2, func() { e.metric(&s.Metrics[j]) })
				}
				e.text(3, s.Scope.SchemaURL)
			})
		}
		e.text(3, of.schema)
	})
	return e.b
}

func (e *encoder) metric(m *metricdata.Metrics) {
	e.text(1, m.Name)
	e.text(2, m.Description)
	e.text(3, m.Unit)
	switch d := m.Data.(type) {
	case metricdata.Gauge[int64]:
		e.nested(5, func() { points(e, d.DataPoints, e.whole) })
	case metricdata.Gauge[float64]:
		e.nested(5, func() { points(e, d.DataPoints, e.real) })
	case metricdata.Sum[int64]:
		e.nested(7, func() { points(e, d.DataPoints, e.whole); e.sum(d.Temporality, d.IsMonotonic) })
	case metricdata.Sum[float64]:
		e.nested(7, func() { points(e, d.DataPoints, e.real); e.sum(d.Temporality, d.IsMonotonic) })
	case metricdata.Histogram[int64]:
		e.nested(9, func() { histogram(e, d.DataPoints); e.temporality(d.Temporality) })
	case metricdata.Histogram[float64]:
		e.nested(9, func() { histogram(e, d.DataPoints); e.temporality(d.Temporality) })
	case metricdata.ExponentialHistogram[int64]:
		e.nested(10, func() { exponential(e, d.DataPoints); e.temporality(d.Temporality) })
	case metricdata.ExponentialHistogram[float64]:
		e.nested(10, func() { exponential(e, d.DataPoints); e.temporality(d.Temporality) })
	}
}

func (e *encoder) whole(v int64)  { e.fixed64(6, uint64(v)) }
func (e *encoder) real(v float64) { e.double(4, v) }

func (e *encoder) sum(t metricdata.Temporality, monotonic bool) {
	e.temporality(t)
	e.varint(3, protowire.EncodeBool(monotonic))
}

func (e *encoder) temporality(t metricdata.Temporality) {
	v := uint64(2)
	if t == metricdata.DeltaTemporality {
		v = 1
	}
	e.varint(2, v)
}

func points[N int64 | float64](e *encoder, list []metricdata.DataPoint[N], value func(N)) {
	for i := range list {
		p := &list[i]
		e.nested(1, func() {
			e.period(2, 3, p.StartTime, p.Time)
			value(p.Value)
			e.set(7, p.Attributes)
		})
	}
}

// period writes the time that a point is for.
func (e *encoder) period(from, to protowire.Number, start, end time.Time) {
	e.time(from, start)
	e.time(to, end)
}

func (e *encoder) set(field protowire.Number, s attribute.Set) {
	for it := s.Iter(); it.Next(); {
		kv := it.Attribute()
		e.attributes(field, []attribute.KeyValue{kv})
	}
}

func histogram[N int64 | float64](e *encoder, list []metricdata.HistogramDataPoint[N]) {
	for i := range list {
		p := &list[i]
		e.nested(1, func() {
			e.period(2, 3, p.StartTime, p.Time)
			e.fixed64(4, p.Count)
			e.double(5, float64(p.Sum))
			e.nested(6, func() {
				for _, n := range p.BucketCounts {
					e.b = protowire.AppendFixed64(e.b, n)
				}
			})
			e.nested(7, func() {
				for _, bound := range p.Bounds {
					e.b = protowire.AppendFixed64(e.b, math.Float64bits(bound))
				}
			})
			e.set(9, p.Attributes)
			e.extrema(11, p.Min, p.Max, 12)
		})
	}
}

func (e *encoder) extrema(low protowire.Number, least, most any, high protowire.Number) {
	if v, ok := defined(least); ok {
		e.double(low, v)
	}
	if v, ok := defined(most); ok {
		e.double(high, v)
	}
}

// defined is the value of an extremum, if it has one.
func defined(x any) (float64, bool) {
	switch x := x.(type) {
	case metricdata.Extrema[int64]:
		v, ok := x.Value()
		return float64(v), ok
	case metricdata.Extrema[float64]:
		return x.Value()
	}
	return 0, false
}

func exponential[N int64 | float64](e *encoder, list []metricdata.ExponentialHistogramDataPoint[N]) {
	for i := range list {
		p := &list[i]
		e.nested(1, func() {
			e.set(1, p.Attributes)
			e.period(2, 3, p.StartTime, p.Time)
			e.fixed64(4, p.Count)
			e.double(5, float64(p.Sum))
			e.varint(6, protowire.EncodeZigZag(int64(p.Scale)))
			e.fixed64(7, p.ZeroCount)
			e.buckets(8, &p.PositiveBucket)
			e.buckets(9, &p.NegativeBucket)
			e.extrema(12, p.Min, p.Max, 13)
			e.double(14, p.ZeroThreshold)
		})
	}
}

func (e *encoder) buckets(field protowire.Number, b *metricdata.ExponentialBucket) {
	e.nested(field, func() {
		e.varint(1, protowire.EncodeZigZag(int64(b.Offset)))
		e.nested(2, func() {
			for _, n := range b.Counts {
				e.b = protowire.AppendVarint(e.b, n)
			}
		})
	})
}
