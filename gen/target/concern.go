package target

import (
	"go/token"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
)

// Only is the application as if it had one unit: with the resources that the unit's triggers name, and with domains only
// if it answers requests. Without such a unit it has none.
func (a *App) Only(unit string) *App {
	s := *a.Spec
	only := &App{Spec: &s, Stage: a.Stage}
	s.Resources = map[string]*spec.Resource{}
	keep := func(name string) *spec.Resource {
		r := a.Spec.Resources[name]
		if r != nil {
			s.Resources[name] = r
		}
		return r
	}
	routes := false
	for _, u := range a.Units {
		if u.Name != unit {
			continue
		}
		only.Units = append(only.Units, u)
		routes = routes || len(u.Routes()) > 0
		for _, f := range u.Functions {
			for _, t := range slices.Concat(f.Triggers, f.Linked) {
				for _, n := range Needs(t.Marker) {
					if r := keep(n.Name); r != nil {
						keep(r.Instance)
					}
				}
			}
		}
	}
	if !routes {
		s.Domains = nil
	}
	return only
}

// CheckUnit reports what [Target.Check] finds that has to do with one unit: what it has by itself, and what it has together
// with others, such as two triggers for the same objects. What others have without it is left out.
func CheckUnit(t Target, app *App, unit string) annotations.Diagnostics {
	others := *app
	others.Units = slices.DeleteFunc(slices.Clone(app.Units), func(u *Unit) bool { return u.Name == unit })
	own, without := messages(t.Check(app.Only(unit))), messages(t.Check(&others))
	return slices.DeleteFunc(t.Check(app), func(d annotations.Diagnostic) bool {
		return !own[messageOf(d)] && without[messageOf(d)]
	})
}

// message is what tells a diagnostic from others.
type message struct {
	pos        token.Position
	severity   annotations.Severity
	code, text string
}

func messageOf(d annotations.Diagnostic) message {
	return message{d.Pos, d.Severity, d.Code, d.Message}
}

func messages(ds annotations.Diagnostics) map[message]bool {
	set := make(map[message]bool, len(ds))
	for _, d := range ds {
		set[messageOf(d)] = true
	}
	return set
}
