package etag_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/layer/etag"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func ExampleNew() {
	layer, err := etag.New(&etag.Config{CacheControl: "private, max-age=60", Limit: 1 << 20})
	if err != nil {
		panic(err)
	}
	list := &framework.Function{Name: "order-list", Handler: func(ctx *framework.Context) error { ctx.SetResult("two orders"); return nil }}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "shop", Functions: []*framework.Function{list}, Layers: framework.Layers{layer}})
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	known := ""
	for range 2 {
		x := web.NewExchange(web.Request{Method: "GET", Path: "/orders", Header: web.Header{"If-None-Match": {known}}})
		result, err := e.Invoke(context.Background(), framework.Invocation{Function: list, Event: x})
		r := x.Respond(result, err, web.ErrorInfo{})
		fmt.Printf("%d %q %s\n", r.Status, r.Body, web.Header(r.Header).Get("Cache-Control"))
		known = web.Header(r.Header).Get("ETag")
	}
	// Output:
	// 200 "two orders" private, max-age=60
	// 304 "" private, max-age=60
}

// call sends a request to a function and returns the response.
func call(t testing.TB, c etag.Config, route web.Route, q web.Request, handler framework.Handler) *web.Response {
	t.Helper()
	if c.Limit == 0 {
		c.Limit = 1 << 20
	}
	l, err := etag.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	f := &framework.Function{Name: "f", Triggers: []framework.Trigger{route}, Handler: handler}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Functions: []*framework.Function{f}, Layers: framework.Layers{l}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if q.Method == "" {
		q.Method = "GET"
	}
	q.Pattern = route.Pattern
	x := web.NewExchange(q)
	result, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Event: x})
	return x.Respond(result, err, web.ErrorInfo{Route: route, Log: slog.New(slog.DiscardHandler)})
}

func returns(v any) framework.Handler {
	return func(ctx *framework.Context) error { ctx.SetResult(v); return nil }
}

// The response is what it would be without the layer, and has an ETag.
func TestResponseIsTheSame(t *testing.T) {
	for name, v := range map[string]any{
		"text": "hello", "bytes": []byte{0, 1}, "JSON": map[string]int{"a": 1}, "nil slice": []string(nil), "number": 0, "false": false,
		"response": &web.Response{Body: []byte("<p>"), Header: web.Header{"Content-Type": {"text/html"}}}, "response by value": web.Response{Body: []byte("x")},
		"cookies": &web.Response{Body: []byte("x"), Header: web.Header{"Set-Cookie": {"a=1", "b=2"}}},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			q := web.Request{Method: method, Header: web.Header{}}
			x := web.NewExchange(q)
			want := x.Respond(v, nil, web.ErrorInfo{})
			got := call(t, etag.Config{}, web.Route{}, q, returns(v))
			tag := web.Header(got.Header).Get("Etag")
			if len(tag) != 24 || tag[0] != '"' || tag[23] != '"' {
				t.Errorf("%s: ETag %s, want a strong one", name, tag)
			}
			delete(got.Header, "Etag")
			if got.Status != want.Status || string(got.Body) != string(want.Body) || fmt.Sprint(got.Header) != fmt.Sprint(want.Header) {
				t.Errorf("%s %s: %d %q %v\nwant %d %q %v", method, name, got.Status, got.Body, got.Header, want.Status, want.Body, want.Header)
			}
			q.Header["If-None-Match"] = []string{tag}
			got = call(t, etag.Config{}, web.Route{}, q, returns(v))
			if got.Status != 304 || len(got.Body) != 0 || web.Header(got.Header).Get("Etag") != tag || web.Header(got.Header).Has("Content-Length") {
				t.Errorf("%s %s again: %d %q %v", method, name, got.Status, got.Body, got.Header)
			}
		}
	}
}

func TestWhatHasNoETag(t *testing.T) {
	ok := returns("hello")
	with := func(name, value string, h framework.Handler) framework.Handler {
		return func(ctx *framework.Context) error { web.From(ctx).Header().Set(name, value); return h(ctx) }
	}
	for name, tt := range map[string]struct {
		c       etag.Config
		route   web.Route
		method  string
		handler framework.Handler
	}{
		"POST":                                  {method: "POST", handler: ok},
		"no result":                             {handler: returns(nil)},
		"empty":                                 {handler: returns("")},
		"stream":                                {handler: returns(strings.NewReader("hello"))},
		"stream of its own":                     {handler: returns(&web.Response{Reader: strings.NewReader("hello")})},
		"error":                                 {handler: func(*framework.Context) error { return framework.Errorf(404, "no", "no") }},
		"status of its own":                     {handler: returns(&web.Response{Status: 203, Body: []byte("x")})},
		"status set":                            {handler: func(ctx *framework.Context) error { web.From(ctx).SetStatus(202); return ok(ctx) }},
		"status of a route":                     {route: web.Route{Method: "GET", Pattern: "/a", Status: 201}, handler: ok},
		"too large":                             {c: etag.Config{Limit: 4}, handler: ok},
		"no-store":                              {handler: with("Cache-Control", "private, No-Store", ok)},
		"no-store in the configuration's place": {c: etag.Config{CacheControl: "max-age=60"}, handler: returns(&web.Response{Body: []byte("x"), Header: web.Header{"cache-control": {"no-store"}}})},
		"not to be encoded":                     {handler: returns(func() {})},
	} {
		r := call(t, tt.c, tt.route, web.Request{Method: tt.method, Header: web.Header{"If-None-Match": {"*"}}}, tt.handler)
		if web.Header(r.Header).Has("Etag") || r.Status == 304 || strings.Contains(web.Header(r.Header).Get("Cache-Control"), "max-age") {
			t.Errorf("%s: %d %v", name, r.Status, r.Header)
		}
	}
	r := call(t, etag.Config{CacheControl: "max-age=60"}, web.Route{}, web.Request{}, with("Set-Cookie", "a=1", ok))
	if web.Header(r.Header).Has("Cache-Control") || !web.Header(r.Header).Has("Etag") {
		t.Errorf("with a cookie: %v", r.Header)
	}
	r = call(t, etag.Config{CacheControl: "max-age=60"}, web.Route{}, web.Request{}, with("Cache-Control", "max-age=5", ok))
	if got := web.Header(r.Header).Values("Cache-Control"); len(got) != 1 || got[0] != "max-age=5" {
		t.Errorf("the handler's own: %v", got)
	}
	r = call(t, etag.Config{}, web.Route{}, web.Request{Header: web.Header{"If-None-Match": {`"v1"`}}}, returns(&web.Response{Body: []byte("x"), Header: web.Header{"ETag": {`W/"v1"`}}}))
	if r.Status != 304 || web.Header(r.Header).Get("Etag") != `W/"v1"` {
		t.Errorf("an ETag of the handler's own: %d %v", r.Status, r.Header)
	}
}

func TestIfNoneMatch(t *testing.T) {
	tag := web.Header(call(t, etag.Config{}, web.Route{}, web.Request{}, returns("hello")).Header).Get("Etag")
	for _, tt := range []struct {
		values []string
		want   int
	}{
		{[]string{tag}, 304}, {[]string{"W/" + tag}, 304}, {[]string{"*"}, 304}, {[]string{`"a", ` + tag}, 304}, {[]string{`"a,b",W/"c" ,` + tag + `,"d"`}, 304}, {[]string{`"a"`, tag}, 304},
		{[]string{""}, 200}, {[]string{`"a"`}, 200}, {[]string{strings.Trim(tag, `"`)}, 200}, {[]string{tag[:23]}, 200}, {[]string{`"`}, 200}, {[]string{"W/"}, 200}, {[]string{`a` + tag}, 200},
		{[]string{strings.Repeat(`"a",`, 100000)}, 200},
	} {
		r := call(t, etag.Config{}, web.Route{}, web.Request{Header: web.Header{"If-None-Match": tt.values}}, returns("hello"))
		if r.Status != tt.want {
			t.Errorf("%.100q: %d, want %d", tt.values, r.Status, tt.want)
		}
	}
}

func TestETagsTellBodiesApart(t *testing.T) {
	seen := map[string]string{}
	for i := range 1000 {
		body := fmt.Sprint(i)
		tag := web.Header(call(t, etag.Config{}, web.Route{}, web.Request{}, returns(body)).Header).Get("Etag")
		if other, ok := seen[tag]; ok {
			t.Fatalf("%s and %s have the ETag %s", body, other, tag)
		}
		seen[tag] = body
	}
}

func TestWrongConfiguration(t *testing.T) {
	for want, c := range map[string]etag.Config{
		"limit: found 0 bytes, expected 1 byte to 64 MiB":                             {},
		"limit: found 134217728 bytes, expected 1 byte to 64 MiB":                     {Limit: config.Size(128 << 20)},
		`cacheControl: found "a\nb", expected directives such as private, max-age=60`: {Limit: 1, CacheControl: "a\nb"},
	} {
		if _, err := etag.New(&c); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func FuzzIfNoneMatch(f *testing.F) {
	f.Add(`"a", W/"b"`)
	f.Add("*")
	f.Fuzz(func(t *testing.T, list string) {
		r := call(t, etag.Config{}, web.Route{}, web.Request{Header: web.Header{"If-None-Match": {list}}}, returns(&web.Response{Body: []byte("x"), Header: web.Header{"Etag": {`"v1"`}}}))
		if r.Status == 304 && !strings.Contains(list, `"v1"`) && !strings.Contains(list, "*") {
			t.Errorf("%q matches", list)
		}
	})
}
