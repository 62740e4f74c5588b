package platform

import (
	"context"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/framework"
)

// LevelVariable is the environment variable with the least level that is logged: trace, debug, info, warn, error or fatal.
const LevelVariable = "FAAS_LOG_LEVEL"

// LogOptions are those of [NewLogger].
type LogOptions struct {
	// Current is that of [LogHandler].
	Current func() string
	// Variables name the environment variables that the level is in, the first that is set counts. Nil is [LevelVariable] alone.
	Variables []string
	// Getenv reads them. Nil means the process's own.
	Getenv func(string) string
	// ReplaceAttr is that of slog.HandlerOptions.
	ReplaceAttr func(groups []string, a slog.Attr) slog.Attr
	// Handler makes the handler that writes. Nil is slog's for JSON.
	Handler func(io.Writer, *slog.HandlerOptions) slog.Handler
}

// NewLogger returns the logger of a process: one line of JSON for each record, from the level on that the environment says, with
// what [LogHandler] adds. A level that is none is a line in the log, and counts as info.
func NewLogger(to io.Writer, o LogOptions) *slog.Logger {
	getenv := o.Getenv
	if getenv == nil {
		getenv = os.Getenv
	}
	if o.Variables == nil {
		o.Variables = []string{LevelVariable}
	}
	handler := &slog.HandlerOptions{ReplaceAttr: o.ReplaceAttr}
	wrong, text := "", ""
	for _, name := range o.Variables {
		if text = strings.TrimSpace(getenv(name)); text == "" {
			continue
		}
		level, ok := Level(text)
		if handler.Level = level; !ok {
			wrong = name
		}
		break
	}
	var h slog.Handler
	if o.Handler != nil {
		h = o.Handler(to, handler)
	} else {
		h = slog.NewJSONHandler(to, handler)
	}
	log := slog.New(LogHandler(h, o.Current))
	if wrong != "" {
		log.Warn(wrong+" is ignored: expected trace, debug, info, warn, error or fatal", "found", short(text, 40))
	}
	return log
}

// The levels below and above slog's own, as Lambda calls them.
const (
	LevelTrace = slog.LevelDebug - 4
	LevelFatal = slog.LevelError + 4
)

// Level is the level of a word, info and false if it is none.
func Level(word string) (slog.Level, bool) {
	switch strings.ToLower(word) {
	case "trace":
		return LevelTrace, true
	case "debug":
		return slog.LevelDebug, true
	case "info":
		return slog.LevelInfo, true
	case "warn":
		return slog.LevelWarn, true
	case "error", "fatal": // a panic is an error, and nothing hides it
		return slog.LevelError, true
	}
	return slog.LevelInfo, false
}

// Attributes that [framework.Context.Logger] sets, too.
const (
	requestIDKey = "request_id"
	functionKey  = "function"
	unitKey      = "unit"
	rootKey      = "root_request_id"
	traceKey     = "trace_id"
)

// names is a set of these attributes.
type names uint8

const (
	hasRequestID names = 1 << iota
	hasFunction
	hasUnit
	hasRoot
	hasTrace
)

// nameOf is the one that has a key, 0 if it is another attribute.
func nameOf(key string) names {
	switch key {
	case requestIDKey:
		return hasRequestID
	case functionKey:
		return hasFunction
	case unitKey:
		return hasUnit
	case rootKey:
		return hasRoot
	case traceKey:
		return hasTrace
	}
	return 0
}

// LogHandler adds to every record whose call it is: request_id, function and unit, trace_id where the vendor gives a trace, and of a
// call that came from another unit the request id with which the calls began. They are those of the invocation that the record's
// context belongs to; without one the request id is what current returns. A loop that runs one invocation at a time gives current,
// so that a logger which knows no context names the request as well; nil or "" is none. What the record or its logger has already
// is not added again. They are outside of all groups that the logger has open.
func LogHandler(h slog.Handler, current func() string) slog.Handler {
	return &logHandler{next: h, current: current}
}

type logHandler struct {
	next    slog.Handler // has no group open
	current func() string
	has     names   // what the logger has
	groups  []group // those that are open, the outermost first
}

// group is one with what was added since it was opened.
type group struct {
	name  string
	attrs []slog.Attr
}

// Enabled asks the handler that writes.
func (h *logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle adds the attributes and passes the record on.
func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	has := h.has
	if len(h.groups) > 0 {
		r = h.nested(r)
	} else {
		r.Attrs(func(a slog.Attr) bool { has |= nameOf(a.Key); return true })
	}
	c := framework.From(ctx)
	if c == nil {
		if h.current != nil && has&hasRequestID == 0 {
			if id := h.current(); id != "" {
				r = r.Clone()
				r.AddAttrs(slog.String(requestIDKey, id))
			}
		}
		return h.next.Handle(ctx, r)
	}
	var room [5]slog.Attr
	add := room[:0]
	for _, a := range [...]struct {
		name       names
		key, value string
	}{{hasRequestID, requestIDKey, c.RequestID()}, {hasFunction, functionKey, c.FunctionName()}, {hasUnit, unitKey, c.Unit()}, {hasRoot, rootKey, c.Root()}, {hasTrace, traceKey, c.TraceID()}} {
		if has&a.name == 0 && a.value != "" {
			add = append(add, slog.String(a.key, a.value))
		}
	}
	if len(add) > 0 {
		r = r.Clone()
		r.AddAttrs(add...)
	}
	return h.next.Handle(ctx, r)
}

// nested is a record whose attributes are in the open groups.
func (h *logHandler) nested(r slog.Record) slog.Record {
	inner := make([]slog.Attr, 0, r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool { inner = append(inner, a); return true })
	for _, g := range slices.Backward(h.groups) {
		inner = []slog.Attr{{Key: g.name, Value: slog.GroupValue(append(slices.Clip(g.attrs), inner...)...)}}
	}
	out := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	out.AddAttrs(inner...)
	return out
}

// WithAttrs returns the handler with attributes.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	n := *h
	if last := len(h.groups) - 1; last >= 0 {
		n.groups = slices.Clone(h.groups)
		n.groups[last].attrs = append(slices.Clip(n.groups[last].attrs), attrs...)
		return &n
	}
	n.next = h.next.WithAttrs(attrs)
	for _, a := range attrs {
		n.has |= nameOf(a.Key)
	}
	return &n
}

// WithGroup returns the handler with a group.
func (h *logHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	n := *h
	n.groups = append(slices.Clip(h.groups), group{name: name})
	return &n
}
