package gen_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// TestNamedLayers runs the tests of an application with layers of f.yml, against the code that both injectors give. Its units link the
// layers that their functions have at some stage.
func TestNamedLayers(t *testing.T) {
	dir, a := tested(t, "named")
	const parts = "example.com/test/parts/"
	for function, links := range map[string][]string{"ping": {"plain", "tag"}, "pong": {"plain", "tag"}, "bare": {"tag"}, "none": nil} {
		var linked []string
		for _, part := range links {
			linked = append(linked, parts+part)
		}
		code := unit(t, a, function, linked...)
		for _, part := range []string{"plain", "tag"} {
			if got, want := strings.Contains(code, `"`+parts+part+`"`), slices.Contains(links, part); got != want {
				t.Errorf("the unit of %s imports %s: %v, want %v", function, part, got, want)
			}
		}
	}
	settings, err := a.Settings("cloud")
	if err != nil {
		t.Fatal(err)
	}
	want := `# What f.yml says of each function: its name, the stage or - for every one, settings.
bare - timeout=5s concurrency=0
bare dev timeout=5s concurrency=0 layers=lax
bare prod timeout=5s concurrency=0 layers=strict
none - timeout=5s concurrency=0
ping - timeout=5s concurrency=0
pong - timeout=5s concurrency=0
valued - timeout=5s concurrency=0
---
{"-": {layers: {strict: {word: stern}, valued: {names: [a, b], nested: {size: 7}}}},
"prod": {layers: {lax: {level: 2}, strict: {word: stern}, valued: {names: [a, b], nested: {size: 7}}}}}
`
	if string(settings) != want {
		t.Errorf("got\n%s\nwant\n%s", settings, want)
	}
	// Which stage lists a layer, and its configuration, are data.
	name := filepath.Join(dir, "named", "f.yml")
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("bare: {layers: [lax]}", "bare: {layers: [strict]}", "bare: {layers: [strict]}", "bare: {layers: [lax]}", "word: stern", "word: mild", "level: 2", "level: 3").Replace(string(content))
	if changed == string(content) {
		t.Fatal("f.yml has no lists of stages")
	}
	apptest.Write(t, dir, map[string]string{"named/f.yml": changed})
	if diff := cmp.Diff(a.Files, generate(t, dir).Apps[0].Files); diff != "" {
		t.Errorf("lists of stages change what is generated: -before +after\n%s", diff)
	}
}
