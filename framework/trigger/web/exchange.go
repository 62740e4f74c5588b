package web

import (
	"errors"
	"strings"
)

// NewExchange returns the exchange of a request. A platform makes one for each call.
func NewExchange(r Request) *Exchange { return &Exchange{Request: r} }

// Header returns the headers of the response, to be changed at will. They stay on the response whatever the handler
// returns; what a returned [Response] sets wins over them.
func (x *Exchange) Header() Header {
	if x.response.Header == nil {
		x.response.Header = make(Header)
	}
	return x.response.Header
}

// SetHeader sets a header of the response to one value, by its canonical name, at less cost than Header().Set: for layers, which do it for
// every request.
func (x *Exchange) SetHeader(canonical, value string) {
	h := x.Header()
	if x.singles == len(x.single) {
		h[canonical] = []string{value}
		return
	}
	x.single[x.singles] = value
	x.singles++
	h[canonical] = x.single[x.singles-1 : x.singles : x.singles]
}

// SetStatus sets the status of a successful response, 200 to 599. It wins over the route's.
func (x *Exchange) SetStatus(status int) { x.response.Status = status }

// Overloaded makes the answer to a call over the function's concurrency limit say when to try again. The engine calls it.
func (x *Exchange) Overloaded() { x.Header().Set("Retry-After", "1") }

// TraceContext returns the W3C trace context that the request came with, as it came. Calls of other functions pass it on.
func (x *Exchange) TraceContext() (traceparent, tracestate string) {
	return x.Request.Header.Get("Traceparent"), strings.Join(x.Request.Header.Values("Tracestate"), ",")
}

// Status returns what SetStatus set, zero if nothing.
func (x *Exchange) Status() int { return x.response.Status }

// SetCookie adds a Set-Cookie header. A cookie that cannot be written as one, such as a value with a line break, makes
// the response a 500 and a log record that names the cookie; use [Cookie.Header] first where the value is not yours.
func (x *Exchange) SetCookie(c Cookie) {
	line, err := c.Header()
	if err != nil {
		x.err = errors.Join(x.err, err)
		return
	}
	x.Header()["Set-Cookie"] = append(x.Header()["Set-Cookie"], line)
}
