package cors_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/cors"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func ExampleNew() {
	layer, err := cors.New(&cors.Config{Origins: []string{"https://*.example.com"}, Credentials: true})
	if err != nil {
		panic(err)
	}
	app := &framework.Function{Name: "app", Triggers: []framework.Trigger{web.Route{Pattern: "/{rest...}"}}, Handler: func(*framework.Context) error { return nil }}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "shop", Functions: []*framework.Function{app}, Layers: framework.Layers{layer}})
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	for _, origin := range []string{"https://shop.example.com", "https://example.org"} {
		x := web.NewExchange(web.Request{Method: "GET", Path: "/", Header: web.Header{"Origin": {origin}}})
		if _, err := e.Invoke(context.Background(), framework.Invocation{Function: app, Event: x}); err != nil {
			panic(err)
		}
		fmt.Println(x.Header())
	}
	// Output:
	// map[Access-Control-Allow-Credentials:[true] Access-Control-Allow-Origin:[https://shop.example.com] Vary:[Origin]]
	// map[Vary:[Origin]]
}

// call sends a request to a unit of one function and returns the response, and what was logged.
func call(t *testing.T, c cors.Config, route web.Route, q web.Request, handler framework.Handler) (*web.Response, string) {
	t.Helper()
	l, err := cors.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	if handler == nil {
		handler = func(ctx *framework.Context) error { ctx.SetResult("hello"); return nil }
	}
	var log bytes.Buffer
	f := &framework.Function{Name: "f", Triggers: []framework.Trigger{route}, Handler: handler}
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.NewJSONHandler(&log, nil))}, &framework.App{Unit: "u", Functions: []*framework.Function{f}, Layers: framework.Layers{l}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var r *web.Response
	for range 2 {
		x := web.NewExchange(q)
		result, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Event: x})
		r = x.Respond(result, err, web.ErrorInfo{Log: slog.New(slog.DiscardHandler)})
	}
	return r, log.String()
}

func TestWhoMayCall(t *testing.T) {
	some := []string{"https://shop.example.com", "http://localhost:3000", "https://*.example.org", "https://*.dev.example.net:8443"}
	for origin, want := range map[string]bool{
		"https://shop.example.com":                             true,
		"https://SHOP.example.com":                             false,
		"https://shop.example.com:443":                         false,
		"https://shop.example.com.evil.org":                    false,
		"http://shop.example.com":                              false,
		"http://localhost:3000":                                true,
		"http://localhost:3001":                                false,
		"https://a.example.org":                                true,
		"https://a.b.example.org":                              true,
		"https://example.org":                                  false,
		"https://.example.org":                                 false,
		"https://evilexample.org":                              false,
		"https://evil.com/.example.org":                        false,
		"https://evil.com#.example.org":                        false,
		"https://user@a.example.org":                           false,
		"https://evil.com:80.example.org":                      false,
		"https://a.example.org:444":                            false,
		"https://a.dev.example.net:8443":                       true,
		"https://a.dev.example.net":                            false,
		"https://a..example.org":                               false,
		"null":                                                 false,
		"":                                                     false,
		"https://a\r\nx.example.org":                           false,
		"https://" + strings.Repeat("a.", 200) + "example.org": false,
	} {
		for _, handler := range []framework.Handler{nil, func(*framework.Context) error { return framework.Errorf(404, "no", "no") }, func(*framework.Context) error { panic("no") }} {
			r, _ := call(t, cors.Config{Origins: some, Credentials: true, ExposeHeaders: []string{"X-Total", "X-Page"}}, web.Route{}, web.Request{Method: "GET", Header: web.Header{"Origin": {origin}}}, handler)
			h := web.Header(r.Header)
			if allowed := h.Get("Access-Control-Allow-Origin"); allowed != map[bool]string{true: origin}[want] {
				t.Errorf("%q: allowed is %q, want %v", origin, allowed, want)
			}
			if has := h.Get("Access-Control-Allow-Credentials") == "true" && h.Get("Access-Control-Expose-Headers") == "X-Total, X-Page"; has != want {
				t.Errorf("%q: %v", origin, h)
			}
			if h.Get("Vary") != "Origin" {
				t.Errorf("%q: Vary is %q", origin, h.Values("Vary"))
			}
		}
	}
	r, _ := call(t, cors.Config{Origins: []string{"*"}}, web.Route{}, web.Request{Method: "GET", Header: web.Header{"Origin": {"https://any.example"}}}, nil)
	if web.Header(r.Header).Get("Access-Control-Allow-Origin") != "*" || web.Header(r.Header).Has("Vary") || web.Header(r.Header).Has("Access-Control-Allow-Credentials") {
		t.Errorf("* gives %v", r.Header)
	}
	own := func(ctx *framework.Context) error {
		web.From(ctx).Header().Set("Access-Control-Allow-Origin", "https://own.example")
		return nil
	}
	r, _ = call(t, cors.Config{Origins: some}, web.Route{}, web.Request{Method: "GET", Header: web.Header{"Origin": {some[0]}}}, own)
	if got := web.Header(r.Header).Values("Access-Control-Allow-Origin"); len(got) != 1 || got[0] != "https://own.example" {
		t.Errorf("the handler's own is %q", got)
	}
}

func TestPreflight(t *testing.T) {
	c := cors.Config{Origins: []string{"https://shop.example.com"}, Methods: []string{"GET", "PUT"}, Headers: []string{"Content-Type", "X-Token"}, Credentials: true, MaxAge: time.Minute}
	const vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
	for name, tt := range map[string]struct {
		origin, method, headers string
		want                    string
	}{
		"allowed":            {"https://shop.example.com", "PUT", "", "true  GET, PUT https://shop.example.com 60"},
		"with headers":       {"https://shop.example.com", "PUT", "x-token,content-type", "true x-token, content-type GET, PUT https://shop.example.com 60"},
		"another header":     {"https://shop.example.com", "PUT", "x-token, x-other", "    "},
		"another method":     {"https://shop.example.com", "DELETE", "", "    "},
		"another origin":     {"https://evil.example", "PUT", "", "    "},
		"no name":            {"https://shop.example.com", "PUT", "x-token, a b", "    "},
		"no method":          {"https://shop.example.com", "P UT", "", "    "},
		"thousands of names": {"https://shop.example.com", "PUT", strings.Repeat("x-token,", 5000), "    "},
	} {
		q := web.Request{Method: "OPTIONS", Header: web.Header{"Origin": {tt.origin}, "Access-Control-Request-Method": {tt.method}, "Access-Control-Request-Headers": {tt.headers}}}
		r, log := call(t, c, web.Route{}, q, func(*framework.Context) error { t.Errorf("%s: the function was called", name); return nil })
		h := web.Header(r.Header)
		got := strings.Join([]string{h.Get("Access-Control-Allow-Credentials"), h.Get("Access-Control-Allow-Headers"), h.Get("Access-Control-Allow-Methods"), h.Get("Access-Control-Allow-Origin"), h.Get("Access-Control-Max-Age")}, " ")
		if r.Status != 204 || got != tt.want || h.Get("Vary") != vary || log != "" {
			t.Errorf("%s: %d %q, Vary %q, log %q; want %q", name, r.Status, got, h.Get("Vary"), log, tt.want)
		}
	}
	// An OPTIONS that is no preflight is the function's.
	r, _ := call(t, c, web.Route{}, web.Request{Method: "OPTIONS", Header: web.Header{}}, nil)
	if string(r.Body) != "hello" {
		t.Errorf("answered with %d %s", r.Status, r.Body)
	}
}

func TestARouteThatPreflightsDoNotReach(t *testing.T) {
	for method, want := range map[string]int{"GET": 1, "": 0, "OPTIONS": 0} {
		_, log := call(t, cors.Config{Origins: []string{"*"}}, web.Route{Method: method}, web.Request{Method: "GET"}, nil)
		if n := strings.Count(log, "no route of the function takes OPTIONS"); n != want {
			t.Errorf("%q: %d warnings, want %d", method, n, want)
		}
	}
}

func TestWrongConfiguration(t *testing.T) {
	one := []string{"https://shop.example.com"}
	for want, c := range map[string]cors.Config{
		"origins: found none": {},
		`origins: found "shop.example.com", expected a scheme`:         {Origins: []string{"shop.example.com"}},
		`origins: found "https://shop.example.com/", expected`:         {Origins: []string{"https://shop.example.com/"}},
		`origins: found "https://Shop.example.com", expected`:          {Origins: []string{"https://Shop.example.com"}},
		`origins: found "https://*", expected`:                         {Origins: []string{"https://*"}},
		`origins: found "https://*.com", expected`:                     {Origins: []string{"https://*.com"}},
		`origins: found "https://*example.com", expected`:              {Origins: []string{"https://*example.com"}},
		`origins: found "https://a.*.com", expected`:                   {Origins: []string{"https://a.*.com"}},
		`origins: found "null", expected`:                              {Origins: []string{"null"}},
		`origins: found * with credentials or other origins`:           {Origins: []string{"*"}, Credentials: true},
		`origins: found * with credentials or other origins, expected`: {Origins: []string{"*", one[0]}},
		`methods: found "put", expected methods in upper case`:         {Origins: one, Methods: []string{"put"}},
		`headers: found "a b", expected the name of a header, or *`:    {Origins: one, Headers: []string{"a b"}},
		`exposeHeaders: found "*", expected the name of a header`:      {Origins: one, ExposeHeaders: []string{"*"}},
		"maxAge: found 1.5s, expected whole seconds up to 24h":         {Origins: one, MaxAge: 1500 * time.Millisecond},
		"maxAge: found 48h0m0s, expected whole seconds up to 24h":      {Origins: one, MaxAge: 48 * time.Hour},
	} {
		if _, err := cors.New(&c); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// Whatever an origin looks like, only one below the pattern is allowed.
func FuzzOrigin(f *testing.F) {
	for _, o := range []string{"https://a.example.com", "https://example.com", "https://evil.com/.example.com", "https://a.b.example.com"} {
		f.Add(o)
	}
	l, err := cors.New(&cors.Config{Origins: []string{"https://*.example.com"}})
	if err != nil {
		f.Fatal(err)
	}
	fn := &framework.Function{Name: "f", Triggers: []framework.Trigger{web.Route{}}, Handler: func(*framework.Context) error { return nil }}
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, &framework.App{Unit: "u", Functions: []*framework.Function{fn}, Layers: framework.Layers{l}})
	if err := e.Start(f.Context()); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, origin string) {
		x := web.NewExchange(web.Request{Method: "GET", Header: web.Header{"Origin": {origin}}})
		if _, err := e.Invoke(t.Context(), framework.Invocation{Function: fn, Event: x}); err != nil {
			t.Fatal(err)
		}
		allowed := x.Header().Get("Access-Control-Allow-Origin")
		if allowed == "" {
			return
		}
		host, below := strings.CutSuffix(strings.TrimPrefix(allowed, "https://"), ".example.com")
		if allowed != origin || !below || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
			t.Errorf("%q is allowed as %q", origin, allowed)
		}
	})
}
