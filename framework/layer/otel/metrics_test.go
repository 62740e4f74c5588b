package otel_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/otel/meter"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// What functions did arrives, by function and trigger, as differences; and so does what the application measures by package meter.
func TestMetrics(t *testing.T) {
	p := meter.Install()
	sold, err := p.Meter("shop").Int64Counter("sold")
	if err != nil {
		t.Fatal(err)
	}
	r := newReceiver(t)
	c := configuration(r.URL)
	c.Traces, c.Metrics, c.Global = false, true, true
	e := start(t, c, variables{"OTEL_METRIC_EXPORT_INTERVAL": "1"}, &framework.Function{Handler: func(ctx *framework.Context) error {
		sold.Add(ctx, 2, metric.WithAttributes(attribute.String("product", "tea")))
		switch ctx.Event().(type) {
		case timer.Event:
			return errors.New(secret)
		case []byte:
			return context.DeadlineExceeded
		}
		return nil
	}})
	e.invoke(framework.Invocation{Event: request()})
	e.invoke(framework.Invocation{Event: request()})
	e.invoke(framework.Invocation{Event: timer.Event{}})
	e.invoke(framework.Invocation{Event: []byte("{}")})
	e.close()
	sums, counts := map[string]int64{}, map[string]uint64{}
	for _, m := range r.measured() {
		if m.GetSum() != nil && m.GetSum().AggregationTemporality != metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_DELTA || m.Name == "" {
			t.Errorf("found %v", m)
		}
		for _, d := range m.GetSum().GetDataPoints() {
			a := plain(d.Attributes)
			by, _ := a["faas.trigger"].(string)
			if a["product"] == "tea" {
				by = "tea"
			} else if a["faas.name"] != "work" || m.Unit == "" || m.Description == "" {
				t.Errorf("found %v", m)
			}
			if d.StartTimeUnixNano == 0 || d.TimeUnixNano < d.StartTimeUnixNano {
				t.Errorf("found the times of %v", d)
			}
			sums[m.Name+" "+by] += d.GetAsInt()
		}
		for _, d := range m.GetHistogram().GetDataPoints() {
			counts[m.Name+" "+plain(d.Attributes)["faas.trigger"].(string)] += d.Count
			var all uint64
			for _, n := range d.BucketCounts {
				all += n
			}
			if all != d.Count || len(d.BucketCounts) != len(d.ExplicitBounds)+1 || d.GetSum() <= 0 || d.GetMin() > d.GetMax() || d.GetMin() <= 0 {
				t.Errorf("found %v", d)
			}
		}
	}
	for name, want := range map[string]int64{"faas.invocations http": 2, "faas.errors timer": 1, "faas.errors other": 1, "faas.timeouts other": 1, "faas.coldstarts http": 1, "sold tea": 8} {
		if sums[name] != want {
			t.Errorf("%s: found %d, want %d", name, sums[name], want)
		}
		delete(sums, name)
	}
	for name, want := range map[string]uint64{"faas.invoke_duration http": 2, "faas.invoke_duration timer": 1, "faas.invoke_duration other": 1, "faas.init_duration http": 1} {
		if counts[name] != want {
			t.Errorf("%s: found %d, want %d", name, counts[name], want)
		}
		delete(counts, name)
	}
	if len(sums)+len(counts) > 0 {
		t.Errorf("found more: %v %v", sums, counts)
	}
}

// A unit that is not to have what is global does not export it.
func TestMetricsOfOthers(t *testing.T) {
	p := meter.Install()
	sold, err := p.Meter("shop").Int64Counter("sold")
	if err != nil {
		t.Fatal(err)
	}
	sold.Add(t.Context(), 1)
	r := newReceiver(t)
	c := configuration(r.URL)
	c.Metrics = true
	e := start(t, c, nil, &framework.Function{Handler: nothing})
	e.invoke(framework.Invocation{})
	e.close()
	all := r.measured()
	if len(all) == 0 || slices.ContainsFunc(all, func(m *metrics.Metric) bool { return m.Name == "sold" }) {
		t.Errorf("found %v", all)
	}
}
