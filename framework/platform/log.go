package platform

import (
	"context"
	"log/slog"

	"github.com/faasgen/faasgen/framework"
)

// Attributes that [framework.Context.Logger] sets, too.
const (
	requestIDKey = "request_id"
	rootKey      = "root_request_id"
)

// LogHandler adds the request id to every record that has none, and of a call that came from another unit that with which the calls
// began: those of the invocation that the record's context belongs
// to, else what current returns. A loop that runs one invocation at a time gives current, so that a logger which knows
// no context names the request as well; nil or "" is none.
func LogHandler(h slog.Handler, current func() string) slog.Handler {
	return &logHandler{Handler: h, current: current}
}

type logHandler struct {
	slog.Handler
	current func() string
	named   bool // an attribute of the logger has the request id, or a group is open in which it would be lost
}

// Handle adds the attribute and passes the record on.
func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	if h.named {
		return h.Handler.Handle(ctx, r)
	}
	id, root := "", ""
	if c := framework.From(ctx); c != nil {
		id, root = c.RequestID(), c.Root()
	} else if h.current != nil {
		id = h.current()
	}
	if id != "" {
		named := false
		r.Attrs(func(a slog.Attr) bool { named = a.Key == requestIDKey; return !named })
		if !named {
			r = r.Clone()
			r.AddAttrs(slog.String(requestIDKey, id))
			if root != "" {
				r.AddAttrs(slog.String(rootKey, root))
			}
		}
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs returns the handler with attributes.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	n := &logHandler{h.Handler.WithAttrs(attrs), h.current, h.named}
	for _, a := range attrs {
		n.named = n.named || a.Key == requestIDKey
	}
	return n
}

// WithGroup returns the handler with a group.
func (h *logHandler) WithGroup(name string) slog.Handler {
	return &logHandler{h.Handler.WithGroup(name), h.current, h.named || name != ""}
}
