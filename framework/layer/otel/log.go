package otel

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// logHandler adds trace_id and span_id to records whose context is in a span, the latter if that is a span which is exported.
type logHandler struct {
	next    slog.Handler
	traced  bool // the logger has a trace_id
	grouped bool // a group is open, in which the attributes would be something else
}

// Enabled asks the handler that writes.
func (h *logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle adds the attributes and passes the record on.
func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	if h.grouped {
		return h.next.Handle(ctx, r)
	}
	sc := trace.SpanContextFromContext(ctx)
	if !sc.IsValid() {
		return h.next.Handle(ctx, r)
	}
	traced := h.traced
	r.Attrs(func(a slog.Attr) bool { traced = traced || a.Key == "trace_id"; return !traced })
	r = r.Clone()
	if !traced {
		r.AddAttrs(slog.String("trace_id", sc.TraceID().String()))
	}
	if sc.IsSampled() && !sc.IsRemote() {
		r.AddAttrs(slog.String("span_id", sc.SpanID().String()))
	}
	return h.next.Handle(ctx, r)
}

// WithAttrs returns the handler with attributes.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	n := *h
	n.next = h.next.WithAttrs(attrs)
	for _, a := range attrs {
		n.traced = n.traced || !h.grouped && a.Key == "trace_id"
	}
	return &n
}

// WithGroup returns the handler with a group.
func (h *logHandler) WithGroup(name string) slog.Handler {
	n := *h
	n.next = h.next.WithGroup(name)
	n.grouped = n.grouped || name != ""
	return &n
}
