package otel

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPageOfVariables compares the variables that are read with those of docs/tracing.md.
func TestPageOfVariables(t *testing.T) {
	asked := map[string]bool{}
	lookup := func(name string) (string, bool) { asked[name] = true; return "", false }
	if _, err := settle(&Config{Endpoint: "http://127.0.0.1:1", Sample: 1, Cap: time.Second, Traces: true, Metrics: true}, lookup); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile("../../../docs/tracing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(content), "\n## Variables\n")
	var listed []string
	for _, m := range regexp.MustCompile("`(OTEL_[A-Z_]+)`").FindAllStringSubmatch(section, -1) {
		if slices.Contains(listed, m[1]) {
			t.Errorf("the page lists %s twice", m[1])
		}
		if !strings.HasSuffix(m[1], "_LIMIT") { // the SDK reads these
			listed = append(listed, m[1])
		}
	}
	for _, name := range listed {
		if !asked[name] {
			t.Errorf("the page lists %s, which is not read", name)
		}
		delete(asked, name)
	}
	for name := range asked {
		t.Errorf("the page lacks %s", name)
	}
}
