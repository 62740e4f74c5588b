package otel

import (
	"context"
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/faasgen/faasgen/framework/internal/outcome"
)

// Traceparent is the W3C trace context of ctx, for what carries it by hand, such as the attributes of a message. It is empty outside of
// an invocation, and where OTEL_PROPAGATORS is without tracecontext.
func Traceparent(ctx context.Context) (traceparent, tracestate string) {
	sc := trace.SpanContextFromContext(ctx)
	if s, ok := ctx.Value(sentKey{}).(*settings); !sc.IsValid() || ok && !s.w3c {
		return "", ""
	}
	var b [55]byte
	text := append(b[:0], "00-"...)
	text = append(text, sc.TraceID().String()...)
	text = append(append(text, '-'), sc.SpanID().String()...)
	if sc.IsSampled() {
		text = append(text, "-01"...)
	} else {
		text = append(text, "-00"...)
	}
	return string(text), sc.TraceState().String()
}

// sentKey is the context key of settings that do not send all there is.
type sentKey struct{}

// propagator is what is sent to whom an invocation calls.
func (s *settings) propagator() propagation.TextMapPropagator {
	var all []propagation.TextMapPropagator
	if s.w3c {
		all = append(all, propagation.TraceContext{})
	}
	if s.baggage {
		all = append(all, propagation.Baggage{})
	}
	return propagation.NewCompositeTextMapPropagator(all...)
}

// Transport returns a transport whose requests carry the trace of their context, and have a span where that is sampled. Nil is
// http.DefaultTransport. The span has the method, the host and the status, and neither path nor query.
//
//	client := &http.Client{Transport: otel.Transport(nil)}
func Transport(next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &transport{next}
}

type transport struct{ next http.RoundTripper }

// RoundTrip sends the request. The span ends when the head of the response is there.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	outer := trace.SpanFromContext(ctx)
	if !outer.SpanContext().IsValid() {
		return t.next.RoundTrip(r)
	}
	var span trace.Span
	if outer.IsRecording() {
		ctx, span = outer.TracerProvider().Tracer(scope).Start(ctx, r.Method, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
			semconv.HTTPRequestMethodKey.String(r.Method), semconv.ServerAddress(r.URL.Hostname()), semconv.URLScheme(r.URL.Scheme)))
		defer span.End()
	}
	r = r.Clone(ctx) // which is not the transport's to change
	s, ok := ctx.Value(sentKey{}).(*settings)
	if !ok {
		s = &settings{w3c: true, baggage: true}
	}
	s.propagator().Inject(ctx, propagation.HeaderCarrier(r.Header))
	response, err := t.next.RoundTrip(r)
	switch {
	case span == nil:
	case err != nil:
		fail(span, err)
	default:
		span.SetAttributes(semconv.HTTPResponseStatusCode(response.StatusCode))
		if response.StatusCode >= 400 {
			span.SetAttributes(semconv.ErrorTypeKey.String(strconv.Itoa(response.StatusCode)))
			span.SetStatus(codes.Error, "")
		}
	}
	return response, err
}

// fail gives a span the status of an error, without its text.
func fail(span trace.Span, err error) {
	code := outcome.CodeOf(err)
	span.SetAttributes(semconv.ErrorTypeKey.String(code))
	span.SetStatus(codes.Error, code)
}
