package main_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/layer/legacy"
)

// TestExistingApplicationsOfThePage: the snippets of docs/existing-applications.md are those of the example, which is built and
// tested, and its table names each field of a command.
func TestExistingApplicationsOfThePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/existing-applications.md")
	if err != nil {
		t.Fatal(err)
	}
	var sources string
	for _, file := range []string{"catalog/catalog.go", "notes/notes.go", "f.yml"} {
		content, err := os.ReadFile("../../examples/legacy/" + file)
		if err != nil {
			t.Fatal(err)
		}
		sources += string(content)
	}
	blocks := blocksOf(string(page))
	if len(blocks) != 3 {
		t.Errorf("found %d snippets, want 3", len(blocks))
	}
	for _, b := range blocks {
		if !strings.Contains(sources, b.text) {
			t.Errorf("the snippet of %q is not in examples/legacy:\n%s", b.heading, b.text)
		}
	}
	_, table, _ := strings.Cut(string(page), "| field | meaning |")
	table, _, _ = strings.Cut(table, "\n\n")
	var documented, fields []string
	for line := range strings.Lines(table) {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
		for _, m := range regexp.MustCompile("`([A-Z][A-Za-z]*)`").FindAllStringSubmatch(first, -1) {
			documented = append(documented, m[1])
		}
	}
	for field := range reflect.TypeFor[legacy.Command]().Fields() {
		if field.Name != "Output" { // of tests
			fields = append(fields, field.Name)
		}
	}
	slices.Sort(documented)
	slices.Sort(fields)
	if !slices.Equal(documented, fields) {
		t.Errorf("the table has %q\na command has %q", documented, fields)
	}
}
