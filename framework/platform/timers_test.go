package platform

import (
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

func TestTimers(t *testing.T) {
	one := &framework.Function{Name: "one", Triggers: []framework.Trigger{timer.Schedule{Name: "a"}}}
	two := &framework.Function{Name: "two", Triggers: []framework.Trigger{timer.Schedule{Name: "b"}, timer.Schedule{Name: "c"}}}
	same := &framework.Function{Name: "same", Triggers: []framework.Trigger{timer.Schedule{Name: "a"}}}
	none := &framework.Function{Name: "none"}
	tests := []struct {
		functions []*framework.Function
		name      string
		unnamed   bool
		want      string // the function found
		bindErr   string
		err       string
	}{
		{functions: []*framework.Function{one, none}, name: "a", want: "one"},
		{functions: []*framework.Function{one, none}, name: "a_2", want: "one"},
		{functions: []*framework.Function{one, none}, name: "anything", err: `unknown_timer: found a timer named "anything", expected "a"`},
		{functions: []*framework.Function{one, none}, name: "", err: `unknown_timer: found a timer named "", expected "a"`},
		{functions: []*framework.Function{one, none}, name: "anything", unnamed: true, want: "one"},
		{functions: []*framework.Function{one, none}, name: "", unnamed: true, want: "one"},
		{functions: []*framework.Function{one, two}, name: "c", unnamed: true, want: "two"},
		{functions: []*framework.Function{one, two}, name: "", unnamed: true, err: `unknown_timer: found a timer named "", expected one of "a", "b", "c"`},
		{functions: []*framework.Function{one, two}, name: "c", want: "two"},
		{functions: []*framework.Function{one, two}, name: "a", want: "one"},
		{functions: []*framework.Function{one, two}, name: "c_2", want: "two"},
		{functions: []*framework.Function{one, two}, name: "_2", err: `unknown_timer: found a timer named "_2", expected one of "a", "b", "c"`},
		{functions: []*framework.Function{one, two}, name: "d", err: `unknown_timer: found a timer named "d", expected one of "a", "b", "c"`},
		{functions: []*framework.Function{two}, name: "", err: `unknown_timer: found a timer named "", expected one of "b", "c"`},
		{functions: []*framework.Function{none}, bindErr: "no function of unit u has a timer"},
		{functions: []*framework.Function{one, same}, bindErr: `functions one and same of unit u both have a timer named "a"`},
	}
	for _, tt := range tests {
		find, err := Timers[timer.Schedule](&framework.App{Unit: "u", Functions: tt.functions})
		if got := text(err); got != tt.bindErr {
			t.Errorf("Timers: error %q, want %q", got, tt.bindErr)
		}
		if find == nil {
			continue
		}
		f, s, err := find(tt.name, tt.unnamed)
		if got := text(err); got != tt.err {
			t.Errorf("find %q: error %q, want %q", tt.name, got, tt.err)
		}
		if err == nil && (f.Name != tt.want || s.Name == "") {
			t.Errorf("find %q: function %s, timer %q; want %s", tt.name, f.Name, s.Name, tt.want)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
