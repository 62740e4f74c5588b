package framework

import "strings"

// TraceID is the id of the trace that the call belongs to, for logs: the one of [Context.SetTraceID], else of the caller's traceparent
// where another function calls, else of what [Context.Trace] holds, in the vendor's own form. Empty if there is none.
func (c *Context) TraceID() string {
	if own := c.root().trace; own != "" {
		return own
	}
	if by := c.invocation.Call; by != nil && by.Traceparent != "" {
		return traceID(by.Traceparent)
	}
	return traceID(c.invocation.Trace)
}

// SetTraceID has TraceID return id, and what is logged of the invocation from then on: it is for layers that trace, before anything is
// logged.
func (c *Context) SetTraceID(id string) { c.root().trace = id }

// traceID takes the id out of what the vendors send: the traceparent of W3C, 00-TRACE-PARENT-01; that of X-Ray,
// Root=TRACE;Parent=…;Sampled=1; or that of Jaeger, TRACE:SPAN:PARENT:FLAGS. What has no such form is no id.
func traceID(header string) string {
	if header == "" {
		return ""
	}
	if _, root, ok := strings.Cut(header, "Root="); ok {
		root, _, _ = strings.Cut(root, ";")
		return traceWord(root)
	}
	if len(header) >= 55 && header[2] == '-' && header[35] == '-' {
		return traceWord(header[3:35])
	}
	if id, _, ok := strings.Cut(header, ":"); ok {
		return traceWord(id)
	}
	return ""
}

// traceWord is an id if it is hexadecimal, with the dashes of X-Ray, and no longer than one of theirs.
func traceWord(id string) string {
	if len(id) > 35 {
		return ""
	}
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') && c != '-' {
			return ""
		}
	}
	return id
}
