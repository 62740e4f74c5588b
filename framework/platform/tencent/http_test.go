package tencent

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func httpUnit() *framework.App {
	route := func(method, pattern string, status int) *framework.Function {
		return &framework.Function{Name: strings.ToLower(method + pattern), Triggers: []framework.Trigger{web.Route{Method: method, Pattern: pattern, Status: status}}}
	}
	return &framework.App{Unit: "u", Functions: []*framework.Function{
		route("GET", "/books/{id}", 0), route("POST", "/books", 201), route("", "/any/{rest...}", 0),
	}}
}

func bind(t testing.TB, c platform.Codec, app *framework.App) platform.Decoder {
	t.Helper()
	decode, err := c.Bind(app)
	if err != nil {
		t.Fatal(err)
	}
	return decode
}

// the vendor's forms, with fields that are not read left in
const (
	sampleURL = `{"body":"{\"test\":\"hello\"}","headers":{"accept":"*/*","cookie":"a=1; b=2","host":"1250000000-x.ap-guangzhou.tencentscf.com","x-scf-remote-addr":"1.2.3.4"},` +
		`"httpMethod":"POST","path":"/any/a%20b","queryString":{"a":"1","b":["x","y z"],"c":true,"n":7}}`
	sampleAPI = `{"requestContext":{"serviceId":"service-1","path":"/test/{path}","httpMethod":"ANY","requestId":"c6af9ac6","identity":{"secretId":"abdcd"},"sourceIp":"9.9.9.9","stage":"release"},` +
		`"headers":{"Accept-Language":"en","User-Agent":"curl","X-Forwarded-Proto":"http","X-Scf-Remote-Addr":"6.6.6.6","Host":"service-1.gz.apigw.tencentcs.com"},"body":"AAH/","isBase64Encoded":true,` +
		`"pathParameters":{"path":"value"},"queryStringParameters":{"foo":"bar"},"headerParameters":{"Refer":"9.9.9.9"},"stageVariables":{"stage":"release"},` +
		`"path":"/any/value","queryString":{"foo":"bar","bob":"alice"},"httpMethod":"POST"}`
)

func TestHTTPRequest(t *testing.T) {
	tests := []struct {
		name, raw string
		want      web.Request
	}{
		{"function URL", sampleURL, web.Request{
			Method: "POST", Path: "/any/a b", RawQuery: "a=1&b=x&b=y+z&c&n=7", Host: "1250000000-x.ap-guangzhou.tencentscf.com", RemoteAddr: "1.2.3.4", Proto: "https",
			Header: web.Header{"Accept": {"*/*"}, "Cookie": {"a=1; b=2"}, "X-Scf-Remote-Addr": {"1.2.3.4"}}, Body: []byte(`{"test":"hello"}`)}},
		{"api gateway", sampleAPI, web.Request{
			Method: "POST", Path: "/any/value", RawQuery: "foo=bar&bob=alice", Host: "service-1.gz.apigw.tencentcs.com", RemoteAddr: "9.9.9.9", Proto: "http",
			Header: web.Header{"Accept-Language": {"en"}, "User-Agent": {"curl"}, "X-Forwarded-Proto": {"http"}, "X-Scf-Remote-Addr": {"6.6.6.6"}}, Body: []byte{0, 1, 255}}},
		{"least", `{"httpMethod":"get","path":""}`, web.Request{Method: "GET", Path: "/", Proto: "https"}},
		{"nulls", `{"httpMethod":"GET","path":"/any/","headers":null,"queryString":null,"body":null}`, web.Request{Method: "GET", Path: "/any/", Proto: "https"}},
		{"empty objects", `{"httpMethod":"GET","path":"/any/","headers":{},"queryString":{},"body":""}`, web.Request{Method: "GET", Path: "/any/", Proto: "https"}},
		{"repeated headers", `{"httpMethod":"GET","path":"/any/","headers":{"x-a":"1","X-A":"2","x-a":"3","x-b":["4","5"],"x-c":"","x-d":null,"x-e":[]}}`,
			web.Request{Method: "GET", Path: "/any/", Proto: "https", Header: web.Header{"X-A": {"1", "2", "3"}, "X-B": {"4", "5"}, "X-C": {""}}}},
		{"header names that are none", `{"httpMethod":"GET","path":"/any/","headers":{"":"1","a b":"2","a:b":"3","ü":"4","x":"5"}}`,
			web.Request{Method: "GET", Path: "/any/", Proto: "https", Header: web.Header{"X": {"5"}}}},
		{"encoded slash", `{"httpMethod":"GET","path":"/any/a%2Fb"}`, web.Request{Method: "GET", Path: "/any/a/b", RawPath: "/any/a%2Fb", Proto: "https"}},
		{"path that is not an encoding", `{"httpMethod":"GET","path":"/any/100%"}`, web.Request{Method: "GET", Path: "/any/100%", Proto: "https"}},
		{"path without a slash", `{"httpMethod":"GET","path":"any/x"}`, web.Request{Method: "GET", Path: "/any/x", Proto: "https"}},
		{"query as text", `{"httpMethod":"GET","path":"/any/","queryString":"a=1&b"}`, web.Request{Method: "GET", Path: "/any/", RawQuery: "a=1&b", Proto: "https"}},
		{"odd query", `{"httpMethod":"GET","path":"/any/","queryString":{"a&b":"c=d","t":[true,"x"],"f":false,"z":null,"e":"","n":1.5}}`,
			web.Request{Method: "GET", Path: "/any/", RawQuery: "a%26b=c%3Dd&t&t=x&f=false&z&e=&n=1.5", Proto: "https"}},
		{"members of another case", `{"httpMethod":"GET","path":"/any/","Body":"x","HEADERS":7}`, web.Request{Method: "GET", Path: "/any/", Proto: "https"}},
		{"body of a function URL is not base64", `{"httpMethod":"GET","path":"/any/","body":"AAH/"}`, web.Request{Method: "GET", Path: "/any/", Proto: "https", Body: []byte("AAH/")}},
		{"flag as a string", `{"httpMethod":"GET","path":"/any/","body":"AAH/","isBase64Encoded":"true"}`, web.Request{Method: "GET", Path: "/any/", Proto: "https", Body: []byte{0, 1, 255}}},
		{"remote address is not an address", `{"httpMethod":"GET","path":"/any/","headers":{"x-scf-remote-addr":"evil, 1.2.3.4"}}`,
			web.Request{Method: "GET", Path: "/any/", Proto: "https", Header: web.Header{"X-Scf-Remote-Addr": {"evil, 1.2.3.4"}}}},
	}
	decode := bind(t, HTTP(), httpUnit())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			call, ok, err := decode(&platform.Payload{Raw: []byte(tt.raw)})
			if !ok || err != nil {
				t.Fatalf("claimed %v, error %v", ok, err)
			}
			got := call.Event.(*web.Exchange).Request
			if tt.want.Header == nil {
				tt.want.Header = web.Header{}
			}
			for _, f := range []struct {
				name      string
				got, want any
			}{
				{"method", got.Method, tt.want.Method}, {"path", got.Path, tt.want.Path}, {"raw path", got.RawPath, tt.want.RawPath},
				{"query", got.RawQuery, tt.want.RawQuery}, {"host", got.Host, tt.want.Host}, {"remote address", got.RemoteAddr, tt.want.RemoteAddr},
				{"protocol", got.Proto, tt.want.Proto}, {"header", got.Header, tt.want.Header}, {"body", string(got.Body), string(tt.want.Body)},
			} {
				if fmt.Sprintf("%q", f.got) != fmt.Sprintf("%q", f.want) {
					t.Errorf("%s: found %q, want %q", f.name, f.got, f.want)
				}
			}
		})
	}
}

func TestHTTPBadPayload(t *testing.T) {
	tests := []struct {
		name, raw string
		err       string // empty: not claimed
	}{
		{"cut short", sampleURL[:len(sampleURL)-20], ""},
		{"empty", ``, ""},
		{"no object", `["httpMethod","path"]`, ""},
		{"timer", `{"Type":"Timer","TriggerName":"x"}`, ""},
		{"other case", `{"HttpMethod":"GET","Path":"/"}`, ""},
		{"method is a number", `{"httpMethod":1,"path":"/"}`, "invalid_event: httpMethod: found a number, expected a string"},
		{"method is null", `{"httpMethod":null,"path":"/"}`, "invalid_event: httpMethod: found none, expected a method"},
		{"path is an object", `{"httpMethod":"GET","path":{}}`, "invalid_event: path: found an object, expected a string"},
		{"headers is an array", `{"httpMethod":"GET","path":"/","headers":[]}`, "invalid_event: headers: found an array, expected an object"},
		{"header is an object", `{"httpMethod":"GET","path":"/","headers":{"a":{"b":1}}}`, "invalid_event: headers.a: found an object, expected a string"},
		{"header is a number in an array", `{"httpMethod":"GET","path":"/","headers":{"a":["1",2]}}`, "invalid_event: headers.a: found a number, expected a string"},
		{"header with a line break", `{"httpMethod":"GET","path":"/","headers":{"a":"x\r\nb: y"}}`, "invalid_event: headers.a: found a value with a line break"},
		{"query is a number", `{"httpMethod":"GET","path":"/","queryString":7}`, "invalid_event: queryString: found a number, expected an object"},
		{"query value is an object", `{"httpMethod":"GET","path":"/","queryString":{"a":{}}}`, "invalid_event: queryString.a: found an object, expected a string, true or an array of strings"},
		{"query array in an array", `{"httpMethod":"GET","path":"/","queryString":{"a":[["x"]]}}`, "invalid_event: queryString.a: found an array, expected a string, true or an array of strings"},
		{"body is an object", `{"httpMethod":"POST","path":"/","body":{"a":1}}`, "invalid_event: body: found an object, expected a string"},
		{"body is broken text", `{"httpMethod":"POST","path":"/","body":"\x"}`, "invalid_event: body: found broken JSON, expected a string"},
		{"headers are broken", `{"httpMethod":"POST","path":"/","headers":{"a"}}`, "invalid_event: headers: found broken JSON, expected an object"},
		{"flag is a number", `{"httpMethod":"POST","path":"/","body":"x","isBase64Encoded":1}`, "invalid_event: isBase64Encoded: found a number, expected true or false"},
		{"body is not base64", `{"httpMethod":"POST","path":"/","body":"AA*A","isBase64Encoded":true}`, "invalid_event: body: isBase64Encoded is true and the body is not base64: illegal base64 data at input byte 2"},
		{"context is a string", `{"httpMethod":"POST","path":"/","requestContext":"x"}`, "invalid_event: requestContext: found a string, expected an object"},
		{"source address is a number", `{"httpMethod":"POST","path":"/","requestContext":{"sourceIp":1}}`, "invalid_event: requestContext.sourceIp: found a number, expected a string"},
	}
	decode := bind(t, HTTP(), httpUnit())
	for _, tt := range tests {
		_, ok, err := decode(&platform.Payload{Raw: []byte(tt.raw)})
		if ok != (tt.err != "") {
			t.Errorf("%s: claimed %v", tt.name, ok)
		}
		if got := fmt.Sprint(err); err != nil && got != tt.err || err == nil && tt.err != "" {
			t.Errorf("%s: error %q, want %q", tt.name, got, tt.err)
		}
	}
}

// payload is one as the loop passes it on, with a log to look at.
func payload(raw string) (*platform.Payload, *bytes.Buffer) {
	var log bytes.Buffer
	return &platform.Payload{Raw: []byte(raw), Invocation: framework.Invocation{RequestID: "r-1"},
		Runtime: &framework.Runtime{Logger: slog.New(slog.NewTextHandler(&log, nil))}}, &log
}

func TestHTTPReply(t *testing.T) {
	large := strings.Repeat("x", MaxPayload+1)
	tests := []struct {
		name, request string
		result        any
		err           error
		want          string // the whole response, or its beginning when it ends with ...
		log           string
	}{
		{name: "text", request: `"httpMethod":"GET","path":"/books/1"`, result: "grüße <b>",
			want: `{"isBase64Encoded":false,"statusCode":200,"headers":{"Content-Type":"text/plain; charset=utf-8"},"body":"grüße <b>"}`},
		{name: "status of the route", request: `"httpMethod":"POST","path":"/books"`, result: map[string]int{"id": 1},
			want: `{"isBase64Encoded":false,"statusCode":201,"headers":{"Content-Type":"application/json"},"body":"{\"id\":1}"}`},
		{name: "nothing", request: `"httpMethod":"GET","path":"/books/1"`,
			want: `{"isBase64Encoded":false,"statusCode":204,"headers":{},"body":""}`},
		{name: "binary", request: `"httpMethod":"GET","path":"/books/1"`, result: []byte{0, 1, 255},
			want: `{"isBase64Encoded":true,"statusCode":200,"headers":{"Content-Type":"application/octet-stream"},"body":"AAH/"}`},
		{name: "several values", request: `"httpMethod":"GET","path":"/books/1"`,
			result: &web.Response{Header: web.Header{"Set-Cookie": {"a=1, 2", "b=3"}, "X-A": {"1", "2"}, "X-E": {""}, "X-Scf-Evil": {"1"}, "Content-Type": {"text/css"}}, Body: []byte("x")},
			want:   `{"isBase64Encoded":false,"statusCode":200,"headers":{"Content-Type":"text/css","Set-Cookie":["a=1, 2","b=3"],"X-A":"1, 2","X-E":""},"body":"x"}`,
			log:    `msg="response header dropped: the vendor does not allow it" header=X-Scf-Evil`},
		{name: "one cookie", request: `"httpMethod":"GET","path":"/books/1"`, result: &web.Response{Header: web.Header{"Set-Cookie": {"a=1"}}, Body: []byte("x")},
			want: `{"isBase64Encoded":false,"statusCode":200,"headers":{"Set-Cookie":"a=1"},"body":"x"}`},
		{name: "head", request: `"httpMethod":"HEAD","path":"/books/1"`, result: "text",
			want: `{"isBase64Encoded":false,"statusCode":200,"headers":{"Content-Type":"text/plain; charset=utf-8"},"body":""}`},
		{name: "stream", request: `"httpMethod":"GET","path":"/books/1"`, result: strings.NewReader("streamed"),
			want: `{"isBase64Encoded":false,"statusCode":200,"headers":{"Content-Type":"application/octet-stream"},"body":"streamed"}`},
		{name: "error", request: `"httpMethod":"GET","path":"/books/1"`, err: errors.New("secret"),
			want: `{"isBase64Encoded":false,"statusCode":500,"headers":{"Cache-Control":"no-store","Content-Type":"application/problem+json"},"body":"{\"type\":\"about:blank\",...`, log: "error=secret"},
		{name: "no route", request: `"httpMethod":"GET","path":"/nowhere"`, want: `{"isBase64Encoded":false,"statusCode":404,...`},
		{name: "wrong method", request: `"httpMethod":"PUT","path":"/books"`, want: `{"isBase64Encoded":false,"statusCode":405,"headers":{"Allow":"POST",...`},
		{name: "too large", request: `"httpMethod":"GET","path":"/books/1"`, result: large, want: `{"isBase64Encoded":false,"statusCode":500,...`, log: "as the vendor wants it"},
		{name: "too large a stream", request: `"httpMethod":"GET","path":"/books/1"`, result: strings.NewReader(large), want: `{"isBase64Encoded":false,"statusCode":500,...`, log: "response_too_large"},
		{name: "broken stream", request: `"httpMethod":"GET","path":"/books/1"`, result: io.MultiReader(strings.NewReader("a"), broken{}), want: `{"isBase64Encoded":false,"statusCode":500,...`, log: "the disk is gone"},
		{name: "panicking stream", request: `"httpMethod":"GET","path":"/books/1"`, result: io.MultiReader(strings.NewReader("a"), panicking{}), want: `{"isBase64Encoded":false,"statusCode":500,...`, log: "read the response body: panic: the disk exploded"},
		{name: "too large a request", request: `"httpMethod":"POST","path":"/books","body":"` + large + `"`, want: `{"isBase64Encoded":false,"statusCode":413,...`},
	}
	decode := bind(t, HTTP(), httpUnit())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, log := payload("{" + tt.request + "}")
			call, _, err := decode(p)
			if err != nil {
				t.Fatal(err)
			}
			b, err := call.Reply(context.Background(), tt.result, tt.err)
			if err != nil {
				t.Fatal(err)
			}
			got, want := string(b), tt.want
			if short, cut := strings.CutSuffix(want, "..."); cut {
				want, got = short, got[:min(len(got), len(short))]
				if !strings.Contains(string(b), `\"request_id\":\"r-1\"`) {
					t.Errorf("the problem has no request id: %s", b)
				}
			}
			if got != want {
				t.Errorf("found %.500s\nwant  %.500s", got, want)
			}
			if tt.log == "" && log.Len() > 0 || !strings.Contains(log.String(), tt.log) {
				t.Errorf("log %.500q, want %q", log.String(), tt.log)
			}
			if strings.Contains(string(b), "secret") {
				t.Errorf("the response shows the error: %s", b)
			}
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("the disk exploded") }

func FuzzHTTP(f *testing.F) {
	for _, s := range []string{sampleURL, sampleAPI, `{"httpMethod":"get","path":"","headers":{"a":["1","2"],"":""}}`, `{"httpMethod":"GET","path":"/any/%","queryString":{"a":[true,1,null]}}`,
		`{"httpMethod":"POST","path":"/books","body":"AA==","isBase64Encoded":"true","requestContext":{"sourceIp":"::1"}}`} {
		f.Add([]byte(s))
	}
	decode := bind(f, HTTP(), httpUnit())
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, _ := payload(string(raw))
		call, ok, err := decode(p)
		if !ok || err != nil {
			return
		}
		if call.Event != nil {
			r := call.Event.(*web.Exchange).Request
			if !strings.HasPrefix(r.Path, "/") || r.Method == "" || r.Header == nil {
				t.Errorf("request %+v", r)
			}
			for name, values := range r.Header {
				if !token(name) || slices.ContainsFunc(values, func(v string) bool { return strings.ContainsAny(v, "\r\n") }) {
					t.Errorf("header %q: %q", name, values)
				}
			}
		}
		b, err := call.Reply(context.Background(), raw, nil)
		if err != nil {
			t.Fatal(err)
		}
		var response struct {
			IsBase64Encoded bool
			StatusCode      int
			Body            string
		}
		if err := json.Unmarshal(b, &response); err != nil {
			t.Fatal(err)
		}
		if call.Function == nil || response.StatusCode >= 400 || call.Event.(*web.Exchange).Request.Method == "HEAD" {
			return
		}
		body := []byte(response.Body)
		if response.IsBase64Encoded {
			if body, err = base64.StdEncoding.DecodeString(response.Body); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(body, raw) {
			t.Errorf("the body is %q, want %q", body, raw)
		}
	})
}
