package otel

import (
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/faasgen/faasgen/framework/internal/outcome"
)

// metrics are those that the semantic conventions have for functions, by function and trigger. They are counted here and not by the
// SDK: what there is to count is known beforehand, and the SDK for any metric is two thirds of a megabyte. Package meter has it, for
// metrics of the application's own.
type metrics struct {
	mu     sync.Mutex
	points []*point
	since  time.Time // which the points count from
}

func newMetrics(now time.Time) *metrics { return &metrics{since: now} }

const boundaries = 14

// bounds are those of the histograms, in seconds: the ones that the semantic conventions advise.
func bounds() [boundaries]float64 {
	return [...]float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}
}

// point is what was measured of a function by one trigger since it was last read.
type point struct {
	of attribute.Set

	mu sync.Mutex
	counts
}

type counts struct {
	invocations, errors, timeouts, colds int64
	duration, start                      distribution
}

type distribution struct {
	count          uint64
	sum, low, high float64
	buckets        [boundaries + 1]uint64
}

func (h *distribution) record(seconds float64) {
	if h.count == 0 || seconds < h.low {
		h.low = seconds
	}
	if h.count == 0 || seconds > h.high {
		h.high = seconds
	}
	h.count++
	h.sum += seconds
	at := 0
	for _, bound := range bounds() {
		if seconds > bound {
			at++
		}
	}
	h.buckets[at]++
}

// point returns a new one.
func (m *metrics) point(name string, s source) *point {
	p := &point{of: attribute.NewSet(semconv.FaaSName(name), s.attribute())}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.points = append(m.points, p)
	return p
}

// count measures an invocation that has ended; start is what the start of the process took, of the first.
func (p *point) count(took, start time.Duration, cold bool, o *outcome.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.duration.record(took.Seconds())
	if o.Failed {
		p.errors++
	} else {
		p.invocations++
	}
	if o.Failed && o.Code == outcome.DeadlineExceeded {
		p.timeouts++
	}
	if cold {
		p.colds++
		p.start.record(start.Seconds())
	}
}

// read returns what was measured since the last time, and begins anew.
func (m *metrics) read(now time.Time) (read metricdata.ScopeMetrics) {
	m.mu.Lock()
	defer m.mu.Unlock()
	from := m.since
	m.since = now
	bounds := bounds()
	var sums [4][]metricdata.DataPoint[int64]
	var histograms [2][]metricdata.HistogramDataPoint[float64]
	for _, p := range m.points {
		p.mu.Lock()
		c := p.counts
		p.counts = counts{}
		p.mu.Unlock()
		for i, n := range [...]int64{c.invocations, c.errors, c.timeouts, c.colds} {
			if n > 0 {
				sums[i] = append(sums[i], metricdata.DataPoint[int64]{Attributes: p.of, StartTime: from, Time: now, Value: n})
			}
		}
		for i, h := range [...]*distribution{&c.duration, &c.start} {
			if h.count > 0 {
				histograms[i] = append(histograms[i], metricdata.HistogramDataPoint[float64]{Attributes: p.of, StartTime: from, Time: now, Count: h.count, Bounds: bounds[:],
					BucketCounts: append([]uint64(nil), h.buckets[:]...), Min: metricdata.NewExtrema(h.low), Max: metricdata.NewExtrema(h.high), Sum: h.sum})
			}
		}
	}
	read.Scope = instrumentation.Scope{Name: scope}
	for i, of := range [...]metricdata.Metrics{
		{Name: "faas.invocations", Unit: "{invocation}", Description: "Number of invocations that did not fail."},
		{Name: "faas.errors", Unit: "{error}", Description: "Number of invocations that failed, and not by their caller's fault."},
		{Name: "faas.timeouts", Unit: "{timeout}", Description: "Number of invocations that missed their deadline."},
		{Name: "faas.coldstarts", Unit: "{coldstart}", Description: "Number of starts of a process that were followed by an invocation."},
	} {
		if len(sums[i]) > 0 {
			of.Data = metricdata.Sum[int64]{DataPoints: sums[i], Temporality: metricdata.DeltaTemporality, IsMonotonic: true}
			read.Metrics = append(read.Metrics, of)
		}
	}
	for i, of := range [...]metricdata.Metrics{
		{Name: "faas.invoke_duration", Unit: "s", Description: "Time that functions took."},
		{Name: "faas.init_duration", Unit: "s", Description: "Time that starts of a process took."},
	} {
		if len(histograms[i]) > 0 {
			of.Data = metricdata.Histogram[float64]{DataPoints: histograms[i], Temporality: metricdata.DeltaTemporality}
			read.Metrics = append(read.Metrics, of)
		}
	}
	return read
}
