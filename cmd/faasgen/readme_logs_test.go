package main_test

import (
	"go/format"
	"strings"
	"testing"
)

// TestLogsOfThePage types in the code and the settings of docs/logs.md: a line of a singleton's logger has whose call it is, here and
// on every cloud, and the level is that of the environment.
func TestLogsOfThePage(t *testing.T) {
	code := `// Package tills is typed in from docs/logs.md.
package tills

import (
	"context"
	"log/slog"
)

// Payment is what a client pays.
type Payment struct {
	Amount int ` + "`json:\"amount\"`" + `
}

` + find(t, "Logs", "go") + `
// Panic panics.
//
//faas:handler
//faas:http POST /panics
func (t *Tills) Panic() { panic("no change") }
`
	if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
		t.Errorf("the code is not gofmt-ed: %v", err)
	}
	w := newWorkshop(t, buildTool(t), map[string]string{"tills.go": code, "f.yml": "service: shop\ntargets: {aliyun: {provider: {region: cn-hangzhou}}}\n" + find(t, "Levels", "yaml")})
	for _, target := range []string{"", " --target aws", " --target aliyun", " --target tencent"} {
		out, errs, err := w.sh("go tool faasgen invoke tills-pay" + target + ` -d '{"amount":5}'`)
		if err != nil {
			t.Fatalf("invoke%s: %q, %v\n%s", target, out, err, errs)
		}
		paid, opened := line(errs, "paid"), line(errs, "opened")
		if target == "" {
			if !strings.Contains(paid, " amount=5 request_id=") || !strings.Contains(paid, " function=tills-pay unit=") || !strings.Contains(opened, "till.number=3 request_id=") {
				t.Errorf("invoke: %s", errs)
			}
			continue
		}
		if !strings.Contains(paid, `"amount":5,"request_id":"`) || !strings.Contains(paid, `"function":"tills-pay","unit":"`) || !strings.Contains(opened, `"till":{"number":3},"request_id":"`) {
			t.Errorf("invoke%s: %s", target, errs)
		}
		if target != " --target aws" {
			continue
		}
		if _, errs, _ = w.sh("go tool faasgen invoke tills-pay --stage production" + target + ` -d '{"amount":5}'`); strings.Contains(errs, "paid") || strings.Contains(errs, "opened") {
			t.Errorf("in production%s: %s", target, errs)
		}
	}
	_, errs, _ := w.sh(`go tool faasgen invoke tills-panic -d '{}'`)
	if !strings.Contains(errs, "\n    panic: no change\n\n    ") || !strings.Contains(errs, "shop.(*Tills).Panic\n") || strings.Index(errs, "tills.go:") > strings.Index(errs, "and below, of Go and the framework:") {
		t.Errorf("a panic:\n%s", errs)
	}
}

// line is the line of a log that has a message.
func line(log, message string) string {
	for line := range strings.Lines(log) {
		if strings.Contains(line, "msg="+message+" ") || strings.Contains(line, `"msg":"`+message+`"`) {
			return line
		}
	}
	return ""
}
