package collect

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/load"
)

// TestDirectives: each directive of the language is collected in one place, a file that has its name, or that of the first word
// of what is collected with it, in front of it.
func TestDirectives(t *testing.T) {
	collected := map[string]int{}
	for _, d := range directives(newCollector(&load.Program{}, &load.App{})) {
		for _, word := range d.words() {
			collected[word]++
		}
		file := d.words()[0] + ".go"
		if _, ok := d.(*triggerDirective); ok {
			file = "trigger.go"
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.Contains(string(text), ") words() []string") {
			t.Errorf("%s does not have the directive of its name", file)
		}
	}
	for _, d := range annotations.Standard() {
		if collected[d.Name] != 1 {
			t.Errorf("//faas:%s is collected by %d directives, expected one", d.Name, collected[d.Name])
		}
		delete(collected, d.Name)
	}
	if len(collected) > 0 {
		t.Errorf("collected, but no directives of the language: %v", collected)
	}
}

// TestOneFile counts the files that know a directive which others do not have to look at: what CONTRIBUTING says of a new one.
func TestOneFile(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for marker, want := range map[string]string{"Layer": "layer.go", "Use": "use.go", "Inject": "inject.go", "Call": "call.go", "Middleware": "middleware.go"} {
		var found []string
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "annotations."+marker+"]") || strings.Contains(string(text), "annotations."+marker+")") {
				found = append(found, name)
			}
		}
		if !slices.Equal(found, []string{want}) {
			t.Errorf("the marker %s is looked for in %v, expected %s", marker, found, want)
		}
	}
}
