package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// CORS says which pages of other origins may call a route. It is for platforms whose vendor does not answer such pages
// itself; the others look at what the deployment file says.
type CORS struct {
	// Origins lists what may call, such as https://shop.example.com, compared byte by byte, or * for all.
	Origins []string
	// Methods lists what they may use; empty is every method that the path has.
	Methods []string
	// Headers lists the request headers that they may set, or * for all.
	Headers []string
	// ExposeHeaders lists the response headers that they may read.
	ExposeHeaders []string
	// MaxAge is how long a browser may keep the response to a preflight, in whole seconds; zero leaves that to it.
	MaxAge time.Duration
	// Credentials lets cookies through. It means nothing to *.
	Credentials bool
}

// allow is the value of Access-Control-Allow-Origin for a page, empty if it may not call.
func (c *CORS) allow(origin string) string {
	switch {
	case slices.Contains(c.Origins, "*"):
		return "*"
	case origin != "" && slices.Contains(c.Origins, origin):
		return origin
	}
	return ""
}

// equal reports whether both say the same.
func (c *CORS) equal(d *CORS) bool {
	return c == d || c != nil && d != nil && slices.Equal(c.Origins, d.Origins) && slices.Equal(c.Methods, d.Methods) && slices.Equal(c.Headers, d.Headers) &&
		slices.Equal(c.ExposeHeaders, d.ExposeHeaders) && c.MaxAge == d.MaxAge && c.Credentials == d.Credentials
}

// corsOf is what a deployment says of a function's routes, nil for nothing: cors.origins, cors.methods, cors.headers and
// cors.exposeHeaders are lists with commas, cors.maxAge is a number of seconds such as 60s, cors.credentials is true or
// false. It wins over what was there.
func corsOf(f *framework.Function, c *CORS) (*CORS, error) {
	settings := f.Settings()
	if len(settings) == 0 {
		return c, nil
	}
	c = &CORS{}
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		ok := true
		var err error
		switch name {
		case "cors.maxAge":
			var n int
			n, err = strconv.Atoi(strings.TrimSuffix(value, "s"))
			c.MaxAge, ok = time.Duration(n)*time.Second, n >= 0
		case "cors.credentials":
			c.Credentials = value == "true"
			ok = c.Credentials || value == "false"
		default:
			at := slices.Index([]string{"cors.origins", "cors.methods", "cors.headers", "cors.exposeHeaders"}, name)
			if ok = at >= 0; ok {
				*[...]*[]string{&c.Origins, &c.Methods, &c.Headers, &c.ExposeHeaders}[at] = strings.Split(value, ",")
			}
		}
		if !ok || err != nil {
			return nil, fmt.Errorf("setting %.100q of function %s cannot be read", s, f.Name)
		}
	}
	return c, nil
}

// crossing is what a page of another origin may do with a response.
type crossing struct {
	cors   *CORS
	origin string // that may, * or empty
}

// Cross has the response say what the page that calls may do with it, as the match's route wants it: whether the function
// succeeds or fails, and whether there is a route or not if all routes of the unit want the same. Platforms call it before the
// function, where the vendor does not do the same.
func (x *Exchange) Cross(m Match) {
	if c := m.cors; c != nil {
		x.crossing = &crossing{c, c.allow(x.Request.Header.Get("Origin"))}
	}
}

// CrossHeaders adds the headers of [Exchange.Cross] to those of a response that Respond does not make. A handler that says
// who may read its response is not corrected.
func (x *Exchange) CrossHeaders(h Header) {
	if x.crossing == nil || len(h["Access-Control-Allow-Origin"]) > 0 {
		return
	}
	c, origin := x.crossing.cors, x.crossing.origin
	if origin != "*" {
		h.Vary("Origin")
	}
	if origin == "" {
		return
	}
	h["Access-Control-Allow-Origin"] = []string{origin}
	if c.Credentials && origin != "*" {
		h["Access-Control-Allow-Credentials"] = []string{"true"}
	}
	if len(c.ExposeHeaders) > 0 {
		h["Access-Control-Expose-Headers"] = []string{strings.Join(c.ExposeHeaders, ", ")}
	}
}

// Vary adds the name of a request header to those that caches tell responses apart by, unless it is there.
func (h Header) Vary(name string) {
	for _, line := range h["Vary"] {
		for word := range strings.SplitSeq(line, ",") {
			if word = strings.TrimSpace(word); word == "*" || strings.EqualFold(word, name) {
				return
			}
		}
	}
	h["Vary"] = append(slices.Clip(h["Vary"]), name)
}

// Preflight is the response to a CORS preflight. It is nil for any other request, and for a path without CORS. One that is
// not allowed gets a response without permission, so that the browser does not call.
func (r *Router) Preflight(q *Request) *Response {
	if q.Method != "OPTIONS" {
		return nil
	}
	origin, method := q.Header.Get("Origin"), q.Header.Get("Access-Control-Request-Method")
	if origin == "" || method == "" {
		return nil
	}
	m := r.Match(method, q.Host, q.Path, q.RawPath)
	c := m.cors
	if c == nil || m.Status == 404 {
		return nil
	}
	h := Header{"Vary": {"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}}
	response := &Response{Status: 204, Header: h}
	allowed, requested := c.allow(origin), words(strings.Join(q.Header.Values("Access-Control-Request-Headers"), ","))
	if allowed == "" || m.Status != 200 || len(c.Methods) > 0 && !slices.Contains(c.Methods, method) {
		return response
	}
	all := slices.Contains(c.Headers, "*")
	for _, name := range requested {
		if !validName(name) || !all && !slices.ContainsFunc(c.Headers, func(h string) bool { return strings.EqualFold(h, name) }) {
			return response
		}
	}
	h["Access-Control-Allow-Origin"] = []string{allowed}
	methods := c.Methods
	if len(methods) == 0 {
		methods = []string{method}
	}
	h["Access-Control-Allow-Methods"] = []string{strings.Join(methods, ", ")}
	if len(requested) > 0 { // by name: * would leave Authorization out
		h["Access-Control-Allow-Headers"] = []string{strings.Join(requested, ", ")}
	}
	if c.Credentials && allowed != "*" {
		h["Access-Control-Allow-Credentials"] = []string{"true"}
	}
	if c.MaxAge > 0 {
		h["Access-Control-Max-Age"] = []string{strconv.FormatInt(int64(c.MaxAge/time.Second), 10)}
	}
	return response
}

// words splits a header's list.
func words(list string) []string {
	var all []string
	for word := range strings.SplitSeq(list, ",") {
		if word = strings.TrimSpace(word); word != "" {
			all = append(all, word)
		}
	}
	return all
}
