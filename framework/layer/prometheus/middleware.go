package prometheus

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/faasgen/faasgen/framework"
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
	requests bool // it takes requests
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
	f := &function{name: name, requests: len(web.Routes(ctx)) > 0, duration: l.duration.WithLabelValues(unit, name), inFlight: l.inFlight.WithLabelValues(unit, name)}
	for i, label := range [...]string{"ok", "error", "2xx", "3xx", "4xx", "5xx"} {
		if i <= outcomeError || f.requests { // others would be zero for ever
			f.outcomes[i] = l.total.WithLabelValues(unit, name, label)
		}
	}
	return f
}

// outcome is the place of an invocation's counter.
func (f *function) outcome(ctx *framework.Context, err error, returned bool) int {
	late := ctx.Err() != nil
	if _, limited := ctx.Deadline(); !limited {
		late = false // the engine has not answered in the function's place
	}
	if x := web.From(ctx); x != nil && f.requests {
		if !returned || late {
			return 5
		}
		return min(max(x.Outcome(ctx.Result(), err, web.Route{})/100, 2), 5)
	}
	if err != nil || !returned || late {
		return outcomeError
	}
	return outcomeOK
}
