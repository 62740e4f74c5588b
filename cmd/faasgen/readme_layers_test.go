package main_test

import (
	"strings"
	"testing"
)

// TestLayersOfThePage types in docs/layers.md: a layer, the f.yml that uses it, what the command says of it, and a test without it.
func TestLayersOfThePage(t *testing.T) {
	tool := buildTool(t)
	const order = `// Package order takes orders.
package order

import (
	"context"

	"example.com/shop/audit"
)

// Create takes one.
//
//faas:handler
func Create(ctx context.Context) string {
	if entry, ok := audit.Of(ctx); ok {
		return entry.Subject
	}
	return "nobody"
}

// Ping has no layers.
//
//faas:handler
func Ping(ctx context.Context) string { return Create(ctx) }
`
	w := newWorkshop(t, tool, map[string]string{
		"shop/order/order.go": order, "shop/f.yml": find(t, "Use a layer", "yaml"), "audit/audit.go": find(t, "Write a layer", "go"),
		"shop/shop_test.go": "package shop_test\n\nimport (\n\t\"testing\"\n\n\t\"example.com/shop/shop/internal/faasgen/app\"\n\t\"github.com/faasgen/faasgen/framework\"\n\t\"github.com/faasgen/faasgen/framework/faastest\"\n)\n\n" + find(t, "Test with layers", "go"),
	})
	run := func(command string) (out, errs string) {
		t.Helper()
		out, errs, err := w.sh(command)
		if err != nil {
			t.Errorf("%s: %v\n%s%s", command, err, out, errs)
		}
		return out, errs
	}
	run("go tool faasgen generate")
	if out, errs := run("go tool faasgen invoke order-create"); strings.TrimSpace(out) != `"shop"` || !strings.Contains(errs, "subject=shop function=order-create") {
		t.Errorf("%q\n%s", out, errs)
	}
	if out, _ := run("LAYERS_AUDIT_SUBJECT=other go tool faasgen invoke order-create"); strings.TrimSpace(out) != `"other"` {
		t.Errorf("%q", out)
	}
	if out, errs := run("go tool faasgen invoke order-ping"); strings.TrimSpace(out) != `"nobody"` || strings.Contains(errs, "audit") {
		t.Errorf("%q\n%s", out, errs)
	}
	console := find(t, "Use a layer", "console")
	command, want, _ := strings.Cut(strings.TrimPrefix(console, "$ "), "\n")
	if out, _ := run(command); out != want {
		t.Errorf("%s prints\n%s", command, out)
	}
	run("go test ./shop")

	own := "// Package own has a layer of the application.\npackage own\n\nimport (\n\t\"log/slog\"\n\n\t\"github.com/faasgen/faasgen/framework\"\n)\n\n" + find(t, "A layer of the application", "go")
	w.write("shop/own/own.go", own)
	if _, errs := run("go tool faasgen invoke order-ping"); !strings.Contains(errs, "called function=order-ping") && !strings.Contains(errs, "msg=called") {
		t.Errorf("no line of the layer:\n%s", errs)
	}
}
