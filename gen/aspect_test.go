package gen_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWatched runs the tests of an application with aspects around functions and providers, against the code that both
// injectors give.
func TestWatched(t *testing.T) {
	dir := module(t, "watched.txtar")
	o := options(dir)
	o.Injector = "native"
	native := diagnose(t, o)
	wired := generate(t, dir)
	if diff := cmp.Diff(wired.Apps[0].Files, native.Apps[0].Files); diff != "" {
		t.Errorf("-wire +native:\n%s", diff)
	}
	commit(t, wired)
	vet := []string{"vet", "./watched"}
	for _, unit := range []string{"app", "api-find", "api-job", "api-mux", "api-mixed", "quick-store"} {
		vet = append(vet, "./watched/internal/faasgen/"+unit)
	}
	goCommand(t, dir, vet...)
	goCommand(t, dir, "test", "./watched")
}
