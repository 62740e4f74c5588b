// Package etag is a layer that gives responses an ETag, and answers with 304 and without a body where the client has them already. In
// f.yml:
//
//	layers:
//	  etag: {use: go:github.com/faasgen/faasgen/framework/layer/etag, config: {cacheControl: "private, max-age=60"}}
//
// It serves GET and HEAD, responses of status 200, and bodies that are whole and not larger than the limit: never streams, and nothing of
// an error. The ETag is strong, made of the bytes of the body, so that all processes agree on it; one that the handler sets stays. The
// function runs each time: what is saved is the way of the body. A response with Cache-Control: no-store is left alone.
package etag

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Config is what the layer's entry in f.yml and configuration say of it.
//
//faas:config key=layer
type Config struct {
	// CacheControl is the header Cache-Control of responses to GET and HEAD that set none, and no cookie; empty is none. Say private for
	// what is for one user.
	CacheControl string //faas:config default=""
	// Limit is the largest body that an ETag is made of; a larger one has none.
	Limit config.Size //faas:config default=1MiB
}

// Layer is the layer. It is made by New.
type Layer struct {
	cacheControl []string
	limit        int
}

// New returns the layer, or the error that names the key that is wrong.
//
//faas:layer
func New(c *Config) (*Layer, error) {
	if c.Limit < 1 || c.Limit > 64<<20 {
		return nil, fmt.Errorf("limit: found %d bytes, expected 1 byte to 64 MiB", c.Limit)
	}
	for i := range len(c.CacheControl) {
		if b := c.CacheControl[i]; b < ' ' || b > '~' {
			return nil, fmt.Errorf("cacheControl: found %.100q, expected directives such as private, max-age=60", c.CacheControl)
		}
	}
	l := &Layer{limit: int(c.Limit)}
	if c.CacheControl != "" {
		l.cacheControl = []string{c.CacheControl}
	}
	return l, nil
}

// Name returns "etag".
func (l *Layer) Name() string { return "etag" }

// Middleware looks at the results of one function.
func (l *Layer) Middleware(next framework.Handler) framework.Handler {
	var routes atomic.Pointer[[]web.Route]
	return func(ctx *framework.Context) error {
		err := next(ctx)
		x := web.From(ctx)
		if err != nil || x == nil || x.Request.Method != "GET" && x.Request.Method != "HEAD" {
			return err
		}
		all := routes.Load()
		if all == nil {
			found := web.Routes(ctx)
			all = &found
			routes.Store(all)
		}
		return l.tag(ctx, x, *all)
	}
}

// tag gives the response of a function that succeeded its ETag.
func (l *Layer) tag(ctx *framework.Context, x *web.Exchange, routes []web.Route) error {
	result := ctx.Result()
	if result == nil || x.Outcome(result, nil, routeOf(&x.Request, routes)) != 200 {
		return nil
	}
	r, err := web.Whole(result)
	if err != nil || r == nil || len(r.Body) > l.limit {
		return err
	}
	own := headers{r.Header, x.Header()}
	cache := own.get("Cache-Control")
	if strings.Contains(strings.ToLower(cache), "no-store") {
		return nil
	}
	if cache == "" && l.cacheControl != nil && own.get("Set-Cookie") == "" {
		own.exchange["Cache-Control"] = l.cacheControl
	}
	tag := own.get("Etag")
	if tag == "" {
		tag = tagOf(r.Body)
		x.SetHeader("Etag", tag)
	}
	if values := x.Request.Header["If-None-Match"]; len(values) > 0 && web.MatchETag(values, tag) {
		r = &web.Response{Status: 304, Header: r.Header}
	}
	ctx.SetResult(r)
	return nil
}

// headers are those of the response: of the result, which win, and of the exchange.
type headers struct{ result, exchange web.Header }

// get is the first value of a header.
func (h headers) get(canonical string) string {
	for name, v := range h.result { // which may have any spelling
		if len(v) > 0 && strings.EqualFold(name, canonical) {
			return v[0]
		}
	}
	if v := h.exchange[canonical]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// routeOf is the route that a request came by.
func routeOf(q *web.Request, routes []web.Route) web.Route {
	for _, r := range routes {
		if r.Pattern == q.Pattern && (r.Method == "" || r.Method == q.Method || r.Method == "GET" && q.Method == "HEAD") {
			return r
		}
	}
	return web.Route{}
}

// tagOf is the ETag of a body: 128 bits of its SHA-256.
func tagOf(body []byte) string {
	sum := sha256.Sum256(body)
	var b [24]byte
	b[0], b[23] = '"', '"'
	base64.RawURLEncoding.Encode(b[1:23], sum[:16])
	return string(b[:])
}
