package gen_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGuarded runs the tests of an application with every shape of middleware and guard, against the code that both
// injectors give.
func TestGuarded(t *testing.T) { testApplication(t, "guarded") }

// TestPerCall does so for middleware and guards that live for one invocation.
func TestPerCall(t *testing.T) { testApplication(t, "percall") }

// testApplication runs the tests of the application in a folder and archive of that name.
func testApplication(t *testing.T, name string) (dir string) {
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
	goCommand(t, dir, "test", "./"+name)
	return dir
}

// TestUnitsLinkOnlyTheMiddlewareTheyUse reads the start of two units.
func TestUnitsLinkOnlyTheMiddlewareTheyUse(t *testing.T) {
	r := generate(t, module(t, "guarded.txtar"))
	free, hello := unitCode(t, r.Apps[0], "api-free"), unitCode(t, r.Apps[0], "api-hello")
	const before = "\t\t\t\tc.useAccessOuterMiddleware(),\n\t\t\t\tc.useAccessInnerMiddleware(),\n"
	if !strings.Contains(free, before+"\t\t\t}") || strings.Contains(free, "Shout") {
		t.Errorf("api-free: expected %s in\n%s", before, free)
	}
	const long = before + "\t\t\t\tc.useAdminGuard(),\n\t\t\t\tc.useAccessLimitGuard(),\n\t\t\t\tc.useShoutMiddleware(),\n\t\t\t\tc.useAccessMiddleware(),\n"
	if !strings.Contains(hello, long) {
		t.Errorf("api-hello: expected %s in\n%s", long, hello)
	}
}
