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
	plain := file(t, wired.Apps[0], "internal/faasgen/order-plain/unit.go")
	if strings.Contains(plain, "fraud") || strings.Contains(plain, "rule") {
		t.Errorf("order-plain has something of groups:\n%s", plain)
	}
	// An instance is the same text wherever it is made.
	body := func(unit string) string {
		_, text, _ := strings.Cut(file(t, wired.Apps[0], "internal/faasgen/"+unit+"/providers.go"), "\nfunc provideRepoRepoBook(")
		text, _, _ = strings.Cut(text, "\n}\n")
		return text
	}
	if a, b := body("shelf-find"), body("shelf-lend"); a != b || !strings.Contains(a, "repo.NewRepo[shelf.Book](") {
		t.Errorf("in shelf-find:\n%s\nin shelf-lend:\n%s", a, b)
	}
}
