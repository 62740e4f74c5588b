package otel_test

import (
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// What is logged has the trace, and the span where there is one to look for.
func TestLog(t *testing.T) {
	for _, tt := range []struct {
		name   string
		sample float64
		parent bool
		none   bool // no endpoint
		span   int
	}{
		{"sampled", 1, false, false, 1},
		{"not sampled", 0, false, false, 0},
		{"sampled by the caller", 0, true, false, 1},
		{"sampled by the caller, and exported by nobody here", 1, true, true, 0},
		{"nothing is exported", 1, false, true, 0},
	} {
		r := newReceiver(t)
		c := configuration(r.URL)
		if c.Sample = tt.sample; tt.none {
			c.Endpoint = ""
		}
		e := start(t, c, nil, &framework.Function{Handler: func(ctx *framework.Context) error {
			ctx.Runtime().Log().InfoContext(ctx, "working", "trace", ctx.TraceID())
			return nil
		}})
		x := request()
		if tt.parent {
			x = request("Traceparent", "00-"+traceID+"-"+spanID+"-01")
		}
		e.invoke(framework.Invocation{Event: x})
		for line := range strings.Lines(e.out.String()) {
			if !strings.Contains(line, "working") {
				continue
			}
			if got := strings.Count(line, `"trace_id":"`); got != 1 {
				t.Errorf("%s: %d ids of a trace in %s", tt.name, got, line)
			}
			if got := strings.Count(line, `"span_id":"`); got != tt.span {
				t.Errorf("%s: %d ids of a span, want %d, in %s", tt.name, got, tt.span, line)
			}
			if tt.span == 1 && strings.Contains(line, spanID) {
				t.Errorf("%s: found the caller's span in %s", tt.name, line)
			}
		}
		if !strings.Contains(e.out.String(), "working") {
			t.Errorf("%s: no line in %s", tt.name, e.out)
		}
	}
}
