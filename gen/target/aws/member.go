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

// says reports whether the unit is a group that has a setting of its own, which wins over those of its functions.
func says(u *target.Unit, key string) bool {
	place := u.Settings.Places[key]
	if u.Group == "" || !place.Valid() {
		return false
	}
	for _, f := range u.Functions {
		if f.Settings.Places[key] == place {
			return false // merged
		}
	}
	return true
}

// httpOf is what is said of the requests to a function.
func httpOf(u *target.Unit, f *target.Function, key string) spec.HTTP {
	h := f.Settings.HTTP
	if says(u, key) {
		h = u.Settings.HTTP
	}
	if h == nil {
		return spec.HTTP{}
	}
	return *h
}

func authOf(u *target.Unit, f *target.Function) string { return httpOf(u, f, "http.auth").Auth }

func corsOf(u *target.Unit, f *target.Function) *spec.CORS { return httpOf(u, f, "http.cors").CORS }

func streams(u *target.Unit, f *target.Function) bool {
	s := httpOf(u, f, "http.streaming").Streaming
	return s != nil && *s
}

// placeOf is where a setting of a function, or of its group, was said.
func placeOf(u *target.Unit, f *target.Function, key string) spec.Place {
	if says(u, key) {
		return u.At(key)
	}
	if len(u.Functions) == 1 {
		return f.Settings.Places[key].Or(u.At(key))
	}
	return f.Settings.Places[key].Or(spec.Place{Pos: f.Pos})
}

// sharedCORS is what all functions behind the HTTP API say of other origins, and whether they say the same: the gateway's own
// CORS is that of all routes.
func sharedCORS(app *target.App) (c *spec.CORS, same bool) {
	all := members(app)
	for i, m := range all {
		if own := corsOf(m.unit, m.function); i == 0 {
			c = own
		} else if !reflect.DeepEqual(c, own) {
			return nil, false
		}
	}
	return c, true
}
