package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// readyLayers are the sections of docs/ready-layers.md. Those that are modules of their own have tests of their own: what they need is not in
// this module's go.sum.
func readyLayers() map[string]bool {
	return map[string]bool{"accesslog": true, "recovery": true, "requestid": true, "cors": true, "timeout": true, "etag": true, "limit": false, "prometheus": false, "otel": false}
}

// TestReadyLayersOfThePage types in docs/ready-layers.md, and calls a function with all layers of this module locally and on each cloud.
func TestReadyLayersOfThePage(t *testing.T) {
	f, names := "service: shop\nlayers:\n", []string{}
	for name, own := range readyLayers() {
		if !own {
			continue
		}
		line, ok := strings.CutPrefix(find(t, name, "yaml"), "layers:\n")
		if !ok {
			t.Fatalf("the block of %s does not begin with layers", name)
		}
		f += line
		names = append(names, name)
	}
	var listed struct{ Provider struct{ Layers []string } }
	if err := yaml.Unmarshal([]byte(find(t, "Ready layers", "yaml")), &listed); err != nil {
		t.Fatal(err)
	}
	order := slices.DeleteFunc(listed.Provider.Layers, func(name string) bool { return !slices.Contains(names, name) })
	if len(order) != len(names) {
		t.Errorf("the page lists %v, want all of %v", order, names)
	}
	f += "provider: {layers: [" + strings.Join(order, ", ") + "]}\ntargets: {aliyun: {provider: {region: cn-hangzhou}}}\n"
	w := newWorkshop(t, buildTool(t), map[string]string{"f.yml": f, "order/order.go": `// Package order has orders.
package order

import "github.com/faasgen/faasgen/framework"

// Controller serves orders.
type Controller struct{}

// Get returns one.
//
//faas:handler
//faas:http ANY /orders/{id}
func (c *Controller) Get(ctx *framework.Context) (string, error) {
	return "tea", nil
}

// Lose panics.
//
//faas:handler
//faas:http GET /lost
func (c *Controller) Lose(ctx *framework.Context) (string, error) { panic("hunter2") }
`})
	if out, errs, err := w.sh("go tool faasgen generate"); err != nil {
		t.Fatalf("generate: %v\n%s%s", err, out, errs)
	}
	const request = `{"method":"GET","path":"/orders/7","headers":{"Origin":"https://a.example.com","X-Request-Id":"client-7"}}`
	for _, target := range []string{"", " --target aws", " --target aliyun", " --target tencent"} {
		out, errs, err := w.sh("go tool faasgen invoke order-get" + target + " -d '" + request + "'")
		if err != nil || strings.TrimSpace(out) != "tea" {
			t.Errorf("%s: %q, %v\n%s", target, out, err, errs)
			continue
		}
		for _, want := range []string{`(?i)x-request-id: client-7`, `(?i)etag: "`, `(?i)cache-control: private, max-age=60`, `(?i)access-control-allow-origin: https://a\.example\.com`, `(?i)vary: origin`,
			`msg"?[:=]"?invocation`, `route"?[:=]"?/orders/\{id\}`, `status"?[:=]200`, `duration_us"?[:=]\d`, `errors"?[:=]0`} {
			if !regexp.MustCompile(want).MatchString(errs) {
				t.Errorf("%s: no %s in\n%s", target, want, errs)
			}
		}
		if emf := strings.Contains(errs, `"CloudWatchMetrics"`); emf != strings.Contains(target, "aws") {
			t.Errorf("%s: metrics of CloudWatch: %v\n%s", target, emf, errs)
		}
		out, errs, _ = w.sh("go tool faasgen invoke order-lose" + target)
		ends := "the process ends, as its function panicked"
		if target == "" { // development
			ends = "in a deployment the process would end now"
		}
		for _, want := range []string{`(?m)^503 `, `(?i)retry-after: 1`, ends, `msg"?[:=]"?panic in handler"?.*hunter2`, `level"?[:=]"?ERROR.*msg"?[:=]"?invocation.*error_code"?[:=]"?panic`} {
			if !regexp.MustCompile(want).MatchString(errs) {
				t.Errorf("%s: a panic: no %s in\n%s", target, want, errs)
			}
		}
		if strings.Contains(out, "hunter2") {
			t.Errorf("%s: the text of a panic is in the answer: %s", target, out)
		}
	}
}

// TestKeysOfReadyLayers compares the tables of keys with the configuration of the layers.
func TestKeysOfReadyLayers(t *testing.T) {
	content, err := os.ReadFile("../../docs/ready-layers.md")
	if err != nil {
		t.Fatal(err)
	}
	page, rows := string(content), regexp.MustCompile("^\\| ((?:`[a-zA-Z]+`(?:, )?)+) \\| ([^|]*)\\| [^|]*\\|$")
	for name := range readyLayers() {
		documented := map[string]string{}
		_, section, _ := strings.Cut(page, "\n## "+name+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		_, table, _ := strings.Cut(section, "| key | default | meaning |\n|---|---|---|\n")
		table, _, _ = strings.Cut(table, "\n\n")
		for line := range strings.Lines(table) {
			m := rows.FindStringSubmatch(strings.TrimSpace(line))
			if m == nil {
				t.Fatalf("%s: no row of keys: %s", name, line)
			}
			keys := strings.Split(m[1], ", ")
			defaults := []string{strings.TrimSpace(m[2])}
			if len(keys) > 1 {
				defaults = strings.Split(defaults[0], ", ")
			}
			for i, key := range keys {
				documented[strings.Trim(key, "`")] = defaults[i]
			}
		}
		for key, value := range keysOf(t, name) {
			if got, ok := documented[key]; !ok || got != value {
				t.Errorf("%s: key %s has the default %q in the page (%v), %q in the code", name, key, got, ok, value)
			}
			delete(documented, key)
		}
		if len(documented) > 0 {
			t.Errorf("%s: the page has keys that the layer has not: %v", name, documented)
		}
	}
}

// keysOf are the keys of a layer with their defaults.
func keysOf(t *testing.T, name string) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../../framework/layer", name, name+".go"), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != "Config" {
			return true
		}
		for _, f := range spec.Type.(*ast.StructType).Fields.List {
			_, value, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(f.Comment.List[0].Text, "//faas:config")), "default=")
			for _, n := range f.Names {
				keys[strings.ToLower(n.Name[:1])+n.Name[1:]] = strings.Trim(value, `"`)
			}
		}
		return false
	})
	if len(keys) == 0 {
		t.Fatalf("layer %s has no keys", name)
	}
	return keys
}
