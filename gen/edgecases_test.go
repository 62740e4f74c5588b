package gen_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen/internal/apptest"
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

// TestEachKeyIsReadInOnePlace has a function with a value of its own, which reads two other keys, too.
func TestEachKeyIsReadInOnePlace(t *testing.T) {
	dir := module(t, "")
	apptest.Write(t, dir, map[string]string{
		"own/f.yml": "service: own\nfunctions:\n  second: {config: {limit: 2}}\n",
		"own/own.go": `package own

type Controller struct {
	Limit int    //faas:config key=limit
	Name  string //faas:config key=name
	Host  string //faas:config key=host
}

//faas:handler first
func (c *Controller) First() int { return c.Limit }

//faas:handler second
func (c *Controller) Second() int { return c.Limit }
`,
	})
	a := generate(t, dir).Apps[0]
	got := file(t, a, "internal/faasgen/app/container.go")
	for _, key := range []string{"host", "limit", "name"} {
		if n := strings.Count(got, fmt.Sprintf("(r, %q)", key)); n != 1 {
			t.Errorf("key %s is read in %d places, want one:\n%s", key, n, got)
		}
	}
}

// TestOverridesAreCalledAfterIDs has two providers of one interface: the names of the fields say which is which, and do not
// change with the order.
func TestOverridesAreCalledAfterIDs(t *testing.T) {
	dir := module(t, "")
	apptest.Write(t, dir, map[string]string{
		"ids/f.yml": "service: ids\n",
		"ids/ids.go": `package ids

type Store interface{ Get() }

//faas:provide id=main as=Store
type Main struct{}

func (*Main) Get() {}

//faas:provide id=read-only as=Store
type Copy struct{}

func (*Copy) Get() {}

type Controller struct {
	Copy Store //faas:inject id=read-only
	Main Store //faas:inject id=main
}

//faas:handler do-it
func (c *Controller) Do() {}
`,
	})
	got := file(t, generate(t, dir).Apps[0], "internal/faasgen/app/overrides.go")
	for _, want := range []string{
		"\tIdsStoreMain     ids.Store // in place of ids.Main as id=main\n",
		"\tIdsStoreReadOnly ids.Store // in place of ids.Copy as id=read-only\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
