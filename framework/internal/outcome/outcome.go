// Package outcome says how an invocation ended, for layers that log, trace and measure it, so that they all say the same. It ends where
// they begin: it writes nothing, and changes nothing.
package outcome

import (
	"context"
	"errors"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/partial"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Codes of outcomes that no error of the function has stated.
const (
	Panic            = "panic"
	DeadlineExceeded = "deadline_exceeded"
	Canceled         = "canceled"
	Batch            = "batch"
	Unavailable      = "unavailable"
	Stated           = "error" // by a framework.Error without a code
	Internal         = "internal"
)

// maxCode is how much of a code is told, in bytes.
const maxCode = 64

// statusGone is of a request whose caller did not wait for the response. No standard has it; access logs of proxies do.
const statusGone = 499

// Outcome is how an invocation ended.
type Outcome struct {
	// Code is that of the error, as callers see it, and never its text. It is empty without an error.
	Code string
	// Status is that of the response, zero if the invocation is no request.
	Status int
	// Failed says that it was not the caller's fault: a status from 500, and every error of what is no request.
	Failed bool
	// Late says that the function came back after its caller had been answered that it did not in time, or had gone away.
	Late bool
}

// Of is the outcome of the invocation of ctx whose function returned err, or did not return: it panicked then, or ended its
// goroutine. X and route are the request and its route, nil and zero if it is none.
func Of(ctx *framework.Context, x *web.Exchange, route web.Route, err error, returned bool) (o Outcome) {
	if o.Code = CodeOf(err); !returned {
		o.Code = Panic
	}
	if _, limited := ctx.Deadline(); limited {
		if reason := ctx.Err(); reason != nil { // the engine has answered, or is about to
			o.Late = true
			if o.Code = Canceled; errors.Is(reason, context.DeadlineExceeded) {
				o.Code = DeadlineExceeded
			}
		}
	}
	if x == nil {
		o.Failed = o.Code != ""
		return o
	}
	switch {
	case o.Late && o.Code == Canceled:
		o.Status = statusGone
	case o.Late:
		o.Status = 504
	case !returned:
		o.Status = 500
	default:
		o.Status = x.Outcome(ctx.Result(), err, route)
	}
	o.Failed = o.Status >= 500
	return o
}

// RouteOf is the route of a request among those of its function: the one with its pattern and its method, else the one that takes its
// method, too.
func RouteOf(routes []web.Route, x *web.Exchange) (route web.Route) {
	near := 0
	for _, r := range routes {
		if r.Pattern != x.Request.Pattern {
			continue
		}
		how := 1 // for any method
		switch {
		case r.Method == x.Request.Method:
			return r
		case r.Method == "GET" && x.Request.Method == "HEAD":
			how = 2
		}
		if how > near {
			route, near = r, how
		}
	}
	return route
}

// CodeOf is the code of an error, as callers see it, of 64 bytes at most. It is empty for nil.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	if _, ok := partial.Of(err); ok {
		return Batch
	}
	if stated, ok := errors.AsType[*framework.Error](err); ok {
		if stated.Code == "" {
			return Stated
		}
		return stated.Code[:min(len(stated.Code), maxCode)]
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return DeadlineExceeded
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, framework.ErrClosed):
		return Unavailable
	}
	if _, ok := errors.AsType[*framework.PanicError](err); ok {
		return Panic
	}
	return Internal
}
