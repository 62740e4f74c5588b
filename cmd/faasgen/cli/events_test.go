package cli

import (
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/gen/target"
)

// A raw payload names its function where it could be for another.
func TestAddress(t *testing.T) {
	raw := target.Trigger{Kind: "raw", Marker: &annotations.Raw{}}
	timer := target.Trigger{Kind: "timer", Name: "tick", Marker: &annotations.Timer{}}
	function := func(name string, triggers ...target.Trigger) *target.Function {
		return &target.Function{Name: name, Triggers: triggers}
	}
	both, a, ticks := function("both", timer, raw), function("a"), function("ticks", timer)
	alone := function("alone", raw)
	app := &target.App{Units: []*target.Unit{{Name: "group", Functions: []*target.Function{a, both, ticks}}, {Name: "alone", Functions: []*target.Function{alone, function("tocks", timer)}}}}
	for _, tt := range []struct {
		name  string
		f     *target.Function
		batch any
		want  string
	}{
		{"one of two", a, []byte(`{"n":1}`), `{"faas":"call","function":"a","payload":{"n":1}}`},
		{"narrowed to one of its triggers", function("both", raw), []byte(`{}`), `{"faas":"call","function":"both","payload":{}}`},
		{"the only one", alone, []byte(`{"n":1}`), `{"n":1}`},
		{"what was recorded of a timer", ticks, []byte(`{"n":1}`), `{"n":1}`},
	} {
		e := sim.Events{Kind: "raw", Batch: tt.batch}
		address(&e, app, tt.f)
		got, err := sim.Raw(e)
		if string(got) != tt.want || err != nil {
			t.Errorf("%s: %s, %v; want %s", tt.name, got, err, tt.want)
		}
	}
	e := sim.Events{Kind: "timer", Batch: sim.Timer{Name: "tick"}}
	if address(&e, app, both); e.Function != "" {
		t.Errorf("a timer names function %s", e.Function)
	}
}
