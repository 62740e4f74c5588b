package otel_test

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/layer/otel"
)

func TestMistakes(t *testing.T) {
	good := configuration("http://127.0.0.1:1")
	for _, tt := range []struct {
		change    func(*otel.Config)
		variables variables
		want      string
	}{
		{func(c *otel.Config) { c.Sample = 2 }, nil, "sample: found 2, expected a share from 0 to 1"},
		{func(c *otel.Config) { c.Cap = time.Hour }, nil, "cap: found 1h0m0s, expected more than nothing and 10s at most"},
		{func(c *otel.Config) { c.Endpoint = "otlp.example.com" }, nil, "endpoint: expected an address such as https://otlp.example.com:4318, without a user; a password belongs into the headers"},
		{func(c *otel.Config) { c.Endpoint = "https://ann:" + password + "@otlp.example.com" }, nil, "endpoint: expected an address"},
		{func(c *otel.Config) { c.Headers = config.NewSecret(password) }, nil, "headers: the pair at place 1 is not of the form name=value, with %20 and the like for what is special"},
		{func(c *otel.Config) { c.Headers = config.NewSecret("a=1,host=" + password) }, nil, "headers: found a header that cannot be sent"},
		{func(c *otel.Config) { c.Headers = config.NewSecret("a=1%0d%0ab:" + password) }, nil, "headers: found a header that cannot be sent"},
		{nil, variables{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, `OTEL_EXPORTER_OTLP_PROTOCOL: found "grpc", expected http/protobuf: gRPC would be half of a function's package`},
		{nil, variables{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"}, `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: found "http/json", expected http/protobuf`},
		{nil, variables{"OTEL_EXPORTER_OTLP_HEADERS": "x"}, "OTEL_EXPORTER_OTLP_HEADERS: the pair at place 1"},
		{nil, variables{"OTEL_EXPORTER_OTLP_TIMEOUT": "10s"}, `OTEL_EXPORTER_OTLP_TIMEOUT: found "10s", expected a whole number from 1`},
		{nil, variables{"OTEL_EXPORTER_OTLP_COMPRESSION": "zstd"}, `OTEL_EXPORTER_OTLP_COMPRESSION: found "zstd", expected gzip or none`},
		{nil, variables{"OTEL_TRACES_EXPORTER": "console"}, `OTEL_TRACES_EXPORTER: found "console", expected otlp or none`},
		{nil, variables{"OTEL_TRACES_SAMPLER": "jaeger_remote"}, `OTEL_TRACES_SAMPLER: found "jaeger_remote", expected always_on`},
		{nil, variables{"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "NaN"}, `OTEL_TRACES_SAMPLER_ARG: found "NaN", expected a share from 0 to 1`},
		{nil, variables{"OTEL_TRACES_SAMPLER_ARG": "0.5"}, "OTEL_TRACES_SAMPLER_ARG: found it without OTEL_TRACES_SAMPLER, which says what it is for"},
		{nil, variables{"OTEL_PROPAGATORS": "tracecontext,b3"}, `OTEL_PROPAGATORS: found "b3", expected tracecontext`},
		{nil, variables{"OTEL_SDK_DISABLED": "yes"}, `OTEL_SDK_DISABLED: found "yes", expected true or false`},
		{nil, variables{"OTEL_BSP_MAX_QUEUE_SIZE": "0"}, `OTEL_BSP_MAX_QUEUE_SIZE: found "0", expected a whole number from 1`},
		{nil, variables{"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "cumulative"}, `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: found "cumulative", expected delta`},
	} {
		c := good
		if tt.change != nil {
			tt.change(&c)
		}
		_, err := tryStart(t, c, tt.variables, &framework.Function{Handler: nothing})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), password) {
			t.Errorf("found %v, want %s", err, tt.want)
		}
	}
}

// Variables win over the configuration, and what they name is sent.
func TestVariables(t *testing.T) {
	r := newReceiver(t)
	c := configuration("http://127.0.0.1:1")
	c.Headers, c.Service, c.Metrics = config.NewSecret("a=1"), "one", true
	var paths []string
	r.behave(func(_ http.ResponseWriter, _ *http.Request, path string) bool {
		paths = append(paths, path)
		return false
	})
	e := start(t, c, variables{
		"OTEL_EXPORTER_OTLP_ENDPOINT": r.URL + "/", "OTEL_EXPORTER_OTLP_HEADERS": "X-Key=" + password + ", b = c%20d", "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
		"OTEL_RESOURCE_ATTRIBUTES": "team=shop,service.name=two,cloud.region=here", "OTEL_SERVICE_NAME": "three", "OTEL_EXPORTER_OTLP_CERTIFICATE": "/ca.pem",
	}, &framework.Function{Handler: nothing})
	e.invoke(framework.Invocation{})
	e.close()
	if h := r.sent(); h.Get("X-Key") != password || h.Get("B") != "c d" || h.Get("A") != "" || h.Get("Content-Encoding") != "" {
		t.Errorf("found the headers %v", h)
	}
	if !slices.Equal(paths, []string{"/v1/traces", "/v1/metrics"}) {
		t.Errorf("found the paths %q", paths)
	}
	if a := plain(r.resource().GetAttributes()); a["service.name"] != "three" || a["team"] != "shop" || a["cloud.region"] != "here" {
		t.Errorf("found the resource %v", a)
	}
	if got := e.messages(slog.LevelWarn); !slices.Equal(got, []string{"layer otel ignores variables that are set"}) || strings.Contains(e.out.String(), password) {
		t.Errorf("found the lines %q in\n%s", got, e.out)
	}
}

// Without an endpoint nothing is exported, a line says so, and the trace is passed on.
func TestNoEndpoint(t *testing.T) {
	e := start(t, configuration(""), nil, &framework.Function{Handler: func(ctx *framework.Context) error {
		if parent, _ := otel.Traceparent(ctx); !strings.Contains(parent, traceID) {
			t.Errorf("found %q", parent)
		}
		if ctx.TraceID() != traceID {
			t.Errorf("found the trace %q", ctx.TraceID())
		}
		return nil
	}})
	e.invoke(framework.Invocation{Event: request("Traceparent", "00-"+traceID+"-"+spanID+"-01")})
	if got := e.messages(slog.LevelInfo); len(got) != 1 || !strings.HasPrefix(got[0], "layer otel exports nothing") {
		t.Errorf("found the lines %q", got)
	}
}

// What is large is compressed; what is one packet anyway is not.
func TestCompression(t *testing.T) {
	r := newReceiver(t)
	spans := 200
	e := start(t, configuration(r.URL), nil, &framework.Function{Handler: func(ctx *framework.Context) error {
		for range spans {
			_, span := trace.SpanFromContext(ctx).TracerProvider().Tracer("shop").Start(ctx, "part")
			span.End()
		}
		return nil
	}})
	for _, tt := range []struct {
		spans int
		want  string
	}{{200, "gzip"}, {0, ""}} {
		spans = tt.spans
		e.invoke(framework.Invocation{})
		if got := r.sent().Get("Content-Encoding"); got != tt.want {
			t.Errorf("%d spans: found the encoding %q, want %q", tt.spans, got, tt.want)
		}
	}
	if n := len(r.taken()); n < 202 {
		t.Errorf("%d spans came", n)
	}
}
