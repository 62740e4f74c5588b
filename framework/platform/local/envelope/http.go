package envelope

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// maxResponse bounds the body of a response that is kept whole, in bytes.
const maxResponse = 64 << 20

// HTTP is the codec of requests. The response is an [Outcome].
func HTTP() platform.Codec {
	return platform.Codec{Kind: "http", Bind: func(app *framework.App) (platform.Decoder, error) {
		router, err := web.NewRouter(app)
		if err != nil {
			return nil, err
		}
		return func(p *platform.Payload) (platform.Call, bool, error) {
			if !IsRequest(p.Raw) {
				return platform.Call{}, false, nil
			}
			in, err := ParseRequest(nil, p.Raw)
			if err != nil {
				return platform.Call{}, true, err
			}
			r := web.Request{Method: in.Method, Header: web.Header{}, Host: cmp.Or(in.Host, "localhost"), RemoteAddr: "127.0.0.1", Proto: "http", Body: in.Body}
			if err := r.SetTarget(in.Target); err != nil {
				return platform.Call{}, true, err
			}
			for _, h := range in.Header {
				r.Header.Add(h[0], h[1])
			}
			m := router.Match(r.Method, r.Host, r.Path, r.RawPath)
			r.Pattern, r.PathValues = m.Pattern, m.Values
			x := web.NewExchange(r)
			info := web.ErrorInfo{RequestID: p.Invocation.RequestID, Dev: p.Runtime != nil && p.Runtime.Dev, Route: m.Route, Log: p.Log()}
			return platform.Call{Function: m.Function, Event: x, Reply: responder{x, m, info}.reply}, true, nil
		}, nil
	}}
}

// responder encodes the outcome of one request.
type responder struct {
	x     *web.Exchange
	match web.Match
	info  web.ErrorInfo
}

func (a responder) reply(_ context.Context, result any, err error) ([]byte, error) {
	o := Outcome{Kind: "http"}
	var r *web.Response
	if a.match.Function == nil {
		r = a.x.Refuse(a.match, a.info)
	} else {
		o.Function = a.match.Function.Name
		r = a.x.Respond(result, err, a.info)
	}
	if err := r.Buffer(maxResponse); err != nil {
		r = a.x.Respond(nil, err, a.info)
	}
	o.Status, o.Headers = cmp.Or(r.Status, 200), r.Header
	o.SetBody(r.Body)
	return json.Marshal(o)
}

// EncodeRequest writes a request in the form that [ParseRequest] reads. A body that is a JSON object, and says no more of its type,
// is written as one.
func EncodeRequest(r *Request) ([]byte, error) {
	form := struct {
		Method  string              `json:"method"`
		Path    string              `json:"path"`
		Headers map[string][]string `json:"headers,omitempty"`
		Body    json.RawMessage     `json:"body,omitempty"`
		Base64  bool                `json:"isBase64Encoded,omitempty"`
	}{Method: r.Method, Path: r.Target, Headers: map[string][]string{}}
	if r.Host != "" {
		form.Headers["Host"] = []string{r.Host}
	}
	plain := false
	for _, h := range r.Header {
		form.Headers[h[0]] = append(form.Headers[h[0]], h[1])
		plain = plain || strings.EqualFold(h[0], "Content-Type") && h[1] == "application/json"
	}
	var err error
	switch {
	case len(r.Body) == 0:
	case plain && r.Body[0] == '{' && json.Valid(r.Body):
		form.Body = r.Body
	case utf8.Valid(r.Body):
		form.Body, err = json.Marshal(string(r.Body))
	default:
		form.Base64 = true
		form.Body, err = json.Marshal(base64.StdEncoding.EncodeToString(r.Body))
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(form)
}
