package otel

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/faasgen/faasgen/framework"
)

// maxParts is how many layers and providers of a start have a span.
const maxParts = 64

// traceStart tells of the start of the process in the trace of its first invocation, which waited for it: a span for each phase, and in
// them those of layers and providers.
func (l *Layer) traceStart(ctx context.Context, report framework.ColdStart) {
	if report.Start.IsZero() {
		return
	}
	parents := make([]context.Context, len(report.Phases))
	for i, phase := range report.Phases {
		inner, span := l.tracer.Start(ctx, phase.Name, trace.WithTimestamp(phase.Start))
		parents[i] = inner
		span.End(trace.WithTimestamp(phase.Start.Add(phase.Duration)))
	}
	left := maxParts
	for _, group := range []struct {
		of    string
		spans []framework.Span
	}{{"layer ", report.Layers}, {"provider ", report.Providers}} {
		for _, s := range group.spans {
			if left--; left < 0 {
				return
			}
			_, span := l.tracer.Start(phaseOf(parents, report.Phases, s.Start, ctx), group.of+s.Name, trace.WithTimestamp(s.Start))
			span.End(trace.WithTimestamp(s.Start.Add(s.Duration)))
		}
	}
}

// phaseOf is the context of the phase that something began in.
func phaseOf(parents []context.Context, phases []framework.Span, at time.Time, otherwise context.Context) context.Context {
	for i, p := range phases {
		if !at.Before(p.Start) && !at.After(p.Start.Add(p.Duration)) {
			return parents[i]
		}
	}
	return otherwise
}
