package aws

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// setEncodedPath finds out how the client encoded a path that the HTTP API has decoded: where its route has wildcards, the
// event tells their values apart, so that a slash inside of one stays inside. Stage is cut from the path already. What does not
// give the same path again is ignored: the router decides by the path alone then.
func setEncodedPath(r *web.Request, p *platform.Payload) error {
	raw := p.Field("pathParameters")
	if len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	key, err := p.Text("routeKey")
	if err != nil {
		return err
	}
	_, pattern, ok := strings.Cut(key, " ")
	if !ok { // $default
		return nil
	}
	values := map[string]string{}
	err = platform.Members("pathParameters", raw, func(name string, value json.RawMessage) error {
		s, err := text("pathParameters.", name, value)
		values[name] = s
		return err
	})
	if err != nil {
		return err
	}
	for _, escape := range []func(string) string{url.PathEscape, func(s string) string { return s }} { // decoded or as they came
		encoded := fill(pattern, values, escape)
		if decoded, err := url.PathUnescape(encoded); err != nil || decoded != r.Path {
			continue
		}
		if (&url.URL{Path: r.Path}).EscapedPath() != encoded && strings.Contains(strings.ToLower(encoded), "%2f") {
			r.RawPath = encoded
		}
		return nil
	}
	return nil
}

// fill puts values into a route's pattern.
func fill(pattern string, values map[string]string, escape func(string) string) string {
	segments := strings.Split(pattern, "/")
	for i, s := range segments {
		name, wild := strings.CutPrefix(s, "{")
		name, closed := strings.CutSuffix(name, "}")
		name, rest := strings.CutSuffix(name, "+")
		switch {
		case !wild || !closed:
			segments[i] = escape(s)
		case rest: // its slashes may be either, and are as they were for every file server
			parts := strings.Split(values[name], "/")
			for j := range parts {
				parts[j] = escape(parts[j])
			}
			segments[i] = strings.Join(parts, "/")
		default:
			segments[i] = escape(values[name])
		}
	}
	return strings.Join(segments, "/")
}
