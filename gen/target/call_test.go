package target_test

import (
	"fmt"
	"testing"

	"github.com/faasgen/faasgen/gen/target"
)

// TestCalls: which calls a unit makes, and which of them leave the process.
func TestCalls(t *testing.T) {
	sync := func(name string) target.Call { return target.Call{Function: name, Sync: true} }
	async := func(name string) target.Call { return target.Call{Function: name, Async: true} }
	a := &target.Function{Name: "a", Calls: []target.Call{sync("b"), sync("d")}}
	b := &target.Function{Name: "b", Calls: []target.Call{async("a"), async("d")}}
	c := &target.Function{Name: "c"}
	for _, test := range []struct {
		functions     []*target.Function
		want, outside string
	}{
		{[]*target.Function{a}, "[{b true false} {d true false}]", "[{b true false} {d true false}]"},
		{[]*target.Function{b}, "[{a false true} {d false true}]", "[{a false true} {d false true}]"},
		{[]*target.Function{c}, "[]", "[]"},
		{[]*target.Function{a, b}, "[{a false true} {b true false} {d true true}]", "[{a false true} {d true true}]"},
		{[]*target.Function{a, b, {Name: "d"}}, "[{a false true} {b true false} {d true true}]", "[{a false true} {d true true}]"},
		{[]*target.Function{a, c, {Name: "b"}, {Name: "d"}}, "[{b true false} {d true false}]", "[]"},
	} {
		u := &target.Unit{Functions: test.functions}
		if got := short(u.Calls()); got != test.want {
			t.Errorf("calls: got %s, want %s", got, test.want)
		}
		if got := short(u.Outside()); got != test.outside {
			t.Errorf("outside: got %s, want %s", got, test.outside)
		}
	}
	app := &target.App{Units: []*target.Unit{{Functions: []*target.Function{a, c}}, {Functions: []*target.Function{b}}}}
	for name, want := range map[string]string{"a": "[a b d]", "b": "[b a d]", "c": "[c]"} {
		if got := fmt.Sprint(app.WithCalled(name)); got != want {
			t.Errorf("with what %s calls: got %s, want %s", name, got, want)
		}
	}
	if short(a.Calls) != "[{b true false} {d true false}]" {
		t.Errorf("the calls of the function itself are now %v", a.Calls)
	}
}

// short leaves out where calls stand.
func short(calls []target.Call) string {
	list := []string{}
	for _, c := range calls {
		list = append(list, fmt.Sprintf("{%s %t %t}", c.Function, c.Sync, c.Async))
	}
	return fmt.Sprint(list)
}
