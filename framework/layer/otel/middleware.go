package otel

import (
	"context"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/internal/outcome"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Middleware traces and measures the invocations of one function.
func (l *Layer) Middleware(next framework.Handler) framework.Handler {
	if l.settings.off {
		return next
	}
	w := &watcher{layer: l, next: next}
	return w.handle
}

// watcher is the middleware of one function.
type watcher struct {
	layer *Layer
	next  framework.Handler
	facts atomic.Pointer[facts]
}

// invocation is one that is under way.
type invocation struct {
	source   source
	span     trace.Span // nil unless it is sampled
	began    time.Time
	nested   bool // in another of this process, which exports
	returned bool
}

func (w *watcher) handle(ctx *framework.Context) (err error) {
	x := web.From(ctx)
	f := w.of(ctx)
	i := invocation{source: request}
	if x == nil {
		i.source = sourceOf(ctx)
	}
	inner := w.begin(ctx, x, f, &i)
	if w.layer.metrics != nil {
		i.began = time.Now()
	}
	defer func() { w.finish(ctx, x, f, &i, err) }()
	err = w.next(inner)
	i.returned = true
	return err
}

// begin decides whether the invocation is traced, and returns its context: with a span, or with the decision that it has none.
func (w *watcher) begin(ctx *framework.Context, x *web.Exchange, f *facts, i *invocation) *framework.Context {
	s := w.layer.settings
	var base context.Context = ctx
	if s.baggage && x != nil {
		if header := first(x.Request.Header["Baggage"]); header != "" {
			if b, err := baggage.Parse(header); err == nil {
				base = baggage.ContextWithBaggage(base, b)
			}
		}
	}
	outer := trace.SpanContextFromContext(ctx)
	i.nested = outer.IsValid()
	sampled, id := i.nested && outer.IsSampled(), outer.TraceID()
	known := false // to ctx.TraceID
	if !i.nested {
		p, state, ok := s.parentOf(ctx, x)
		if id = p.Trace; !ok {
			id = newTrace()
		}
		known = ok && s.w3c && s.vendor
		if sampled = s.sampling.wants(&p, id); trace.SpanID(p.Span).IsValid() {
			outer = remote(&p, id, sampled, state)
			base = trace.ContextWithSpanContext(base, outer)
		} else if !sampled || w.layer.tracer == nil {
			outer = trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: newSpan()})
			base = trace.ContextWithSpanContext(base, outer)
		}
		if s.w3c {
			base = call.WithTracer(base, Traceparent)
		} else {
			base = call.WithTrace(base, "", "")
		}
		if !s.w3c || !s.baggage {
			base = context.WithValue(base, sentKey{}, s)
		}
	}
	if !known {
		ctx.SetTraceID(id.String())
	}
	if sampled && w.layer.tracer != nil {
		w.layer.export.prepare()
		base = w.start(ctx, base, x, f, i, id)
	}
	return ctx.WithContext(base)
}

// start begins the span of an invocation.
func (w *watcher) start(ctx *framework.Context, base context.Context, x *web.Exchange, f *facts, i *invocation, id trace.TraceID) context.Context {
	attrs := append(make([]attribute.KeyValue, 0, 16), f.attributes...)
	attrs = append(attrs, semconv.FaaSInvocationID(ctx.RequestID()), semconv.FaaSColdstart(ctx.Cold()), i.source.attribute())
	name := f.name
	if x != nil {
		name = x.Request.Method
		if x.Request.Pattern != "" { // never the path, which may have more than a stranger should read
			name += " " + x.Request.Pattern
			attrs = append(attrs, semconv.HTTPRoute(x.Request.Pattern))
		}
		attrs = append(attrs, semconv.HTTPRequestMethodKey.String(x.Request.Method), semconv.URLScheme(x.Request.Proto), semconv.ServerAddress(x.Request.Host))
	}
	options := []trace.SpanStartOption{trace.WithAttributes(attrs...), trace.WithSpanKind(trace.SpanKindServer)}
	if i.source == message {
		options[1] = trace.WithSpanKind(trace.SpanKindConsumer)
	}
	if links, n := linksOf(ctx, i.source, w.layer.settings); n > 0 {
		options = append(options, trace.WithLinks(links...), trace.WithAttributes(semconv.MessagingBatchMessageCount(n)))
	}
	inner, span := w.layer.tracer.Start(&begun{base, id}, name, options...)
	if ctx.Cold() {
		w.layer.traceStart(inner, ctx.Runtime().ColdStart())
	}
	i.span = span
	return inner
}

// finish ends the span, measures, and has the platform wait for the export where it must.
func (w *watcher) finish(ctx *framework.Context, x *web.Exchange, f *facts, i *invocation, err error) {
	l := w.layer
	var route web.Route
	if x != nil {
		route = outcome.RouteOf(f.routes, x)
	}
	o := outcome.Of(ctx, x, route, err, i.returned)
	if i.span != nil {
		if x != nil {
			i.span.SetAttributes(semconv.HTTPResponseStatusCode(o.Status))
		}
		if o.Code != "" {
			i.span.SetAttributes(semconv.ErrorTypeKey.String(o.Code))
		}
		if o.Failed {
			i.span.SetStatus(codes.Error, o.Code)
		}
		i.span.End()
	}
	if l.export == nil {
		return
	}
	now := time.Now()
	if l.metrics != nil {
		cold, start := ctx.Cold(), time.Duration(0)
		if cold {
			start = ctx.Runtime().ColdStart().Duration
		}
		f.points[i.source].count(now.Sub(i.began), start, cold, &o)
	}
	if i.nested || o.Late || l.rt.Server {
		return
	}
	if i.span != nil || l.export.due(now) {
		limit := l.settings.cap
		ctx.Go(func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			l.export.flush(ctx, false)
			return nil
		})
	}
}

// facts are what is the same in all invocations of a function.
type facts struct {
	name       string
	attributes []attribute.KeyValue
	routes     []web.Route
	points     [sources]*point // nil unless metrics are exported
}

// of returns those of the function that ctx calls.
func (w *watcher) of(ctx *framework.Context) *facts {
	name := ctx.FunctionName()
	if f := w.facts.Load(); f != nil && f.name == name {
		return f
	}
	f := &facts{name: name, attributes: []attribute.KeyValue{semconv.FaaSName(name)}, routes: web.Routes(ctx)}
	if w.layer.metrics != nil {
		for s := range sources {
			f.points[s] = w.layer.metrics.point(name, s)
		}
	}
	w.facts.Store(f)
	return f
}
