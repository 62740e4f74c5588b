package prometheus

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/outcome"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// outcomes are the values of the label; a request's is by its hundreds, at that place.
const (
	outcomeOK    = 0
	outcomeError = 1
)

// function has the metrics of one function, with their labels resolved: at its first invocation, when its name is known.
type function struct {
	name     string
	routes   []web.Route // none of what takes no requests
	outcomes [6]prometheus.Counter
	duration prometheus.Observer
	inFlight prometheus.Gauge
}

// Middleware counts the invocations of one function.
func (l *Layer) Middleware(next framework.Handler) framework.Handler {
	if !l.rt.Server {
		return next
	}
	var known atomic.Pointer[function]
	return func(ctx *framework.Context) (err error) {
		f := known.Load()
		if f == nil || f.name != ctx.FunctionName() {
			f = l.resolve(ctx)
			known.Store(f)
		}
		f.inFlight.Inc()
		began := time.Now()
		returned := false
		defer func() {
			f.inFlight.Dec()
			f.duration.Observe(time.Since(began).Seconds())
			f.outcomes[f.outcome(ctx, err, returned)].Inc()
		}()
		err = next(ctx)
		returned = true
		return err
	}
}

func (l *Layer) resolve(ctx *framework.Context) *function {
	unit, name := ctx.Unit(), ctx.FunctionName()
	f := &function{name: name, routes: web.Routes(ctx), duration: l.duration.WithLabelValues(unit, name), inFlight: l.inFlight.WithLabelValues(unit, name)}
	for i, label := range [...]string{"ok", "error", "2xx", "3xx", "4xx", "5xx"} {
		if i <= outcomeError || f.routes != nil { // others would be zero for ever
			f.outcomes[i] = l.total.WithLabelValues(unit, name, label)
		}
	}
	return f
}

// outcome is the place of an invocation's counter.
func (f *function) outcome(ctx *framework.Context, err error, returned bool) int {
	if x := web.From(ctx); x != nil && f.routes != nil {
		o := outcome.Of(ctx, x, outcome.RouteOf(f.routes, x), err, returned)
		return min(max(o.Status/100, 2), 5)
	}
	if o := outcome.Of(ctx, nil, web.Route{}, err, returned); o.Failed {
		return outcomeError
	}
	return outcomeOK
}
