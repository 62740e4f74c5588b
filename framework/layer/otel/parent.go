package otel

import (
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/tracecontext"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// parentOf reads traceparent, of a calling function or of a request, else the vendor's own header: in the order of
// [framework.Context.TraceID], but only what the settings have it read. State is the tracestate that came with it.
func (s *settings) parentOf(ctx *framework.Context, x *web.Exchange) (p tracecontext.Parent, state string, ok bool) {
	if s.w3c {
		header, state := "", ""
		switch call := ctx.Call(); {
		case call != nil:
			header, state = call.Traceparent, call.Tracestate
		case x != nil:
			header, state = first(x.Request.Header["Traceparent"]), strings.Join(x.Request.Header["Tracestate"], ",")
		}
		if p, ok = tracecontext.Parse(header); ok {
			return p, state, true
		}
	}
	vendor := ctx.Trace()
	if vendor == "" {
		return p, "", false
	}
	if s.w3c {
		if p, ok = tracecontext.Parse(vendor); ok {
			return p, "", true
		}
	}
	if s.vendor {
		p, ok = tracecontext.ParseVendor(vendor)
	}
	return p, "", ok
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
