package call

import (
	"context"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/tracecontext"
)

type traceKey struct{}

type trace struct{ parent, state string }

// WithTrace returns a context whose calls pass on this W3C trace context, instead of that of the invocation. It is for layers that
// trace. What is not of the form of the standard is not passed on.
func WithTrace(ctx context.Context, traceparent, tracestate string) context.Context {
	return context.WithValue(ctx, traceKey{}, trace{traceparent, tracestate})
}

// WithTracer is [WithTrace] for a trace context that is known when a call is made, such as one with the span in which it is made.
func WithTracer(ctx context.Context, of func(ctx context.Context) (traceparent, tracestate string)) context.Context {
	return context.WithValue(ctx, traceKey{}, of)
}

// traced is an event that came with a trace context, such as a request.
type traced interface {
	TraceContext() (traceparent, tracestate string)
}

// traceOf is the trace context that a call passes on, and the vendor's own trace header.
func traceOf(ctx context.Context, c *framework.Context) (t trace, vendor string) {
	ok := true
	switch v := ctx.Value(traceKey{}).(type) {
	case trace:
		t = v
	case func(context.Context) (string, string):
		t.parent, t.state = v(ctx)
		ok = t.parent != ""
	default:
		ok = false
	}
	if !ok && c != nil {
		if by := c.Call(); by != nil { // whose event is no request
			t = trace{by.Traceparent, by.Tracestate}
		} else if e, ok := c.Event().(traced); ok {
			t.parent, t.state = e.TraceContext()
		}
	}
	if c != nil {
		if vendor = c.Trace(); t.parent == "" {
			t.parent = vendor // which some platforms have in this form
		}
	}
	if !traceparent(t.parent) {
		return trace{}, vendor
	}
	if !tracestate(t.state) {
		t.state = ""
	}
	return t, vendor
}

// traceparent reports whether s is one that can be passed on as it is: of a later version it might be anything.
func traceparent(s string) bool {
	_, ok := tracecontext.Parse(s)
	return ok && len(s) == 55
}

// tracestate reports whether s can be one: up to 512 visible characters.
func tracestate(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return len(s) <= 512
}
