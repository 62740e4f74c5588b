package tencent

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// functionURL is the HTTP ingress of a Function URL. The vendor documents neither isBase64Encoded nor arrays of header
// values for it, so this ingress passes base64 on as text and keeps the first value of an array only.
type functionURL struct{}

func (functionURL) event(r *sim.Request, _ string) []byte {
	e := request(r)
	e["headers"].(map[string]string)["x-scf-remote-addr"] = "127.0.0.1"
	return encode(e)
}

func (functionURL) response(response []byte) (*sim.Response, string) {
	if !json.Valid(response) {
		return failure{502, "BadResponse", "the function did not return JSON"}.response(), "the response to an http event is not JSON"
	}
	if !hasStatus(response) {
		return &sim.Response{Status: 200, Header: [][2]string{{"Content-Type", "application/json"}}, Body: response}, ""
	}
	resp, _, rule := integrated(response)
	if rule != "" {
		return failure{502, "BadResponse", rule}.response(), "integrated response: " + rule
	}
	kept := resp.Header[:0]
	for _, h := range resp.Header {
		if len(kept) == 0 || kept[len(kept)-1][0] != h[0] {
			kept = append(kept, h)
		}
	}
	resp.Header = kept
	return resp, ""
}

func hasStatus(response []byte) bool {
	var members map[string]json.RawMessage
	return json.Unmarshal(response, &members) == nil && members["statusCode"] != nil
}

// apiGateway is the ingress of an API Gateway trigger whose endpoint encodes binary bodies.
type apiGateway struct{}

func (apiGateway) event(r *sim.Request, requestID string) []byte {
	e := request(r)
	e["requestContext"] = map[string]any{
		"serviceId": "service-0", "path": "/", "httpMethod": "ANY", "requestId": requestID,
		"identity": map[string]any{}, "sourceIp": "127.0.0.1", "stage": "release",
	}
	e["pathParameters"], e["headerParameters"], e["stageVariables"] = map[string]any{}, map[string]any{}, map[string]any{"stage": "release"}
	e["queryStringParameters"] = map[string]any{}
	e["isBase64Encoded"] = false
	if !utf8.Valid(r.Body) {
		e["isBase64Encoded"], e["body"] = true, base64.StdEncoding.EncodeToString(r.Body)
	}
	return encode(e)
}

func (apiGateway) response(response []byte) (*sim.Response, string) {
	resp, encoded, rule := integrated(response)
	if rule == "" && encoded != nil && *encoded {
		var err error
		if resp.Body, err = base64.StdEncoding.DecodeString(string(resp.Body)); err != nil {
			rule = "isBase64Encoded is true and body is not base64"
		}
	}
	if rule != "" {
		body, _ := json.Marshal(map[string]any{"errno": 403, "error": "Invalid scf response format. " + rule})
		return &sim.Response{Status: 403, Header: [][2]string{{"Content-Type", "application/json"}}, Body: body}, "integrated response: " + rule
	}
	return resp, ""
}

// request holds the members that both events have. Header names are lower case, several values of one are joined; bytes
// of the body that are no UTF-8 are lost, as in the vendor's JSON.
func request(r *sim.Request) map[string]any {
	path, query, _ := strings.Cut(r.Target, "?")
	header := map[string]string{"host": r.Host, "x-forwarded-proto": "https"}
	for _, h := range r.Header {
		name, separator := strings.ToLower(h[0]), ","
		if name == "cookie" {
			separator = "; "
		}
		if have, ok := header[name]; ok {
			header[name] = have + separator + h[1]
		} else {
			header[name] = h[1]
		}
	}
	return map[string]any{
		"httpMethod": r.Method, "path": path, "queryString": parameters(query), "headers": header, "body": string(r.Body),
	}
}

// parameters is the decoded query: a string, several values an array, a name alone true.
func parameters(query string) map[string]any {
	all := map[string]any{}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, text, given := strings.Cut(pair, "=")
		name, _ = url.QueryUnescape(name)
		text, _ = url.QueryUnescape(text)
		var value any = text
		if !given {
			value = true
		}
		switch have := all[name].(type) {
		case nil:
			all[name] = value
		case []any:
			all[name] = append(have, value)
		default:
			all[name] = []any{have, value}
		}
	}
	return all
}

func encode(event map[string]any) []byte {
	b, _ := json.Marshal(event) // maps, strings and booleans only
	return b
}
