package gen_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// nodes are those of the graph of the one application in a folder.
func nodes(t *testing.T, dir string) []string {
	t.Helper()
	apps, ds, err := gen.Read(t.Context(), options(dir))
	if err != nil || ds.Failed() || len(apps) != 1 {
		t.Fatalf("%d applications, %v\n%s", len(apps), err, ds.Render(dir))
	}
	var ids []string
	for _, n := range apps[0].Graph().Nodes {
		ids = append(ids, n.ID)
	}
	return ids
}

// TestReadNeedsNoGeneratedCode, nor does it look at what is there, or at what is remembered.
func TestReadNeedsNoGeneratedCode(t *testing.T) {
	dir := module(t, "")
	apptest.Write(t, dir, small("one"))
	want := []string{"function/one-serve"}
	if diff := cmp.Diff(want, nodes(t, dir)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	commit(t, generate(t, dir))
	if !cached(t, options(dir)) {
		t.Fatal("the second run is not taken from the cache")
	}
	if diff := cmp.Diff(want, nodes(t, dir)); diff != "" {
		t.Errorf("with a cache: -want +got:\n%s", diff)
	}
	apptest.Write(t, dir, map[string]string{"one/internal/faasgen/one-serve/unit.go": "package oneserve\n\nfunc edited( {\n"})
	if diff := cmp.Diff(want, nodes(t, dir)); diff != "" {
		t.Errorf("with edited code: -want +got:\n%s", diff)
	}
}

// TestReadMistakes gives no application where there are mistakes.
func TestReadMistakes(t *testing.T) {
	dir := module(t, "")
	apptest.Write(t, dir, map[string]string{"f.yml": "service: shop\n", "order/order.go": `package order

type Controller struct {
	None *string //faas:inject
}

//faas:handler
func (*Controller) List() {}
`})
	apps, ds, err := gen.Read(t.Context(), options(dir))
	if apps != nil || err != nil || len(ds) != 1 || ds[0].Code != "di-missing" {
		t.Errorf("%v %v\n%s", apps, err, ds.Render(dir))
	}
}
