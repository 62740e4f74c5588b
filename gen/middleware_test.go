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
	const chain = "	u.apiFreeChain = framework.Chain(u.apiFree, accessOuter, access.Inner)\n"
	if free := file(t, r.Apps[0], "internal/faasgen/api-free/unit.go"); !strings.Contains(free, chain) || strings.Contains(free, "Shout") {
		t.Errorf("api-free: expected %s in\n%s", chain, free)
	}
	hello := file(t, r.Apps[0], "internal/faasgen/api-hello/unit.go")
	const long = "	u.apiHelloChain = framework.Chain(u.apiHello, accessOuter, access.Inner, framework.Guard(accessAdmin.Guard).Middleware, " +
		"framework.Guard(accessLimit.Guard).Middleware, accessShout.Middleware, accessNew)\n"
	if !strings.Contains(hello, long) || !strings.Contains(hello, "					return u.apiHelloChain(ctx)\n") {
		t.Errorf("api-hello: expected %s in\n%s", long, hello)
	}
}
