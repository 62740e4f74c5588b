package aws

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

// route is one route of the HTTP API.
type route struct {
	unit         *target.Unit
	trigger      target.Trigger
	method, path string
	auth         *RouteAuth
}

// maxRoutes is the quota of one API, which can be raised.
const maxRoutes = 300

// routes says the http triggers of all units in the language of HTTP APIs, in order, each method and path once:
//
//   - {rest...} becomes {rest+}, and as that takes no empty rest, a second route for the folder itself, unless another
//     route is for the folder alone.
//   - A GET route takes HEAD as well, as everywhere else, unless another route does.
//   - Wildcards in one place have one name in all routes. The framework finds their values by itself.
func routes(r *target.Report, app *target.App) []route {
	r.About(kind.FeatureHTTP)
	defer r.About("")
	var all []route
	seen := map[string]*target.Unit{}
	add := func(n route) {
		key := n.method + " " + n.path
		switch other := seen[key]; {
		case other == nil:
			seen[key] = n.unit
			all = append(all, n)
		case other != n.unit:
			r.Unsupported(n.trigger.At("host"), key, fmt.Sprintf("unit %s has it too, and an HTTP API does not look at the host", other.Name))
		}
	}
	wildcards := &wildcard{}
	var folders, heads []route
	for _, u := range app.Units {
		if u.Streams() {
			continue // at a URL of its own
		}
		var auth *RouteAuth
		if u.Settings.HTTP != nil && u.Settings.HTTP.Auth == "iam" {
			auth = &RouteAuth{Authorizer: "AWS_IAM"}
		}
		for _, t := range u.Routes() {
			m := annotations.HTTPOf(t.Marker)
			for _, method := range m.Method {
				parsed, err := web.ParsePattern(method, m.Path)
				if err != nil {
					continue // reported where it was written
				}
				if parsed.Method == "" {
					parsed.Method = "ANY"
				}
				for i, path := range wildcards.paths(parsed.Pattern) {
					n := route{u, t, parsed.Method, path, auth}
					if i > 0 {
						folders = append(folders, n)
						continue
					}
					add(n)
					if n.method == "GET" {
						heads = append(heads, n)
					}
				}
			}
		}
	}
	for _, n := range folders {
		if seen[n.method+" "+n.path] == nil {
			add(n)
			if n.method == "GET" {
				heads = append(heads, n)
			}
		}
	}
	for _, n := range heads {
		if n.method = "HEAD"; seen["HEAD "+n.path] == nil {
			add(n)
		}
	}
	slices.SortStableFunc(all, func(a, b route) int {
		return strings.Compare(a.path+" "+a.method, b.path+" "+b.method)
	})
	if len(all) > maxRoutes {
		r.Loss(all[maxRoutes].unit, kind.FeatureHTTP, all[maxRoutes].trigger.At(""), "%d routes: an HTTP API has %d unless its quota is raised", len(all), maxRoutes)
	}
	return all
}

// Routes are those of the application's HTTP API as the API names them, such as "GET /books/{id}".
func (cloud) Routes(app *target.App) []string {
	var keys []string
	for _, n := range routes(&target.Report{Target: Name}, app) {
		keys = append(keys, n.method+" "+n.path)
	}
	return keys
}

// wildcard is a node of the tree of all paths. It gives each wildcard the name that the first route of that shape has.
type wildcard struct {
	name     string
	children map[string]*wildcard
}

// paths says a pattern as paths of an HTTP API.
func (w *wildcard) paths(pattern string) []string {
	segments := strings.Split(strings.TrimPrefix(pattern, "/"), "/")
	out := ""
	for i, segment := range segments {
		name, wild := strings.CutPrefix(segment, "{")
		name = strings.TrimSuffix(name, "}")
		name, rest := strings.CutSuffix(name, "...")
		switch {
		case segment == "{$}":
			return []string{out + "/"}
		case rest || segment == "": // a slash at the end takes all that is below
			if name == "" {
				name = "rest"
			}
			return []string{out + "/{" + w.child("+", name, i).name + "+}", out + "/"}
		case wild:
			w = w.child("{", name, i)
			out += "/{" + w.name + "}"
		default:
			w = w.child("/"+segment, "", i)
			out += "/" + segment
		}
	}
	return []string{out}
}

func (w *wildcard) child(key, name string, place int) *wildcard {
	if w.children == nil {
		w.children = map[string]*wildcard{}
	}
	if w.children[key] == nil {
		if logicalName(name) == "" || strings.ContainsFunc(name, func(r rune) bool { return r > 127 }) {
			name = "p" + strconv.Itoa(place+1) // the gateway's names are ASCII
		}
		w.children[key] = &wildcard{name: name}
	}
	return w.children[key]
}
