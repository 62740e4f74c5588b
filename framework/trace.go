package framework

import "github.com/faasgen/faasgen/framework/internal/tracecontext"

// traced is an event that came with a W3C trace context, such as a request.
type traced interface {
	TraceContext() (traceparent, tracestate string)
}

// TraceID is the id of the trace that the call belongs to, for logs: 32 hexadecimal digits, as W3C has them, whatever came. It is that of
// [Context.SetTraceID], else of the traceparent of the calling function or of the request, else of what [Context.Trace] holds. It is
// empty if there is none.
func (c *Context) TraceID() string {
	c = c.root()
	if c.trace != "" {
		return c.trace
	}
	header := ""
	if by := c.invocation.Call; by != nil {
		header = by.Traceparent
	} else if e, ok := c.invocation.Event.(traced); ok {
		header, _ = e.TraceContext()
	}
	for _, text := range [...]string{header, c.invocation.Trace} { // some platforms have the form of W3C, too
		if _, ok := tracecontext.Parse(text); ok {
			return text[3:35] // and what Parent.ID is, without a copy
		}
	}
	if p, ok := tracecontext.ParseVendor(c.invocation.Trace); ok {
		return p.ID()
	}
	return ""
}

// SetTraceID has TraceID return id, and what is logged of the invocation from then on: it is for layers that trace, before the function
// logs anything.
func (c *Context) SetTraceID(id string) {
	c = c.root()
	if l := c.logger.Load(); l != nil && id != "" && c.TraceID() == "" { // a layer further outside has made it, without an id
		c.logger.Store(l.With("trace_id", id))
	}
	c.trace = id
}
