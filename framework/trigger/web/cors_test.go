package web

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// flat writes the headers that matter for pages, in order.
func flat(h Header) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if short, ok := strings.CutPrefix(name, "Access-Control-"); ok || name == "Vary" {
			lines = append(lines, fmt.Sprintf("%s: %s", short, strings.Join(h[name], " & ")))
		}
	}
	return strings.Join(lines, "; ")
}

func corsRouter(t *testing.T, routes ...Route) *Router {
	t.Helper()
	app := &framework.App{}
	for i, r := range routes {
		app.Functions = append(app.Functions, &framework.Function{Name: fmt.Sprint(i), Triggers: []framework.Trigger{r}})
	}
	r, err := NewRouter(app)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func shop() *CORS {
	return &CORS{Origins: []string{"https://shop.example.com", "https://admin.example.com"}, Headers: []string{"X-Token"}, ExposeHeaders: []string{"X-Total", "X-Next"}, MaxAge: 10 * time.Minute, Credentials: true}
}

func TestPreflight(t *testing.T) {
	anybody := &CORS{Origins: []string{"*"}, Headers: []string{"*"}, Methods: []string{"GET", "PUT"}, Credentials: true}
	r := corsRouter(t,
		Route{Method: "GET", Pattern: "/orders", CORS: shop()}, Route{Method: "DELETE", Pattern: "/orders/{id}", CORS: shop()},
		Route{Pattern: "/open/{rest...}", CORS: anybody}, Route{Method: "GET", Pattern: "/closed"},
		Route{Method: "OPTIONS", Pattern: "/own"}, Route{Method: "GET", Pattern: "/own"},
	)
	const all = "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
	for _, tt := range []struct{ origin, method, path, headers, want string }{
		{"https://shop.example.com", "GET", "/orders", "", "Allow-Credentials: true; Allow-Methods: GET; Allow-Origin: https://shop.example.com; Max-Age: 600; " + all},
		{"https://admin.example.com", "HEAD", "/orders", "x-token", "Allow-Credentials: true; Allow-Headers: x-token; Allow-Methods: HEAD; Allow-Origin: https://admin.example.com; Max-Age: 600; " + all},
		{"https://shop.example.com", "DELETE", "/orders/1", "", "Allow-Credentials: true; Allow-Methods: DELETE; Allow-Origin: https://shop.example.com; Max-Age: 600; " + all},
		// who may not, in each way that is nearly right
		{"https://evil.example.com", "GET", "/orders", "", all},
		{"https://shop.example.com.evil.com", "GET", "/orders", "", all},
		{"https://SHOP.example.com", "GET", "/orders", "", all},
		{"http://shop.example.com", "GET", "/orders", "", all},
		{"null", "GET", "/orders", "", all},
		{"https://shop.example.com", "POST", "/orders", "", "none"}, // 405, and other routes of the unit say otherwise
		{"https://shop.example.com", "GET", "/orders", "X-Token, X-Other", all},
		{"https://shop.example.com", "GET", "/orders", "X Token", all},
		// any origin: no credentials, whatever is set
		{"https://a.example", "PUT", "/open/x", "Authorization, X-A", "Allow-Headers: Authorization, X-A; Allow-Methods: GET, PUT; Allow-Origin: *; " + all},
		{"https://a.example", "POST", "/open/x", "", all},
		{"https://a.example", "PUT", "/open/x", "a b", all},
		// not a matter of this
		{"https://shop.example.com", "GET", "/closed", "", "none"},
		{"https://shop.example.com", "GET", "/own", "", "none"},
		{"https://shop.example.com", "GET", "/nowhere", "", "none"},
		{"", "GET", "/orders", "", "none"},
		{"https://shop.example.com", "", "/orders", "", "none"},
	} {
		q := &Request{Method: "OPTIONS", Path: tt.path, Header: Header{}}
		for name, v := range map[string]string{"Origin": tt.origin, "Access-Control-Request-Method": tt.method, "Access-Control-Request-Headers": tt.headers} {
			if v != "" {
				q.Header.Set(name, v)
			}
		}
		got := "none"
		if a := r.Preflight(q); a != nil {
			if got = flat(a.Header); a.Status != 204 || len(a.Body) > 0 {
				t.Errorf("%+v: status %d and body %q, want 204 alone", tt, a.Status, a.Body)
			}
		}
		if got != tt.want {
			t.Errorf("%+v:\nfound %s\nwant  %s", tt, got, tt.want)
		}
		if q.Method = "GET"; r.Preflight(q) != nil {
			t.Errorf("%+v: a GET counts as a preflight", tt)
		}
	}
}

func TestCross(t *testing.T) {
	const allowed = "Allow-Credentials: true; Allow-Origin: https://shop.example.com; Expose-Headers: X-Total, X-Next; Vary: "
	open := &CORS{Origins: []string{"*"}, Credentials: true}
	one, two := corsRouter(t, Route{Method: "GET", Pattern: "/a", CORS: shop()}, Route{Method: "GET", Pattern: "/b", CORS: shop()}), corsRouter(t, Route{Method: "GET", Pattern: "/a", CORS: open}, Route{Method: "GET", Pattern: "/b"})
	for _, tt := range []struct {
		router               *Router
		method, path, origin string
		result               any
		err                  error
		want                 string
	}{
		{one, "GET", "/a", "https://shop.example.com", "x", nil, allowed + "Origin"},
		{one, "HEAD", "/a", "https://shop.example.com", "x", nil, allowed + "Origin"},
		{one, "GET", "/a", "https://shop.example.com", nil, nil, allowed + "Origin"},
		{one, "GET", "/a", "https://shop.example.com", nil, errors.New("x"), allowed + "Origin"},
		{one, "GET", "/a", "https://shop.example.com", nil, &framework.Error{Status: 504, Err: framework.ErrAbandoned}, allowed + "Origin"},
		{one, "GET", "/a", "https://shop.example.com", &Response{Header: Header{"vary": {"Accept"}}}, nil, allowed + "Accept & Origin"},
		{one, "GET", "/a", "https://shop.example.com", &Response{Header: Header{"Vary": {"Accept, origin"}}}, nil, allowed + "Accept, origin"},
		{one, "GET", "/a", "https://shop.example.com", &Response{Header: Header{"Access-Control-Allow-Origin": {"https://own.example"}}}, nil, "Allow-Origin: https://own.example"},
		{one, "GET", "/nowhere", "https://shop.example.com", nil, nil, allowed + "Origin"},
		{one, "POST", "/a", "https://shop.example.com", nil, nil, allowed + "Origin"},
		{one, "GET", "/a", "https://evil.example.com", "x", nil, "Vary: Origin"},
		{one, "GET", "/a", "", "x", nil, "Vary: Origin"},
		{two, "GET", "/a", "https://evil.example.com", "x", nil, "Allow-Origin: *"},
		{two, "GET", "/a", "", "x", nil, "Allow-Origin: *"},
		{two, "GET", "/b", "https://shop.example.com", "x", nil, ""},
		{two, "GET", "/nowhere", "https://shop.example.com", "x", nil, ""},
	} {
		q := Request{Method: tt.method, Path: tt.path, Header: Header{}}
		if tt.origin != "" {
			q.Header.Set("Origin", tt.origin)
		}
		x, m := NewExchange(q), tt.router.Match(tt.method, "", tt.path, "")
		x.Cross(m)
		var response *Response
		if m.Status == 200 {
			response = x.Respond(tt.result, tt.err, ErrorInfo{Log: quiet()})
		} else {
			response = x.Refuse(m, ErrorInfo{Log: quiet()})
		}
		if got := flat(response.Header); got != tt.want {
			t.Errorf("%s %s from %q, %v:\nfound %s\nwant  %s", tt.method, tt.path, tt.origin, tt.result, got, tt.want)
		}
	}
}
