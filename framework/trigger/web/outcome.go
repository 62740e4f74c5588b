package web

import (
	"cmp"
	"errors"
	"io"

	"github.com/faasgen/faasgen/framework"
)

// Outcome is the status that [Exchange.Respond] gives the outcome of a function, for layers that count and log it before the
// response is made. What turns out later makes it a 500 all the same, with a log record of its own: a result that cannot be
// encoded, a header that cannot be sent, a body over the platform's limit.
func (x *Exchange) Outcome(result any, err error, route Route) int {
	if err == nil {
		err = x.err
	}
	if errors.Is(err, ErrNotModified) {
		return 304
	}
	if err != nil {
		return describe(err, ErrorInfo{}).Status
	}
	last := 200
	switch v := result.(type) {
	case nil:
		last = 204
	case *Response:
		if v == nil {
			last = 204
		} else if v.Status != 0 {
			return v.Status
		}
	case Response:
		if v.Status != 0 {
			return v.Status
		}
	}
	return cmp.Or(x.response.Status, route.Status, last)
}

// Whole encodes a result, as [Exchange.Respond] would, into a Response that stands for it, for layers that look at the body. It is nil
// where there is no body or it is a stream. The error is that of the encoding.
func Whole(result any) (*Response, error) {
	switch v := result.(type) {
	case *Response:
		if v == nil || v.Reader != nil || len(v.Body) == 0 {
			return nil, nil
		}
		return v, nil
	case Response:
		if v.Reader != nil || len(v.Body) == 0 {
			return nil, nil
		}
		return &v, nil
	case io.Reader:
		return nil, nil
	}
	r := new(response)
	if err := r.represent(result); err != nil || r.none || len(r.Body) == 0 {
		return nil, err
	}
	r.Response.contentType = r.contentType
	return &r.Response, nil
}

// Routes are the http triggers of the function that ctx calls. They are the same for all its invocations.
func Routes(ctx *framework.Context) (routes []Route) {
	e := ctx.Runtime().Engine()
	if e == nil {
		return nil
	}
	if f := e.App().Function(ctx.FunctionName()); f != nil {
		for _, t := range f.Triggers {
			if r, ok := t.(Route); ok {
				routes = append(routes, r)
			}
		}
	}
	return routes
}
