// Package otel is a layer that traces and measures invocations with OpenTelemetry, of whatever kind and on every cloud, and sends what it
// has to a receiver of OTLP over HTTP. In f.yml:
//
//	layers:
//	  otel: {use: go:github.com/faasgen/faasgen/framework/layer/otel, config: {endpoint: "https://otlp.example.com", sample: 0.01}}
//
// An invocation that is sampled has one span, with the attributes that the semantic conventions have for functions, and the first of a
// process one more for each phase, layer and provider of its start. It is the parent of all spans that its context leads to: those of
// the application's own tracer, of requests through [Transport], and of statements through [Driver]. It continues the trace of
// traceparent, else that of the platform's own header, else it begins one; a batch has links to the traces of its messages. Calls of
// other functions carry it on. Of an invocation that is not sampled there is nothing but the decision in its context.
//
// Platforms that poll wait for an export between the response and the next event, those that are frozen between requests before the last
// byte of the response, for Config.Cap at most; a server exports in the background. A receiver that fails three times in a row is left
// alone for 30 seconds. What finds no room, or no receiver, is dropped and counted.
//
// The errors of functions are in spans as their codes, never as their text, which may hold what a stranger should not read. Headers of the
// exporter are secrets: nothing logs them.
//
// It is a module of its own, for go.opentelemetry.io/otel and its SDK. The SDK's own exporter would link gRPC, which is half of a
// function's package; the one here writes the same messages. Metrics are those of functions; those of an application's own are for
// package meter.
package otel

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	api "go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
)

// scope is the name of the scope of the layer's spans and metrics.
const scope = "github.com/faasgen/faasgen/framework/layer/otel"

// closing is how long the end of a process waits for the last export, at most.
const closing = 300 * time.Millisecond

// Config is what the layer's entry in f.yml and configuration say of it. The variables that OpenTelemetry has for the same win over it.
//
//faas:config key=layer
type Config struct {
	// Endpoint is the address of a receiver of OTLP over HTTP, to which /v1/traces and /v1/metrics are added. Without one nothing is
	// exported, and the trace of the caller is passed on all the same.
	Endpoint string //faas:config default=""
	// Headers are sent with each export: name=value,name=value, with %20 and the like for what is special.
	Headers config.Secret //faas:config default=""
	// Service is the name of the service, empty for that of the unit.
	Service string //faas:config default=""
	// Sample is the share of invocations that are traced, from 0 to 1, where the caller has not decided it.
	Sample float64 //faas:config default=1
	// Cap is how long an invocation, or the platform after it, waits for an export at most.
	Cap time.Duration //faas:config default=50ms
	// Traces and Metrics say what is exported.
	Traces  bool //faas:config default=true
	Metrics bool //faas:config default=true
	// Global makes the tracer provider and the propagators those of go.opentelemetry.io/otel, for libraries that look there, and
	// exports the metrics of the meter provider that is found there, if it is that of package meter. Tests of several units in one
	// process want it off.
	Global bool //faas:config default=true
}

// Layer is the layer. It is made by New.
type Layer struct {
	settings *settings
	rt       *framework.Runtime

	tracer  trace.Tracer // nil unless spans are exported
	traces  *sdktrace.TracerProvider
	metrics *metrics  // nil unless metrics are exported
	export  *exporter // nil where nothing is

	stop    chan struct{} // of a server
	cut     context.CancelFunc
	stopped sync.WaitGroup
}

// New returns the layer, or the errors that name the keys and the variables OTEL_* that are wrong.
//
//faas:layer
func New(c *Config, rt *framework.Runtime) (*Layer, error) {
	s, err := settle(c, rt.LookupEnv)
	if err != nil {
		return nil, err
	}
	l := &Layer{settings: s, rt: rt}
	if s.off || s.traces == nil && s.metrics == nil {
		return l, nil
	}
	if s.metrics != nil {
		l.metrics = newMetrics(time.Now())
	}
	if l.export, err = newExporter(s, l.metrics, l.resource, rt.Log); err != nil {
		return nil, err
	}
	if s.traces != nil {
		// The exporter knows whose spans they are; here the SDK would look for it.
		l.traces = sdktrace.NewTracerProvider(sdktrace.WithResource(resource.Empty()), sdktrace.WithSampler(s.sampling), sdktrace.WithIDGenerator(ids{}), sdktrace.WithSpanProcessor(l.export))
		l.tracer = l.traces.Tracer(scope)
	}
	if s.global {
		l.makeGlobal()
	}
	return l, nil
}

// Name returns "otel".
func (l *Layer) Name() string { return "otel" }

// Logger adds trace_id and span_id to records whose context is in a span, the latter where that is exported.
func (l *Layer) Logger(log *slog.Logger) *slog.Logger {
	return slog.New(&logHandler{next: log.Handler()})
}

// makeGlobal is for libraries that look for the providers where OpenTelemetry keeps them. What its SDK complains about is logged.
func (l *Layer) makeGlobal() {
	api.SetErrorHandler(api.ErrorHandlerFunc(func(err error) { l.rt.Log().Warn("OpenTelemetry", "error", err.Error()) }))
	api.SetTextMapPropagator(l.settings.propagator())
	if l.traces != nil {
		api.SetTracerProvider(l.traces)
	}
}

// TracerProvider is that of the unit, for an application's own spans where [Config.Global] is off. It is nil until the unit starts, and
// where no spans are exported.
func (l *Layer) TracerProvider() trace.TracerProvider {
	if l.traces == nil {
		return nil
	}
	return l.traces
}

// Dropped is how many spans and metrics have been lost since the start.
func (l *Layer) Dropped() int64 {
	if l.export == nil {
		return 0
	}
	return l.export.total.Load()
}

// AfterFunctionStart says what is not exported, and begins to export in the background of a server. It ends what a start that has
// failed has begun: no other hook of the layer comes then.
func (l *Layer) AfterFunctionStart(ctx context.Context, _ *framework.App, err error) error {
	switch {
	case err != nil:
		l.end(ctx)
		return nil
	case l.settings.off:
		return nil
	}
	if ignored := l.settings.ignored; len(ignored) > 0 {
		l.rt.Log().Warn("layer otel ignores variables that are set", "variables", strings.Join(ignored, ", "))
	}
	if l.export == nil {
		l.rt.Log().Info("layer otel exports nothing: there is no endpoint, or no signal is wanted")
		return nil
	}
	if l.rt.Server {
		stop := make(chan struct{})
		background, cut := context.WithCancel(context.WithoutCancel(ctx))
		l.stop, l.cut = stop, cut
		l.stopped.Go(func() { l.export.serve(background, stop) })
	}
	return nil
}

// AfterClose exports what is left, for 300 ms at most: Lambda gives a process 500 ms to end.
func (l *Layer) AfterClose(ctx context.Context, _ *framework.App, _ error) error {
	l.end(ctx)
	return nil
}

func (l *Layer) end(ctx context.Context) {
	if l.export == nil {
		return
	}
	if l.stop != nil {
		close(l.stop)
		l.stop = nil
	}
	ctx, cancel := context.WithTimeout(ctx, closing)
	defer cancel()
	l.export.end(ctx)
	if l.cut != nil {
		l.cut() // an export that still runs
		l.stopped.Wait()
	}
	if l.traces != nil {
		_ = l.traces.Shutdown(context.WithoutCancel(ctx)) // nothing waits any more
	}
}
