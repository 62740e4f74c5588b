package gen_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConfigValues runs the tests of an application that takes configuration in every form, against the code that both
// injectors give.
func TestConfigValues(t *testing.T) { runShop(t, "config.txtar") }

// TestVariants does the same for functions with configuration of their own.
func TestVariants(t *testing.T) { runShop(t, "variants.txtar") }

func runShop(t *testing.T, archive string) {
	t.Helper()
	dir := module(t, archive)
	o := options(dir)
	o.Injector = "native"
	native := diagnose(t, o)
	wired := generate(t, dir)
	if diff := cmp.Diff(wired.Apps[0].Files, native.Apps[0].Files); diff != "" {
		t.Errorf("-wire +native:\n%s", diff)
	}
	commit(t, wired)
	goCommand(t, dir, "vet", "./...")
	goCommand(t, dir, "test", "./shop")
}
