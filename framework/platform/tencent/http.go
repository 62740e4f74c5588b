package tencent

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// MaxPayload is the vendor's limit for a synchronous event and for its response.
const MaxPayload = 6 << 20

// HTTP is the codec of the http trigger on an event function. It takes the events of Function URLs and of API Gateway,
// told apart by requestContext, and answers both in the integrated response format. See the package comment for what the
// vendor does not carry.
func HTTP() platform.Codec {
	return platform.Codec{Kind: "http", Bind: func(app *framework.App) (platform.Decoder, error) {
		router, err := web.NewRouter(app)
		if err != nil {
			return nil, err
		}
		return func(p *platform.Payload) (platform.Call, bool, error) {
			var r *web.Request
			var err error
			switch {
			case p.Has("requestContext", "httpMethod"):
				r, err = decodeAPIGateway(p)
			case p.Has("httpMethod", "path"):
				r, err = decodeFunctionURL(p)
			default:
				return platform.Call{}, false, nil
			}
			if err == nil {
				r.Body, err = decodeBody(p)
			}
			if err != nil {
				return platform.Call{}, true, err
			}
			if len(p.Raw) > MaxPayload {
				return refuse(p, r, framework.Errorf(413, "payload_too_large", "the event is %d bytes, the limit is %d", len(p.Raw), MaxPayload)), true, nil
			}
			return route(p, router, r), true, nil
		}, nil
	}}
}

func decodeBody(p *platform.Payload) ([]byte, error) {
	body, err := p.Text("body")
	if err != nil {
		return nil, err
	}
	encoded, err := flag("isBase64Encoded", p.Field("isBase64Encoded"))
	if err != nil || body == "" {
		return nil, err
	}
	if !encoded {
		return []byte(body), nil
	}
	b, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return nil, platform.InvalidEvent("body: isBase64Encoded is true and the body is not base64: %v", err)
	}
	return b, nil
}

// route finds the function and makes the call; without a function the reply is the problem itself.
func route(p *platform.Payload, router *web.Router, r *web.Request) platform.Call {
	m := router.Match(r.Method, r.Host, r.Path, r.RawPath)
	r.Pattern, r.PathValues = m.Pattern, m.Values
	x := web.NewExchange(*r)
	if platform.AnswersCORS(p.Runtime) {
		if response := router.Preflight(&x.Request); response != nil {
			return platform.Call{Reply: func(context.Context, any, error) ([]byte, error) { return encodeResponse(response, p.Log()) }}
		}
		x.Cross(m)
	}
	return platform.Call{Function: m.Function, Event: x, Reply: func(_ context.Context, result any, err error) ([]byte, error) {
		info := replyInfo(p, m.Route)
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

// refuse is the call that answers err without a function.
func refuse(p *platform.Payload, r *web.Request, err error) platform.Call {
	x := web.NewExchange(*r)
	return platform.Call{Reply: func(_ context.Context, _ any, _ error) ([]byte, error) {
		info := replyInfo(p, web.Route{})
		return encodeResponse(x.Respond(nil, err, info), info.Log)
	}}
}

func replyInfo(p *platform.Payload, route web.Route) web.ErrorInfo {
	return web.ErrorInfo{RequestID: p.Invocation.RequestID, Dev: p.Runtime != nil && p.Runtime.Dev, Route: route, Log: p.Log()}
}

// encodeResponse writes the integrated response format: statusCode a number, isBase64Encoded a boolean, body a string.
// Several values of a header are joined, several cookies an array. A body that is not UTF-8 is sent as base64.
func encodeResponse(r *web.Response, log *slog.Logger) ([]byte, error) {
	if err := r.Buffer(MaxPayload); err != nil {
		return nil, err
	}
	out := struct {
		IsBase64Encoded bool           `json:"isBase64Encoded"`
		StatusCode      int            `json:"statusCode"`
		Headers         map[string]any `json:"headers"`
		Body            string         `json:"body"`
	}{StatusCode: r.Status, Headers: make(map[string]any, len(r.Header)), Body: string(r.Body)}
	if out.StatusCode == 0 {
		out.StatusCode = 200
	}
	for name, values := range r.Header {
		switch {
		case name == "Content-Length": // the ingress counts; it may not be base64 that it sends
		case ForbiddenHeader(name):
			log.Warn("response header dropped: the vendor does not allow it", "header", name)
		case name == "Set-Cookie" && len(values) > 1: // the only header whose values cannot be joined
			out.Headers[name] = values
		case len(values) > 0:
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
	b := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	if len(b) > MaxPayload {
		return nil, &framework.Error{Status: 500, Code: "response_too_large", Message: "the response is larger than the platform can carry",
			Err: fmt.Errorf("found %d bytes as the vendor wants it, its limit is %d", len(b), MaxPayload)}
	}
	return b, nil
}

// ForbiddenHeader reports whether SCF refuses a response with that header: connection and everything that begins with
// x-scf-. The loops drop them and say so in the log.
func ForbiddenHeader(name string) bool {
	const reserved = "x-scf-"
	return strings.EqualFold(name, "Connection") || len(name) >= len(reserved) && strings.EqualFold(name[:len(reserved)], reserved)
}
