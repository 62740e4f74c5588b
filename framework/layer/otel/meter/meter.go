// Package meter is for metrics of an application's own, in an application whose functions have the layer otel: OpenTelemetry's SDK for
// metrics, read and exported by the layer together with its own. It is a package apart from the layer, since the SDK for any metric is
// two thirds of a megabyte of a function's package.
//
//	// NewMeters is injected where something is measured.
//	//
//	//faas:provide
//	func NewMeters() metric.MeterProvider { return meter.Install() }
//
// It ends where the metrics are read: it exports nothing by itself.
package meter

import (
	"context"

	api "go.opentelemetry.io/otel"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
)

// Provider is a provider of meters that the layer reads.
type Provider struct {
	*sdkmetric.MeterProvider
	reader *sdkmetric.ManualReader
}

// New returns a provider. Counters and histograms tell the difference since they were last read: processes of functions come and go, and
// a total of each would be a series of its own. Options may have views; readers of their own and a resource are not needed.
func New(options ...sdkmetric.Option) *Provider {
	reader := sdkmetric.NewManualReader(sdkmetric.WithTemporalitySelector(func(sdkmetric.InstrumentKind) metricdata.Temporality { return metricdata.DeltaTemporality }))
	options = append([]sdkmetric.Option{sdkmetric.WithResource(resource.Empty()), sdkmetric.WithExemplarFilter(exemplar.AlwaysOffFilter)}, options...)
	return &Provider{sdkmetric.NewMeterProvider(append(options, sdkmetric.WithReader(reader))...), reader}
}

// Install returns a new provider, and makes it that of go.opentelemetry.io/otel, where libraries and the layer look for it. Call it once in
// a process, when the unit starts.
func Install(options ...sdkmetric.Option) *Provider {
	p := New(options...)
	api.SetMeterProvider(p)
	return p
}

// Collect reads what was measured since the last time. The layer calls it.
func (p *Provider) Collect(ctx context.Context, read *metricdata.ResourceMetrics) error {
	return p.reader.Collect(ctx, read)
}
