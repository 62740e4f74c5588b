package gen_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLive runs the tests of an application whose values are read again, against the code that both injectors give.
func TestLive(t *testing.T) {
	dir := module(t, "live.txtar")
	o := options(dir)
	o.Injector = "native"
	native := diagnose(t, o)
	wired := generate(t, dir)
	if diff := cmp.Diff(wired.Apps[0].Files, native.Apps[0].Files); diff != "" {
		t.Errorf("-wire +native:\n%s", diff)
	}
	commit(t, wired)
	goCommand(t, dir, "vet", "./...")
	goCommand(t, dir, "test", "./live")
}
