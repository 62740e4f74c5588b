// Package prometheus is a layer that counts invocations for Prometheus, which fetches the figures at /metrics of a port of their own. In
// f.yml:
//
//	layers:
//	  prometheus: {use: go:github.com/faasgen/faasgen/framework/layer/prometheus, config: {address: "0.0.0.0:9464"}}
//
// The metrics, in addition to those of the Go runtime and of the process:
//
//	faas_invocations_total{unit, function, outcome}     invocations that ended: 2xx, 3xx, 4xx or 5xx of a request, else ok or error
//	faas_invocation_duration_seconds{unit, function}    histogram of the time that they took
//	faas_invocations_in_flight{unit, function}          invocations under way
//
// It works where the process is an ordinary server: locally, in a container, on Knative with a minimum of instances. Where a cloud starts
// and freezes processes as it likes no scraper could fetch anything: the layer says so in one line of the log at start and does nothing, not
// even per invocation, so that the same f.yml serves all targets. The metrics of layer accesslog are for there.
//
// It is a module of its own, for github.com/prometheus/client_golang.
package prometheus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/faasgen/faasgen/framework"
)

// Config is what the layer's entry in f.yml and configuration say of it.
//
//faas:config key=layer
type Config struct {
	// Address is where /metrics is, host and port. The figures tell what a service does: only name another than this machine's own
	// address where no stranger gets to it.
	Address string //faas:config default=127.0.0.1:9464
	// Buckets are the upper bounds of the histogram, in seconds, rising.
	Buckets []float64 //faas:config default=0.001,0.0025,0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10,30,60
}

// Layer is the layer. It is made by New or NewWith.
type Layer struct {
	config   Config
	registry *prometheus.Registry
	total    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight *prometheus.GaugeVec

	rt     *framework.Runtime
	log    *slog.Logger
	server *http.Server
	bound  atomic.Pointer[net.Addr]
	stop   chan struct{} // closed when the unit ends
	ended  chan struct{} // closed when what serves has ended
}

// New returns the layer with a registry of its own, or the error that names the key that is wrong.
//
//faas:layer
func New(c *Config, rt *framework.Runtime) (*Layer, error) {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return NewWith(c, rt, r)
}

// NewWith is New for a registry in which an application has metrics of its own. What of the runtime and of the process is in it is up to the
// application:
//
//	// NewMetrics serves the application's metrics, too.
//	//
//	//faas:layer
//	func NewMetrics(rt *framework.Runtime, r *prom.Registry) (*prometheus.Layer, error) {
//		return prometheus.NewWith(&prometheus.Config{Address: "127.0.0.1:9464", Buckets: prom.DefBuckets}, rt, r)
//	}
func NewWith(c *Config, rt *framework.Runtime, r *prometheus.Registry) (*Layer, error) {
	_, port, err := net.SplitHostPort(c.Address)
	if err != nil {
		return nil, fmt.Errorf("address: found %.100q, expected a host and a port such as 127.0.0.1:9464", c.Address)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return nil, fmt.Errorf("address: found port %.40q, expected 0 to 65535", port)
	}
	if len(c.Buckets) == 0 || len(c.Buckets) > 100 {
		return nil, fmt.Errorf("buckets: found %d, expected 1 to 100 upper bounds in seconds", len(c.Buckets))
	}
	for i, b := range c.Buckets {
		if !(b > 0) || i > 0 && b <= c.Buckets[i-1] {
			return nil, fmt.Errorf("buckets: found %v at place %d, expected numbers of seconds that rise", b, i+1)
		}
	}
	labels := []string{"unit", "function"}
	l := &Layer{
		config: *c, rt: rt, registry: r, stop: make(chan struct{}), ended: make(chan struct{}),
		total: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "faas_invocations_total",
			Help: "Invocations that ended, by outcome: 2xx, 3xx, 4xx or 5xx of a request, else ok or error."}, append(labels, "outcome")),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "faas_invocation_duration_seconds",
			Help: "Time that invocations took.", Buckets: c.Buckets}, labels),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "faas_invocations_in_flight", Help: "Invocations under way."}, labels),
	}
	for _, m := range []prometheus.Collector{l.total, l.duration, l.inFlight} {
		if err := r.Register(m); err != nil {
			return nil, fmt.Errorf("register the metrics of the layer: %w", err)
		}
	}
	return l, nil
}

// Name returns "prometheus".
func (l *Layer) Name() string { return "prometheus" }

// AfterFunctionStart opens the port of a unit that has started. One that is in use stops the start, except in development, where the
// version before may still have it: then it is tried again until that one has gone.
func (l *Layer) AfterFunctionStart(ctx context.Context, _ *framework.App, err error) error {
	if err != nil {
		return nil
	}
	l.log = l.rt.Log()
	if !l.rt.Server {
		l.log.Info("layer prometheus does nothing here: the platform freezes the process, and no scraper could fetch its metrics", "platform", l.rt.Platform)
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(l.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 20 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(l.log.Handler(), slog.LevelWarn),
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", l.config.Address)
	switch {
	case err != nil && !l.rt.Dev:
		return fmt.Errorf("address: /metrics cannot be served: %w", err)
	case err != nil:
		l.server = server
		l.log.Warn("/metrics cannot be served yet", "error", err.Error())
		go l.retry()
	default:
		l.server = server
		l.serve(listener)
	}
	return nil
}

// serve serves until the unit ends.
func (l *Layer) serve(listener net.Listener) {
	at := listener.Addr()
	l.bound.Store(&at)
	l.log.Info("serving metrics", "url", "http://"+at.String()+"/metrics")
	go func() {
		defer close(l.ended)
		if err := l.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			l.log.Error("/metrics is not served any more", "error", err.Error())
		}
	}()
}

// retryEvery is how long it takes at most until a new version in development has its port.
const retryEvery = 500 * time.Millisecond

// retry waits for the port.
func (l *Layer) retry() {
	every := time.NewTicker(retryEvery)
	defer every.Stop()
	for {
		select {
		case <-l.stop:
			close(l.ended)
			return
		case <-every.C:
		}
		if listener, err := net.Listen("tcp", l.config.Address); err == nil {
			l.serve(listener)
			return
		}
	}
}

// Addr is where the metrics are served, nil if they are not: the port that was chosen where the address has port 0.
func (l *Layer) Addr() net.Addr {
	if at := l.bound.Load(); at != nil {
		return *at
	}
	return nil
}

// AfterClose closes the port, last of all, so that the last figures can still be fetched.
func (l *Layer) AfterClose(ctx context.Context, _ *framework.App, _ error) error { return l.close(ctx) }

func (l *Layer) close(ctx context.Context) error {
	if l.server == nil {
		return nil
	}
	close(l.stop)
	err := l.server.Shutdown(ctx) // also before it serves, which it then does not
	if err != nil {
		err = errors.Join(err, l.server.Close())
	}
	select {
	case <-l.ended:
	case <-ctx.Done():
	}
	l.server = nil
	return err
}
