package otel_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	api "go.opentelemetry.io/otel"
	tracing "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/layer/otel"
	fc "github.com/faasgen/faasgen/framework/platform/aliyun/custom"
	"github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/framework/platform/sim"
	aliyunsim "github.com/faasgen/faasgen/framework/platform/sim/aliyun"
	awssim "github.com/faasgen/faasgen/framework/platform/sim/aws"
	localsim "github.com/faasgen/faasgen/framework/platform/sim/local"
	tencentsim "github.com/faasgen/faasgen/framework/platform/sim/tencent"
	"github.com/faasgen/faasgen/framework/platform/tencent"
	scf "github.com/faasgen/faasgen/framework/platform/tencent/custom"
	scfweb "github.com/faasgen/faasgen/framework/platform/tencent/web"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

const (
	artefact = "FAASGEN_OTEL_TEST"
	secret   = "text-of-an-error"
	password = "hunter2"
)

// The artefact is the test binary itself, started again.
func TestMain(m *testing.M) {
	switch os.Getenv(artefact) {
	case "":
		os.Exit(trusting(m.Run))
	case "aws":
		aws.Run(unit, aws.HTTP())
	case "tencent/custom":
		scf.Run(unit, tencent.HTTP())
	case "tencent/web":
		scfweb.Run(unit)
	case "aliyun":
		fc.Run(unit)
	case "local":
		local.Run(unit)
	}
}

// trusting runs tests that trust the certificate of httptest, which is read once in a process.
func trusting(run func() int) int {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	dir, err := os.MkdirTemp("", "otel")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "ca.pem")
	if err := errors.Join(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600), os.Setenv("SSL_CERT_FILE", path)); err != nil {
		panic(err)
	}
	return run()
}

// unit is what runs in the simulators.
func unit(rt *framework.Runtime) *framework.App {
	limit, err := time.ParseDuration(os.Getenv("CAP"))
	if err != nil {
		panic(err)
	}
	l, err := otel.New(&otel.Config{Endpoint: os.Getenv("RECEIVER"), Headers: config.NewSecret("Authorization=Bearer%20" + password), Sample: 1, Cap: limit,
		Traces: true, Metrics: true, Global: true}, rt)
	if err != nil {
		panic(err)
	}
	return &framework.App{Unit: "api", Layers: framework.Layers{l}, Start: func(context.Context) error { return nil }, Functions: []*framework.Function{
		{Name: "order-get", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/orders/{id}"}}, Handler: func(ctx *framework.Context) error {
			inner, span := api.Tracer("shop").Start(ctx, "load")
			defer span.End()
			ctx.Runtime().Log().InfoContext(inner, "loading")
			ctx.Logger().Info("handling")
			ctx.SetResult("order")
			return nil
		}},
		{Name: "order-fail", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/fail"}}, Handler: func(*framework.Context) error { return errors.New(secret) }},
	}}
}

// output is what an artefact writes.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) { o.mu.Lock(); defer o.mu.Unlock(); return o.b.Write(p) }
func (o *output) String() string              { o.mu.Lock(); defer o.mu.Unlock(); return o.b.String() }

// cloud is one that the unit runs on.
type cloud struct {
	name, command, provider string
	runtime                 sim.Runtime
	goesOn                  bool // and exports in the background
}

func clouds() []cloud {
	return []cloud{
		{"aws", "bootstrap", "aws", awssim.New(awssim.Options{}), false},
		{"aliyun", "main", "alibaba_cloud", aliyunsim.NewCustom(), false},
		{"tencent/web", "bootstrap", "tencent_cloud", tencentsim.NewWeb(), false},
		{"tencent/custom", "bootstrap", "tencent_cloud", tencentsim.NewCustom(), false},
		{"local", "bootstrap", "", localsim.New(), true},
	}
}

// start starts the unit. What get returns is the response to a request.
func (c *cloud) start(ctx context.Context, t *testing.T, receiver string, limit time.Duration) (p sim.Process, get func(target string, header ...[2]string) *sim.Response, out *output) {
	t.Helper()
	dir, out := t.TempDir(), &output{}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, c.command)); err != nil {
		t.Fatal(err)
	}
	p, err = c.runtime.Start(ctx, sim.Artifact{Dir: dir, Command: c.command, Unit: "api", Memory: 128, Output: out,
		// A process with the race detector sleeps for a second at its end otherwise.
		Environment: map[string]string{artefact: c.name, "RECEIVER": receiver, "CAP": limit.String(), "GORACE": "atexit_sleep_ms=0"}})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return p, func(target string, header ...[2]string) *sim.Response {
		t.Helper()
		answer, err := p.HTTP(ctx, &sim.Request{Method: "GET", Target: target, Host: "shop.example", Header: header})
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return answer
	}, out
}

// A receiver that never answers, and one that does not even take connections, keep no response, and no event after it.
func TestCloudsDoNotWait(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // which the kernel accepts for, and nothing else
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	for _, tt := range clouds() {
		for _, scheme := range []string{"http", "https"} {
			t.Run(tt.name+" "+scheme, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				p, get, out := tt.start(ctx, t, scheme+"://"+silent.Addr().String(), 10*time.Millisecond)
				for range 10 {
					if answer := get("/orders/7"); answer.Status != 200 || string(answer.Body) != "order" {
						t.Errorf("%d %s\n%s", answer.Status, answer.Body, out)
					}
				}
				if err := p.Stop(ctx); err != nil {
					t.Error(err)
				}
				// One line for each signal that fails, and one at the end where something was lost since.
				failing, lost := strings.Count(out.String(), "telemetry is not exported"), strings.Count(out.String(), "telemetry was lost")
				if failing > 2 || lost > 1 || failing+lost == 0 || strings.Count(out.String(), `"dropped":`) != failing+lost {
					t.Errorf("found the lines\n%s", out)
				}
			})
		}
	}
}

func TestClouds(t *testing.T) {
	const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for _, tt := range clouds() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			p, get, out := tt.start(ctx, t, r.URL, 10*time.Second)
			get("/orders/7?token="+secret, [2]string{"Traceparent", traceparent})
			if answer := get("/fail"); answer.Status != 500 {
				t.Errorf("status %d", answer.Status)
			}
			if !tt.goesOn { // the first response, or the second event, waited for the export
				if named(r.taken(), "GET /orders/{id}") == nil {
					t.Error("the spans of the first invocation did not come before the second was over")
				}
			}
			if err := p.Stop(ctx); err != nil {
				t.Error(err)
			}
			spans := r.taken()
			got := named(spans, "GET /orders/{id}")
			if got == nil {
				t.Fatalf("no span of the invocation in %v\n%s", spans, out)
			}
			if hexOf(got.TraceId) != traceparent[3:35] || hexOf(got.ParentSpanId) != traceparent[36:52] || got.Kind != tracing.Span_SPAN_KIND_SERVER || got.Status.GetCode() != 0 {
				t.Errorf("found %v", got)
			}
			a := plain(got.Attributes)
			if a["faas.name"] != "order-get" || a["faas.trigger"] != "http" || a["faas.coldstart"] != true || a["http.response.status_code"] != int64(200) ||
				a["http.route"] != "/orders/{id}" || a["http.request.method"] != "GET" || a["faas.invocation_id"] == "" || a["server.address"] != "shop.example" {
				t.Errorf("found the attributes %v", a)
			}
			for name, parent := range map[string]*tracing.Span{"load": got, "RuntimeStart": got, "FunctionStart": got, "layer otel": named(spans, "FunctionStart")} {
				if s := named(spans, name); s == nil || parent == nil || hexOf(s.ParentSpanId) != hexOf(parent.SpanId) || hexOf(s.TraceId) != hexOf(got.TraceId) || s.EndTimeUnixNano < s.StartTimeUnixNano {
					t.Errorf("%s: found %v within %v", name, s, parent)
				}
			}
			failed := named(spans, "GET /fail")
			if a := plain(failed.GetAttributes()); a["faas.coldstart"] != false || a["error.type"] != "internal" || a["http.response.status_code"] != int64(500) || failed.GetStatus().GetCode() != tracing.Status_STATUS_CODE_ERROR {
				t.Errorf("found %v", failed)
			}
			res := plain(r.resource().GetAttributes())
			if provider, _ := res["cloud.provider"].(string); provider != tt.provider || res["service.name"] != "api" || res["faas.instance"] == "" {
				t.Errorf("found the resource %v", res)
			}
			for _, s := range spans {
				if text := s.String(); strings.Contains(text, secret) || strings.Contains(text, "orders/7") {
					t.Errorf("a span tells too much: %s", text)
				}
			}
			if r.sent().Get("Authorization") != "Bearer "+password || strings.Contains(out.String(), password) {
				t.Errorf("the header was not sent, or was logged:\n%s", out)
			}
			checkLog(t, out.String(), got, named(spans, "load"))
			var names []string
			for _, m := range r.measured() {
				names = append(names, m.Name)
			}
			if all := strings.Join(names, " "); !strings.Contains(all, "faas.invocations") || !strings.Contains(all, "faas.errors") || !strings.Contains(all, "faas.invoke_duration") || !strings.Contains(all, "faas.coldstarts") {
				t.Errorf("found the metrics %s\n%s", all, out)
			}
		})
	}
}

// checkLog looks for the ids of the trace in what was logged.
func checkLog(t *testing.T, log string, invocation, inner *tracing.Span) {
	t.Helper()
	for line := range strings.Lines(log) {
		switch {
		case strings.Contains(line, "loading"):
			if strings.Count(line, "trace_id") != 1 || !strings.Contains(line, hexOf(invocation.TraceId)) || inner == nil || !strings.Contains(line, hexOf(inner.SpanId)) {
				t.Errorf("found %s", line)
			}
		case strings.Contains(line, "handling"):
			if strings.Count(line, "trace_id") != 1 || !strings.Contains(line, hexOf(invocation.TraceId)) {
				t.Errorf("found %s", line)
			}
		}
	}
	if !strings.Contains(log, "loading") || !strings.Contains(log, "handling") {
		t.Errorf("no lines in\n%s", log)
	}
}
