package gen_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// TestConfigured runs the tests of an application with a configuration, against the code that both injectors give.
func TestConfigured(t *testing.T) { tested(t, "configured") }

// TestComponents does the same with one that imports components, whose units link those that they use.
func TestComponents(t *testing.T) {
	_, a := tested(t, "components")
	const parts = "example.com/test/parts/"
	for _, tt := range []struct {
		function string
		links    []string
		defaults bool
	}{
		{"ping", []string{"trace"}, false},
		{"refused", []string{"diary", "store", "trace"}, false},
		{"sizes", []string{"diary", "store", "trace"}, true},
		{"names", []string{"diary", "store", "trace"}, true},
	} {
		var linked []string
		for _, part := range tt.links {
			linked = append(linked, parts+part)
		}
		code := unit(t, a, tt.function, linked...)
		const constant = "const storeDefaults = `# What holds where the application says nothing.\nstore:\n  size: 3\n  label: small\n`\n"
		if strings.Contains(code, constant) != tt.defaults {
			t.Errorf("the unit of %s has the defaults of the store: %v", tt.function, !tt.defaults)
		}
		for _, part := range []string{"diary", "store", "trace"} {
			if got, want := strings.Contains(code, `"`+parts+part+`"`), slices.Contains(tt.links, part); got != want {
				t.Errorf("the unit of %s imports %s: %v, want %v", tt.function, part, got, want)
			}
		}
	}
}

// tested runs the tests of the application in a testdata archive that is called like it.
func tested(t *testing.T, name string) (dir string, a *gen.App) {
	t.Helper()
	dir = module(t, name+".txtar")
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
	return dir, wired.Apps[0]
}

// TestDefaultsOfAComponentCount changes the configuration of a component, which generated code carries.
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

// TestParted runs the tests of an application whose configuration takes what only some of its functions use.
func TestParted(t *testing.T) {
	_, a := tested(t, "parted")
	for function, links := range map[string]bool{"ping": false, "pay": true, "both": true} {
		var linked []string
		if links {
			linked = []string{"example.com/test/parts/bank"}
		}
		if code := unit(t, a, function, linked...); strings.Contains(code, "OnReady") != (function == "both") {
			t.Errorf("the unit of %s has the configuration: %v", function, function != "both")
		}
	}
}

// TestPartedWithoutAll: where no function uses all that the configuration takes, those that use any of it have OnReady.
func TestPartedWithoutAll(t *testing.T) {
	dir := module(t, "parted.txtar")
	file := filepath.Join(dir, "shop", "shop.go")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(content), "	Client *bank.Client //faas:inject\n	Mail   Mail         //", "	Mail Mail //", 1)
	text, _, _ = strings.Cut(text, "// Stamped has an aspect.")
	text = strings.Replace(text, "match=stamped", "match=both", 1)
	text = strings.Replace(text, "func (d *Desk) Both() {}", "func (d *Desk) Both(context.Context) {}", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := generate(t, dir)
	commit(t, r)
	const bank = "example.com/test/parts/bank"
	for function, ready := range map[string]bool{"ping": false, "pay": true, "both": true, "guarded": true} {
		var linked []string
		if ready {
			linked = []string{bank}
		}
		if code := unit(t, r.Apps[0], function, linked...); strings.Contains(code, "OnReady") != ready {
			t.Errorf("the unit of %s has the configuration: %v", function, !ready)
		}
	}
}
