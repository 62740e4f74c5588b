package gen_test

import (
	"slices"
	"strings"
	"testing"
)

// TestNamedLayers runs the tests of an application with layers of f.yml, against the code that both injectors give. Its units link the
// layers that their functions have on some target.
func TestNamedLayers(t *testing.T) {
	_, a := tested(t, "named")
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
bare - timeout=5s concurrency=0 layers=lax
bare prod timeout=5s concurrency=0 layers=strict
none - timeout=5s concurrency=0
ping - timeout=5s concurrency=0
pong - timeout=5s concurrency=0
---
{"-": {layers: {strict: {word: stern}}},
"prod": {layers: {lax: {level: 2}, strict: {word: stern}}}}
`
	if string(settings) != want {
		t.Errorf("got\n%s\nwant\n%s", settings, want)
	}
}
