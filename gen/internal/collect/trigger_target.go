package collect

import (
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
)

// overlays checks the events that targets and stages say again. A unit's code is the same for all targets, so they may leave
// triggers out and change how one is deployed, but not add one of a kind that the code does not know.
func (c *triggerDirective) overlays(f *function) {
	for o := range c.load.Spec.Overlays() {
		settings := o.Functions[f.Name]
		if settings == nil || f.faulty {
			continue
		}
		for _, e := range settings.Events {
			c.overlay(f, o.Name, e)
		}
	}
}

// known takes a trigger that only a target has into the code, where it is of a sort that the handler is called for alike. That is
// so of messages: what is a queue in one cloud may be a topic in another.
func (f *function) known(marker any) bool {
	if _, ok := marker.(*annotations.MQ); !ok {
		return false
	}
	if !slices.ContainsFunc(f.Elsewhere, func(t model.Trigger) bool { return covers(t.Marker, marker) }) {
		f.Elsewhere = append(f.Elsewhere, model.Trigger{Kind: "mq", Marker: marker})
	}
	return true
}

func (c *triggerDirective) overlay(f *function, name string, e spec.Event) {
	hint := "the code is the same for all targets: let functions or a directive have it too"
	if strings.HasPrefix(name, "stage ") {
		hint = strings.Replace(hint, "targets", "stages", 1)
	}
	report := func(place spec.Place, format string, args ...any) {
		d := place.Errorf(codeEvents, format, args...)
		d.Hint = hint
		c.also(&d, f.Pos, "handler of function "+f.Name)
		c.diagnostics = append(c.diagnostics, &d)
	}
	m := annotations.HTTPOf(e.Marker)
	if m == nil {
		has := len(f.triggers) == 0 && kind.DeliveryOf(e.Kind) == kind.Raw || slices.ContainsFunc(f.triggers, func(t *trigger) bool { return covers(t.Marker, e.Marker) })
		same := slices.ContainsFunc(f.triggers, func(t *trigger) bool { return t.Kind == e.Kind })
		switch {
		case has || e.Marker == nil:
		case same && f.known(e.Marker):
		case same:
			report(e.Place, "%s calls function %s for events of %s that nothing else calls it for", name, f.Name, e.Kind)
		default:
			report(e.Place, "%s calls function %s by %s, which nothing else does", name, f.Name, e.Kind)
		}
		return
	}
	for _, method := range m.Method {
		r, err := web.ParsePattern(method, m.Path)
		if err != nil {
			return // spec has reported it
		}
		r.Host = m.Host
		known := slices.ContainsFunc(f.triggers, func(t *trigger) bool {
			return slices.ContainsFunc(t.Routes, func(other web.Route) bool {
				return (other.Method == "" || other.Method == r.Method) && other.Host == r.Host && other.Pattern == r.Pattern
			})
		})
		if !known {
			report(e.Places["path"].Or(e.Place), "%s adds the route %s, which function %s does not have", name, r, f.Name)
			return
		}
	}
}
