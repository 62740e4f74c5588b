package tencent

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"strings"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// decodeFunctionURL reads the http event of a Function URL:
//
//	{"httpMethod":"POST","path":"/books","queryString":{"a":"1","b":["x","y"],"c":true},
//	 "headers":{"x-scf-remote-addr":"1.2.3.4"},"body":"{}"}
//
// It is the API Gateway event without a request context and without isBase64Encoded, so the body is taken as the text
// it is. Should a region send the flag after all, it is honoured.
func decodeFunctionURL(p *platform.Payload) (*web.Request, error) {
	r := &web.Request{Header: web.Header{}, Proto: "https"} // the vendor serves no other
	method, err := p.Text("httpMethod")
	if err != nil {
		return nil, err
	}
	if method == "" {
		return nil, platform.InvalidEvent("httpMethod: found none, expected a method")
	}
	r.Method = strings.ToUpper(method)
	path, err := p.Text("path")
	if err != nil {
		return nil, err
	}
	r.Path, r.RawPath = splitPath(path)
	if r.RawQuery, err = encodeQuery(p.Field("queryString")); err != nil {
		return nil, err
	}
	if err := decodeHeaders(r, p.Field("headers")); err != nil {
		return nil, err
	}
	r.RemoteAddr = address(r.Header.Get("X-Scf-Remote-Addr"))
	return r, nil
}

// splitPath takes the path as the client sent it. One that is not a valid encoding (a gateway that decoded it) is taken
// as it is.
func splitPath(path string) (decoded, encoded string) {
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	u := url.URL{}
	var err error
	if u.Path, err = url.PathUnescape(path); err != nil {
		return path, ""
	}
	if u.EscapedPath() != path {
		return u.Path, path
	}
	return u.Path, ""
}

// encodeQuery turns the decoded query back into its text, in the order of the event. A name alone comes as true.
func encodeQuery(raw json.RawMessage) (string, error) {
	if raw != nil && raw[0] == '"' {
		return platform.DecodeText("queryString", raw)
	}
	var b strings.Builder
	err := platform.Members("queryString", raw, func(name string, value json.RawMessage) error {
		what := "queryString." + name
		return each(what, value, func(v json.RawMessage) error {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(url.QueryEscape(name))
			switch v[0] {
			case 't', 'n':
			case '{', '[':
				return platform.InvalidEvent("%.80s: found %s, expected a string, true or an array of strings", what, platform.JSONType(v))
			case '"':
				s, err := platform.DecodeText(what, v)
				if err != nil {
					return err
				}
				b.WriteByte('=')
				b.WriteString(url.QueryEscape(s))
			default: // false and numbers: their text
				b.WriteByte('=')
				b.WriteString(url.QueryEscape(string(v)))
			}
			return nil
		})
	})
	return b.String(), err
}

// decodeHeaders fills Header, Host and Proto. Repeated names, also in different cases, keep all their values. Names that
// http does not allow are dropped.
func decodeHeaders(r *web.Request, raw json.RawMessage) error {
	return platform.Members("headers", raw, func(name string, value json.RawMessage) error {
		what := "headers." + name
		return each(what, value, func(v json.RawMessage) error {
			s, err := platform.DecodeText(what, v)
			if err != nil {
				return err
			}
			if v[0] == 'n' || !token(name) {
				return nil
			}
			if strings.ContainsAny(s, "\r\n\x00") {
				return platform.InvalidEvent("%.80s: found a value with a line break", what)
			}
			switch {
			case strings.EqualFold(name, "Host"):
				r.Host = s
				return nil
			case strings.EqualFold(name, "X-Forwarded-Proto") && (s == "http" || s == "https"):
				r.Proto = s
			}
			r.Header.Add(name, s)
			return nil
		})
	})
}

// token reports whether name may be a header's name (RFC 9110, 5.1).
func token(name string) bool {
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return name != ""
}

// address returns an IP address without its port, and "" for anything else.
func address(s string) string {
	if a, err := netip.ParseAddr(s); err == nil {
		return a.String()
	}
	if a, err := netip.ParseAddrPort(s); err == nil {
		return a.Addr().String()
	}
	return ""
}
