package aws

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// maxResponse is Lambda's limit for the response to a synchronous call. Load balancers have one of their own.
const maxResponse = 6 << 20

// ingress is what sent a request, and so how it wants its response.
type ingress struct {
	decode func(p *platform.Payload, f *ingress) (*web.Request, error)
	// encode appends the headers and what else the ingress wants besides status and body.
	encode func(b []byte, r *web.Response, call *httpCall) []byte
	limit  int
	// multi says that the request had multi-value headers, so that the response must.
	multi bool
	// url says that it is a function URL.
	url bool
}

// HTTP is the codec of the http trigger behind API Gateway (REST and HTTP APIs), function URLs and Application Load
// Balancers, told apart by the shape of the event.
func HTTP() platform.Codec { return httpCodec(nil) }

// httpCodec makes the codec. Stream sends a response where the ingress takes it as a stream; nil is nowhere.
func httpCodec(stream func(c *httpCall, r *web.Response) error) platform.Codec {
	return platform.Codec{Kind: "http", Bind: func(app *framework.App) (platform.Decoder, error) {
		router, err := web.NewRouter(app)
		if err != nil {
			return nil, err
		}
		return func(p *platform.Payload) (platform.Call, bool, error) {
			f, ok := ingressOf(p)
			if !ok {
				return platform.Call{}, false, nil
			}
			r, err := f.decode(p, &f)
			if err == nil && r.Method == "" {
				err = platform.InvalidEvent("found no method, expected that of an http request")
			}
			if err == nil {
				r.Method = strings.ToUpper(r.Method)
				r.Body, err = decodeBody(p)
			}
			if err != nil {
				return platform.Call{}, true, err
			}
			if !f.url {
				return route(router, p, f, r, nil), true, nil
			}
			return route(router, p, f, r, stream), true, nil
		}, nil
	}}
}

// ingressOf tells the ingresses apart, and from authorizers and WebSocket APIs, whose events have members in common.
func ingressOf(p *platform.Payload) (ingress, bool) {
	context := p.Field("requestContext")
	if context == nil {
		return ingress{}, false
	}
	switch {
	case p.Has("httpMethod") && platform.Member(context, "elb") != nil:
		return ingress{decode: decodeALB, encode: encodeALB, limit: 1 << 20}, true
	case platform.Member(context, "connectionId") != nil: // a WebSocket API
	case p.Has("httpMethod", "resource") && !p.Has("methodArn"):
		return ingress{decode: decodeAPIGateway1, encode: encodeAPIGateway1, limit: maxResponse}, true
	case p.Has("rawPath") && (p.Has("routeKey") || platform.Member(context, "http") != nil) && string(p.Field("version")) == `"2.0"` && !p.Has("routeArn"):
		return ingress{decode: decodeAPIGateway2, encode: encodeAPIGateway2, limit: maxResponse}, true
	}
	return ingress{}, false
}

// httpCall is one request on its way through the function.
type httpCall struct {
	payload  *platform.Payload
	ingress  ingress
	match    web.Match
	exchange *web.Exchange
	stream   func(c *httpCall, r *web.Response) error
	sending  *sending // nil where the response is not streamed
}

func route(router *web.Router, p *platform.Payload, f ingress, r *web.Request, stream func(*httpCall, *web.Response) error) platform.Call {
	c := &httpCall{payload: p, ingress: f, stream: stream}
	if r.Path == "" { // it could not be decoded
		c.exchange = web.NewExchange(*r)
		return platform.Call{Reply: func(context.Context, any, error) ([]byte, error) {
			return c.reply(nil, &framework.Error{Status: 400, Code: "invalid_request", Message: "the path is not correctly percent-encoded"})
		}}
	}
	c.match = router.Match(r.Method, r.Host, r.Path, r.RawPath)
	r.Pattern, r.PathValues = c.match.Pattern, c.match.Values
	c.exchange = web.NewExchange(*r)
	if !f.url { // a function URL has CORS of its own and would say it twice; an HTTP API that has ignores what is sent here
		if preflight := router.Preflight(&c.exchange.Request); preflight != nil {
			return platform.Call{Reply: func(context.Context, any, error) ([]byte, error) { return c.encode(preflight) }}
		}
		c.exchange.Cross(c.match)
	}
	if stream != nil {
		c.sending = newSending(c)
		c.exchange.SendBy(c.sending)
	}
	return platform.Call{Function: c.match.Function, Event: c.exchange, Reply: func(_ context.Context, result any, err error) ([]byte, error) {
		return c.reply(result, err)
	}}
}

// reply makes the ingress's response of the function's outcome. What cannot be answered becomes a 500 with a log record.
func (c *httpCall) reply(result any, err error) ([]byte, error) {
	if c.sending != nil && c.sending.end(err) {
		return nil, nil
	}
	info := c.info()
	var r *web.Response
	if c.match.Function == nil && err == nil {
		r = c.exchange.Refuse(c.match, info)
	} else {
		r = c.exchange.Respond(result, err, info)
	}
	if c.stream != nil {
		return nil, c.stream(c, r)
	}
	b, err := c.encode(r)
	if err != nil {
		b, err = c.encode(c.exchange.Respond(nil, err, info))
	}
	return b, err
}

func (c *httpCall) info() web.ErrorInfo {
	return web.ErrorInfo{RequestID: c.payload.Invocation.RequestID, Route: c.match.Route, Log: c.payload.Log()}
}

// encode writes the response: status, the ingress's way of headers, body.
func (c *httpCall) encode(r *web.Response) ([]byte, error) {
	if err := r.Buffer(int64(c.ingress.limit)); err != nil {
		return nil, err
	}
	b := make([]byte, 0, 256+len(r.Body)+len(r.Body)/2)
	b = append(b, `{"statusCode":`...)
	b = strconv.AppendInt(b, int64(r.Status), 10)
	b = c.ingress.encode(b, r, c)
	if len(r.Body) > 0 {
		if isText(r) {
			b = append(b, `,"body":`...)
			b = appendString(b, r.Body)
		} else {
			b = append(b, `,"isBase64Encoded":true,"body":"`...)
			b = base64.StdEncoding.AppendEncode(b, r.Body)
			b = append(b, '"')
		}
	}
	b = append(b, '}')
	if len(b) > c.ingress.limit {
		return nil, &framework.Error{Status: 500, Code: "response_too_large", Message: "the response is larger than the platform can carry",
			Err: fmt.Errorf("found %d bytes as the ingress wants them, its limit is %d", len(b), c.ingress.limit)}
	}
	return b, nil
}

// isText decides between a body as it is and base64. A REST API without binaryMediaTypes shows base64 to its client, so
// what is text must go as text.
func isText(r *web.Response) bool {
	if web.Header(r.Header).Get("Content-Encoding") != "" || !utf8.Valid(r.Body) {
		return false
	}
	kind, _, _ := strings.Cut(web.Header(r.Header).Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	switch {
	case strings.HasPrefix(kind, "text/"), strings.HasSuffix(kind, "+json"), strings.HasSuffix(kind, "+xml"):
		return true
	}
	switch kind {
	case "", "application/json", "application/xml", "application/javascript", "application/x-www-form-urlencoded", "application/x-ndjson", "application/yaml":
		return true
	}
	return false
}

func decodeBody(p *platform.Payload) ([]byte, error) {
	encoded := string(p.Field("isBase64Encoded"))
	if encoded != "" && encoded != "true" && encoded != "false" && encoded != "null" {
		return nil, platform.InvalidEvent("isBase64Encoded: found %s, expected a boolean", platform.JSONType(p.Field("isBase64Encoded")))
	}
	raw := p.Field("body")
	if encoded == "true" && len(raw) > 2 && raw[0] == '"' {
		// The alphabet of base64 needs no escapes in JSON, so the text is decoded where it lies.
		body := make([]byte, base64.StdEncoding.DecodedLen(len(raw)-2))
		if n, err := base64.StdEncoding.Decode(body, raw[1:len(raw)-1]); err == nil {
			return body[:n], nil
		}
	}
	body, err := p.Text("body")
	if err != nil || body == "" {
		return nil, err
	}
	if encoded != "true" {
		return []byte(body), nil
	}
	b, err := base64.StdEncoding.DecodeString(body) // again, as some encoders escape the slash
	if err != nil {
		return nil, platform.InvalidEvent("body: isBase64Encoded is true and the body is not base64: %v", err)
	}
	return b, nil
}

// setPath fills the path of an ingress that passes it on as the client encoded it. One that cannot be decoded leaves Path
// empty, which is the client's mistake and not the vendor's.
func setPath(r *web.Request, encoded string) {
	if encoded == "" {
		encoded = "/"
	}
	r.Path = encoded
	if strings.IndexByte(encoded, '%') < 0 {
		return
	}
	decoded, err := url.PathUnescape(encoded)
	if err != nil {
		r.Path = ""
		return
	}
	r.Path = decoded
	if (&url.URL{Path: decoded}).EscapedPath() != encoded {
		r.RawPath = encoded
	}
}

// addHeader files one header of the request where the function will look for it.
func addHeader(r *web.Request, name, value string) {
	if strings.EqualFold(name, "Host") {
		if r.Host == "" {
			r.Host = value
		}
		return
	}
	r.Header.Add(name, value)
}

// addHeaders reads {"name":"value"}.
func addHeaders(r *web.Request, raw json.RawMessage) error {
	return platform.Members("headers", raw, func(name string, value json.RawMessage) error {
		s, err := text("headers.", name, value)
		if err == nil {
			addHeader(r, name, s)
		}
		return err
	})
}

// addMultiHeaders reads {"name":["value","value"]}.
func addMultiHeaders(r *web.Request, raw json.RawMessage) error {
	return platform.Members("multiValueHeaders", raw, func(name string, values json.RawMessage) error {
		return each("multiValueHeaders.", name, values, func(value json.RawMessage) error {
			s, err := text("multiValueHeaders.", name, value)
			if err == nil {
				addHeader(r, name, s)
			}
			return err
		})
	})
}

// text decodes a string. The place's name is put together only for an error.
func text(in, name string, value json.RawMessage) (string, error) {
	s, err := platform.DecodeText(name, value)
	if err != nil {
		_, err = platform.DecodeText(in+name, value)
	}
	return s, err
}

// each visits the elements of an array, which is named only for an error.
func each(in, name string, array json.RawMessage, visit func(json.RawMessage) error) error {
	if len(array) > 0 && array[0] != '[' {
		return platform.Elements(in+name, array, visit)
	}
	return platform.Elements(name, array, visit)
}

// query makes a query of {"name":"value"} or {"name":["value","value"]}. Write is how name and value stand in it.
func query(p *platform.Payload, write func(string) string) (string, error) {
	var b strings.Builder
	add := func(in, name string, value json.RawMessage) error {
		s, err := text(in, name, value)
		if err != nil {
			return err
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(write(name))
		b.WriteByte('=')
		b.WriteString(write(s))
		return nil
	}
	const single, multi = "queryStringParameters", "multiValueQueryStringParameters"
	var err error
	if raw := p.Field(multi); raw != nil && raw[0] != 'n' {
		err = platform.Members(multi, raw, func(name string, values json.RawMessage) error {
			return each(multi+".", name, values, func(v json.RawMessage) error { return add(multi+".", name, v) })
		})
	} else {
		err = platform.Members(single, p.Field(single), func(name string, v json.RawMessage) error { return add(single+".", name, v) })
	}
	return b.String(), err
}

// names lists the headers to be written, sorted, so that equal responses have equal bytes. The ingress makes Content-Length
// itself: the response to HEAD has a length without a body, which an ingress that counts would call broken.
func names(h web.Header) []string {
	names := make([]string, 0, len(h))
	for name, values := range h {
		if name != "Content-Length" && len(values) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// appendString appends s as a JSON string. It must be valid UTF-8.
func appendString[T string | []byte](b []byte, s T) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// appendHeaderValue appends a header's value, which may hold bytes that are not UTF-8.
func appendHeaderValue(b []byte, v string) []byte {
	if !utf8.ValidString(v) {
		v = strings.ToValidUTF8(v, "\ufffd")
	}
	return appendString(b, v)
}

// appendMulti appends {"Name":["value","value"]} without Content-Length.
func appendMulti(b []byte, h web.Header) []byte {
	b = append(b, '{')
	for n, name := range names(h) {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, name), ':', '[')
		for i, v := range h[name] {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendHeaderValue(b, v)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// appendSingle appends {"Name":"value"} without Content-Length and Set-Cookie; values of one name are joined.
func appendSingle(b []byte, h web.Header) []byte {
	b = append(b, '{')
	first := true
	for _, name := range names(h) {
		if name == "Set-Cookie" {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(appendString(b, name), ':')
		b = appendHeaderValue(b, strings.Join(h[name], ", "))
	}
	return append(b, '}')
}
