package otel

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	api "go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

const (
	// patience is how often a receiver may fail in a row until it is left alone, and rest is for how long.
	patience = 3
	rest     = 30 * time.Second
)

// exporter holds the spans that have ended, and takes them and the metrics to their receivers: when somebody says so, and then for no
// longer than they say. It is the SDK's processor of spans.
type exporter struct {
	settings *settings
	log      func() *slog.Logger
	metrics  *metrics // nil is none
	spans    *signal  // nil is none
	points   *signal
	of       func() *owner // once, when the unit is known
	turn     chan struct{} // whoever has put something in exports
	full     chan struct{} // for a server: a batch is there, or the end has come

	mu     sync.Mutex
	queue  []sdktrace.ReadOnlySpan
	ended  bool
	last   atomic.Int64 // when metrics were last exported, or the process began, in Unix nanoseconds
	lost   atomic.Int64 // spans and points that were dropped since the last line about it
	total  atomic.Int64 // and since the start
	buffer []byte       // of the one who has the turn
}

// signal is the way to one receiver, and how it has been of late.
type signal struct {
	*sender
	failures int
	until    atomic.Int64 // Unix nanoseconds, by the wall clock: the other one may stand still in a frozen process
	batch    int
	failing  bool // and a line says so
}

func newExporter(s *settings, m *metrics, of func() *owner, log func() *slog.Logger) (*exporter, error) {
	e := &exporter{settings: s, metrics: m, of: sync.OnceValue(of), log: log, turn: make(chan struct{}, 1), full: make(chan struct{}, 1)}
	e.last.Store(time.Now().UnixNano())
	lines := map[string]*line{}
	for _, x := range []struct {
		to *receiver
		of **signal
	}{{s.traces, &e.spans}, {s.metrics, &e.points}} {
		if x.to == nil {
			continue
		}
		l := lines[x.to.origin]
		if l == nil {
			var err error
			if l, err = newLine(x.to.origin); err != nil {
				return nil, err
			}
			lines[x.to.origin] = l
		}
		*x.of = &signal{sender: newSender(x.to, l), batch: s.batch}
	}
	return e, nil
}

// OnStart is of the SDK.
func (*exporter) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd keeps a span. When the queue is full it is dropped.
func (e *exporter) OnEnd(s sdktrace.ReadOnlySpan) {
	if !s.SpanContext().IsSampled() || e.spans == nil {
		return
	}
	e.mu.Lock()
	n := len(e.queue)
	if fits := n < e.settings.queue && !e.ended; fits {
		e.queue = append(e.queue, s)
	} else {
		e.drop(1)
	}
	e.mu.Unlock()
	if n+1 >= e.settings.batch {
		select {
		case e.full <- struct{}{}:
		default:
		}
	}
}

// ForceFlush is of the SDK.
func (e *exporter) ForceFlush(ctx context.Context) error { e.flush(ctx, false); return nil }

// Shutdown is of the SDK: end has been before.
func (*exporter) Shutdown(context.Context) error { return nil }

func (e *exporter) drop(n int) {
	e.lost.Add(int64(n))
	e.total.Add(int64(n))
}

// due reports whether metrics have waited for long enough.
func (e *exporter) due(now time.Time) bool {
	return e.metrics != nil && now.UnixNano()-e.last.Load() > int64(e.settings.every)
}

// flush exports what there is, metrics if they are due or all is over. Somebody else who does it is waited for until ctx ends: what is
// left then stays for the next. What is under way when ctx ends is lost.
func (e *exporter) flush(ctx context.Context, all bool) {
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return
	}
	now := time.Now()
	for e.spans != nil && (all || !e.spans.rests(now)) && ctx.Err() == nil && e.waiting() {
		if ok, f := e.spans.ready(ctx, all); !ok {
			if f != nil {
				e.note(e.spans, "spans", f)
			}
			break
		}
		batch := e.take()
		e.buffer = encodeSpans(e.buffer[:0], e.of(), batch)
		refused, f := e.spans.post(ctx, e.buffer)
		e.settleSpans(batch, refused, f)
		if f != nil && (!f.large || len(batch) == 1) {
			break
		}
	}
	if e.metrics != nil && (all || e.due(now) && !e.points.rests(now)) {
		e.flushMetrics(ctx, all)
	}
	if cap(e.buffer) > 1<<20 {
		e.buffer = nil
	}
}

// prepare begins to connect for the spans of an invocation that begins, so that the handshake goes on while the function works.
func (e *exporter) prepare() {
	if e.spans != nil && !e.spans.rests(time.Now()) {
		e.spans.connect()
	}
}

// rests reports whether a receiver is left alone.
func (s *signal) rests(now time.Time) bool { return now.UnixNano() < s.until.Load() }

// waiting reports whether there are spans.
func (e *exporter) waiting() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.queue) > 0
}

// take takes a batch out of the queue.
func (e *exporter) take() []sdktrace.ReadOnlySpan {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := min(len(e.queue), e.spans.batch)
	batch := append([]sdktrace.ReadOnlySpan(nil), e.queue[:n]...)
	left := copy(e.queue, e.queue[n:])
	clear(e.queue[left:])
	e.queue = e.queue[:left]
	return batch
}

// settleSpans counts what became of a batch, and puts back what may be sent again.
func (e *exporter) settleSpans(batch []sdktrace.ReadOnlySpan, refused int64, f *failure) {
	switch {
	case f == nil:
		e.drop(int(min(refused, int64(len(batch)))))
	case f.large && len(batch) > 1:
		e.spans.batch = max(1, len(batch)/2)
		e.putBack(batch)
		return
	case f.again:
		e.putBack(batch)
	default:
		e.drop(len(batch))
	}
	e.note(e.spans, "spans", f)
}

func (e *exporter) putBack(batch []sdktrace.ReadOnlySpan) {
	e.mu.Lock()
	defer e.mu.Unlock()
	room := max(0, e.settings.queue-len(e.queue))
	if len(batch) > room {
		e.drop(len(batch) - room)
		batch = batch[len(batch)-room:]
	}
	e.queue = append(batch, e.queue...)
}

// collector is a meter provider that can be read, such as that of package meter.
type collector interface {
	Collect(ctx context.Context, read *metricdata.ResourceMetrics) error
}

// flushMetrics exports what was measured since it was last read. Without a connection it goes on adding up, until the last time. What a
// receiver does not take is lost: it cannot be read twice.
func (e *exporter) flushMetrics(ctx context.Context, last bool) {
	ok, f := e.points.ready(ctx, last)
	if !ok && !last {
		if f != nil {
			e.note(e.points, "metrics", f)
		}
		return
	}
	now := time.Now()
	e.last.Store(now.UnixNano())
	scopes := []metricdata.ScopeMetrics{e.metrics.read(now)}
	if own, ok := api.GetMeterProvider().(collector); ok && e.settings.global {
		var read metricdata.ResourceMetrics
		if err := own.Collect(ctx, &read); err != nil {
			e.log().Warn("some of the application's metrics cannot be read", "error", err.Error())
		}
		scopes = append(scopes, read.ScopeMetrics...)
	}
	scopes = slices.DeleteFunc(scopes, func(s metricdata.ScopeMetrics) bool { return len(s.Metrics) == 0 })
	points := 0
	for i := range scopes {
		points += len(scopes[i].Metrics)
	}
	if points == 0 {
		return
	}
	if !ok {
		e.drop(points)
		return
	}
	e.buffer = encodeMetrics(e.buffer[:0], e.of(), scopes)
	refused, f := e.points.post(ctx, e.buffer)
	if f != nil {
		refused = int64(points)
	}
	e.drop(int(min(refused, int64(points))))
	e.note(e.points, "metrics", f)
}

// note keeps book of a receiver: three failures in a row, or its own wish, and it is left alone. One line says that it fails, and one
// that it does no longer.
func (e *exporter) note(s *signal, what string, f *failure) {
	if f == nil {
		s.failures = 0
		if s.failing {
			s.failing = false
			e.log().Info("telemetry is exported again", "signal", what, "dropped", e.lost.Swap(0))
		}
		return
	}
	s.failures++
	pause := f.after
	if s.failures >= patience {
		pause = max(pause, rest)
		s.failures = patience - 1 // one more is enough afterwards
	}
	if pause > 0 {
		s.until.Store(time.Now().Add(pause).UnixNano())
	}
	if !s.failing {
		s.failing = true
		e.log().Warn("telemetry is not exported; functions go on", "signal", what, "error", f.reason, "dropped", e.lost.Swap(0))
	}
}

// serve exports in the background of a process that is not frozen, until stop is closed. What is under way when ctx ends is lost.
func (e *exporter) serve(ctx context.Context, stop <-chan struct{}) {
	ticker := time.NewTicker(e.settings.delay)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-e.full:
		case <-ticker.C:
		}
		limited, cancel := context.WithTimeout(ctx, e.settings.export)
		e.flush(limited, false)
		cancel()
	}
}

// end takes nothing more, and exports what there is.
func (e *exporter) end(ctx context.Context) {
	e.flush(ctx, true)
	for _, s := range [...]*signal{e.spans, e.points} {
		if s != nil {
			s.cut()
		}
	}
	e.mu.Lock()
	e.ended = true
	e.drop(len(e.queue))
	clear(e.queue)
	e.queue = nil
	e.mu.Unlock()
	if n := e.lost.Swap(0); n > 0 {
		e.log().Warn("telemetry was lost", "dropped", n, "since_start", e.total.Load())
	}
}
