package otel

import (
	"context"
	"encoding/binary"
	"math/rand/v2"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/faasgen/faasgen/framework/internal/tracecontext"
)

// sampling says which invocations are traced. It is decided before a span is begun: the SDK would build the attributes of each first,
// which is most of the cost.
type sampling struct {
	follows bool   // a caller that has decided
	bound   uint64 // of the low half of trace ids without its last bit, as the SDK's own ratio has it
}

// ofRatio is the bound of a share from 0 to 1.
func ofRatio(share float64) uint64 {
	if share >= 1 {
		return 1 << 63
	}
	return uint64(share * (1 << 63))
}

func (s sampling) wants(p *tracecontext.Parent, id trace.TraceID) bool {
	if s.follows && p.Decided {
		return p.Sampled
	}
	return binary.BigEndian.Uint64(id[8:16])>>1 < s.bound
}

// newTrace draws a trace id, newSpan a span id. They are no secrets.
func newTrace() (id trace.TraceID) {
	binary.BigEndian.PutUint64(id[:8], rand.Uint64())
	binary.BigEndian.PutUint64(id[8:], rand.Uint64()|1)
	return id
}

func newSpan() (id trace.SpanID) {
	binary.BigEndian.PutUint64(id[:], rand.Uint64()|1)
	return id
}

// begun is the context in which the span of an invocation begins that has been decided on, with the id of its trace.
type begun struct {
	context.Context
	trace trace.TraceID
}

type begunKey struct{}

// Value returns the decision.
func (b *begun) Value(key any) any {
	if key == (begunKey{}) {
		return b
	}
	return b.Context.Value(key)
}

// ShouldSample is that of the SDK for all spans: those of an invocation as decided, those within one as that, and others, such as of
// background work of a server, by their share.
func (s sampling) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	outer := trace.SpanContextFromContext(p.ParentContext)
	result := sdktrace.SamplingResult{Decision: sdktrace.Drop, Tracestate: outer.TraceState()}
	_, decided := p.ParentContext.Value(begunKey{}).(*begun)
	if decided || outer.IsValid() && outer.IsSampled() || !outer.IsValid() && s.wants(&tracecontext.Parent{}, p.TraceID) {
		result.Decision = sdktrace.RecordAndSample
	}
	return result
}

// Description is of the sampler.
func (s sampling) Description() string { return "faasgen" }

// ids are those of the SDK.
type ids struct{}

// NewIDs returns the trace's id where it has been drawn.
func (ids) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	if b, ok := ctx.Value(begunKey{}).(*begun); ok {
		return b.trace, newSpan()
	}
	return newTrace(), newSpan()
}

// NewSpanID returns a new one.
func (ids) NewSpanID(context.Context, trace.TraceID) trace.SpanID { return newSpan() }
