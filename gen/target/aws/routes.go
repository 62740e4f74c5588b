package aws

import (
	"cmp"
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
	function     *target.Function
	trigger      target.Trigger
	method, path string
	// iam has callers sign their requests.
	iam bool
	// preflight says that the route is only there for CORS: the framework answers.
	preflight bool
}

// maxRoutes is the quota of one API, which can be raised.
const maxRoutes = 300

// routes says the http triggers of all units in the language of HTTP APIs, in order, each method and path once:
//
//   - {rest...} becomes {rest+}, and as that takes no empty rest, a second route for the folder itself, unless another
//     route is for the folder alone.
//   - A GET route takes HEAD as well, as everywhere else, unless another route does.
//   - Wildcards in one place have one name in all routes. The framework finds their values by itself.
//   - Where the framework answers preflight requests, OPTIONS of each path that has CORS.
//
// Those of a function that another unit has, too, are the other unit's.
func routes(r *target.Report, app *target.App) []route {
	r.About(kind.FeatureHTTP)
	defer r.About("")
	var all []route
	seen := map[string]route{}
	add := func(n route) {
		key := n.method + " " + n.path
		switch other, ok := seen[key]; {
		case !ok:
			seen[key] = n
			all = append(all, n)
		case other.unit != n.unit:
			r.Unsupported(n.trigger.At("host"), key, fmt.Sprintf("unit %s has it too, and an HTTP API does not look at the host", other.unit.Name))
		case other.iam != n.iam:
			r.Unsupported(placeOf(n.unit, n.function, target.SettingHTTPAuth), "http.auth of "+n.function.Name, fmt.Sprintf("%s, which says otherwise, has %s too, and an HTTP API does not look at the host", other.function.Name, key))
		}
	}
	wildcards := &wildcard{}
	var folders, heads []route
	for _, m := range members(app) {
		iam := httpOf(m.function).Auth == "iam"
		for _, t := range requests(m.function) {
			marker := annotations.HTTPOf(t.Marker)
			for _, method := range marker.Method {
				parsed, err := web.ParsePattern(method, marker.Path)
				if err != nil {
					continue // reported where it was written
				}
				for i, path := range wildcards.paths(parsed.Pattern) {
					n := route{unit: m.unit, function: m.function, trigger: t, method: cmp.Or(parsed.Method, "ANY"), path: path, iam: iam}
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
		if _, ok := seen[n.method+" "+n.path]; !ok {
			add(n)
			if n.method == "GET" {
				heads = append(heads, n)
			}
		}
	}
	for _, n := range heads {
		n.method = "HEAD"
		if _, ok := seen["HEAD "+n.path]; !ok {
			add(n)
		}
	}
	for _, n := range preflights(r, app, all) {
		add(n)
	}
	slices.SortStableFunc(all, func(a, b route) int {
		return strings.Compare(a.path+" "+a.method, b.path+" "+b.method)
	})
	if len(all) > maxRoutes {
		r.Loss(all[maxRoutes].unit, kind.FeatureHTTP, all[maxRoutes].trigger.At(""), "%d routes: an HTTP API has %d unless its quota is raised", len(all), maxRoutes)
	}
	return all
}

// preflights are routes for the OPTIONS requests of browsers, which carry no signature. Where the gateway has CORS of its own it
// answers them, but for those that a route of any method wants signed. Otherwise they reach one unit, so that it has to be the
// one that all routes with CORS of the path are in.
func preflights(r *target.Report, app *target.App, all []route) []route {
	gateway, same := sharedCORS(app)
	if same && gateway == nil {
		return nil
	}
	var made []route
	crossing := map[string]route{} // by path
	for _, n := range all {
		if httpOf(n.function).CORS == nil || same && (n.method != "ANY" || !n.iam) {
			continue
		}
		if other, ok := crossing[n.path]; ok {
			refusePreflight(r, n, other)
			continue
		}
		crossing[n.path] = n
		n.method, n.iam, n.preflight = "OPTIONS", false, true
		made = append(made, n)
	}
	return slices.DeleteFunc(made, func(n route) bool {
		return slices.ContainsFunc(all, func(other route) bool {
			if other.path != n.path {
				return false
			}
			if other.method == "OPTIONS" && !same {
				refusePreflight(r, other, crossing[n.path])
			}
			return other.method == "OPTIONS" || other.method == "ANY" && other.unit == n.unit && !other.iam
		})
	})
}

func refusePreflight(r *target.Report, n, crossing route) {
	if n.unit != crossing.unit {
		r.Unsupported(placeOf(crossing.unit, crossing.function, target.SettingHTTPCORS), "http.cors of "+crossing.function.Name, fmt.Sprintf("functions differ in it, so that units answer preflight requests, and unit %s has a route of %s too", n.unit.Name, n.path)).
			Hint = "put both into one group, or say the same http.cors for all, in provider"
	}
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
