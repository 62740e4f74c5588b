package framework

import (
	"context"
	"log/slog"
	"time"

	"github.com/faasgen/faasgen/framework/internal/coldstart"
)

// ColdStart says what the start of a process spent its time on, from the first hook until the unit could be invoked. The time
// before that, in which the vendor loads the package and the Go runtime begins, is the vendor's to tell.
type ColdStart struct {
	// Start is when RuntimeStart began.
	Start time.Time
	// Duration is that of all phases together.
	Duration time.Duration
	// Phases are RuntimeStart and FunctionStart.
	Phases []Span
	// Layers are those with a hook in these phases, or that the start has built, in the order of their first.
	Layers []Span
	// Providers are the singletons that the start has built, in the order in which they were ready: what another one needs comes
	// before it. What is built by the first call that needs it is not among them.
	Providers []Span
}

// Span is a part of a start.
type Span = coldstart.Span

// ColdStart is the report of the start of the process: zero until the unit has started. Its slices must not be changed.
func (rt *Runtime) ColdStart() ColdStart {
	if rt.engine != nil {
		if report := rt.engine.cold.Load(); report != nil {
			return *report
		}
	}
	return ColdStart{}
}

// Cold reports whether this is the first invocation of the process, the one whose caller may have waited for the start. Of
// several that come at once, one is.
func (c *Context) Cold() bool { return c.root().cold }

// coldStart is the report in the making.
type coldStart struct {
	coldstart.Recorder
	begun, running time.Time // of the phases
}

// end returns the report when the phases are over.
func (r *coldStart) end() *ColdStart {
	now := time.Now()
	phase := func(name string, from, to time.Time) Span {
		d := to.Sub(from)
		return Span{Name: name, Start: from, Duration: d, Own: d}
	}
	report := &ColdStart{
		Start: r.begun, Duration: now.Sub(r.begun),
		Phases: []Span{phase("RuntimeStart", r.begun, r.running), phase("FunctionStart", r.running, now)},
	}
	report.Layers, report.Providers = r.Spans()
	return report
}

// coldStartMessage is the message of the record with the report of a start.
const coldStartMessage = "cold start"

// LogColdStart writes the report of the start in one record, with milliseconds; that of a provider is its own time. A developer, who
// starts the unit all day, has it at level debug. The loops of platforms call it when the unit has started.
func (e *Engine) LogColdStart() {
	level := slog.LevelInfo
	if e.rt.Dev {
		level = slog.LevelDebug
	}
	ctx := context.Background()
	report := e.cold.Load()
	if report == nil || !e.log.Enabled(ctx, level) {
		return
	}
	e.log.LogAttrs(ctx, level, coldStartMessage, slog.String("unit", e.app.Unit), slog.Float64("ms", milliseconds(report.Duration)),
		spans("phases", report.Phases), spans("layers", report.Layers), spans("providers", report.Providers))
}

// spans is a group with the own time of each. Names that are there twice, as of two databases, have one sum.
func spans(group string, list []Span) slog.Attr {
	attrs := make([]slog.Attr, 0, len(list))
	sums := make([]time.Duration, 0, len(list))
next:
	for _, s := range list {
		for i := range attrs {
			if attrs[i].Key == s.Name {
				sums[i] += s.Own
				attrs[i].Value = slog.Float64Value(milliseconds(sums[i]))
				continue next
			}
		}
		attrs = append(attrs, slog.Float64(s.Name, milliseconds(s.Own)))
		sums = append(sums, s.Own)
	}
	return slog.Attr{Key: group, Value: slog.GroupValue(attrs...)}
}

// milliseconds has three decimals.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
