package accesslog

import (
	"log/slog"
	"math/rand/v2"
	"path"
	"reflect"
	"slices"
	"sync/atomic"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/outcome"
	"github.com/faasgen/faasgen/framework/internal/partial"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

const (
	message        = "invocation"
	requestIDField = "request_id"
	codeField      = "error_code"

	maxValue      = 256
	maxParameters = 32
)

// invocation is one that is under way.
type invocation struct {
	began         time.Time
	cold, sampled bool
	returned      bool // the function neither panicked nor ended its goroutine
}

func begin(l *Layer, ctx *framework.Context) (i invocation) {
	i.cold = ctx.Cold()
	if rate := l.config.DebugRate; rate > 0 && rand.Float64() < rate {
		i.sampled = true
		sample(ctx)
	}
	i.began = time.Now()
	return i
}

// writer writes the lines of one function. What is the same in all of them is encoded once: at the first, when the function and the
// logger are known.
type writer struct {
	layer *Layer
	lines atomic.Pointer[lines]
}

// lines are the lines of one function.
type lines struct {
	function string
	single   string // kind of all triggers, empty if there are several
	routes   []line // one for each route, and one for other methods of its pattern
	other    []line
	head     head // of metrics, nil without
	plain    slog.Handler
}

// line is what lines of one route, or of one kind, have in common.
type line struct {
	kind, pattern, method string
	routes                []web.Route     // with the pattern, and the method if there is one
	encoded               [4]slog.Handler // by the place of an outcome
}

// place is that of a handler in a line.
func place(cold, failed bool) int { return 2*number(cold) + number(failed) }

// newLine encodes what the lines have in common.
func (l *Layer) newLine(base slog.Handler, kind, pattern, method string) line {
	var attrs []slog.Attr
	if kind != "" {
		attrs = append(attrs, slog.String("trigger", kind))
	}
	if method != "" {
		attrs = append(attrs, slog.String("method", method))
	}
	if pattern != "" {
		attrs = append(attrs, slog.String("route", pattern))
	}
	own := line{kind: kind, pattern: pattern, method: method}
	for _, cold := range []bool{false, true} {
		for _, failed := range []bool{false, true} {
			attrs := append(slices.Clip(attrs), slog.Bool("cold", cold))
			if l.config.Metrics == "emf" {
				attrs = append(attrs, slog.Int(errorsField, number(failed)))
			}
			own.encoded[place(cold, failed)] = base.WithAttrs(attrs)
		}
	}
	return own
}

// of returns the lines of the function that ctx calls.
func (w *writer) of(ctx *framework.Context) *lines {
	if all := w.lines.Load(); all != nil && all.function == ctx.FunctionName() {
		return all
	}
	all := &lines{function: ctx.FunctionName(), plain: w.layer.within(ctx.Runtime().Log().Handler())}
	if w.layer.embeds(ctx.Runtime()) {
		all.head, _ = newHead(w.layer.config.Namespace, []string{"unit", "function"}, metric{durationField, "Microseconds"}, metric{errorsField, "Count"})
	}
	base := all.plain.WithAttrs([]slog.Attr{slog.String("unit", ctx.Unit()), slog.String("function", all.function)})
	kinds := []string{}
	for _, t := range triggersOf(ctx) {
		kind := t.Kind()
		if _, callee := t.(framework.Callee); !callee && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
		r, ok := t.(web.Route)
		if !ok {
			continue
		}
		at := slices.IndexFunc(all.routes, func(l line) bool { return l.pattern == r.Pattern && l.method == "" })
		if at < 0 {
			at = len(all.routes)
			all.routes = append(all.routes, w.layer.newLine(base, kind, r.Pattern, ""))
		}
		all.routes[at].routes = append(all.routes[at].routes, r)
		if r.Method != "" {
			all.routes = append(all.routes, w.layer.newLine(base, kind, r.Pattern, r.Method))
			all.routes[len(all.routes)-1].routes = []web.Route{r}
		}
	}
	if len(kinds) == 1 {
		all.single = kinds[0]
	}
	for _, kind := range append(kinds, "call", "raw", "") {
		all.other = append(all.other, w.layer.newLine(base, kind, "", ""))
	}
	w.lines.Store(all)
	return all
}

// within is the handler that lines go to: without the redaction of this layer where that would look at each of them in vain.
func (l *Layer) within(h slog.Handler) slog.Handler {
	own, ok := h.(*handler)
	if !ok || len(l.headers) > 0 || l.config.Query {
		return h
	}
	for _, name := range [...]string{"unit", "function", "trigger", requestIDField, "root_request_id", "trace_id", "method", "route", "status", durationField, "cold",
		codeField, "failed_messages", "late", "sampled", errorsField, "function_name", "coldstart"} {
		if own.redact[name] {
			return h
		}
	}
	return own.inner
}

// triggersOf are those of the function that ctx calls.
func triggersOf(ctx *framework.Context) []framework.Trigger {
	if e := ctx.Runtime().Engine(); e != nil {
		if f := e.App().Function(ctx.FunctionName()); f != nil {
			return f.Triggers
		}
	}
	return nil
}

// find returns the line of an invocation.
func (all *lines) find(ctx *framework.Context, x *web.Exchange) *line {
	if x != nil {
		var found *line
		for i := range all.routes {
			l := &all.routes[i]
			if l.pattern != x.Request.Pattern {
				continue
			}
			if l.method == x.Request.Method {
				return l
			}
			if l.method == "" {
				found = l
			}
		}
		if found != nil {
			return found
		}
	}
	kind := all.single
	switch {
	case ctx.Call() != nil:
		kind = "call"
	case kind == "":
		kind = kindOf(ctx.Event())
	}
	for i := range all.other {
		if all.other[i].kind == kind {
			return &all.other[i]
		}
	}
	return &all.other[len(all.other)-1]
}

// kindOf is the kind of an event whose function has triggers of several: that of the trigger whose package declares it, raw for bytes.
func kindOf(event any) string {
	t := reflect.TypeOf(event)
	if t == nil {
		return ""
	}
	if t == reflect.TypeFor[[]byte]() {
		return "raw"
	}
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return path.Base(t.PkgPath())
}

// write writes the line of an invocation that has ended.
func (w *writer) write(ctx *framework.Context, i *invocation, err error) {
	x := web.From(ctx)
	all := w.of(ctx)
	l := all.find(ctx, x)
	var route web.Route
	if x != nil {
		route = outcome.RouteOf(l.routes, x)
	}
	o := outcome.Of(ctx, x, route, err, i.returned)
	level := slog.LevelInfo
	if o.Failed {
		level = slog.LevelError
	}
	now := time.Now()
	if i.cold && all.head.directives != nil {
		w.layer.writeColdStart(ctx, all.plain, now)
	}
	h := l.encoded[place(i.cold, o.Failed)]
	if !h.Enabled(ctx, level) {
		return
	}
	r := slog.NewRecord(now, level, message, 0)
	var room [16]slog.Attr
	attrs := append(room[:0], slog.String(requestIDField, ctx.RequestID()),
		slog.Int64(durationField, now.Sub(i.began).Microseconds())) // a float would go through encoding/json, for 400 ns and an allocation
	if x != nil {
		attrs = append(attrs, slog.Int("status", o.Status))
		if l.method == "" {
			attrs = append(attrs, slog.String("method", cut(x.Request.Method)))
		}
	}
	if id := ctx.TraceID(); id != "" {
		attrs = append(attrs, slog.String("trace_id", id))
	}
	if root := ctx.Root(); root != "" {
		attrs = append(attrs, slog.String("root_request_id", root))
	}
	if o.Code != "" {
		attrs = append(attrs, slog.String(codeField, o.Code))
		if b, ok := partial.Of(err); ok && !o.Late {
			attrs = append(attrs, slog.Int("failed_messages", len(b.Failures)))
		}
	}
	if o.Late {
		attrs = append(attrs, slog.Bool("late", true))
	}
	if i.sampled {
		attrs = append(attrs, slog.Bool("sampled", true))
	}
	if all.head.directives != nil {
		metrics := w.layer.heads.Get().(*head)
		defer w.layer.heads.Put(metrics)
		metrics.directives, metrics.at = all.head.directives, now
		attrs = append(attrs, slog.Any("_aws", metrics))
	}
	r.AddAttrs(attrs...)
	if x != nil {
		w.layer.addRequest(&r, &x.Request)
	}
	_ = h.Handle(ctx, r) // there is nowhere else to say it
}

// addRequest adds what the configuration wants of a request.
func (l *Layer) addRequest(r *slog.Record, from *web.Request) {
	if len(l.headers) > 0 {
		var group []slog.Attr
		for _, name := range l.headers {
			if v := from.Header.Get(name); v != "" {
				group = append(group, slog.String(name, cut(v)))
			}
		}
		if len(group) > 0 {
			r.AddAttrs(slog.Attr{Key: "headers", Value: slog.GroupValue(group...)})
		}
	}
	if !l.config.Query || from.RawQuery == "" {
		return
	}
	query := from.Query()
	names := make([]string, 0, len(query))
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	var group []slog.Attr
	for _, name := range names[:min(len(names), maxParameters)] {
		group = append(group, slog.String(cut(name), cut(query.Get(name))))
	}
	if len(group) > 0 {
		r.AddAttrs(slog.Attr{Key: "query", Value: slog.GroupValue(group...)})
	}
}

// cut bounds a text of the caller's.
func cut(s string) string {
	if len(s) <= maxValue {
		return s
	}
	return s[:maxValue] + "..."
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
