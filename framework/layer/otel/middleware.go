package otel

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/internal/partial"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Middleware traces and measures the invocations of one function.
func (l *Layer) Middleware(next framework.Handler) framework.Handler {
	if l.settings == nil || l.settings.off {
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
	if !i.nested {
		p, ok := s.parentOf(ctx, x)
		if id = p.trace; !ok {
			id = newTrace()
		}
		if sampled = s.sampling.wants(&p, id); p.span.IsValid() {
			state, _ := trace.ParseTraceState(p.state) // what is none is not passed on
			outer = trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: p.span, TraceFlags: trace.TraceFlags(0).WithSampled(sampled), TraceState: state, Remote: true})
			base = trace.ContextWithSpanContext(base, outer)
		} else if !sampled || w.layer.tracer == nil {
			outer = trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: newSpan()})
			base = trace.ContextWithSpanContext(base, outer)
		}
		base = call.WithTracer(base, Traceparent)
	}
	ctx.SetTraceID(id.String())
	if sampled && w.layer.tracer != nil {
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
	reason := codeOf(err)
	if !i.returned {
		reason = "panic"
	}
	_, limited := ctx.Deadline()
	late := ctx.Err() != nil && limited // the caller has been answered
	if late {
		if reason = "canceled"; errors.Is(ctx.Err(), context.DeadlineExceeded) {
			reason = "deadline_exceeded"
		}
	}
	failed := reason != ""
	if x != nil {
		status := x.Outcome(ctx.Result(), err, f.route(x))
		switch {
		case late:
			status = 504
		case !i.returned:
			status = 500
		}
		failed = status >= 500
		if i.span != nil {
			i.span.SetAttributes(semconv.HTTPResponseStatusCode(status))
		}
	}
	if i.span != nil {
		if reason != "" {
			i.span.SetAttributes(semconv.ErrorTypeKey.String(reason))
		}
		if failed {
			i.span.SetStatus(codes.Error, reason)
		}
		i.span.End()
	}
	if l.metrics != nil {
		l.metrics.count(ctx, &f.points[i.source], time.Since(i.began), failed, reason)
	}
	if l.export == nil || i.nested || late || ctx.Runtime().Server {
		return
	}
	if i.span != nil || l.export.due(time.Now()) {
		limit := l.settings.cap
		ctx.Go(func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			l.export.flush(ctx, false)
			return nil
		})
	}
}

// codeOf is the code of an error, as callers see it, too: never its text.
func codeOf(err error) string {
	if err == nil {
		return ""
	}
	if _, ok := partial.Of(err); ok {
		return "batch"
	}
	if stated, ok := errors.AsType[*framework.Error](err); ok {
		if stated.Code == "" {
			return "error"
		}
		return stated.Code[:min(len(stated.Code), 64)]
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline_exceeded"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, framework.ErrClosed):
		return "unavailable"
	}
	if _, ok := errors.AsType[*framework.PanicError](err); ok {
		return "panic"
	}
	return "internal"
}

// facts are what is the same in all invocations of a function.
type facts struct {
	name       string
	attributes []attribute.KeyValue
	routes     []web.Route
	points     [sources]point
}

// of returns those of the function that ctx calls.
func (w *watcher) of(ctx *framework.Context) *facts {
	name := ctx.FunctionName()
	if f := w.facts.Load(); f != nil && f.name == name {
		return f
	}
	f := &facts{name: name, attributes: []attribute.KeyValue{semconv.FaaSName(name)}, routes: web.Routes(ctx)}
	for s := range sources {
		f.points[s] = newPoint(name, s)
	}
	w.facts.Store(f)
	return f
}

// route is the one of a request.
func (f *facts) route(x *web.Exchange) web.Route {
	for _, r := range f.routes {
		if r.Pattern == x.Request.Pattern && (r.Method == x.Request.Method || r.Method == "GET" && x.Request.Method == "HEAD") {
			return r
		}
	}
	return web.Route{}
}
