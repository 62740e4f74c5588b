package aliyun

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

const (
	gateway = `{"path":"/books/a%20b","httpMethod":"post","headers":{"Host":"api.example.com","X-Test":"1","Content-Type":"application/json","a b":"no"},` +
		`"queryParameters":{"a":"1","b":"x y&"},"pathParameters":{"id":"a b"},"body":"eyJuIjoxfQ==","isBase64Encoded":true}`
	requestV1 = `{"version":"v1","rawPath":"/books/a%2Fb","headers":{"Accept":"*/*"},"queryParameters":{"k":"1,2"},"body":"hi","isBase64Encoded":false,` +
		`"requestContext":{"accountId":"1","domainName":"x.cn-hangzhou.fcapp.run","domainPrefix":"x","requestId":"1-64f6","time":"2023-09-05T06:41:11Z","timeEpoch":"1693896071895",` +
		`"http":{"method":"POST","path":"/books/a/b","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"curl"}}}`
)

// answering is a decoder for a unit with one route, and what is logged.
func answering(t testing.TB) (func(payload string) (*platform.Payload, platform.Call, bool, error), *bytes.Buffer) {
	t.Helper()
	decode, err := HTTP().Bind(&framework.App{Unit: "u", Functions: []*framework.Function{{Name: "f", Triggers: []framework.Trigger{web.Route{Method: "POST", Pattern: "/books/{id}"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(&logged, nil))}
	return func(payload string) (*platform.Payload, platform.Call, bool, error) {
		p := &platform.Payload{Raw: []byte(payload), Runtime: rt, Invocation: framework.Invocation{RequestID: "r-1"}}
		call, ok, err := decode(p)
		return p, call, ok, err
	}, &logged
}

func TestRequests(t *testing.T) {
	decode, _ := answering(t)
	for _, tt := range []struct{ name, payload, want, err string }{
		{name: "API Gateway", payload: gateway, want: `POST "/books/a b" "" "a=1&b=x+y%26" api.example.com "" https map[Content-Type:[application/json] X-Test:[1]] "{\"n\":1}" f`},
		{name: "v1", payload: requestV1, want: `POST "/books/a/b" "/books/a%2Fb" "k=1%2C2" x.cn-hangzhou.fcapp.run "192.0.2.1" https map[Accept:[*/*]] "hi" f`},
		{name: "least", payload: `{"httpMethod":"GET","path":""}`, want: `GET "/" "" "" "" "" https map[] "" `},
		{name: "a path that is not an encoding", payload: `{"httpMethod":"GET","path":"100%"}`, want: `GET "/100%" "" "" "" "" https map[] "" `},
		{name: "flag in text", payload: `{"httpMethod":"GET","path":"/","body":"aGk=","isBase64Encoded":"true","headers":{"x-forwarded-proto":"http"}}`, want: `GET "/" "" "" "" "" http map[X-Forwarded-Proto:[http]] "hi" `},
		{name: "another version", payload: strings.Replace(requestV1, `"v1"`, `"v2"`, 1)},
		{name: "an event of OSS", payload: ossOne},
		{name: "cut short", payload: gateway[:40]},
		{name: "no method", payload: `{"httpMethod":"","path":"/"}`, err: "invalid_event: event: found no method, expected one such as GET"},
		{name: "method of another type", payload: strings.Replace(requestV1, `"method":"POST"`, `"method":7`, 1), err: "invalid_event: requestContext.method: found a number, expected a string"},
		{name: "path of another type", payload: `{"httpMethod":"GET","path":7}`, err: "invalid_event: path: found a number, expected a string"},
		{name: "query of another type", payload: `{"httpMethod":"GET","path":"/","queryParameters":{"a":["b"]}}`, err: "invalid_event: queryParameters.a: found an array, expected a string"},
		{name: "headers of another type", payload: `{"httpMethod":"GET","path":"/","headers":[]}`, err: "invalid_event: headers: found an array, expected an object"},
		{name: "a line break", payload: `{"httpMethod":"GET","path":"/","headers":{"a":"b\r\nc: d"}}`, err: "invalid_event: headers.a: found a value with a line break"},
		{name: "no base64", payload: strings.Replace(gateway, "eyJu", "e*Ju", 1), err: "invalid_event: body: isBase64Encoded is true and the body is not base64: illegal base64 data at input byte 1"},
		{name: "a wrong flag", payload: `{"httpMethod":"GET","path":"/","isBase64Encoded":1}`, err: "invalid_event: isBase64Encoded: found a number, expected true or false"},
	} {
		_, call, ok, err := decode(tt.payload)
		if ok != (tt.want != "" || tt.err != "") {
			t.Errorf("%s: claimed %v", tt.name, ok)
		}
		if got := fmt.Sprint(err); err != nil && got != tt.err || err == nil && tt.err != "" {
			t.Errorf("%s: error %q, want %q", tt.name, got, tt.err)
		}
		if err != nil || !ok {
			continue
		}
		r, function := call.Event.(*web.Exchange).Request, ""
		if call.Function != nil {
			function = call.Function.Name
		}
		host := r.Host
		if host == "" {
			host = `""`
		}
		if got := fmt.Sprintf("%s %q %q %q %s %q %s %v %q %s", r.Method, r.Path, r.RawPath, r.RawQuery, host, r.RemoteAddr, r.Proto, map[string][]string(r.Header), r.Body, function); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestResponses(t *testing.T) {
	decode, logged := answering(t)
	for _, tt := range []struct {
		name, payload string
		prepare       func(*web.Exchange)
		result        any
		err           error
		want, log     string
	}{
		{name: "JSON", payload: gateway, result: map[string]string{"a": "<ü>"}, want: `{"statusCode":200,"headers":{"Content-Type":"application/json"},"isBase64Encoded":false,"body":"{\"a\":\"<ü>\"}"}`},
		{name: "bytes", payload: requestV1, result: []byte{0xff}, want: `{"statusCode":200,"headers":{"Content-Type":"application/octet-stream"},"isBase64Encoded":true,"body":"/w=="}`},
		{name: "nothing", payload: gateway, want: `{"statusCode":204,"headers":{},"isBase64Encoded":false,"body":""}`},
		{name: "values and cookies", payload: gateway, prepare: func(x *web.Exchange) {
			for _, v := range []string{"1", "2"} {
				x.Header().Add("X-Many", v)
				x.Header().Add("Set-Cookie", "c="+v)
			}
			x.Header().Set("X-Fc-Status", "200")
		}, result: "text", want: `{"statusCode":200,"headers":{"Content-Type":"text/plain; charset=utf-8","Set-Cookie":"c=1","X-Many":"1, 2"},"isBase64Encoded":false,"body":"text"}`, log: "cookies dropped"},
		{name: "an error", payload: gateway, err: framework.Errorf(409, "taken", "it is taken"), want: `{"statusCode":409,`},
		{name: "no function", payload: `{"httpMethod":"GET","path":"/books/1"}`, want: `{"statusCode":405,"headers":{"Allow":"POST"`},
		{name: "too large", payload: gateway, result: bytes.Repeat([]byte("x"), maxResponse+1), want: `{"statusCode":500,`},
	} {
		_, call, ok, err := decode(tt.payload)
		if !ok || err != nil {
			t.Fatal(tt.name, ok, err)
		}
		if tt.prepare != nil {
			tt.prepare(call.Event.(*web.Exchange))
		}
		response, err := call.Reply(t.Context(), tt.result, tt.err)
		if err != nil || !strings.HasPrefix(string(response), tt.want) || !json.Valid(response) {
			t.Errorf("%s:\ngot  %.300s, %v\nwant %s", tt.name, response, err, tt.want)
		}
		if !strings.Contains(logged.String(), tt.log) {
			t.Errorf("%s: logged %s, want %s", tt.name, logged, tt.log)
		}
	}
}

func TestRequestsLookLikeRequests(t *testing.T) {
	for payload, want := range map[string]string{gateway: "a request of API Gateway", requestV1: "a request of an http trigger"} {
		if got := Identify(&platform.Payload{Raw: []byte(payload)}); got != want {
			t.Errorf("%.40s: %q, want %q", payload, got, want)
		}
	}
}

func FuzzRequests(f *testing.F) {
	for _, payload := range []string{gateway, requestV1, `{"httpMethod":"GET","path":"%"}`, `{"version":"v1","rawPath":"","requestContext":{}}`} {
		f.Add(payload)
	}
	decode, _ := answering(f)
	f.Fuzz(func(t *testing.T, payload string) {
		if _, call, ok, err := decode(payload); ok && err == nil {
			if response, err := call.Reply(t.Context(), "x", nil); err != nil || !json.Valid(response) {
				t.Errorf("%s: %s, %v", payload, response, err)
			}
		}
	})
}
