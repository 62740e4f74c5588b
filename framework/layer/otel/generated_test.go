package otel_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
)

const page = "../../../docs/tracing.md"

// read reads a file of the checkout.
func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// blocks are the code blocks of the page in one language.
func blocks(t *testing.T, language string) (list []string) {
	t.Helper()
	_, rest, _ := strings.Cut(read(t, page), "```"+language+"\n")
	for rest != "" {
		var text string
		text, rest, _ = strings.Cut(rest, "```\n")
		list = append(list, text)
		_, rest, _ = strings.Cut(rest, "```"+language+"\n")
	}
	return list
}

// workshop is a module with the f.yml and the code of docs/tracing.md.
type workshop struct {
	t         *testing.T
	dir, tool string
}

func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	w := &workshop{t: t, dir: t.TempDir(), tool: filepath.Join(t.TempDir(), "faasgen")}
	build := exec.Command("go", "build", "-o", w.tool, "./cmd/faasgen")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	yaml, code := blocks(t, "yaml"), blocks(t, "go")
	if len(yaml) != 1 || len(code) != 2 {
		t.Fatalf("the page has %d blocks of YAML and %d of Go, want 1 and 2", len(yaml), len(code))
	}
	const module = "github.com/faasgen/faasgen"
	mod := strings.NewReplacer("module "+module+"/framework/layer/otel\n", "module example.com/shop\n", "=> ../../..", "=> "+root).Replace(read(t, "go.mod"))
	w.write("go.mod", fmt.Sprintf("%s\nrequire %[2]s v0.0.0-00010101000000-000000000000\n\nreplace %[2]s => %[3]s/framework/layer/otel\n", mod, module+"/framework/layer/otel", root))
	w.write("go.sum", read(t, filepath.Join(root, "go.sum"))+read(t, "go.sum"))
	w.write("f.yml", yaml[0])
	w.write("order/order.go", code[0])
	w.write("stock/stock.go", `// Package stock has one function that measures something.
package stock

import (
	"context"

	"go.opentelemetry.io/otel/metric"

	"github.com/faasgen/faasgen/framework/layer/otel/meter"
)

`+code[1]+`
// Controller counts.
type Controller struct {
	Meters metric.MeterProvider //faas:inject
}

// Count counts.
//
//faas:handler
func (c *Controller) Count(ctx context.Context) error {
	counter, err := c.Meters.Meter("shop").Int64Counter("counted")
	if err != nil {
		return err
	}
	counter.Add(ctx, 7)
	return nil
}
`)
	return w
}

func (w *workshop) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// run runs the command with these variables.
func (w *workshop) run(variables []string, arguments ...string) (out string, err error) {
	w.t.Helper()
	cmd := exec.Command(w.tool, arguments...)
	cmd.Dir = w.dir
	cmd.Env = append(append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off"), variables...)
	var all bytes.Buffer
	cmd.Stdout, cmd.Stderr = &all, &all
	err = cmd.Run()
	return all.String(), err
}

// TestGenerated types in docs/tracing.md: f.yml names the layer, the generated code links it, and what the functions did arrives at a
// receiver.
func TestGenerated(t *testing.T) {
	w := newWorkshop(t)
	if out, err := w.run(nil, "generate"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got atomic.Value
	warehouse := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got.Store(r.Header.Get("Traceparent")) }))
	defer warehouse.Close()
	r := newReceiver(t)
	variables := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + r.URL, "WAREHOUSE_URL=" + warehouse.URL, "LAYERS_OTEL_HEADERS=Authorization=Bearer%20" + password}
	out, err := w.run(variables, "invoke", "order-create", "-d", `{"method":"POST","path":"/orders","headers":{"Traceparent":"00-`+traceID+`-`+spanID+`-01"}}`)
	if err != nil || strings.Contains(out, password) {
		t.Fatalf("%v\n%s", err, out)
	}
	spans := r.taken()
	invocation, own, request := named(spans, "POST /orders"), named(spans, "reserve"), named(spans, "POST")
	if invocation == nil || own == nil || request == nil {
		t.Fatalf("found the spans %v\n%s", spans, out)
	}
	if hexOf(invocation.TraceId) != traceID || hexOf(invocation.ParentSpanId) != spanID || hexOf(own.ParentSpanId) != hexOf(invocation.SpanId) || hexOf(request.ParentSpanId) != hexOf(own.SpanId) {
		t.Errorf("found %v\n%v\n%v", invocation, own, request)
	}
	if want := "00-" + traceID + "-" + hexOf(request.SpanId) + "-01"; got.Load() != want {
		t.Errorf("the warehouse got %v, want %q", got.Load(), want)
	}
	if named(spans, "FunctionStart") == nil {
		t.Errorf("found no span of the start in %v", spans)
	}
	if r.sent().Get("Authorization") != "Bearer "+password {
		t.Errorf("found the headers %v", r.sent())
	}
	if a := plain(r.resource().GetAttributes()); a["service.name"] != "order-create" && a["service.name"] != "shop" {
		t.Errorf("found the resource %v", a)
	}

	if out, err := w.run(append(variables, "WAREHOUSE_URL="), "invoke", "stock-count"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if all := r.measured(); !slices.ContainsFunc(all, func(m *metrics.Metric) bool {
		return m.Name == "counted" && m.GetSum().GetDataPoints()[0].GetAsInt() == 7
	}) || !slices.ContainsFunc(all, func(m *metrics.Metric) bool { return m.Name == "faas.invocations" }) {
		t.Errorf("found the metrics %v", all)
	}

	// What is no configuration of the layer is an error of f.yml, at its place.
	use := `service: shop
provider: {layers: [otel]}
layers:
  otel:
    use: go:github.com/faasgen/faasgen/framework/layer/otel
    config:
`
	for config, want := range map[string]string{
		"      endpont: https://otlp.example.com\n": `f.yml:7:7: .*endpont.*endpoint`,
		"      sample: often\n":                     `f.yml:7:15: .*sample.*often`,
		"      cap: soon\n":                         `f.yml:7:12: .*cap.*soon`,
		"      traces: perhaps\n":                   `f.yml:7:15: .*traces`,
		"      headers: a=" + password + "\n":       `f.yml:7:16: .*headers`,
	} {
		w.write("f.yml", use+config)
		out, err := w.run(variables, "check")
		if err == nil || !regexp.MustCompile(`(?s)`+want).MatchString(out) || strings.Contains(out, password) {
			t.Errorf("%s: found %v, want %s in\n%s", config, err, want, out)
		}
	}
}
