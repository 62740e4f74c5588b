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

// TestConfigured runs the tests of an application with a configuration, against the code that both injectors give.
func TestConfigured(t *testing.T) { tested(t, "configured") }

// TestComponents does the same with one that imports components, whose units link those that they use.
func TestComponents(t *testing.T) {
	dir := tested(t, "components")
	for unit, carries := range map[string]bool{"ping": false, "refused": false, "sizes": true} {
		content, err := os.ReadFile(filepath.Join(dir, "shop/internal/faasgen", unit, "unit.go"))
		if err != nil {
			t.Fatal(err)
		}
		const constant = "const storeDefaults = `# What holds where the application says nothing.\nstore:\n  size: 3\n  label: small\n`\n"
		if strings.Contains(string(content), constant) != carries {
			t.Errorf("unit %s: carries the defaults of the store: %v", unit, !carries)
		}
	}
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

// TestDefaultsOfAComponentCount changes the configuration that a component brings, which generated code carries.
func TestDefaultsOfAComponentCount(t *testing.T) {
	dir := module(t, "components.txtar")
	commit(t, generate(t, dir))
	if !cached(t, options(dir)) {
		t.Fatal("nothing changed, and yet it was looked at again")
	}
	apptest.Write(t, dir, map[string]string{"parts/store/config.default.yml": "store: {size: 4, label: small}\n"})
	if r := diagnose(t, options(dir)); r.UpToDate || r.Diagnostics.Failed() {
		t.Errorf("up to date: %v, %v", r.UpToDate, r.Diagnostics)
	}
}

// TestLayered runs the tests of an application with layers.
func TestLayered(t *testing.T) { tested(t, "layered") }
