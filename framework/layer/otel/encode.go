package otel

import (
	"math"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/encoding/protowire"
)

// OTLP, opentelemetry-proto 1.11, by hand: the generated types are five megabytes of a binary, and the messages are these few. The tests
// read what is written here with those types.

// encoder writes one message. What is zero is left out, as proto3 has it.
type encoder struct{ b []byte }

// nested writes a message within the message. Its length is known when it has been written: a byte is kept for it, which is enough for
// most, and more are made room for where it is not.
func (e *encoder) nested(field protowire.Number, write func()) {
	e.b = protowire.AppendTag(e.b, field, protowire.BytesType)
	e.sized(write)
}

func (e *encoder) sized(write func()) {
	at := len(e.b)
	e.b = append(e.b, 0)
	write()
	n := uint64(len(e.b) - at - 1)
	if more := protowire.SizeVarint(n) - 1; more > 0 {
		e.b = append(e.b, make([]byte, more)...)
		copy(e.b[at+1+more:], e.b[at+1:])
	}
	protowire.AppendVarint(e.b[:at], n)
}

// text writes a string. One that is no UTF-8 would have the receiver refuse all that comes with it.
func (e *encoder) text(field protowire.Number, s string) {
	if s != "" {
		e.b = protowire.AppendString(protowire.AppendTag(e.b, field, protowire.BytesType), strings.ToValidUTF8(s, "\uFFFD"))
	}
}

func (e *encoder) bytes(field protowire.Number, b []byte) {
	e.b = protowire.AppendBytes(protowire.AppendTag(e.b, field, protowire.BytesType), b)
}

func (e *encoder) varint(field protowire.Number, v uint64) {
	if v != 0 {
		e.b = protowire.AppendVarint(protowire.AppendTag(e.b, field, protowire.VarintType), v)
	}
}

func (e *encoder) fixed64(field protowire.Number, v uint64) {
	e.b = protowire.AppendFixed64(protowire.AppendTag(e.b, field, protowire.Fixed64Type), v)
}

func (e *encoder) double(field protowire.Number, v float64) { e.fixed64(field, math.Float64bits(v)) }

func (e *encoder) fixed32(field protowire.Number, v uint32) {
	e.b = protowire.AppendFixed32(protowire.AppendTag(e.b, field, protowire.Fixed32Type), v)
}

func (e *encoder) time(field protowire.Number, t time.Time) {
	if ns := t.UnixNano(); ns > 0 {
		e.fixed64(field, uint64(ns))
	}
}

func (e *encoder) attributes(field protowire.Number, list []attribute.KeyValue) {
	for _, kv := range list {
		e.nested(field, func() {
			e.text(1, string(kv.Key))
			e.nested(2, func() { e.value(kv.Value) })
		})
	}
}

// value writes an AnyValue, whose member is there also when it is zero.
func (e *encoder) value(v attribute.Value) {
	switch v.Type() {
	case attribute.BOOL:
		e.b = protowire.AppendVarint(protowire.AppendTag(e.b, 2, protowire.VarintType), protowire.EncodeBool(v.AsBool()))
	case attribute.INT64:
		e.b = protowire.AppendVarint(protowire.AppendTag(e.b, 3, protowire.VarintType), uint64(v.AsInt64()))
	case attribute.FLOAT64:
		e.double(4, v.AsFloat64())
	case attribute.BOOLSLICE:
		array(e, v.AsBoolSlice(), attribute.BoolValue)
	case attribute.INT64SLICE:
		array(e, v.AsInt64Slice(), attribute.Int64Value)
	case attribute.FLOAT64SLICE:
		array(e, v.AsFloat64Slice(), attribute.Float64Value)
	case attribute.STRINGSLICE:
		array(e, v.AsStringSlice(), attribute.StringValue)
	default:
		e.b = protowire.AppendString(protowire.AppendTag(e.b, 1, protowire.BytesType), strings.ToValidUTF8(v.String(), "\uFFFD"))
	}
}

func array[T any](e *encoder, list []T, of func(T) attribute.Value) {
	e.nested(5, func() {
		for _, v := range list {
			e.nested(1, func() { e.value(of(v)) })
		}
	})
}

// owner is whose telemetry something is: a resource, and the schema that its attributes are of.
type owner struct {
	attributes []attribute.KeyValue
	schema     string
}

func (e *encoder) owner(o *owner) {
	e.nested(1, func() { e.attributes(1, o.attributes) })
}

func (e *encoder) scope(s instrumentation.Scope) {
	e.nested(1, func() {
		e.text(1, s.Name)
		e.text(2, s.Version)
		e.attributes(3, s.Attributes.ToSlice())
	})
}

// encodeSpans is an ExportTraceServiceRequest. The spans are of few scopes.
func encodeSpans(b []byte, of *owner, spans []sdktrace.ReadOnlySpan) []byte {
	if len(spans) == 0 {
		return b
	}
	e := &encoder{b}
	var scopes []instrumentation.Scope
	for _, s := range spans {
		if scope := s.InstrumentationScope(); !contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	e.nested(1, func() {
		e.owner(of)
		for _, scope := range scopes {
			e.nested(2, func() {
				e.scope(scope)
				for _, s := range spans {
					if s.InstrumentationScope() == scope {
						e.nested(2, func() { e.span(s) })
					}
				}
				e.text(3, scope.SchemaURL)
			})
		}
		e.text(3, of.schema)
	})
	return e.b
}

func contains(scopes []instrumentation.Scope, s instrumentation.Scope) bool {
	for i := range scopes {
		if scopes[i] == s {
			return true
		}
	}
	return false
}

func (e *encoder) span(s sdktrace.ReadOnlySpan) {
	own := s.SpanContext()
	e.identity(own)
	e.text(3, own.TraceState().String())
	if parent := s.Parent(); parent.HasSpanID() {
		id := parent.SpanID()
		e.bytes(4, id[:])
	}
	e.text(5, s.Name())
	e.varint(6, uint64(s.SpanKind()))
	e.time(7, s.StartTime())
	e.time(8, s.EndTime())
	e.attributes(9, s.Attributes())
	e.varint(10, uint64(s.DroppedAttributes()))
	for _, event := range s.Events() {
		e.nested(11, func() {
			e.time(1, event.Time)
			e.text(2, event.Name)
			e.attributes(3, event.Attributes)
			e.varint(4, uint64(event.DroppedAttributeCount))
		})
	}
	e.varint(12, uint64(s.DroppedEvents()))
	for _, link := range s.Links() {
		e.nested(13, func() {
			e.identity(link.SpanContext)
			e.text(3, link.SpanContext.TraceState().String())
			e.attributes(4, link.Attributes)
			e.varint(5, uint64(link.DroppedAttributeCount))
			e.fixed32(6, flags(link.SpanContext, link.SpanContext.IsRemote()))
		})
	}
	e.varint(14, uint64(s.DroppedLinks()))
	if status := s.Status(); status.Code != codes.Unset {
		e.nested(15, func() {
			e.text(2, status.Description)
			code := uint64(1)
			if status.Code == codes.Error {
				code = 2
			}
			e.varint(3, code)
		})
	}
	e.fixed32(16, flags(own, s.Parent().IsRemote()))
}

func (e *encoder) identity(c trace.SpanContext) {
	traceID, id := c.TraceID(), c.SpanID()
	e.bytes(1, traceID[:])
	e.bytes(2, id[:])
}

// flags are those of W3C with the two bits that say whether the context came from elsewhere.
func flags(c trace.SpanContext, remote bool) uint32 {
	f := uint32(c.TraceFlags()) | 1<<8
	if remote {
		f |= 1 << 9
	}
	return f
}
