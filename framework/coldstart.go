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
	report := &ColdStart{Start: r.begun, Duration: now.Sub(r.begun), Phases: make([]Span, 2)}
	report.Phases[0] = phaseSpan("RuntimeStart", r.begun, r.running)
	report.Phases[1] = phaseSpan("FunctionStart", r.running, now)
	report.Layers, report.Providers = r.Spans()
	return report
}

//go:noinline
func phaseSpan(name string, from, to time.Time) Span {
	d := to.Sub(from)
	return Span{Name: name, Start: from, Duration: d, Own: d}
}

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
	e.log.Log(ctx, level, "cold start", "unit", e.app.Unit, "ms", milliseconds(report.Duration),
		"phases", took(report.Phases), "layers", took(report.Layers), "providers", took(report.Providers))
}

// spanLine is a span in the log. Two may have one name, as of two databases.
type spanLine struct {
	Name string  `json:"name"`
	MS   float64 `json:"ms"`
}

// It is in every unit, and called once in the life of it.
//
//go:noinline
func took(list []Span) []spanLine {
	lines := make([]spanLine, len(list))
	for i := range list {
		lines[i] = spanLine{list[i].Name, milliseconds(list[i].Own)}
	}
	return lines
}

// milliseconds has three decimals.
func milliseconds(d time.Duration) float64 { return float64(d/time.Microsecond) / 1000 }
