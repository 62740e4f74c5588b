package target_test

import (
	"fmt"
	"strings"
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

// TestReached: which units a call of a function goes to, in the end.
func TestReached(t *testing.T) {
	f := func(name string, calls ...target.Call) *target.Function {
		return &target.Function{Name: name, Calls: calls}
	}
	sync := func(name string) target.Call { return target.Call{Function: name, Sync: true} }
	async := func(name string) target.Call { return target.Call{Function: name, Async: true} }
	one := &target.Unit{Name: "one", Functions: []*target.Function{f("a", sync("b")), f("b", async("c")), f("quiet", sync("c")), f("c"), f("alone", async("alone2")), f("alone2")}}
	two := &target.Unit{Name: "two", Functions: []*target.Function{f("d", sync("e"), async("missing")), f("g", sync("d"), sync("a"))}}
	three := &target.Unit{Name: "three", Functions: []*target.Function{f("e", sync("g"))}}
	app := &target.App{Units: []*target.Unit{one, two, three}}
	for _, tt := range []struct {
		unit           *target.Unit
		function, want string
	}{
		{one, "a", "one"},           // b, in process, has c called
		{one, "quiet", ""},          // in process
		{one, "alone", "one"},       // does not wait
		{two, "d", "three two one"}, // round and on
		{three, "e", "two one three"},
	} {
		got := ""
		for _, u := range app.Reached(tt.unit, tt.function) {
			got = strings.TrimSpace(got + " " + u.Name)
		}
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.function, got, tt.want)
		}
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
