package aws

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

func mustIngress(t *testing.T, o Options) ingress {
	t.Helper()
	f, err := newIngress(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// at follows a path of member names through a decoded event.
func at(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

func TestEvents(t *testing.T) {
	request := &sim.Request{
		Method: "POST", Target: "/a%2Fb%20%25?q=a%20b&q=c&flag&e=", Host: "shop.example.com", Body: []byte("grüße"),
		Header: [][2]string{{"X-Tag", "one"}, {"x-tag", "two"}, {"Cookie", "a=1; b=2"}, {"Content-Type", "text/plain"}},
	}
	path, query, _ := strings.Cut(request.Target, "?")
	const none = "(none)"
	for _, tt := range []struct {
		name    string
		options Options
		want    map[string]any // none is a member that must not be there
	}{
		{"rest api", Options{Ingress: "apigw-v1"}, map[string]any{
			"path": "/a%2Fb%20%25", "httpMethod": "POST", "resource": "/{proxy+}", "pathParameters.proxy": "a/b %", "version": none,
			"headers.X-Tag": "two", "multiValueHeaders.X-Tag": []any{"one", "two"}, "headers.Host": "shop.example.com", "headers.x-tag": none,
			"queryStringParameters.q": "c", "multiValueQueryStringParameters.q": []any{"a b", "c"}, "queryStringParameters.flag": "",
			"requestContext.stage": "prod", "requestContext.path": "/prod/a%2Fb%20%25", "requestContext.identity.sourceIp": sourceIP,
			"body": "Z3LDvMOfZQ==", "isBase64Encoded": true,
		}},
		{"rest api without binary types", Options{Ingress: "apigw-v1", NoBinary: true, Stage: "dev"}, map[string]any{"body": "grüße", "isBase64Encoded": false, "requestContext.stage": "dev"}},
		{"http api", Options{Ingress: "apigw-v2", Stage: "dev"}, map[string]any{
			"version": "2.0", "rawPath": "/dev/a/b %", "rawQueryString": "q=a%20b&q=c&flag&e=", "queryStringParameters.q": "a b,c",
			"headers.x-tag": "one,two", "headers.cookie": none, "cookies": []any{"a=1", "b=2"}, "multiValueHeaders": none, "httpMethod": none,
			"requestContext.http.method": "POST", "requestContext.stage": "dev", "requestContext.domainName": "abcdefghij.execute-api.us-east-1.amazonaws.com",
			"body": "grüße", "isBase64Encoded": false,
		}},
		{"function url", Options{}, map[string]any{
			"version": "2.0", "rawPath": "/a%2Fb%20%25", "headers.cookie": "a=1; b=2", "cookies": []any{"a=1", "b=2"}, "requestContext.stage": "$default",
			"requestContext.domainName": "abcdefghijklmnop.lambda-url.us-east-1.on.aws",
		}},
		{"load balancer", Options{Ingress: "alb"}, map[string]any{
			"path": "/a%2Fb%20%25", "queryStringParameters.q": "c", "headers.x-tag": "two", "multiValueHeaders": none, "multiValueQueryStringParameters": none,
			"headers.x-forwarded-for": sourceIP, "headers.x-forwarded-proto": "http", "requestContext.http": none, "resource": none, "body": "grüße",
		}},
		{"load balancer, multi-value", Options{Ingress: "alb", MultiValue: true}, map[string]any{
			"multiValueHeaders.x-tag": []any{"one", "two"}, "multiValueQueryStringParameters.q": []any{"a%20b", "c"}, "headers": none, "queryStringParameters": none,
		}},
	} {
		raw, err := json.Marshal(mustIngress(t, tt.options).event(&call{Request: request, id: "id", at: time.Unix(0, 0), path: path, query: query}))
		if err != nil {
			t.Fatal(err)
		}
		var event any
		if err := json.Unmarshal(raw, &event); err != nil {
			t.Fatal(err)
		}
		for member, want := range tt.want {
			got := at(event, member)
			if want == none {
				want = nil
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s is %v, want %v", tt.name, member, got, want)
			}
		}
	}
}

func TestDecodedQuestionMarkEndsThePath(t *testing.T) {
	raw, err := json.Marshal(mustIngress(t, Options{Ingress: "apigw-v2"}).event(&call{Request: &sim.Request{Method: "GET"}, path: "/a%3Fb"}))
	if err != nil || !strings.Contains(string(raw), `"rawPath":"/a"`) {
		t.Errorf("event %s, %v", raw, err)
	}
}

func TestTypesOfBodies(t *testing.T) {
	for _, tt := range []struct {
		kind, encoding string
		body           string
		encoded        bool
	}{
		{"application/json; charset=utf-8", "", "{}", false}, {"TEXT/html", "", "<p>", false}, {"application/octet-stream", "", "abc", true},
		{"", "", "abc", true}, {"text/plain", "gzip", "abc", true}, {"text/plain", "", "\xff", true}, {"image/png", "", "", false},
	} {
		c := &call{Request: &sim.Request{Method: "POST", Body: []byte(tt.body), Header: [][2]string{{"Content-Type", tt.kind}, {"Content-Encoding", tt.encoding}}}, path: "/"}
		raw, err := json.Marshal(mustIngress(t, Options{Ingress: "alb"}).event(c))
		if err != nil || strings.Contains(string(raw), `"isBase64Encoded":true`) != tt.encoded {
			t.Errorf("%q %q: %s, %v", tt.kind, tt.encoding, raw, err)
		}
	}
}

func TestResponses(t *testing.T) {
	v1, v2 := Options{Ingress: "apigw-v1"}, Options{Ingress: "apigw-v2"}
	alb, albMulti := Options{Ingress: "alb"}, Options{Ingress: "alb", MultiValue: true}
	for _, tt := range []struct {
		name     string
		options  Options
		response string
		want     string // status, sorted headers of interest, body; "" is malformed
	}{
		{"both forms of headers", v1, `{"statusCode":201,"headers":{"a":"1"},"multiValueHeaders":{"a":["1"],"B":["2","3"]},"body":"x"}`, "201 A:1 B:2 B:3 x"},
		{"status as text", v1, `{"statusCode":"404"}`, "404 "},
		{"base64", v1, `{"statusCode":200,"body":"/wA=","isBase64Encoded":true}`, "200 \xff\x00"},
		{"base64 without binary types", Options{Ingress: "apigw-v1", NoBinary: true}, `{"statusCode":200,"body":"/wA=","isBase64Encoded":true}`, "200 /wA="},
		{"broken base64", v1, `{"statusCode":200,"body":"/wA","isBase64Encoded":true}`, ""},
		{"unknown member", v1, `{"statusCode":200,"cookies":[]}`, ""},
		{"no status", v1, `{"body":"x"}`, ""},
		{"status out of range", v1, `{"statusCode":99}`, ""},
		{"header that is a list", v1, `{"statusCode":200,"headers":{"a":["1"]}}`, ""},
		{"body that is an object", v1, `{"statusCode":200,"body":{}}`, ""},
		{"no JSON", v1, `hello`, ""},
		{"cookies", v2, `{"statusCode":200,"headers":{"b":2},"cookies":["a=1","b=2"],"multiValueHeaders":{"C":["lost"]}}`, "200 B:2 Set-Cookie:a=1 Set-Cookie:b=2 "},
		{"any JSON", v2, `{"a":1}`, `200 {"a":1}`},
		{"text", v2, `"a"`, `200 "a"`},
		{"no JSON", v2, `a`, ""},
		{"single", alb, `{"statusCode":200,"statusDescription":"200 OK","headers":{"a":"1"},"multiValueHeaders":{"B":["lost"]},"body":"x"}`, "200 A:1 x"},
		{"multi", albMulti, `{"statusCode":200,"headers":{"A":"lost"},"multiValueHeaders":{"B":["1","2"]},"body":"x"}`, "200 B:1 B:2 x"},
		{"wrong description", alb, `{"statusCode":200,"statusDescription":"OK"}`, ""},
		{"no status", alb, `{}`, ""},
	} {
		r, err := mustIngress(t, tt.options).response(&call{Request: &sim.Request{}, at: time.Unix(0, 0)}, []byte(tt.response))
		got := ""
		if err == nil {
			var header []string
			for _, h := range r.Header {
				if len(h[0]) == 1 || h[0] == "Set-Cookie" {
					header = append(header, h[0]+":"+h[1]+" ")
				}
			}
			slices.Sort(header)
			got = fmt.Sprint(r.Status, " ", strings.Join(header, ""), string(r.Body))
			if l := r.Values("Content-Length"); len(l) != 1 || l[0] != fmt.Sprint(len(r.Body)) {
				t.Errorf("%s: Content-Length %q", tt.name, l)
			}
		}
		if got != tt.want {
			t.Errorf("%s (%s): %q, %v; want %q", tt.name, tt.options.Ingress, got, err, tt.want)
		}
	}
}

// TestFronts sends requests through the whole simulator to a function that echoes its event.
func TestIngresses(t *testing.T) {
	for _, tt := range []struct {
		options Options
		failed  int // status of a response that the ingress cannot read
		large   int // of a request of 7 MB
	}{
		{Options{Ingress: "apigw-v1"}, 502, 413}, {Options{Ingress: "apigw-v2"}, 200, 413}, {Options{Ingress: "url"}, 200, 413}, {Options{Ingress: "alb"}, 502, 413},
	} {
		p, _ := start(t, tt.options, "echo")
		r, err := p.HTTP(within(t), &sim.Request{Method: "GET", Target: "/x", Host: "h"})
		if err != nil || r.Status != tt.failed {
			t.Errorf("%s: %v, %v; want status %d", tt.options.Ingress, r, err, tt.failed)
		}
		r, err = p.HTTP(within(t), &sim.Request{Method: "POST", Target: "/x", Host: "h", Body: make([]byte, 7<<20)})
		if err != nil || r.Status != tt.large {
			t.Errorf("%s: 7 MB: %v, %v; want status %d", tt.options.Ingress, r, err, tt.large)
		}
		if _, err := p.HTTP(within(t), &sim.Request{Method: "GET", Target: "x"}); err == nil {
			t.Errorf("%s: a target without a slash was sent", tt.options.Ingress)
		}
	}
}

func TestTimers(t *testing.T) {
	timer := sim.Timer{Name: "purge", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), Payload: "p"}
	p, _ := start(t, Options{}, "echo")
	r, err := p.Timer(within(t), timer)
	if want := `{"faas":"timer","name":"purge","payload":"p","time":"2026-01-02T02:04:05Z"}`; err != nil || string(r.Body) != want {
		t.Errorf("schedule %s, %v; want %s", r.Body, err, want)
	}
	p, _ = start(t, Options{Rule: true}, "echo")
	r, err = p.Timer(within(t), timer)
	if err != nil || !strings.Contains(string(r.Body), `"detail-type":"Scheduled Event"`) || !strings.Contains(string(r.Body), `:rule/purge"]`) {
		t.Errorf("rule %s, %v", r.Body, err)
	}
}

func TestRoutesOfAnHTTPAPI(t *testing.T) {
	ingress := mustIngress(t, Options{Ingress: "apigw-v2", Routes: []string{
		"ANY /books/{id}", "GET /books/{id}", "GET /books/new", "GET /files/", "GET /files/{path+}", "GET /books/{id}/pages/{page}",
	}})
	for _, tt := range []struct{ method, path, key, id, page, rest string }{
		{method: "GET", path: "/books/a%2Fb%20c", key: "GET /books/{id}", id: "a/b c"},
		{method: "PUT", path: "/books/1", key: "ANY /books/{id}", id: "1"},
		{method: "GET", path: "/books/new", key: "GET /books/new"},
		{method: "GET", path: "/books/1/pages/2%2F3", key: "GET /books/{id}/pages/{page}", id: "1", page: "2/3"},
		{method: "GET", path: "/files/a/b%20c", key: "GET /files/{path+}", rest: "a/b c"},
		{method: "GET", path: "/files/", key: "GET /files/"},
		{method: "GET", path: "/books/", key: "$default"},
		{method: "GET", path: "/books/1/pages", key: "$default"},
		{method: "POST", path: "/files/a", key: "$default"},
	} {
		raw, err := json.Marshal(ingress.event(&call{Request: &sim.Request{Method: tt.method}, path: tt.path}))
		if err != nil {
			t.Fatal(err)
		}
		var event struct {
			RouteKey       string
			PathParameters struct{ ID, Page, Path string }
		}
		if err := json.Unmarshal(raw, &event); err != nil {
			t.Fatal(err)
		}
		if p := event.PathParameters; event.RouteKey != tt.key || p.ID != tt.id || p.Page != tt.page || p.Path != tt.rest {
			t.Errorf("%s %s: %+v, want %+v", tt.method, tt.path, event, tt)
		}
	}
}
