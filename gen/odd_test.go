package gen_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOdd generates the applications of odd.txtar, which are right but written as few would: the code compiles, is the
// same from Wire and natively, and passes the tests that the applications have of it.
func TestOdd(t *testing.T) {
	dir := module(t, "odd.txtar")
	r := generate(t, dir)
	o := options(dir)
	o.Injector, o.NoCache = "native", true
	for i, native := range diagnose(t, o).Apps {
		if diff := cmp.Diff(r.Apps[i].Files, native.Files); diff != "" {
			t.Errorf("%s: -wire +native:\n%s", native.Name, diff)
		}
	}
	commit(t, r)
	goCommand(t, dir, "vet", "./...")
	goCommand(t, dir, "test", "./...")
}
