package plan

import (
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// confused reports functions of a group that are for the same events. By themselves each gets its own; one unit gets an event
// that names neither, and would have to refuse it. Guests count, as the code of the unit has their triggers, too.
func (c *selection) confused(g *Group) {
	for i, f := range g.Members {
		for _, other := range g.Members[:i] {
			a, b, what := firstConfused(other, f)
			if what == "" {
				continue
			}
			d := c.report(g.Place, "functions %s and %s of group %s both take %s, and nothing in an event says which of them is meant", other.Name, f.Name, g.Name, what)
			d.Chain = []annotations.Link{{Pos: a.Pos, Message: "this is the trigger of " + other.Name}, {Pos: b.Pos, Message: "this is the trigger of " + f.Name}}
			d.Hint = "take one of them out of the group"
		}
	}
}

// firstConfused are the first triggers of two functions that no event tells apart, and what they have in common; "" if there are
// none.
func firstConfused(f, g *target.Function) (a, b target.Trigger, what string) {
	for _, a := range f.Triggers {
		k := kind.Of(a.Marker)
		for _, b := range g.Triggers {
			if k == nil || kind.Of(b.Marker) != k {
				continue
			}
			if what := k.Confused(a.Marker, b.Marker); what != "" {
				return a, b, what
			}
		}
	}
	return a, b, ""
}
