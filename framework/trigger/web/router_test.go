package web

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// appOf makes a unit with one function a route, named after it.
func appOf(routes ...Route) *framework.App {
	app := &framework.App{Unit: "test"}
	for _, r := range routes {
		app.Functions = append(app.Functions, &framework.Function{Name: r.String(), Triggers: []framework.Trigger{r}})
	}
	return app
}

func routerOf(t testing.TB, patterns ...string) *Router {
	t.Helper()
	var routes []Route
	for _, p := range patterns {
		routes = append(routes, routeOf(t, p))
	}
	r, err := NewRouter(appOf(routes...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// routeOf reads "GET host/path" as ServeMux does.
func routeOf(t testing.TB, s string) Route {
	t.Helper()
	method, rest, found := strings.Cut(s, " ")
	if !found {
		method, rest = "", s
	}
	slash := strings.IndexByte(rest, '/')
	r, err := ParsePattern(method, rest[slash:])
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	r.Host = rest[:slash]
	return r
}

func TestMatch(t *testing.T) {
	r := routerOf(t, "GET /books", "GET /books/{id}", "POST /books", "GET /books/{id}/pages/{page}", "/files/{path...}", "GET /dir/",
		"GET /exact/{$}", "GET shop.example/books", "DELETE shop.example/books/{id}", "GET /books/best", "HEAD /head", "GET /a%2Fb/{x}")
	tests := []struct{ method, host, path, want string }{
		{"GET", "", "/books", "200 GET /books"},
		{"HEAD", "", "/books", "200 GET /books"},
		{"POST", "", "/books", "200 POST /books"},
		{"PUT", "", "/books", "405 GET, HEAD, POST"},
		{"OPTIONS", "", "/books", "405 GET, HEAD, POST"},
		{"GET", "", "/books/7", "200 GET /books/{id} id=7"},
		{"GET", "", "/books/best", "200 GET /books/best"},
		{"GET", "", "/books/a%2Fb", "200 GET /books/{id} id=a/b"},
		{"GET", "", "/books/a%20b%25", "200 GET /books/{id} id=a b%"},
		{"GET", "", "/books/", "404"},
		{"GET", "", "/books/7/", "404"},
		{"GET", "", "/books/7/pages/9", "200 GET /books/{id}/pages/{page} id=7 page=9"},
		{"GET", "", "/books/best/pages/9", "200 GET /books/{id}/pages/{page} id=best page=9"},
		{"PATCH", "", "/files/a/b%2Fc", "200 /files/{path...} path=a/b/c"},
		{"GET", "", "/files/", "200 /files/{path...} path="},
		{"GET", "", "/files", "404"},
		{"GET", "", "/dir/x/y", "200 GET /dir/"},
		{"GET", "", "/dir", "404"},
		{"POST", "", "/dir", "405 GET, HEAD"},
		{"GET", "", "/exact/", "200 GET /exact/{$}"},
		{"GET", "", "/exact/x", "404"},
		{"GET", "", "/exact", "404"},
		{"GET", "", "//books", "404"},
		{"GET", "", "/books/../books", "404"},
		{"GET", "", "/files/./x", "404"},
		{"GET", "", "/files/..", "404"},
		{"GET", "", "/files/..x", "200 /files/{path...} path=..x"},
		{"GET", "", "/files/%2e%2e/x", "200 /files/{path...} path=../x"},
		{"GET", "shop.example", "/books", "200 GET shop.example/books"},
		{"GET", "SHOP.Example:8443", "/books", "200 GET shop.example/books"},
		{"POST", "shop.example", "/books", "200 POST /books"},
		{"DELETE", "shop.example", "/books/1", "200 DELETE shop.example/books/{id} id=1"},
		{"DELETE", "other.example", "/books/1", "405 GET, HEAD"},
		{"PUT", "shop.example", "/books/1", "405 DELETE, GET, HEAD"},
		{"GET", "", "/head", "405 HEAD"},
		{"GET", "", "/a%2Fb/1", "200 GET /a%2Fb/{x} x=1"},
		{"GET", "", "/a/b/1", "404"},
		{"GET", "", "/nothing", "404"},
	}
	for _, tt := range tests {
		u, err := url.ParseRequestURI(tt.path)
		if err != nil {
			t.Fatal(err)
		}
		if got := describeMatch(r.Match(tt.method, tt.host, u.Path, u.RawPath)); got != tt.want {
			t.Errorf("%s %s%s: got %q, want %q", tt.method, tt.host, tt.path, got, tt.want)
		}
	}
}

func TestMatchWithoutEncodedPath(t *testing.T) {
	r := routerOf(t, "GET /{a}/{b}")
	// A vendor that decodes paths sends a percent sign as it is.
	if got, want := describeMatch(r.Match("GET", "", "/50%/x y", "")), "200 GET /{a}/{b} a=50% b=x y"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// An encoded path of another path does not count.
	if got, want := describeMatch(r.Match("GET", "", "/a/b", "/c/d%2Fe")), "200 GET /{a}/{b} a=a b=b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, path := range []string{"*", "a/b", "x"} {
		if got := describeMatch(r.Match("OPTIONS", "", path, "")); got != "404" {
			t.Errorf("path %q: got %q, want 404", path, got)
		}
	}
	if got := describeMatch(routerOf(t, "/{$}").Match("GET", "", "", "")); got != "200 /{$}" {
		t.Errorf("an empty path is not the root: %s", got)
	}
}

func TestMatchManyWildcards(t *testing.T) {
	pattern, path, want := "", "", ""
	for i := range 20 {
		pattern += fmt.Sprintf("/{p%d}", i)
		path += fmt.Sprintf("/%d", i)
		want += fmt.Sprintf(" p%d=%d", i, i)
	}
	r := routerOf(t, pattern, pattern[:len(pattern)-6]+"/x") // backs out of the deepest branch
	if got := describeMatch(r.Match("GET", "", path, "")); got != "200 "+pattern+want {
		t.Errorf("got %q", got)
	}
}

func describeMatch(m Match) string {
	if m.Status != 200 {
		return strings.TrimSuffix(fmt.Sprint(m.Status, " ", m.Allow), " ")
	}
	s := "200 " + m.Route.String()
	for _, v := range m.Values {
		s += " " + v.Name + "=" + v.Value
	}
	return s
}

func TestNewRouterErrors(t *testing.T) {
	_, err := NewRouter(appOf(Route{Method: "GET", Pattern: "/a/{b"}))
	if got, want := fmt.Sprint(err), `route GET /a/{b of function GET /a/{b: at byte 3: found "{b", expected a wildcard to be a whole segment such as {id}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	_, err = NewRouter(appOf(Route{Method: "GET", Pattern: "/a/{b}"}, Route{Method: "GET", Pattern: "/{c}/d"}))
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.Functions != [2]string{"GET /a/{b}", "GET /{c}/d"} {
		t.Errorf("got %#v, want a conflict of the two functions", err)
	}
	r, err := NewRouter(&framework.App{Functions: []*framework.Function{{Name: "none"}}})
	if err != nil {
		t.Fatal(err)
	}
	if m := r.Match("GET", "", "/", ""); m.Status != 404 {
		t.Errorf("a router without routes: got %d, want 404", m.Status)
	}
}

// TestRouterEqualsServeMux compares with the real thing on random pattern sets and requests.
func TestRouterEqualsServeMux(t *testing.T) {
	sets, requests := 3000, 60
	first := 0
	switch {
	case testing.Short():
		sets = 300
	case os.Getenv("FAASGEN_SOAK") != "":
		sets, first = 300_000, rand.IntN(1<<40)
	}
	for seed := first; seed < first+sets; seed++ {
		g := generator{rand.New(rand.NewPCG(uint64(seed), 1))}
		mux := http.NewServeMux()
		var routes []Route
		var listing []string
		for range 1 + g.IntN(12) {
			p := g.pattern()
			r := routeOf(t, p)
			conflict := slices.ContainsFunc(routes, func(o Route) bool { return Conflict(r, o) })
			if panics := registers(mux, p); (panics != "") != conflict {
				t.Fatalf("seed %d: %s to %q: conflict %v, but ServeMux says %q", seed, p, listing, conflict, panics)
			}
			if slices.ContainsFunc(routes, func(o Route) bool { return Conflict(o, r) }) != conflict {
				t.Fatalf("seed %d: %s to %q: a conflict one way only", seed, p, listing)
			}
			if !conflict {
				routes, listing = append(routes, r), append(listing, p)
			}
		}
		router, err := NewRouter(appOf(routes...))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for range requests {
			method, host, target := g.method(), g.host()+g.pick("", ":8080"), g.path()
			if method == "" {
				method = "OPTIONS"
			}
			compare(t, mux, router, listing, method, host, target)
		}
	}
}

func registers(mux *http.ServeMux, pattern string) (panics string) {
	defer func() {
		if v := recover(); v != nil {
			panics = fmt.Sprint(v)
		}
	}()
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		s := "200 " + r.Pattern
		for _, name := range []string{"x", "y", "z", "rest"} {
			if strings.Contains(r.Pattern, "{"+name) {
				s += " " + name + "=" + r.PathValue(name)
			}
		}
		w.Header()["Result"] = []string{s}
	})
	return ""
}

func compare(t *testing.T, mux *http.ServeMux, router *Router, patterns []string, method, host, target string) {
	t.Helper()
	u, err := url.ParseRequestURI(target)
	if err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, &http.Request{Method: method, Host: host, URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}})
	m := router.Match(method, host, u.Path, u.RawPath)
	got := describeMatch(m)
	want := w.Header().Get("Result")
	switch w.Code {
	case http.StatusTemporaryRedirect:
		if !clean(target) {
			want = "404"
			break
		}
		// A slash is missing. The path counts as it is written, or is not found.
		if slashed := router.Match(method, host, u.Path+"/", ""); u.RawPath == "" && slashed.Status != 200 {
			t.Errorf("%q: %s %s%s: ServeMux redirects, and the path with a slash is %s", patterns, method, host, target, describeMatch(slashed))
		}
		if m.Status == 404 || m.Status == 200 && strings.HasSuffix(m.Pattern, "/") || strings.HasSuffix(m.Pattern, "...}") {
			return
		}
		want = "404, or the pattern of a folder above"
	case http.StatusMethodNotAllowed:
		want = "405 " + w.Header().Get("Allow")
	case http.StatusNotFound:
		want = "404"
	}
	if got != want {
		t.Fatalf("%q: %s %s%s: got %q, ServeMux says %q", patterns, method, host, target, got, want)
	}
}

type generator struct{ *rand.Rand }

func (g generator) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g generator) method() string { return g.pick("GET", "GET", "HEAD", "POST", "PUT", "") }

func (g generator) host() string { return g.pick("", "", "", "h.example", "i.example") }

func (g generator) pattern() string {
	p := g.host()
	if m := g.method(); m != "" {
		p = m + " " + p
	}
	names := []string{"x", "y", "z"}
	for range g.IntN(4) {
		if g.IntN(3) == 0 {
			p += "/{" + names[0] + "}"
			names = names[1:]
		} else {
			p += "/" + g.pick("a", "b", "c", "a%2Fb", "%61", "d.e")
		}
	}
	switch end := g.pick("", "", "/", "/{$}", "/{rest...}"); {
	case end != "":
		p += end
	case strings.HasSuffix(p, " ") || !strings.Contains(p, "/"):
		p += "/"
	}
	return p
}

func (g generator) path() string {
	p := ""
	for range 1 + g.IntN(5) {
		p += "/" + g.pick("a", "a", "b", "b", "c", "q", "a%2Fb", "%61", "%2F", "%2f", "%25", "d.e", "", ".", "..", "%2e%2e", "é", "a%20b", "x", "y")
	}
	return p
}
