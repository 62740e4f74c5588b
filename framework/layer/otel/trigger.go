package otel

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/tracecontext"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// maxLinks is how many messages of a batch a span has links to.
const maxLinks = 128

// source is what the semantic conventions call the trigger of a function.
type source int

const (
	other source = iota // a payload as it came, or a call of another function
	request
	tick
	message
	datasource
	sources
)

// attribute is that of a span.
func (s source) attribute() attribute.KeyValue {
	switch s {
	case request:
		return semconv.FaaSTriggerHTTP
	case tick:
		return semconv.FaaSTriggerTimer
	case message:
		return semconv.FaaSTriggerPubSub
	case datasource:
		return semconv.FaaSTriggerDatasource
	}
	return semconv.FaaSTriggerOther
}

// sourceOf is that of an invocation that is no request, by the form in which its event was delivered.
func sourceOf(ctx *framework.Context) source {
	if ctx.Call() != nil { // whose event would have to be encoded
		return other
	}
	switch ctx.Event().(type) {
	case nil, []byte:
		return other
	case timer.Event:
		return tick
	case []os.Event:
		return datasource
	}
	return message
}

// linksOf are links to the traces of the messages of a batch, and how many messages it has.
func linksOf(ctx *framework.Context, s source, of *settings) (links []trace.Link, n int) {
	if s != message || !of.w3c {
		return nil, 0
	}
	switch batch := ctx.Event().(type) {
	case []mq.Message:
		n = len(batch)
		for i := range batch {
			links = linked(links, batch[i].Attributes["traceparent"], batch[i].Attributes["tracestate"])
		}
	case []kafka.Record:
		n = len(batch)
		for i := range batch {
			links = linked(links, string(batch[i].Header("traceparent")), string(batch[i].Header("tracestate")))
		}
	}
	return links, n
}

func linked(links []trace.Link, traceparent, tracestate string) []trace.Link {
	p, ok := tracecontext.Parse(traceparent)
	if !ok || len(links) == maxLinks {
		return links
	}
	return append(links, trace.Link{SpanContext: remote(&p, p.Trace, p.Sampled, tracestate)})
}

// remote is the span of a caller.
func remote(p *tracecontext.Parent, id trace.TraceID, sampled bool, tracestate string) trace.SpanContext {
	state, _ := trace.ParseTraceState(tracestate) // what is none is not passed on
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: p.Span, TraceFlags: trace.TraceFlags(0).WithSampled(sampled), TraceState: state, Remote: true})
}
