package nimbus_test

import (
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"

	"github.com/faasgen/faasgen/examples/private-cloud/target/nimbus"
)

// TestCalls: units of Nimbus cannot call each other, which is said before anything is built.
func TestCalls(t *testing.T) {
	s, diags := spec.Parse("f.yml", []byte("service: shop\n"), func(string) (string, bool) { return "", false })
	if diags.Failed() {
		t.Fatal(diags)
	}
	a, b := &target.Function{Name: "a", Calls: []target.Call{{Function: "b", Sync: true}}}, &target.Function{Name: "b"}
	apart := &target.App{Spec: s, Units: []*target.Unit{{Name: "a", Functions: []*target.Function{a}}, {Name: "b", Functions: []*target.Function{b}}}}
	const want = "a call of function b by a is not supported by nimbus: its units cannot call each other"
	if got := nimbus.New().Check(apart); len(got) != 1 || !strings.Contains(got[0].Error(), want) {
		t.Errorf("found %v, want %s", got, want)
	}
	together := &target.App{Spec: s, Units: []*target.Unit{{Name: "ab", Functions: []*target.Function{a, b}}}}
	if got := nimbus.New().Check(together); len(got) > 0 {
		t.Errorf("in one group: %v", got)
	}
}
