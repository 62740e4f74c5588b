package plan

import (
	"strconv"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// triggers are those of f.yml, if it has events for the function, or else those of the directives.
func triggers(f *model.Function, overrides *spec.Function) []target.Trigger {
	var ts []target.Trigger
	if overrides.Events != nil {
		for _, e := range overrides.Events {
			ts = append(ts, target.Trigger{Kind: e.Kind, Pos: e.Pos, Marker: e.Marker, Place: e.Place, Places: e.Places, Extension: e.Extension})
		}
	} else {
		for _, t := range f.Triggers {
			place := spec.Place{Pos: t.Pos, Length: t.Length, Line: t.Line}
			ts = append(ts, target.Trigger{Kind: t.Kind, Pos: t.Pos, Marker: t.Marker, Place: place})
		}
	}
	seen := map[string]int{}
	for i, t := range ts {
		if ts[i].Name = kind.Of(t.Marker).Name(t.Marker); ts[i].Name != "" {
			continue
		}
		ts[i].Name = f.Name
		if seen[t.Kind]++; seen[t.Kind] > 1 {
			ts[i].Name += "-" + strconv.Itoa(seen[t.Kind])
		}
	}
	return ts
}
