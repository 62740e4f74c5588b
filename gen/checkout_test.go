package gen_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCheckout runs the tests of an application with groups and generic providers, against the code that both injectors give.
func TestCheckout(t *testing.T) {
	dir := module(t, "checkout.txtar")
	o := options(dir)
	o.Injector = "native"
	native := diagnose(t, o)
	wired := generate(t, dir)
	if diff := cmp.Diff(wired.Apps[0].Files, native.Apps[0].Files); diff != "" {
		t.Errorf("-wire +native:\n%s", diff)
	}
	commit(t, wired)
	goCommand(t, dir, "vet", "./...")
	goCommand(t, dir, "test", "./checkout")
	// A unit links the members of the groups that it injects and nothing else.
	plain := unit(t, wired.Apps[0], "order-plain")
	if strings.Contains(plain, "fraud") || strings.Contains(plain, "rule") {
		t.Errorf("order-plain has something of groups:\n%s", plain)
	}
	// An instance of a generic provider is made once, whatever has it.
	if n := strings.Count(file(t, wired.Apps[0], "internal/faasgen/app/container.go"), "repo.NewRepo[shelf.Book]("); n != 1 {
		t.Errorf("an instance is made in %d places", n)
	}
}
