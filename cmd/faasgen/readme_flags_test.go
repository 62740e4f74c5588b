package main_test

import (
	"strings"
	"testing"
)

// TestFlagsOfThePage types in the section on flags of docs/ready-layers.md, and calls the function locally and on each cloud.
func TestFlagsOfThePage(t *testing.T) {
	rules := find(t, "flags", "text")
	w := newWorkshop(t, buildTool(t), map[string]string{
		"f.yml":     "service: shop\n" + find(t, "flags", "yaml") + "targets: {aliyun: {provider: {region: cn-hangzhou}}}\n",
		"flags.txt": rules,
		"order/order.go": `// Package order takes orders.
package order

import (
	"context"

	"github.com/faasgen/faasgen/framework/layer/flags"
)

// Order is what a customer wants.
type Order struct {
	Customer string ` + "`json:\"customer\"`" + `
	Plan     string ` + "`json:\"plan\"`" + `
	Country  string ` + "`json:\"country\"`" + `
}

` + find(t, "flags", "go"),
	})
	if out, errs, err := w.sh("go tool faasgen generate && go tool faasgen check"); err != nil {
		t.Fatalf("generate: %v\n%s%s", err, out, errs)
	}
	for _, target := range []string{"", " --target aws", " --target aliyun", " --target tencent"} {
		for body, want := range map[string]string{
			`{"customer":"user-1","plan":"pro","country":"DE"}`: "the new way",
			`{"customer":"user-1","plan":"pro","country":"CH"}`: "the old way",
		} {
			out, errs, err := w.sh("go tool faasgen invoke order-pay" + target + " -d '" + body + "'")
			if err != nil || strings.TrimSpace(out) != want {
				t.Errorf("%s%s: %q, %v\n%s", body, target, out, err, errs)
			}
		}
	}
	w.write("flags.txt", strings.Replace(rules, "serve on=20%", "serve on=20", 1))
	if _, errs, err := w.sh("go tool faasgen invoke order-pay -d '{}'"); err == nil || !strings.Contains(errs, "rules: line 4, column 14: found the end of the line, expected %") {
		t.Errorf("rules that are wrong: %v\n%s", err, errs)
	}
	if out, errs, err := w.sh("go tool faasgen config"); err != nil || !strings.Contains(out, "layers.flags.rules") || !strings.Contains(out, "LAYERS_FLAGS_RULES_FROM") {
		t.Errorf("config: %v\n%s%s", err, out, errs)
	}
}
