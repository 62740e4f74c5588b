package aliyun

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// maxResponse bounds a response to a request that came as an event, in bytes. The vendor documents no limit; it is that of events.
const maxResponse = 32 << 20

// HTTP is the codec of requests that arrive as events: those of API Gateway, and those of an http trigger in the format v1, as
// an event function gets them. A custom runtime gets the requests of its own http trigger as they are.
//
//	{"path":"/books","httpMethod":"POST","headers":{},"queryParameters":{"a":"1"},"pathParameters":{},"body":"e30=","isBase64Encoded":true}
//	{"version":"v1","rawPath":"/a%20b","headers":{},"queryParameters":{},"body":"","isBase64Encoded":false,
//	 "requestContext":{"domainName":"x.fcapp.run","http":{"method":"GET","path":"/a b","sourceIp":"192.0.2.1"}}}
//
// Both have one text for each header, both ways: several values are joined by commas, and of several cookies that a response
// sets only the first is kept, which the log says.
func HTTP() platform.Codec {
	return platform.Codec{Kind: "http", Bind: func(app *framework.App) (platform.Decoder, error) {
		router, err := web.NewRouter(app)
		if err != nil {
			return nil, err
		}
		return func(p *platform.Payload) (platform.Call, bool, error) {
			r := &web.Request{Header: web.Header{}, Proto: "https"}
			var err error
			switch {
			case isRequest(p):
				err = decodeV1(p, r)
			case p.Has("httpMethod", "path"):
				err = decodeGateway(p, r)
			default:
				return platform.Call{}, false, nil
			}
			if err == nil {
				err = decodeRequest(p, r)
			}
			if err != nil {
				return platform.Call{}, true, err
			}
			return route(p, router, r), true, nil
		}, nil
	}}
}

// isRequest reports whether a payload is a request of an http trigger.
func isRequest(p *platform.Payload) bool {
	version, _ := p.Text("version")
	return version == "v1" && p.Has("rawPath", "requestContext")
}

func decodeV1(p *platform.Payload, r *web.Request) error {
	about := p.Field("requestContext")
	for _, member := range []struct {
		in   json.RawMessage
		name string
		to   *string
	}{{platform.Member(about, "http"), "method", &r.Method}, {platform.Member(about, "http"), "sourceIp", &r.RemoteAddr}, {about, "domainName", &r.Host}} {
		text, err := platform.DecodeText("requestContext."+member.name, platform.Member(member.in, member.name))
		if err != nil {
			return err
		}
		*member.to = text
	}
	if a, err := netip.ParseAddr(r.RemoteAddr); err != nil {
		r.RemoteAddr = ""
	} else {
		r.RemoteAddr = a.String()
	}
	return setPath(p, r, "rawPath")
}

func decodeGateway(p *platform.Payload, r *web.Request) (err error) {
	if r.Method, err = p.Text("httpMethod"); err != nil {
		return err
	}
	return setPath(p, r, "path")
}

// setPath takes the path as the client sent it. One that is not a valid encoding is taken as it is.
func setPath(p *platform.Payload, r *web.Request, member string) error {
	path, err := p.Text(member)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	var u url.URL
	if u.Path, err = url.PathUnescape(path); err != nil {
		r.Path = path
		return nil
	}
	if r.Path = u.Path; u.EscapedPath() != path {
		r.RawPath = path
	}
	return nil
}

// decodeRequest reads what both forms have.
func decodeRequest(p *platform.Payload, r *web.Request) error {
	if r.Method = strings.ToUpper(r.Method); r.Method == "" {
		return platform.InvalidEvent("event: found no method, expected one such as GET")
	}
	var query strings.Builder
	err := platform.Members("queryParameters", p.Field("queryParameters"), func(name string, value json.RawMessage) error {
		text, err := platform.DecodeText("queryParameters."+name, value)
		if query.Len() > 0 {
			query.WriteByte('&')
		}
		query.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(text))
		return err
	})
	if err != nil {
		return err
	}
	r.RawQuery = query.String()
	err = platform.Members("headers", p.Field("headers"), func(name string, value json.RawMessage) error {
		text, err := platform.DecodeText("headers."+name, value)
		switch {
		case err != nil || !token(name):
			return err
		case strings.ContainsAny(text, "\r\n\x00"):
			return platform.InvalidEvent("headers.%.80s: found a value with a line break", name)
		case strings.EqualFold(name, "Host"):
			r.Host = text
			return nil
		case strings.EqualFold(name, "X-Forwarded-Proto") && (text == "http" || text == "https"):
			r.Proto = text
		}
		r.Header.Add(name, text)
		return nil
	})
	if err != nil {
		return err
	}
	body, err := p.Text("body")
	if err != nil {
		return err
	}
	switch encoded := string(p.Field("isBase64Encoded")); encoded {
	case "true", `"true"`:
		if r.Body, err = base64.StdEncoding.DecodeString(body); err != nil {
			return platform.InvalidEvent("body: isBase64Encoded is true and the body is not base64: %v", err)
		}
	case "", "null", "false", `"false"`:
		if body != "" {
			r.Body = []byte(body)
		}
	default:
		return platform.InvalidEvent("isBase64Encoded: found %s, expected true or false", platform.JSONType(p.Field("isBase64Encoded")))
	}
	return nil
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

// route finds the function and makes the call; without a function the reply is the problem itself.
func route(p *platform.Payload, router *web.Router, r *web.Request) platform.Call {
	m := router.Match(r.Method, r.Host, r.Path, r.RawPath)
	r.Pattern, r.PathValues = m.Pattern, m.Values
	x := web.NewExchange(*r)
	return platform.Call{Function: m.Function, Event: x, Reply: func(_ context.Context, result any, err error) ([]byte, error) {
		info := web.ErrorInfo{RequestID: p.Invocation.RequestID, Dev: p.Runtime != nil && p.Runtime.Dev, Route: m.Route, Log: p.Log()}
		if m.Function == nil {
			return encodeResponse(x.Refuse(m, info), info.Log)
		}
		b, err := encodeResponse(x.Respond(result, err, info), info.Log)
		if err != nil { // too large, or its reader failed: the caller gets a 500, the log the reason
			b, err = encodeResponse(x.Respond(nil, err, info), info.Log)
		}
		return b, err
	}}
}

// encodeResponse writes statusCode as a number, isBase64Encoded as a boolean and body as a string. A body that is not UTF-8 is
// sent as base64.
func encodeResponse(r *web.Response, log *slog.Logger) ([]byte, error) {
	if err := r.Buffer(maxResponse); err != nil {
		return nil, err
	}
	out := struct {
		StatusCode      int               `json:"statusCode"`
		Headers         map[string]string `json:"headers"`
		IsBase64Encoded bool              `json:"isBase64Encoded"`
		Body            string            `json:"body"`
	}{StatusCode: r.Status, Headers: make(map[string]string, len(r.Header)), Body: string(r.Body)}
	if out.StatusCode == 0 {
		out.StatusCode = 200
	}
	for name, values := range r.Header {
		switch {
		case name == "Content-Length", len(values) == 0: // the ingress counts; it may not be base64 that it sends
		case forbidden(name):
			log.Warn("response header dropped: the vendor does not allow it", "header", name)
		case name == "Set-Cookie" && len(values) > 1: // the only header whose values cannot be joined
			log.Warn("cookies dropped: the vendor takes one from a request that came as an event", "kept", 1, "dropped", len(values)-1)
			out.Headers[name] = values[0]
		default:
			out.Headers[name] = strings.Join(values, ", ")
		}
	}
	if !utf8.Valid(r.Body) {
		out.IsBase64Encoded, out.Body = true, base64.StdEncoding.EncodeToString(r.Body)
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false) // a page of HTML would grow by a half
	if err := e.Encode(out); err != nil {
		return nil, fmt.Errorf("encode the response: %w", err)
	}
	if buf.Len() > maxResponse {
		return nil, fmt.Errorf("the response is %d bytes as the vendor wants it, the limit is %d", buf.Len(), maxResponse)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// forbidden reports whether FC refuses a response with that header.
func forbidden(name string) bool {
	const reserved = "x-fc-"
	return strings.EqualFold(name, "Connection") || len(name) >= len(reserved) && strings.EqualFold(name[:len(reserved)], reserved)
}
