package main_test

import (
	"go/format"
	"strings"
	"testing"
)

// TestCallsOfThePage types in docs/calls.md: two functions that call each other, one that does not wait, and the tests of the application.
func TestCallsOfThePage(t *testing.T) {
	tool := buildTool(t)
	files := map[string]string{
		"f.yml":   "service: shop\naggregation: {api: {functions: [order-create, price-quote]}}\ntargets: {aliyun: {provider: {region: cn-hangzhou}}}\n",
		"post.go": "// Package post is typed in from docs/calls.md.\npackage post\n\nimport (\n\t\"context\"\n\t\"log/slog\"\n)\n\n" + find(t, "Without waiting", "go"),
	}
	for _, heading := range []string{"Calls", "The called function", "Calls in tests"} {
		name, text, _ := strings.Cut(strings.TrimPrefix(find(t, heading, "go"), "// "), "\n")
		files[name] = text
	}
	for name, code := range files {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
			t.Errorf("%s is not gofmt-ed: %v", name, err)
		}
	}
	files["post/post.go"] = files["post.go"]
	delete(files, "post.go")
	w := newWorkshop(t, tool, files)
	for line := range strings.Lines(find(t, "The called function", "sh")) {
		out, errs, err := w.sh(line)
		if err != nil || strings.Contains(line, "invoke") && strings.TrimSpace(out) != `{"total":6}` || strings.Contains(line, "graph") && !strings.Contains(out, "call price-quote [timeout=2s]") {
			t.Errorf("%s: %q, %v\n%s", line, out, err, errs)
		}
	}
	for _, target := range []string{"aws", "aliyun", "tencent"} {
		out, errs, err := w.sh("go tool faasgen invoke order-create --target " + target + ` -d '{"item":"tea","count":2}'`)
		if err != nil || strings.TrimSpace(out) != `{"total":6}` {
			t.Errorf("invoke in a group on %s: %q, %v\n%s", target, out, err, errs)
		}
	}
	if out, errs, err := w.sh(`go tool faasgen invoke post-write -d '{"to":"Ann"}'`); err != nil || !strings.Contains(out, "written") || !strings.Contains(errs, "to=Ann") {
		t.Errorf("a call that is not waited for: %q, %v\n%s", out, err, errs)
	}
	w.write("f.yml", "service: shop\n") // each by itself
	if out, errs, err := w.sh(strings.TrimSpace(find(t, "Over the wire, on this machine", "sh"))); err != nil || strings.TrimSpace(out) != `{"total":6}` {
		t.Errorf("invoke of units apart: %q, %v\n%s", out, err, errs)
	}
	out, errs, err := w.sh(`go tool faasgen invoke post-write --target aws -d '{"to":"Ann"}'`)
	if err != nil || !strings.Contains(out, "written") || !strings.Contains(errs, `"to":"Ann"`) {
		t.Errorf("a call that is not waited for, of a unit apart: %q, %v\n%s", out, err, errs)
	}
	if out, errs, err := w.sh("go test ./order"); err != nil || !strings.HasPrefix(out, "ok") {
		t.Errorf("the application's tests: %v\n%s%s", err, out, errs)
	}
}
