package main_test

import (
	"go/format"
	"strings"
	"testing"
)

// TestReadmeProviders types in the section on providers, and gets a price.
func TestReadmeProviders(t *testing.T) {
	t.Parallel()
	code := "// Package price is typed in from the README.\npackage price\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\t\"log/slog\"\n\t\"sync\"\n\n" +
		"\t\"github.com/faasgen/faasgen/framework/ioc\"\n)\n\n" + find(t, "Providers", "go")
	if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
		t.Errorf("the code is not gofmt-ed: %v", err)
	}
	w := newWorkshop(t, buildTool(t), map[string]string{"price/price.go": code, "f.yml": "service: shop\n"})
	out, errs, err := w.sh(`go tool faasgen invoke price`)
	if err != nil || !strings.Contains(out, "5.00 EUR") || !strings.Contains(errs, "msg=connected url=https://rates.example.com") || !strings.Contains(errs, "msg=closed") {
		t.Errorf("%q, %v\n%s", out, err, errs)
	}
	// A second one that has the method, and what would be none of its own.
	w.write("price/more.go", "package price\n\n//faas:provide\ntype Fixed struct{}\n\nfunc (Fixed) Rate(string) (float64, error) { return 1, nil }\n")
	if _, errs, err := w.sh(`go tool faasgen check`); err == nil || !strings.Contains(errs, "2 providers for price.Rates") || !strings.Contains(errs, "provided by price.NewFeed") {
		t.Errorf("two of them: %v\n%s", err, errs)
	}
}
