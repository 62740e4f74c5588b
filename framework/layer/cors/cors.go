// Package cors is a layer that says which pages of other origins may call a function, for what no gateway can say: origins by pattern, and
// mounted applications and other functions that take OPTIONS themselves. In f.yml:
//
//	layers:
//	  cors: {use: go:github.com/faasgen/faasgen/framework/layer/cors, config: {origins: ["https://*.example.com"], credentials: true}}
//
// Use http.cors of f.yml wherever it is enough: there the gateway or the platform's loop answers preflights, before any function is
// called. This layer answers them only for routes that take OPTIONS, as ANY does; of a function that has no such route it warns once.
// Do not use both for one function: a gateway that answers by itself, as a function URL does, would say everything twice.
//
// The response of the function says who may read it, whether it succeeds or fails, and Vary has Origin, so that no cache gives one page
// the response to another. A handler that sets Access-Control-Allow-Origin itself is not corrected.
package cors

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Config is what the layer's entry in f.yml and configuration say of it.
//
//faas:config key=layer
type Config struct {
	// Origins lists what may call: https://shop.example.com, compared byte by byte; https://*.example.com for every host below
	// example.com; or * for all, which takes no credentials.
	Origins []string //faas:config default=""
	// Methods lists what they may use; empty is the method that a preflight requests.
	Methods []string //faas:config default=""
	// Headers lists the request headers that they may set, or * for all.
	Headers []string //faas:config default=""
	// ExposeHeaders lists the response headers that they may read, besides those that every page may.
	ExposeHeaders []string //faas:config default=""
	// Credentials lets cookies and Authorization through.
	Credentials bool //faas:config default=false
	// MaxAge is how long a browser may keep the response to a preflight, in whole seconds and at most a day; zero leaves that to it.
	MaxAge time.Duration //faas:config default=0
}

// Layer is the layer. It is made by New.
type Layer struct {
	config   Config
	all      bool
	exact    map[string][]string // the header's value, by origin
	patterns []pattern
	maxAge   string

	// Values of headers, which all responses share.
	expose, vary, credentials []string
}

// pattern is an origin with a wildcard: what is before it and after it.
type pattern struct{ scheme, suffix string }

// New returns the layer, or the error that names the key that is wrong.
//
//faas:layer
func New(c *Config) (*Layer, error) {
	l := &Layer{config: *c, exact: map[string][]string{}, vary: []string{"Origin"}, credentials: []string{"true"}}
	if len(c.Origins) == 0 {
		return nil, fmt.Errorf("origins: found none, expected some such as https://shop.example.com")
	}
	for _, o := range c.Origins {
		scheme, host, ok := strings.Cut(o, "://")
		suffix, wild := strings.CutPrefix(host, "*")
		switch {
		case o == "*":
			l.all = true
		case ok && wild && strings.HasPrefix(suffix, ".") && strings.Contains(suffix[1:], ".") && isOrigin(scheme+"://x"+suffix):
			l.patterns = append(l.patterns, pattern{scheme + "://", suffix})
		case isOrigin(o):
			l.exact[o] = []string{o}
		default:
			return nil, fmt.Errorf("origins: found %.200q, expected a scheme and a host in lower case such as https://shop.example.com, https://*.example.com, or *", o)
		}
	}
	if l.all && (c.Credentials || len(c.Origins) > 1) {
		return nil, fmt.Errorf("origins: found * with credentials or other origins, expected it alone: browsers refuse credentials for all")
	}
	for _, m := range c.Methods {
		if !web.ValidName(m) || m != strings.ToUpper(m) {
			return nil, fmt.Errorf("methods: found %.40q, expected methods in upper case such as PUT", m)
		}
	}
	for _, h := range c.Headers {
		if h != "*" && !web.ValidName(h) {
			return nil, fmt.Errorf("headers: found %.100q, expected the name of a header, or *", h)
		}
	}
	for _, h := range c.ExposeHeaders {
		if !web.ValidName(h) || h == "*" {
			return nil, fmt.Errorf("exposeHeaders: found %.100q, expected the name of a header", h)
		}
	}
	if c.MaxAge < 0 || c.MaxAge > 24*time.Hour || c.MaxAge%time.Second != 0 {
		return nil, fmt.Errorf("maxAge: found %s, expected whole seconds up to 24h", c.MaxAge)
	}
	if len(c.ExposeHeaders) > 0 {
		l.expose = []string{strings.Join(c.ExposeHeaders, ", ")}
	}
	if c.MaxAge > 0 {
		l.maxAge = strconv.Itoa(int(c.MaxAge / time.Second))
	}
	return l, nil
}

// isOrigin reports whether text is what a browser sends as an origin: no path, no user, and in lower case.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme != "" && u.Host != "" && u.Hostname() != "" && text == u.Scheme+"://"+u.Host && text == strings.ToLower(text) && !strings.ContainsAny(u.Host, "*@")
}

// Name returns "cors".
func (l *Layer) Name() string { return "cors" }

// allow is the value of Access-Control-Allow-Origin for an origin, nil if it may not call.
func (l *Layer) allow(origin string) []string {
	if l.all {
		return []string{"*"}
	}
	if v := l.exact[origin]; v != nil {
		return v
	}
	for _, p := range l.patterns {
		rest, ok := strings.CutPrefix(origin, p.scheme)
		host, below := strings.CutSuffix(rest, p.suffix)
		if ok && below && isHost(host) {
			return []string{origin}
		}
	}
	return nil
}

// isHost reports whether text is one or more labels of a host in lower case: what a wildcard stands for.
func isHost(text string) bool {
	for label := range strings.SplitSeq(text, ".") {
		if label == "" {
			return false
		}
		for i := range len(label) {
			if c := label[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return false
			}
		}
	}
	return len(text) <= 253
}

// Middleware answers preflights, and adds to all other responses who may read them.
func (l *Layer) Middleware(next framework.Handler) framework.Handler {
	var looked atomic.Bool
	return func(ctx *framework.Context) error {
		x := web.From(ctx)
		if x == nil {
			return next(ctx)
		}
		if !looked.Load() && looked.CompareAndSwap(false, true) && !takesOptions(web.Routes(ctx)) {
			ctx.Logger().Warn("no route of the function takes OPTIONS, so that preflights do not reach layer cors: use http.cors in f.yml, or route OPTIONS to the function")
		}
		origin := ""
		if values := x.Request.Header["Origin"]; len(values) > 0 {
			origin = values[0]
		}
		if x.Request.Method == "OPTIONS" && origin != "" {
			if method := x.Request.Header.Get("Access-Control-Request-Method"); method != "" {
				ctx.SetResult(l.preflight(&x.Request, origin, method))
				return nil
			}
		}
		h := x.Header()
		switch {
		case l.all:
		case len(h["Vary"]) == 0:
			h["Vary"] = l.vary
		default:
			h.Vary("Origin")
		}
		if origin == "" && !l.all {
			return next(ctx)
		}
		if allowed := l.allow(origin); allowed != nil && len(h["Access-Control-Allow-Origin"]) == 0 {
			h["Access-Control-Allow-Origin"] = allowed
			if l.config.Credentials {
				h["Access-Control-Allow-Credentials"] = l.credentials
			}
			if l.expose != nil {
				h["Access-Control-Expose-Headers"] = l.expose
			}
		}
		return next(ctx)
	}
}

// takesOptions reports whether preflights reach a function.
func takesOptions(routes []web.Route) bool {
	return slices.ContainsFunc(routes, func(r web.Route) bool { return r.Method == "" || r.Method == "OPTIONS" })
}

// preflight is the response to one. One that is not allowed gets a response without permission, so that the browser does not call.
func (l *Layer) preflight(q *web.Request, origin, method string) *web.Response {
	h := web.Header{"Vary": {"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}}
	response := &web.Response{Status: 204, Header: h}
	allowed := l.allow(origin)
	if allowed == nil || !web.ValidName(method) || len(l.config.Methods) > 0 && !slices.Contains(l.config.Methods, method) {
		return response
	}
	var requested []string
	for name := range strings.SplitSeq(strings.Join(q.Header.Values("Access-Control-Request-Headers"), ","), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if !web.ValidName(name) || len(requested) == 100 || !slices.ContainsFunc(l.config.Headers, func(h string) bool { return h == "*" || strings.EqualFold(h, name) }) {
			return response
		}
		requested = append(requested, name)
	}
	h["Access-Control-Allow-Origin"] = allowed
	h["Access-Control-Allow-Methods"] = []string{method}
	if len(l.config.Methods) > 0 {
		h["Access-Control-Allow-Methods"] = []string{strings.Join(l.config.Methods, ", ")}
	}
	if len(requested) > 0 { // by name: * would leave Authorization out
		h["Access-Control-Allow-Headers"] = []string{strings.Join(requested, ", ")}
	}
	if l.config.Credentials {
		h["Access-Control-Allow-Credentials"] = []string{"true"}
	}
	if l.maxAge != "" {
		h["Access-Control-Max-Age"] = []string{l.maxAge}
	}
	return response
}
