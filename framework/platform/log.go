package platform

import (
	"context"
	"io"
	"log/slog"
	"os"
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
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Variables == nil {
		o.Variables = []string{LevelVariable}
	}
	name, text := "", ""
	for _, name = range o.Variables {
		if text = o.Getenv(name); text != "" {
			break
		}
	}
	level, ok := Level(text)
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: o.ReplaceAttr}
	var h slog.Handler
	if o.Handler != nil {
		h = o.Handler(to, options)
	} else {
		h = slog.NewJSONHandler(to, options)
	}
	log := slog.New(LogHandler(h, o.Current))
	if !ok && text != "" {
		log.Warn(name+" is ignored: expected trace, debug, info, warn, error or fatal", "found", short(text, 40))
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
	for i, known := range [...]string{"trace", "debug", "info", "warn", "error"} {
		if strings.EqualFold(word, known) {
			return LevelTrace + 4*slog.Level(i), true
		}
	}
	if strings.EqualFold(word, "fatal") { // a panic is an error, and nothing hides it
		return slog.LevelError, true
	}
	return slog.LevelInfo, false
}

// Attributes that [framework.Context.Logger] sets, too.
const (
	requestIDKey = "request_id"
	rootKey      = "root_request_id"
)

// attributes is how many they are.
const attributes = 5

// key is the name of one of them.
func key(i int) string {
	return [attributes]string{requestIDKey, "function", "unit", rootKey, "trace_id"}[i]
}

// value is that of an invocation, "" if there is none.
func value(c *framework.Context, i int) string {
	switch i {
	case 0:
		return c.RequestID()
	case 1:
		return c.FunctionName()
	case 2:
		return c.Unit()
	case 3:
		return c.Root()
	}
	return c.TraceID()
}

// names is a set of them, a bit for each.
type names uint8

// with is the set and an attribute, if it is one of them.
func (n names) with(name string) names {
	for i := range attributes {
		if key(i) == name {
			return n | 1<<i
		}
	}
	return n
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
	if h.groups != nil {
		r = h.nested(&r)
	} else {
		r.Attrs(func(a slog.Attr) bool { has = has.with(a.Key); return true })
	}
	var room [attributes]slog.Attr
	add := room[:0]
	if c := framework.From(ctx); c != nil {
		for i := range attributes {
			if has&(1<<i) != 0 {
				continue
			}
			if v := value(c, i); v != "" {
				add = append(add, slog.String(key(i), v))
			}
		}
	} else if h.current != nil && has&1 == 0 {
		if id := h.current(); id != "" {
			add = append(add, slog.String(requestIDKey, id))
		}
	}
	if len(add) > 0 {
		r = r.Clone()
		r.AddAttrs(add...)
	}
	return h.next.Handle(ctx, r)
}

// nested is a record whose attributes are in the open groups.
func (h *logHandler) nested(r *slog.Record) slog.Record {
	var inner []slog.Attr
	r.Attrs(func(a slog.Attr) bool { inner = append(inner, a); return true })
	for i := len(h.groups) - 1; i >= 0; i-- {
		g := &h.groups[i]
		inner = []slog.Attr{{Key: g.name, Value: slog.GroupValue(append(g.attrs[:len(g.attrs):len(g.attrs)], inner...)...)}}
	}
	out := slog.Record{Time: r.Time, Level: r.Level, Message: r.Message, PC: r.PC}
	out.AddAttrs(inner...)
	return out
}

// WithAttrs returns the handler with attributes.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	n := *h
	if last := len(h.groups) - 1; last >= 0 {
		g := h.groups[last]
		g.attrs = append(g.attrs[:len(g.attrs):len(g.attrs)], attrs...)
		n.groups = append(h.groups[:last:last], g)
		return &n
	}
	n.next = h.next.WithAttrs(attrs)
	for _, a := range attrs {
		n.has = n.has.with(a.Key)
	}
	return &n
}

// WithGroup returns the handler with a group.
func (h *logHandler) WithGroup(name string) slog.Handler {
	n := *h
	if name != "" {
		n.groups = append(h.groups[:len(h.groups):len(h.groups)], group{name: name})
	}
	return &n
}
