package faastest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Record is one record of the application's log.
type Record struct {
	Time    time.Time
	Level   slog.Level
	Message string
	// Attributes holds the logger's and the record's own; names inside of groups are joined by dots.
	Attributes map[string]any
}

// String is the record on one line.
func (r Record) String() string {
	var b strings.Builder
	b.WriteString(r.Level.String() + " " + r.Message)
	for _, name := range slices.Sorted(maps.Keys(r.Attributes)) {
		fmt.Fprintf(&b, " %s=%v", name, r.Attributes[name])
	}
	return b.String()
}

// Logs are log records, the oldest first.
type Logs []Record

// Request keeps the records of one request, by its id; see [App.LastRequest].
func (l Logs) Request(id string) Logs {
	return l.keep(func(r Record) bool { return r.Attributes["request_id"] == id })
}

// Level keeps the records of that level and above.
func (l Logs) Level(from slog.Level) Logs {
	return l.keep(func(r Record) bool { return r.Level >= from })
}

// Containing keeps the records whose line, as String has it, contains text.
func (l Logs) Containing(text string) Logs {
	return l.keep(func(r Record) bool { return strings.Contains(r.String(), text) })
}

// String has a line for each record.
func (l Logs) String() string {
	var b strings.Builder
	for _, r := range l {
		b.WriteString(r.String() + "\n")
	}
	return b.String()
}

func (l Logs) keep(wanted func(Record) bool) Logs {
	var kept Logs
	for _, r := range l {
		if wanted(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// Logs returns what the application has logged so far, at any level. The test's own output has it too.
func (a *App) Logs() Logs { return a.log.all() }

// logbook keeps the records and writes them to the output of the test.
type logbook struct {
	mu      sync.Mutex
	records Logs
	out     io.Writer // nil when the test has ended
}

func newLogbook(out io.Writer) *logbook { return &logbook{out: out} }

func (b *logbook) add(r Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records = append(b.records, r)
	if b.out != nil {
		_, _ = io.WriteString(b.out, r.String()+"\n") // the test's output does not fail
	}
}

func (b *logbook) all() Logs {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.records)
}

// end keeps what is logged from now on from the test's output, which is not there any more.
func (b *logbook) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.out = nil
}

// logHandler writes to a logbook.
type logHandler struct {
	book   *logbook
	prefix string // of the names, for groups
	attrs  map[string]any
}

// Enabled takes every level.
func (h *logHandler) Enabled(context.Context, slog.Level) bool { return true }

// Handle keeps the record.
func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	kept := Record{Time: r.Time, Level: r.Level, Message: r.Message, Attributes: maps.Clone(h.attrs)}
	if kept.Attributes == nil {
		kept.Attributes = map[string]any{}
	}
	r.Attrs(func(a slog.Attr) bool { flatten(kept.Attributes, h.prefix, a); return true })
	h.book.add(kept)
	return nil
}

// WithAttrs returns the handler with attributes.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	n := &logHandler{h.book, h.prefix, maps.Clone(h.attrs)}
	if n.attrs == nil {
		n.attrs = map[string]any{}
	}
	for _, a := range attrs {
		flatten(n.attrs, h.prefix, a)
	}
	return n
}

// WithGroup returns the handler with a group.
func (h *logHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return &logHandler{h.book, h.prefix + name + ".", h.attrs}
}

// flatten adds an attribute, or those of a group.
func flatten(to map[string]any, prefix string, a slog.Attr) {
	v := a.Value.Resolve()
	if v.Kind() != slog.KindGroup {
		if a.Key != "" {
			to[prefix+a.Key] = v.Any()
		}
		return
	}
	if a.Key != "" {
		prefix += a.Key + "."
	}
	for _, inner := range v.Group() {
		flatten(to, prefix, inner)
	}
}
