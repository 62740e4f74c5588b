package gen_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConfigured runs the tests of an application with a configuration, against the code that both injectors give.
func TestConfigured(t *testing.T) { tested(t, "configured") }

// TestComponents does the same with one that imports components, whose units link those that they use.
func TestComponents(t *testing.T) {
	dir := tested(t, "components")
	for unit, parts := range map[string][]string{
		"ping": {"parts/trace"}, "names": {"parts/diary", "parts/store", "parts/trace"}, "refused": {"parts/diary", "parts/store", "parts/trace"},
	} {
		content, err := os.ReadFile(filepath.Join(dir, "shop/internal/faasgen", unit, "providers.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"parts/diary", "parts/store", "parts/trace"} {
			if got, want := strings.Contains(string(content), part), slices.Contains(parts, part); got != want {
				t.Errorf("unit %s: imports %s: %v, want %v", unit, part, got, want)
			}
		}
	}
}

// tested runs the tests of the application in a testdata archive that is called like it.
func tested(t *testing.T, name string) string {
	t.Helper()
	dir := module(t, name+".txtar")
	o := options(dir)
	o.Injector = "native"
	native := diagnose(t, o)
	wired := generate(t, dir)
	if diff := cmp.Diff(wired.Apps[0].Files, native.Apps[0].Files); diff != "" {
		t.Errorf("-wire +native:\n%s", diff)
	}
	commit(t, wired)
	goCommand(t, dir, "vet", "./...")
	goCommand(t, dir, "test", "./...")
	return dir
}
