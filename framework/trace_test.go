package framework

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// requested is an event with a trace context.
type requested string

func (r requested) TraceContext() (traceparent, tracestate string) { return string(r), "" }

func TestTraceID(t *testing.T) {
	const (
		own     = "0af7651916cd43dd8448eb211c80319c"
		parent  = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
		trace   = "4bf92f3577b34da6a3ce929d0e0e4736"
		xray    = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
		ofXRay  = "5759e988bd862e3fe1be46a994272793"
		jaeger  = "124ed43254b54966:124ed43254b54966:0:1"
		nothing = "some words"
	)
	for _, tt := range []struct {
		name string
		inv  Invocation
		want string
	}{
		{"none", Invocation{}, ""},
		{"X-Ray", Invocation{Trace: xray}, ofXRay},
		{"Jaeger", Invocation{Trace: jaeger}, "0000000000000000124ed43254b54966"},
		{"W3C, by the platform", Invocation{Trace: parent}, trace},
		{"nothing of the kind", Invocation{Trace: nothing}, ""},
		{"what would break a line", Invocation{Trace: "Root=\n{\"level\":\"ERROR\"};Parent=1"}, ""},
		{"a call", Invocation{Trace: xray, Call: &Call{Traceparent: parent}}, trace},
		{"a call without", Invocation{Trace: xray, Call: &Call{}, Event: requested(parent)}, ofXRay},
		{"a request", Invocation{Trace: xray, Event: requested(parent)}, trace},
		{"a request with a broken one", Invocation{Trace: xray, Event: requested(parent[:54])}, ofXRay},
		{"a request without", Invocation{Event: requested("")}, ""},
	} {
		c := &Context{call: &call{invocation: tt.inv}}
		if got := c.TraceID(); got != tt.want {
			t.Errorf("%s: found %q, want %q", tt.name, got, tt.want)
		}
		c.SetTraceID(own)
		if got := c.WithContext(t.Context()).TraceID(); got != own {
			t.Errorf("%s: of a layer: %q", tt.name, got)
		}
	}
}

// A layer further outside may have made the logger before one that traces knows the id.
func TestTraceIDOfALoggerThatIsThere(t *testing.T) {
	for name, tt := range map[string]struct {
		trace string
		want  int
	}{"without a trace": {"", 1}, "with one": {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", 1}} {
		var out bytes.Buffer
		rt := &Runtime{Logger: slog.New(slog.NewTextHandler(&out, nil))}
		f := &Function{Name: "work", Handler: func(ctx *Context) error {
			ctx.Logger()
			ctx.SetTraceID("4bf92f3577b34da6a3ce929d0e0e4736")
			ctx.Logger().Info("working")
			return nil
		}}
		e := NewEngine(rt, &App{Functions: []*Function{f}})
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Invoke(t.Context(), Invocation{Function: f, Trace: tt.trace}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(out.String(), "trace_id=4bf92f3577b34da6a3ce929d0e0e4736"); got != tt.want {
			t.Errorf("%s: %d ids, want %d, in %s", name, got, tt.want, &out)
		}
	}
}
