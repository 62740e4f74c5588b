package custom

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/serve"
	"github.com/faasgen/faasgen/framework/trigger/web/nethttp"
)

// statusHeader tells FC whether a call was a function error: 200 or 404.
const statusHeader = "X-Fc-Status"

// call is one http request on its way through the engine.
type call struct {
	vendor *vendor
	failed atomic.Bool  // the function failed in a way that it did not state
	begun  time.Time    // set with the invocation, before the function is called
	ends   atomic.Int64 // the deadline, in nanoseconds after that by the monotonic clock; zero if there is none
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// newHandler takes clients' requests to the engine.
func newHandler(e *framework.Engine, log *slog.Logger) (http.Handler, error) {
	return nethttp.Handler(e, nethttp.Options{
		Invocation: func(r *http.Request) framework.Invocation {
			c := callOf(r.Context())
			c.begun = time.Now()
			return c.vendor.invocation(c.begun)
		},
		RemoteAddr:  func(r *http.Request) string { return callOf(r.Context()).vendor.ClientIP },
		Proto:       func(r *http.Request) string { return callOf(r.Context()).vendor.proto },
		MaxBody:     maxPayload,
		Freezes:     true,
		DropHeaders: serve.Drop(log, forbidden),
	})
}

// notice is the outermost middleware of the unit: it sees the errors of which the bridge shows only a status.
func notice(next framework.Handler) framework.Handler {
	return func(ctx *framework.Context) (err error) {
		c := callOf(ctx)
		if c == nil { // an event, whose error the loop sees itself
			return next(ctx)
		}
		if d, ok := ctx.Deadline(); ok {
			c.ends.Store(int64(d.Sub(c.begun)))
		}
		failed := true // by a panic
		defer func() {
			if failed {
				c.failed.Store(true)
			}
		}()
		err = next(ctx)
		if _, stated := errors.AsType[*framework.Error](err); err == nil || stated {
			failed = false
		}
		return err
	}
}

// statusWriter adds X-Fc-Status to the response of a failed function. It comes after the bridge has dropped headers of the
// vendor that a function set.
type statusWriter struct {
	http.ResponseWriter
	call *call
	bad  bool
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader decides what is reported to FC.
func (w *statusWriter) WriteHeader(status int) {
	ends := w.call.ends.Load()
	late := status == http.StatusGatewayTimeout && ends != 0 && int64(time.Since(w.call.begun)) >= ends
	if status >= 500 && (late || w.call.failed.Load()) {
		w.bad = true
		w.Header().Set(statusHeader, "404")
	}
	w.ResponseWriter.WriteHeader(status)
}

// forbidden reports whether FC refuses a response with that header. Date and Content-Length are on the vendor's list,
// too; they are the server's own, and FC replaces them.
func forbidden(name string) bool {
	const reserved = "x-fc-"
	switch {
	case strings.EqualFold(name, "Connection"), strings.EqualFold(name, "Keep-Alive"), strings.EqualFold(name, "Server"):
		return true
	}
	return len(name) >= len(reserved) && strings.EqualFold(name[:len(reserved)], reserved)
}
