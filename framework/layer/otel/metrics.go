package otel

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/faasgen/faasgen/framework"
)

// instruments are the metrics that the semantic conventions have for functions, by function and trigger.
type instruments struct {
	invocations, errors, timeouts, colds metric.Int64Counter
	duration, start                      metric.Float64Histogram
}

func newInstruments(m metric.Meter) (*instruments, error) {
	i := &instruments{}
	var errs [6]error
	i.invocations, errs[0] = m.Int64Counter("faas.invocations", metric.WithUnit("{invocation}"), metric.WithDescription("Number of invocations that did not fail."))
	i.errors, errs[1] = m.Int64Counter("faas.errors", metric.WithUnit("{error}"), metric.WithDescription("Number of invocations that failed, and not by their caller's fault."))
	i.timeouts, errs[2] = m.Int64Counter("faas.timeouts", metric.WithUnit("{timeout}"), metric.WithDescription("Number of invocations that missed their deadline."))
	i.colds, errs[3] = m.Int64Counter("faas.coldstarts", metric.WithUnit("{coldstart}"), metric.WithDescription("Number of starts of a process that were followed by an invocation."))
	i.duration, errs[4] = m.Float64Histogram("faas.invoke_duration", metric.WithUnit("s"), metric.WithDescription("Time that functions took."),
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10))
	i.start, errs[5] = m.Float64Histogram("faas.init_duration", metric.WithUnit("s"), metric.WithDescription("Time that starts of a process took."),
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10))
	return i, errors.Join(errs[:]...)
}

// point is where the measurements of a function go, by trigger. They are made once, since each has to sort its attributes.
type point struct {
	add    []metric.AddOption
	record []metric.RecordOption
}

func newPoint(name string, s source) point {
	of := metric.WithAttributeSet(attribute.NewSet(semconv.FaaSName(name), s.attribute()))
	return point{add: []metric.AddOption{of}, record: []metric.RecordOption{of}}
}

// count measures an invocation that has ended.
func (i *instruments) count(ctx *framework.Context, p *point, took time.Duration, failed bool, reason string) {
	// The context would only be asked for a span, for exemplars, which are off.
	nothing := context.Background()
	i.duration.Record(nothing, took.Seconds(), p.record...)
	switch {
	case !failed:
		i.invocations.Add(nothing, 1, p.add...)
	case reason == "deadline_exceeded":
		i.timeouts.Add(nothing, 1, p.add...)
		fallthrough
	default:
		i.errors.Add(nothing, 1, p.add...)
	}
	if ctx.Cold() {
		i.colds.Add(nothing, 1, p.add...)
		i.start.Record(nothing, ctx.Runtime().ColdStart().Duration.Seconds(), p.record...)
	}
}
