package gen

import (
	"fmt"
	"path"
	"slices"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aws"
	"github.com/faasgen/faasgen/gen/target/tencent"
)

// loops is a target whose units run by two loops, and which says of no program that it has both.
type loops struct{ target.Target }

func (loops) Entry(u *target.Unit) target.Entry {
	e := target.Entry{Loop: "p/poll", Command: "main", GOARCH: u.Settings.Architecture}
	if len(u.Routes()) > 0 && len(u.Kinds()) == 1 {
		e.Loop = "p/listen"
	}
	for _, k := range u.Kinds() {
		e.Codecs = append(e.Codecs, target.Symbol{Import: "p", Name: k})
	}
	return e
}

// TestGroupUnits: which binaries there are for package.mode shared, and that no grouping of functions makes another.
func TestGroupUnits(t *testing.T) {
	route := &target.Function{Name: "route", Triggers: []target.Trigger{{Kind: "http", Name: "route", Marker: &annotations.HTTP{}}}}
	more := &target.Function{Name: "more", Triggers: []target.Trigger{{Kind: "http", Name: "more", Marker: &annotations.HTTP{}}}}
	tick := &target.Function{Name: "tick", Triggers: []target.Trigger{{Kind: "timer", Name: "tick", Marker: &annotations.Timer{}}}}
	settings := func(arch string, streaming bool) spec.Settings {
		s := spec.Defaults()
		s.Architecture, s.HTTP = arch, &spec.HTTP{Streaming: &streaming}
		return s
	}
	usual := settings("amd64", false)
	unit := func(s spec.Settings, functions ...*target.Function) *target.Unit {
		return &target.Unit{Name: functions[0].Name, Settings: s, Functions: functions}
	}
	alone := func(f *target.Function) *target.Function { return &target.Function{Name: f.Name, Linked: f.Triggers} }
	for _, c := range []struct {
		name  string
		t     target.Target
		units []*target.Unit
		want  []string
	}{
		{"each by itself", tencent.New(), []*target.Unit{unit(usual, more), unit(usual, route), unit(usual, tick)}, []string{"app both [HTTP Timer] 3"}},
		{"all together", tencent.New(), []*target.Unit{unit(usual, more, route, tick)}, []string{"app both [HTTP Timer] 1"}},
		{"some together", tencent.New(), []*target.Unit{unit(usual, more, tick), unit(usual, route)}, []string{"app both [HTTP Timer] 2"}},
		{"requests", tencent.New(), []*target.Unit{unit(usual, more), unit(usual, route)}, []string{"app web [] 2"}},
		{"events", tencent.New(), []*target.Unit{unit(usual, tick)}, []string{"app custom [Timer] 1"}},
		{"called by its name, too", tencent.New(), []*target.Unit{unit(usual, tick), unit(usual, alone(tick))}, []string{"app custom [Timer] 2"}},
		{"one loop", aws.New(), []*target.Unit{unit(usual, more, tick), unit(usual, route)}, []string{"app aws [HTTP Timer] 2"}},
		{"processors", aws.New(), []*target.Unit{unit(settings("arm64", false), more), unit(usual, tick)}, []string{"app-arm64 aws [HTTP Timer] 1", "app aws [HTTP Timer] 1"}},
		{"another processor alone", aws.New(), []*target.Unit{unit(settings("arm64", false), more, tick)}, []string{"app-arm64 aws [HTTP Timer] 1"}},
		{"streams", aws.New(), []*target.Unit{unit(settings("amd64", true), more), unit(usual, route), unit(usual, tick)},
			[]string{"app-streaming aws [HTTPStream Timer] 1", "app aws [HTTP Timer] 2"}},
		{"streams alone", aws.New(), []*target.Unit{unit(settings("amd64", true), more, tick)}, []string{"app-streaming aws [HTTPStream Timer] 1"}},
		{"two loops", loops{}, []*target.Unit{unit(usual, more), unit(usual, route), unit(usual, tick)}, []string{"app-listen listen [http] 2", "app poll [http timer] 1"}},
	} {
		var functions []*target.Function
		for _, u := range c.units {
			functions = append(functions, u.Functions...)
		}
		var got []string
		for _, g := range groupUnits(c.t, functions, c.units) {
			var codecs []string
			for _, s := range g.entry.Codecs {
				codecs = append(codecs, s.Name)
			}
			got = append(got, fmt.Sprint(g.name, " ", path.Base(g.entry.Loop), " ", codecs, " ", len(g.units)))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
