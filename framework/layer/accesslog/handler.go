package accesslog

import (
	"context"
	"log/slog"
	"reflect"
	"strings"

	"github.com/faasgen/faasgen/framework"
)

// redacted is what is written in place of a value.
const redacted = "[redacted]"

// maxDepth is how deep groups and maps are looked into; what is deeper is redacted as a whole.
const maxDepth = 16

// handler is around the handler of the process.
type handler struct {
	inner    slog.Handler
	redact   map[string]bool // by folded name
	sampling bool
	within   bool // an open group is redacted as a whole
}

// sampledKey is the context key of an invocation whose debug records are written.
type sampledKey struct{}

// Enabled reports whether a record is written: all of them in an invocation that is sampled.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	if h.inner.Enabled(ctx, level) {
		return true
	}
	return h.sampling && level >= slog.LevelDebug && ctx != nil && ctx.Value(sampledKey{}) != nil
}

// Handle redacts a record and passes it on.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	if h.redact == nil {
		return h.inner.Handle(ctx, r)
	}
	found := false
	r.Attrs(func(a slog.Attr) bool {
		found = h.within || h.looksInto(a)
		return !found
	})
	if !found { // as nearly always
		return h.inner.Handle(ctx, r)
	}
	clean := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.clean(a, 0))
		return true
	})
	return h.inner.Handle(ctx, clean)
}

// WithAttrs returns the handler with attributes, redacted once.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	n := *h
	if h.redact != nil {
		all := make([]slog.Attr, len(attrs))
		for i, a := range attrs {
			all[i] = h.clean(a, 0)
		}
		attrs = all
	}
	n.inner = h.inner.WithAttrs(attrs)
	return &n
}

// WithGroup returns the handler with a group.
func (h *handler) WithGroup(name string) slog.Handler {
	n := *h
	n.inner, n.within = h.inner.WithGroup(name), h.within || h.redact[folded(name)]
	return &n
}

// looksInto reports whether an attribute is redacted, or may have something in it that is.
func (h *handler) looksInto(a slog.Attr) bool {
	switch a.Value.Kind() {
	case slog.KindGroup, slog.KindLogValuer:
		return true
	case slog.KindAny:
		if _, ok := a.Value.Any().(error); !ok && reflect.ValueOf(a.Value.Any()).Kind() == reflect.Map {
			return true
		}
	}
	return h.named(a.Key)
}

// named reports whether a name is one whose value is redacted.
func (h *handler) named(key string) bool {
	if len(key) > 64 {
		return h.redact[folded(key)]
	}
	var b [64]byte // what folded does, without an allocation
	for i := range len(key) {
		b[i] = fold(key[i])
	}
	return h.redact[string(b[:len(key)])]
}

// clean is an attribute without what is not for the log.
func (h *handler) clean(a slog.Attr, depth int) slog.Attr {
	if h.within || h.named(a.Key) || depth > maxDepth {
		return slog.String(a.Key, redacted)
	}
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindGroup:
		group := v.Group()
		members := make([]slog.Attr, len(group))
		for i, m := range group {
			members[i] = h.clean(m, depth+1)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(members...)}
	case slog.KindAny:
		return slog.Attr{Key: a.Key, Value: slog.AnyValue(h.cleanAny(v.Any(), depth))}
	default:
		return slog.Attr{Key: a.Key, Value: v}
	}
}

// cleanAny copies maps of texts, such as headers, without what is not for the log.
func (h *handler) cleanAny(x any, depth int) any {
	v := reflect.ValueOf(x)
	if v.Kind() != reflect.Map || v.Type().Key().Kind() != reflect.String || v.IsNil() {
		return x
	}
	if depth > maxDepth {
		return redacted
	}
	clean := make(map[string]any, v.Len())
	for each := v.MapRange(); each.Next(); {
		name := each.Key().String()
		if h.named(name) {
			clean[name] = redacted
		} else {
			clean[name] = h.cleanAny(each.Value().Interface(), depth+1)
		}
	}
	return clean
}

// folded is the form in which names are compared: without regard to case, and to whether words are joined by - or _.
func folded(name string) string {
	var b strings.Builder
	for i := range len(name) {
		b.WriteByte(fold(name[i]))
	}
	return b.String()
}

func fold(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	case c == '-':
		return '_'
	}
	return c
}

// verbose is the handler of a logger of an invocation that is sampled. It writes what it gets: no handler of package slog looks at the
// level a second time.
type verbose struct{ slog.Handler }

// Enabled reports that debug records are written.
func (v verbose) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelDebug }

// WithAttrs returns the handler with attributes.
func (v verbose) WithAttrs(attrs []slog.Attr) slog.Handler {
	return verbose{v.Handler.WithAttrs(attrs)}
}

// WithGroup returns the handler with a group.
func (v verbose) WithGroup(name string) slog.Handler { return verbose{v.Handler.WithGroup(name)} }

// sample has the debug records of an invocation written.
func sample(ctx *framework.Context) {
	ctx.SetValue(sampledKey{}, true)
	ctx.SetLogger(slog.New(verbose{ctx.Logger().Handler()}))
}
