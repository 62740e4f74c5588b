package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/framework"
)

// Router finds the function of a request among the web.Route triggers of a unit. It chooses as net/http.ServeMux does:
// the most specific pattern wins whatever the order, a GET route takes HEAD too, a path that other methods have is 405.
// It differs where ServeMux would redirect:
//
//   - /x/ and /x are two paths. A pattern that ends in a slash or in {rest...} takes the first only.
//   - A path that is not clean (//, /./, /../) matches nothing: 404. Nothing is cut from or added to a path, so a
//     wildcard never holds what a file server would climb out of its folder with, unless the client encoded it.
//
// A Router is not changed after it is made, and safe for concurrent use.
type Router struct {
	hosts map[string]*hostTable // by lower-case host without port
	any   *hostTable
	cors  *CORS // of every route, nil if they differ
}

// hostTable holds the routes of one host, a tree of path segments for each method.
type hostTable struct {
	get, all *node   // methods that are looked up most; nil if there are none
	methods  []table // by method, sorted, GET among them, the routes for any method not
}

type table struct {
	method string
	root   *node
}

// node is a place in the tree: what has been read of the path so far.
type node struct {
	leaf     *route // ends here
	literals []edge // sorted by text
	wild     *node  // {name}
	rest     *route // {name...} or a trailing slash
	end      *route // {$}
}

type edge struct {
	text string
	node *node
}

// route is a Route made ready.
type route struct {
	Route
	host     string
	segments []segment
	names    []string // of the wildcards, in order; not of an anonymous trailing slash
	function *framework.Function
}

// Match is what [Router.Match] found.
type Match struct {
	// Function is the function that the route belongs to, nil if Status is not 200.
	Function *framework.Function
	// Route is the route that matched.
	Route Route
	// Pattern is the route's pattern.
	Pattern string
	// Values holds the decoded values of the pattern's wildcards, in order.
	Values []PathValue
	// Status is 200, 404 or 405.
	Status int
	// Allow is the value of the Allow header when Status is 405: the methods that the path has.
	Allow string

	cors *CORS // of the route or, where there is none, of all
}

func compile(r Route) (*route, error) {
	segs, err := parseSegments(r.Pattern)
	if err != nil {
		return nil, err
	}
	c := &route{Route: r, host: normalHost(r.Host), segments: segs}
	for _, s := range segs {
		if s.named() && s.text != "" {
			c.names = append(c.names, s.text)
		}
	}
	return c, nil
}

// NewRouter makes the router over all routes of app. Its error is a pattern that cannot be read or, as a
// *ConflictError, two routes that take the same request.
func NewRouter(app *framework.App) (*Router, error) {
	r := &Router{}
	var routes []*route
	differ := false
	for _, f := range app.Functions {
		for _, t := range f.Triggers {
			trigger, ok := t.(Route)
			if !ok {
				continue
			}
			var err error
			if trigger.CORS, err = corsOf(f, trigger.CORS); err != nil {
				return nil, err
			}
			c, err := compile(trigger)
			if err != nil {
				return nil, fmt.Errorf("route %s of function %s: %w", trigger, f.Name, err)
			}
			c.function = f
			for _, other := range routes {
				if e := conflicting(other, c); e != nil {
					e.Functions = [2]string{other.function.Name, f.Name}
					return nil, e
				}
			}
			routes = append(routes, c)
			r.add(c)
			if r.cors = trigger.CORS; !r.cors.equal(routes[0].CORS) {
				differ = true
			}
		}
	}
	if differ {
		r.cors = nil
	}
	return r, nil
}

func (r *Router) add(c *route) {
	if c.host == "" {
		if r.any == nil {
			r.any = &hostTable{}
		}
		r.any.add(c)
		return
	}
	if r.hosts == nil {
		r.hosts = map[string]*hostTable{}
	}
	if r.hosts[c.host] == nil {
		r.hosts[c.host] = &hostTable{}
	}
	r.hosts[c.host].add(c)
}

func (t *hostTable) add(c *route) {
	if c.Method == "" {
		if t.all == nil {
			t.all = &node{}
		}
		t.all.add(c)
		return
	}
	i, found := slices.BinarySearchFunc(t.methods, c.Method, func(e table, m string) int { return strings.Compare(e.method, m) })
	if !found {
		t.methods = slices.Insert(t.methods, i, table{c.Method, &node{}})
	}
	t.methods[i].root.add(c)
	if c.Method == "GET" {
		t.get = t.methods[i].root
	}
}

func (n *node) add(c *route) {
	for _, s := range c.segments {
		switch s.kind {
		case rest:
			n.rest = c
			return
		case end:
			n.end = c
			return
		case wildcard:
			if n.wild == nil {
				n.wild = &node{}
			}
			n = n.wild
		default:
			i, found := n.find(s.text)
			if !found {
				n.literals = slices.Insert(n.literals, i, edge{s.text, &node{}})
			}
			n = n.literals[i].node
		}
	}
	n.leaf = c
}

func (n *node) find(text string) (int, bool) {
	return slices.BinarySearchFunc(n.literals, text, func(e edge, t string) int { return strings.Compare(e.text, t) })
}

// Match finds the route of a request. host may have a port. path is the decoded path; rawPath its encoded form, empty
// when that is the default encoding, as in net/url.URL.
func (r *Router) Match(method, host, path, rawPath string) Match {
	if path == "" {
		path = "/"
	}
	m := matcher{path: path}
	if rawPath != "" && rawPath != path {
		// As ServeMux: the encoded form counts only if it is one of this path.
		if u := (url.URL{Path: path, RawPath: rawPath}); u.EscapedPath() == rawPath {
			m.path, m.encoded = rawPath, true
		}
	}
	if path[0] != '/' || !clean(m.path) {
		return Match{Status: 404, cors: r.cors}
	}
	var own *hostTable
	if r.hosts != nil {
		own = r.hosts[normalHost(host)]
	}
	c := own.match(method, &m)
	if c == nil {
		c = r.any.match(method, &m)
	}
	if c == nil {
		return r.refusal(own, method, &m)
	}
	return Match{Function: c.function, Route: c.Route, Pattern: c.Pattern, Values: m.pathValues(c), Status: 200, cors: c.CORS}
}

// clean reports whether ServeMux would take the path as it is.
func clean(path string) bool {
	for i := range len(path) {
		if path[i] != '/' {
			continue
		}
		switch rest := path[i+1:]; {
		case rest == "" || rest[0] != '/' && rest[0] != '.':
		case rest[0] == '/', rest == ".", rest == "..", strings.HasPrefix(rest, "./"), strings.HasPrefix(rest, "../"):
			return false
		}
	}
	return true
}

func (t *hostTable) match(method string, m *matcher) *route {
	if t == nil {
		return nil
	}
	if c := m.match(t.root(method)); c != nil {
		return c
	}
	if method == "HEAD" {
		if c := m.match(t.get); c != nil {
			return c
		}
	}
	return m.match(t.all)
}

func (t *hostTable) root(method string) *node {
	if method == "GET" {
		return t.get
	}
	for i := range t.methods {
		if t.methods[i].method == method {
			return t.methods[i].root
		}
	}
	return nil
}

// refusal tells 404 from 405. ServeMux counts the methods of the path with a slash added, too, but would have redirected
// a request that such a route takes; that is a 404 here.
func (r *Router) refusal(own *hostTable, method string, m *matcher) Match {
	var allowed []string
	allowed = own.allowed(allowed, m)
	allowed = r.any.allowed(allowed, m)
	if !strings.HasSuffix(m.path, "/") {
		slashed := matcher{path: m.path + "/", encoded: m.encoded}
		if own.match(method, &slashed) != nil || r.any.match(method, &slashed) != nil {
			return Match{Status: 404, cors: r.cors}
		}
		allowed = own.allowed(allowed, &slashed)
		allowed = r.any.allowed(allowed, &slashed)
	}
	if len(allowed) == 0 {
		return Match{Status: 404, cors: r.cors}
	}
	if slices.Contains(allowed, "GET") {
		allowed = append(allowed, "HEAD")
	}
	slices.Sort(allowed)
	return Match{Status: 405, cors: r.cors, Allow: strings.Join(slices.Compact(allowed), ", ")}
}

func (t *hostTable) allowed(methods []string, m *matcher) []string {
	if t == nil {
		return methods
	}
	for _, e := range t.methods {
		if m.match(e.root) != nil {
			methods = append(methods, e.method)
		}
	}
	return methods
}

// normalHost is the host in lower case without its port.
func normalHost(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		name := host[:i]
		if bracketed := strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]"); bracketed {
			host = name[1 : len(name)-1]
		} else if !strings.ContainsAny(name, ":[]") {
			host = name
		}
	}
	return strings.ToLower(host)
}
