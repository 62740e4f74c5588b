package aws

import (
	"encoding/json"
	"strings"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// decodeAPIGateway2 reads payload format 2.0, which HTTP APIs and function URLs share. An HTTP API has decoded the path
// and, unless the stage is $default, put the stage before it; a function URL passes it on as it came.
func decodeAPIGateway2(p *platform.Payload, f *ingress) (*web.Request, error) {
	r := &web.Request{Header: make(web.Header), Proto: "https"}
	var method, http, stage, domain json.RawMessage
	err := platform.Members("requestContext", p.Field("requestContext"), func(name string, value json.RawMessage) error {
		switch name {
		case "http":
			http = value
		case "stage":
			stage = value
		case "domainName":
			domain = value
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var source json.RawMessage
	err = platform.Members("requestContext.http", http, func(name string, value json.RawMessage) error {
		switch name {
		case "method":
			method = value
		case "sourceIp":
			source = value
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var path, stageName, domainName string
	for _, t := range []struct {
		name string
		raw  json.RawMessage
		dst  *string
	}{
		{"requestContext.http.method", method, &r.Method},
		{"requestContext.http.sourceIp", source, &r.RemoteAddr},
		{"requestContext.stage", stage, &stageName},
		{"requestContext.domainName", domain, &domainName},
		{"rawPath", p.Field("rawPath"), &path},
		{"rawQueryString", p.Field("rawQueryString"), &r.RawQuery},
	} {
		if *t.dst, err = platform.DecodeText(t.name, t.raw); err != nil {
			return nil, err
		}
	}
	if f.url = strings.Contains(domainName, ".lambda-url."); f.url {
		setPath(r, path)
	} else {
		r.Path = withoutStage(path, stageName)
		if err := setEncodedPath(r, p); err != nil {
			return nil, err
		}
	}
	if err := addHeaders(r, p.Field("headers")); err != nil {
		return nil, err
	}
	if r.Host == "" {
		r.Host = domainName
	}
	return r, addCookies(r, p.Field("cookies"))
}

func withoutStage(path, stage string) string {
	if stage != "" && stage != "$default" {
		if rest, ok := strings.CutPrefix(path, "/"+stage); ok && (rest == "" || rest[0] == '/') {
			path = rest
		}
	}
	if path == "" {
		return "/"
	}
	return path
}

// addCookies makes one Cookie header of the list. It replaces the one that function URLs send as well.
func addCookies(r *web.Request, raw json.RawMessage) error {
	var cookies []string
	err := platform.Elements("cookies", raw, func(value json.RawMessage) error {
		s, err := platform.DecodeText("cookies", value)
		cookies = append(cookies, s)
		return err
	})
	if err == nil && len(cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	return err
}

// encodeAPIGateway2 writes one value a header, and cookies in a list of their own: this format ignores
// multiValueHeaders.
func encodeAPIGateway2(b []byte, r *web.Response, _ *httpCall) []byte {
	b = append(b, `,"headers":`...)
	b = appendSingle(b, r.Header)
	cookies := r.Header["Set-Cookie"]
	if len(cookies) == 0 {
		return b
	}
	b = append(b, `,"cookies":[`...)
	for i, c := range cookies {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendHeaderValue(b, c)
	}
	return append(b, ']')
}
