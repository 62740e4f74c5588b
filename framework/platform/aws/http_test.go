package aws

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// anything is a unit whose one function takes every path.
func anything() *framework.App {
	return &framework.App{Unit: "u", Functions: []*framework.Function{{Name: "f", Triggers: []framework.Trigger{web.Route{Pattern: "/{rest...}"}}}}}
}

func decoder(t testing.TB, c platform.Codec, app *framework.App) platform.Decoder {
	t.Helper()
	d, err := c.Bind(app)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func payload(raw string) *platform.Payload {
	log := slog.New(slog.NewTextHandler(new(bytes.Buffer), nil))
	return &platform.Payload{Raw: []byte(raw), Invocation: framework.Invocation{RequestID: "id-1"}, Runtime: &framework.Runtime{Logger: log}}
}

// Events as the vendor's ingresses make them, cut down to what is looked at.
const (
	restEvent = `{"resource":"/{proxy+}","path":"/books/a%2Fb%20c","httpMethod":"POST",
		"headers":{"Host":"api.example.com","X-Tag":"two","Content-Type":"text/plain"},
		"multiValueHeaders":{"Host":["api.example.com"],"X-Tag":["one","two"],"Content-Type":["text/plain"],"X-Empty":[""],"X-None":[]},
		"queryStringParameters":{"q":"b","ü&":"1+1"},"multiValueQueryStringParameters":{"q":["a","b"],"ü&":["1+1"]},
		"pathParameters":{"proxy":"books/a/b c"},"stageVariables":null,
		"requestContext":{"stage":"prod","path":"/prod/books/a%2Fb%20c","domainName":"api.example.com","identity":{"sourceIp":"203.0.113.7","userAgent":"curl"}},
		"body":"aGVsbG8=","isBase64Encoded":true}`
	httpAPI1Event = `{"version":"1.0","resource":"/{proxy+}","path":"/books/100%","httpMethod":"get","headers":{"x-tag":"one,two"},"multiValueHeaders":null,
		"queryStringParameters":{"q":"a b"},"multiValueQueryStringParameters":null,
		"requestContext":{"domainName":"api.example.com","identity":{"sourceIp":"203.0.113.7"}},"body":null,"isBase64Encoded":false}`
	httpAPI2Event = `{"version":"2.0","routeKey":"$default","rawPath":"/dev/books/100% ü","rawQueryString":"q=a&q=b%20c","cookies":["a=1","b=2"],
		"headers":{"host":"api.example.com","x-tag":"one,two","x-date":"Mon, 02 Jan 2006 15:04:05 GMT","x-tag ":""},
		"requestContext":{"stage":"dev","domainName":"api.example.com","http":{"method":"PUT","path":"/dev/books","sourceIp":"203.0.113.7"}},
		"body":"gr\u00fc\u00dfe \ud83d\ude00\n","isBase64Encoded":false}`
	urlEvent = `{"version":"2.0","routeKey":"$default","rawPath":"/dev/a%2Fb%25","rawQueryString":"","cookies":["a=1"],
		"headers":{"cookie":"a=1","host":"x.lambda-url.us-east-1.on.aws"},
		"requestContext":{"stage":"$default","domainName":"x.lambda-url.us-east-1.on.aws","http":{"method":"DELETE","sourceIp":"2001:db8::1"}},"isBase64Encoded":false}`
	albEvent = `{"requestContext":{"elb":{"targetGroupArn":"arn:aws:x"}},"httpMethod":"GET","path":"/a%2Fb","queryStringParameters":{"q":"a%20b","%C3%BC":"1%2B1"},
		"headers":{"host":"lb.example.com","x-forwarded-for":"6.6.6.6, 203.0.113.7","x-forwarded-proto":"https","x-empty":""},"body":"","isBase64Encoded":false}`
	albMultiEvent = `{"requestContext":{"elb":{"targetGroupArn":"arn:aws:x"}},"httpMethod":"POST","path":"/","multiValueQueryStringParameters":{"q":["a%20b","c"]},
		"multiValueHeaders":{"host":["lb.example.com"],"x-tag":["one","two"],"x-forwarded-for":["6.6.6.6","203.0.113.7:4711"]},"body":"\u00ff\/w==","isBase64Encoded":false}`
)

func TestDecodeHTTP(t *testing.T) {
	for _, tt := range []struct {
		name, event string
		want        web.Request
	}{
		{"rest api", restEvent, web.Request{
			Method: "POST", Path: "/books/a/b c", RawPath: "/books/a%2Fb%20c", RawQuery: "q=a&q=b&%C3%BC%26=1%2B1", Host: "api.example.com",
			RemoteAddr: "203.0.113.7", Proto: "https", Body: []byte("hello"),
			Header: web.Header{"X-Tag": {"one", "two"}, "Content-Type": {"text/plain"}, "X-Empty": {""}},
		}},
		{"http api, format 1.0", httpAPI1Event, web.Request{
			Method: "GET", Path: "/books/100%", RawQuery: "q=a+b", Host: "api.example.com", RemoteAddr: "203.0.113.7", Proto: "https",
			Header: web.Header{"X-Tag": {"one,two"}},
		}},
		{"http api, format 2.0", httpAPI2Event, web.Request{
			Method: "PUT", Path: "/books/100% ü", RawQuery: "q=a&q=b%20c", Host: "api.example.com", RemoteAddr: "203.0.113.7", Proto: "https", Body: []byte("grüße 😀\n"),
			Header: web.Header{"X-Tag": {"one,two"}, "X-Date": {"Mon, 02 Jan 2006 15:04:05 GMT"}, "x-tag ": {""}, "Cookie": {"a=1; b=2"}},
		}},
		{"function url", urlEvent, web.Request{
			Method: "DELETE", Path: "/dev/a/b%", RawPath: "/dev/a%2Fb%25", Host: "x.lambda-url.us-east-1.on.aws", RemoteAddr: "2001:db8::1", Proto: "https",
			Header: web.Header{"Cookie": {"a=1"}},
		}},
		{"load balancer", albEvent, web.Request{
			Method: "GET", Path: "/a/b", RawPath: "/a%2Fb", RawQuery: "q=a%20b&%C3%BC=1%2B1", Host: "lb.example.com", RemoteAddr: "203.0.113.7", Proto: "https",
			Header: web.Header{"X-Forwarded-For": {"6.6.6.6, 203.0.113.7"}, "X-Forwarded-Proto": {"https"}, "X-Empty": {""}},
		}},
		{"load balancer, multi-value", albMultiEvent, web.Request{
			Method: "POST", Path: "/", RawQuery: "q=a%20b&q=c", Host: "lb.example.com", RemoteAddr: "203.0.113.7", Proto: "http", Body: []byte("ÿ/w=="),
			Header: web.Header{"X-Tag": {"one", "two"}, "X-Forwarded-For": {"6.6.6.6", "203.0.113.7:4711"}},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			call, ok, err := decoder(t, HTTP(), anything())(payload(tt.event))
			if err != nil || !ok || call.Function == nil {
				t.Fatalf("claimed %t, function %v, error %v", ok, call.Function, err)
			}
			got := call.Event.(*web.Exchange).Request
			tt.want.Pattern = "/{rest...}"
			tt.want.PathValues = got.PathValues
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("request:\n got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestStages(t *testing.T) {
	for _, tt := range []struct{ path, stage, want string }{
		{"/dev/a", "dev", "/a"}, {"/dev", "dev", "/"}, {"/dev/", "dev", "/"}, {"/device", "dev", "/device"}, {"/a", "dev", "/a"},
		{"/$default/a", "$default", "/$default/a"}, {"/a", "", "/a"}, {"", "$default", "/"},
	} {
		if got := withoutStage(tt.path, tt.stage); got != tt.want {
			t.Errorf("%s at stage %q is %s, want %s", tt.path, tt.stage, got, tt.want)
		}
	}
}

func TestNotHTTP(t *testing.T) {
	for name, event := range map[string]string{
		"nothing":             ``,
		"no JSON":             `{"version":"2.0","routeKey":"$default","rawPath":"/`,
		"array":               `[]`,
		"number":              `7`,
		"own event":           `{"httpMethod":"GET","path":"/"}`,
		"authorizer of REST":  `{"type":"REQUEST","methodArn":"arn","resource":"/","path":"/","httpMethod":"GET","requestContext":{"path":"/"}}`,
		"authorizer of HTTP":  `{"version":"2.0","type":"REQUEST","routeArn":"arn","routeKey":"$default","rawPath":"/","requestContext":{"http":{"method":"GET"}}}`,
		"web socket":          `{"requestContext":{"connectionId":"x","eventType":"CONNECT","routeKey":"$connect"},"isBase64Encoded":false}`,
		"context is a string": `{"version":"2.0","requestContext":"x","httpMethod":"GET"}`,
		"other version":       `{"version":"3.0","routeKey":"$default","rawPath":"/","requestContext":{"http":{"method":"GET"}}}`,
	} {
		if _, ok, err := decoder(t, HTTP(), anything())(payload(event)); ok || err != nil {
			t.Errorf("%s: claimed %t, error %v", name, ok, err)
		}
	}
}

func TestBrokenHTTP(t *testing.T) {
	swap := func(event, old, new string) string {
		t.Helper()
		if !strings.Contains(event, old) {
			t.Fatalf("no %s in the event", old)
		}
		return strings.Replace(event, old, new, 1)
	}
	for _, tt := range []struct{ name, event, want string }{
		{"header", swap(albEvent, `"x-empty":""`, `"x-empty":7`), "headers.x-empty: found a number, expected a string"},
		{"headers", swap(httpAPI2Event, `"headers":{"host"`, `"headers":[],"h":{"host"`), "headers: found an array, expected an object"},
		{"multi-value header", swap(restEvent, `["one","two"]`, `["one",{}]`), "multiValueHeaders.X-Tag: found an object, expected a string"},
		{"multi-value header that is none", swap(restEvent, `["one","two"]`, `"one"`), "multiValueHeaders.X-Tag: found a string, expected an array"},
		{"broken header", swap(restEvent, `["one","two"]`, `["one","\x"]`), "multiValueHeaders.X-Tag: "},
		{"query", swap(restEvent, `"q":["a","b"]`, `"q":[["a"]]`), "multiValueQueryStringParameters.q: found an array, expected a string"},
		{"single query", swap(albEvent, `"q":"a%20b"`, `"q":true`), "queryStringParameters.q: found a boolean, expected a string"},
		{"method", swap(restEvent, `"httpMethod":"POST"`, `"httpMethod":[]`), "httpMethod: found an array, expected a string"},
		{"empty method", swap(restEvent, `"httpMethod":"POST"`, `"httpMethod":""`), "found no method"},
		{"no method", swap(urlEvent, `"method":"DELETE",`, ``), "found no method"},
		{"http", swap(urlEvent, `"http":{`, `"http":1,"x":{`), "requestContext.http: found a number, expected an object"},
		{"path", swap(urlEvent, `"/dev/a%2Fb%25"`, `{}`), "rawPath: found an object, expected a string"},
		{"address", swap(restEvent, `"sourceIp":"203.0.113.7"`, `"sourceIp":[]`), "requestContext.identity.sourceIp: found an array, expected a string"},
		{"cookies", swap(httpAPI2Event, `["a=1","b=2"]`, `"a=1"`), "cookies: found a string, expected an array"},
		{"cookie", swap(httpAPI2Event, `["a=1","b=2"]`, `[1]`), "cookies: found a number, expected a string"},
		{"body", swap(restEvent, `"body":"aGVsbG8="`, `"body":{"a":1}`), "body: found an object, expected a string"},
		{"base64", swap(restEvent, `"aGVsbG8="`, `"aGVsbG8"`), "body: isBase64Encoded is true and the body is not base64: illegal base64 data at input byte 4"},
		{"base64 flag", swap(restEvent, `"isBase64Encoded":true`, `"isBase64Encoded":"true"`), "isBase64Encoded: found a string, expected a boolean"},
	} {
		_, _, err := decoder(t, HTTP(), anything())(payload(tt.event))
		var fe *framework.Error
		if !errors.As(err, &fe) || fe.Status != 400 || !strings.Contains(fe.Message, tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

// answered runs the function f on an event and returns the response.
func answered(t testing.TB, event string, app *framework.App, f framework.Handler) map[string]any {
	t.Helper()
	p := payload(event)
	call, ok, err := decoder(t, HTTP(), app)(p)
	if err != nil || !ok {
		t.Fatalf("claimed %t, error %v", ok, err)
	}
	var result any
	if call.Function != nil {
		call.Function.Handler = f
		e := framework.NewEngine(p.Runtime, app)
		if err = e.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		result, err = e.Invoke(context.Background(), framework.Invocation{Function: call.Function, Event: call.Event})
	}
	raw, err := call.Reply(context.Background(), result, err)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatalf("the response is not JSON: %v: %s", err, raw)
	}
	return m
}

func TestEncodeHTTP(t *testing.T) {
	f := func(ctx *framework.Context) error {
		x := web.From(ctx)
		x.Header().Add("X-Tag", "one")
		x.Header().Add("X-Tag", "zwei ü \"quoted\" \\\t\xff")
		x.SetCookie(web.Cookie{Name: "a", Value: "1"})
		x.SetCookie(web.Cookie{Name: "b", Value: "2"})
		x.SetStatus(201)
		ctx.SetResult("line\n\u2028\x01<&>\x7f😀")
		return nil
	}
	const text = "line\n\u2028\x01<&>\x7f😀"
	tag := "zwei ü \"quoted\" \\\t\ufffd"
	multi := map[string]any{"Content-Type": []any{"text/plain; charset=utf-8"}, "Set-Cookie": []any{"a=1", "b=2"}, "X-Tag": []any{"one", tag}}
	for _, tt := range []struct {
		name, event string
		want        map[string]any
	}{
		{"rest api", restEvent, map[string]any{"statusCode": 201.0, "multiValueHeaders": multi, "body": text}},
		{"http api", httpAPI2Event, map[string]any{"statusCode": 201.0, "headers": map[string]any{"Content-Type": "text/plain; charset=utf-8", "X-Tag": "one, " + tag}, "cookies": []any{"a=1", "b=2"}, "body": text}},
		{"load balancer", albEvent, map[string]any{"statusCode": 201.0, "statusDescription": "201 Created", "headers": map[string]any{"Content-Type": "text/plain; charset=utf-8", "Set-Cookie": "b=2", "X-Tag": "one, " + tag}, "body": text}},
		{"load balancer, multi-value", albMultiEvent, map[string]any{"statusCode": 201.0, "statusDescription": "201 Created", "multiValueHeaders": multi, "body": text}},
	} {
		if got := answered(t, tt.event, anything(), f); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, got, tt.want)
		}
	}
}

func TestBodies(t *testing.T) {
	result := func(v any, header ...string) framework.Handler {
		return func(ctx *framework.Context) error {
			for i := 0; i < len(header); i += 2 {
				web.From(ctx).Header().Set(header[i], header[i+1])
			}
			ctx.SetResult(v)
			return nil
		}
	}
	for _, tt := range []struct {
		name    string
		f       framework.Handler
		body    any
		encoded any
	}{
		{"nothing", result(nil), nil, nil},
		{"empty", result(""), nil, nil},
		{"json", result(map[string]int{"a": 1}), `{"a":1}`, nil},
		{"svg", result([]byte("<svg/>"), "Content-Type", "image/svg+xml"), "<svg/>", nil},
		{"bytes", result([]byte("abc")), "YWJj", true},
		{"image", result([]byte{0xff, 0x00}, "Content-Type", "image/png"), "/wA=", true},
		{"text that is none", result([]byte{'a', 0xff}, "Content-Type", "text/plain"), "Yf8=", true},
		{"compressed", result([]byte("abc"), "Content-Type", "text/plain", "Content-Encoding", "br"), "YWJj", true},
		{"stream", result(iotest.OneByteReader(strings.NewReader("a,b")), "Content-Type", "text/csv"), "a,b", nil},
	} {
		got := answered(t, restEvent, anything(), tt.f)
		if got["body"] != tt.body || got["isBase64Encoded"] != tt.encoded {
			t.Errorf("%s: body %v, encoded %v; want %v, %v", tt.name, got["body"], got["isBase64Encoded"], tt.body, tt.encoded)
		}
	}
}

func TestResponsesWithoutAFunction(t *testing.T) {
	app := &framework.App{Unit: "u", Functions: []*framework.Function{{Name: "f", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/only"}}}}}
	for _, tt := range []struct {
		name, event  string
		status       float64
		detail, want string
	}{
		{"no route", albEvent, 404, "not_found", ""},
		{"method", strings.Replace(strings.Replace(albEvent, "/a%2Fb", "/only", 1), `"GET"`, `"POST"`, 1), 405, "method_not_allowed", "GET, HEAD"},
		{"path that cannot be decoded", strings.Replace(albEvent, "/a%2Fb", "/a%zz", 1), 400, "invalid_request", ""},
	} {
		got := answered(t, tt.event, app, nil)
		allow, _ := got["headers"].(map[string]any)["Allow"].(string)
		if got["statusCode"] != tt.status || !strings.Contains(fmt.Sprint(got["body"]), `"code":"`+tt.detail+`"`) || !strings.Contains(fmt.Sprint(got["body"]), `"request_id":"id-1"`) || allow != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestResponsesThatCannotBe(t *testing.T) {
	for _, tt := range []struct {
		name, event string
		f           framework.Handler
		code        string
	}{
		{"too large", restEvent, func(ctx *framework.Context) error { ctx.SetResult(strings.Repeat("x", maxResponse)); return nil }, "response_too_large"},
		{"too large when escaped", restEvent, func(ctx *framework.Context) error { ctx.SetResult(strings.Repeat("\n", maxResponse/2+1)); return nil }, "response_too_large"},
		{"too large for a load balancer", albEvent, func(ctx *framework.Context) error { ctx.SetResult(strings.Repeat("x", 1<<20)); return nil }, "response_too_large"},
		{"a stream without an end", restEvent, func(ctx *framework.Context) error { ctx.SetResult(endless{}); return nil }, "response_too_large"},
		{"a stream that breaks", restEvent, func(ctx *framework.Context) error { ctx.SetResult(iotest.ErrReader(errors.New("private"))); return nil }, "internal"},
		{"an error", restEvent, func(ctx *framework.Context) error { return errors.New("private") }, "internal"},
	} {
		got := answered(t, tt.event, anything(), tt.f)
		body := fmt.Sprint(got["body"])
		if got["statusCode"] != 500.0 || !strings.Contains(body, `"code":"`+tt.code+`"`) || strings.Contains(body, "private") {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestConflictingRoutes(t *testing.T) {
	app := anything()
	app.Functions = append(app.Functions, &framework.Function{Name: "g", Triggers: []framework.Trigger{web.Route{Pattern: "/{all...}"}}})
	if _, err := HTTP().Bind(app); err == nil {
		t.Error("two routes for one path were accepted")
	}
}

func TestLastAddress(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "1.2.3.4": "1.2.3.4", "6.6.6.6, 1.2.3.4": "1.2.3.4", "1.2.3.4:80": "1.2.3.4", "[2001:db8::1]:80": "2001:db8::1", "2001:db8::1": "2001:db8::1", "unknown": "", "1.2.3.4, x": "",
	} {
		if got := lastAddress(in); got != want {
			t.Errorf("of %q: %q, want %q", in, got, want)
		}
	}
}

// FuzzHTTP checks that no event ends in a panic or in a response that is not JSON, and that refusals are meant for callers.
func FuzzHTTP(f *testing.F) {
	for _, event := range []string{restEvent, httpAPI1Event, httpAPI2Event, urlEvent, albEvent, albMultiEvent} {
		f.Add([]byte(event))
		f.Add([]byte(event[:len(event)/2]))
	}
	decode := decoder(f, HTTP(), anything())
	f.Fuzz(func(t *testing.T, event []byte) {
		call, ok, err := decode(payload(string(event)))
		if err != nil {
			var fe *framework.Error
			if !errors.As(err, &fe) || fe.Status != 400 {
				t.Fatalf("error %T %v", err, err)
			}
			return
		}
		if !ok {
			return
		}
		response, err := call.Reply(context.Background(), "text", nil)
		if err != nil || !json.Valid(response) {
			t.Fatalf("answer %q, error %v", response, err)
		}
	})
}

func BenchmarkHTTP(b *testing.B) {
	for name, event := range map[string]string{"rest": restEvent, "url": urlEvent, "alb": albEvent} {
		b.Run(name, func(b *testing.B) {
			decode := decoder(b, HTTP(), anything())
			b.ReportAllocs()
			for b.Loop() {
				call, _, err := decode(payload(event))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := call.Reply(context.Background(), struct{ A int }{1}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
