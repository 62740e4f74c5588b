package aws

import (
	"encoding/json"
	"net/url"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// decodeAPIGateway1 reads payload format 1.0. The path comes without the stage; a REST API leaves it encoded, an HTTP
// API, which alone sends a version, has decoded it. The query is decoded in both.
func decodeAPIGateway1(p *platform.Payload, f *ingress) (*web.Request, error) {
	r := &web.Request{Header: make(web.Header), Proto: "https"}
	var err error
	if r.Method, err = p.Text("httpMethod"); err != nil {
		return nil, err
	}
	path, err := p.Text("path")
	if err != nil {
		return nil, err
	}
	if p.Has("version") && path != "" {
		r.Path = path
	} else {
		setPath(r, path)
	}
	if raw := p.Field("multiValueHeaders"); raw != nil && raw[0] != 'n' {
		err = addMultiHeaders(r, raw)
	} else {
		err = addHeaders(r, p.Field("headers"))
	}
	if err != nil {
		return nil, err
	}
	if r.RawQuery, err = query(p, url.QueryEscape); err != nil {
		return nil, err
	}
	context := p.Field("requestContext")
	if r.RemoteAddr, err = sourceIP(platform.Member(context, "identity"), "requestContext.identity.sourceIp"); err != nil {
		return nil, err
	}
	if r.Host == "" {
		r.Host, err = platform.DecodeText("requestContext.domainName", platform.Member(context, "domainName"))
	}
	return r, err
}

func sourceIP(object json.RawMessage, what string) (string, error) {
	return platform.DecodeText(what, platform.Member(object, "sourceIp"))
}

// encodeAPIGateway1 writes headers only in their multi-value form: a REST API would send those of both forms, and refuses
// members that it does not know.
func encodeAPIGateway1(b []byte, r *web.Response, _ *httpCall) []byte {
	b = append(b, `,"multiValueHeaders":`...)
	return appendMulti(b, r.Header)
}
