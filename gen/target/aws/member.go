package aws

import (
	"reflect"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// member is a function behind the HTTP API, in its unit.
type member struct {
	unit     *target.Unit
	function *target.Function
}

// members are the functions whose routes the HTTP API has: not those behind a URL of the unit's own, nor those whose routes
// another unit has.
func members(app *target.App) []member {
	var all []member
	for _, u := range app.Units {
		if u.Streams() {
			continue
		}
		for _, f := range u.Functions {
			if !f.Guest && len(requests(f)) > 0 {
				all = append(all, member{u, f})
			}
		}
	}
	return all
}

// requests are the triggers of a function that bring requests.
func requests(f *target.Function) []target.Trigger {
	var all []target.Trigger
	for _, t := range f.Triggers {
		if annotations.HTTPOf(t.Marker) != nil {
			all = append(all, t)
		}
	}
	return all
}

// httpOf is what is set of the requests to a function.
func httpOf(f *target.Function) spec.HTTP {
	if f.Settings.HTTP == nil {
		return spec.HTTP{}
	}
	return *f.Settings.HTTP
}

func streams(f *target.Function) bool {
	s := httpOf(f).Streaming
	return s != nil && *s
}

// placeOf is where a setting of a function was set, otherwise the function, or its unit if that has no other.
func placeOf(u *target.Unit, f *target.Function, key string) spec.Place {
	if len(u.Functions) == 1 {
		return f.Settings.Places[key].Or(u.At(key))
	}
	return f.Settings.Places[key].Or(spec.Place{Pos: f.Pos})
}

// sharedCORS is what all functions behind the HTTP API have for other origins, and whether that is the same: the gateway's own
// CORS is that of all routes.
func sharedCORS(app *target.App) (c *spec.CORS, same bool) {
	all := members(app)
	for i, m := range all {
		if own := httpOf(m.function).CORS; i == 0 {
			c = own
		} else if !reflect.DeepEqual(c, own) {
			return nil, false
		}
	}
	return c, true
}
