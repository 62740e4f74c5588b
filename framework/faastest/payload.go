package faastest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/sim/aws"
	"github.com/faasgen/faasgen/framework/platform/sim/tencent"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// The clouds that [Payload] and [App.Deliver] know, by the words of --target, and this machine.
const (
	AWS     = "aws"
	Tencent = "tencent"
	Aliyun  = "aliyun"
	Local   = "local"
)

// Payload writes an event as a cloud sends it: kinds "http" and "apigw" are an *http.Request, kind
// "timer" a timer.Event. For [App.Deliver].
//
//	aws      http: of a function URL, payload format 2.0       timer: of a schedule as deployed
//	tencent  http: of a Function URL, and of API Gateway for a body that is no text    timer: of a timer trigger
//	aliyun   http: the http request itself, as FC 3.0 sends it to port 9000    timer: of a timer trigger
//	local    the events of faasgen invoke
//
// apigw is the event of each cloud's API gateway: on aws a REST API, payload format 1.0.
//
// Of the other kinds, os, mq, kafka, log, cdn and event (of a bus), the event is one of the kind's type or a slice of them, and its
// resource is what it says, such as mq.Message.Source:
//
//	aws      S3, SQS, MSK, CloudWatch Logs, EventBridge
//	tencent  COS, a topic of CMQ, CKafka, CLS
//	aliyun   OSS, a topic of MNS, Kafka through EventBridge, SLS, the CDN, EventBridge
//
// What a cloud's payload has no place for is not in it, as the event's own fields say.
func Payload(t testing.TB, platform, kind string, event any) []byte {
	t.Helper()
	var (
		b   []byte
		err error
	)
	switch e := event.(type) {
	case *http.Request:
		if kind != "http" && kind != "apigw" {
			t.Fatalf("faastest: found a request for a payload of kind %q, expected kind http or apigw", kind)
		}
		b, err = httpPayload(platform, kind, e)
	case timer.Event:
		if kind != "timer" {
			t.Fatalf("faastest: found a timer.Event for a payload of kind %q, expected kind timer", kind)
		}
		b, err = timerPayload(platform, e)
	default:
		batch := framework.BatchOf(event)
		if batch == nil {
			t.Fatalf("faastest: found an event of type %T for a payload of kind %q, expected an *http.Request for http, a timer.Event for timer, an mq.Message or several for mq, ...", event, kind)
		}
		b, err = batchPayload(platform, kind, batch)
	}
	if err != nil {
		t.Fatalf("faastest: %s payload of %s: %v", kind, platform, err)
	}
	return b
}

// batchPayload is the payload of events of a trigger that brings several at once.
func batchPayload(platform, kind string, batch any) ([]byte, error) {
	if c, ok := clouds()[platform]; ok {
		return c.Payload(kind, sim.Events{Batch: batch})
	}
	switch platform {
	case AWS:
		return aws.Payload(sim.Events{Batch: batch})
	case Tencent:
		return tencent.Payload(sim.Events{Batch: batch})
	case Local:
		return nil, fmt.Errorf("found kind %q, expected http or timer: call the function by its name with the events", kind)
	}
	return nil, unknownPlatform(platform)
}

func unknownPlatform(name string) error {
	return fmt.Errorf("no platform %q; there are %s, %s, %s and %s", name, AWS, Tencent, Aliyun, Local)
}

func timerPayload(platform string, e timer.Event) ([]byte, error) {
	if c, ok := clouds()[platform]; ok {
		return c.Payload("timer", sim.Events{Batch: sim.Timer{Name: e.Name, Time: e.Time, Payload: e.Payload}})
	}
	at := e.Time.UTC().Format(time.RFC3339)
	switch platform {
	case AWS:
		return json.Marshal(map[string]string{"faas": "timer", "name": e.Name, "time": at, "payload": e.Payload})
	case Tencent:
		return json.Marshal(map[string]string{"Type": "Timer", "TriggerName": e.Name, "Time": at, "Message": e.Payload})
	case Local:
		return json.Marshal(map[string]string{"name": e.Name, "time": at, "payload": e.Payload})
	}
	return nil, unknownPlatform(platform)
}

// sent is a request as it leaves a client.
type sent struct {
	method, path, query, host string
	header                    http.Header
	body                      []byte
}

func httpPayload(platform, kind string, r *http.Request) ([]byte, error) {
	s := sent{method: r.Method, path: r.URL.EscapedPath(), query: r.URL.RawQuery, host: r.Host, header: r.Header}
	if s.method == "" {
		s.method = http.MethodGet
	}
	if s.path == "" {
		s.path = "/"
	}
	if s.host == "" {
		s.host = "example.com"
	}
	if r.Body != nil {
		var err error
		if s.body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(s.body)) // so that the next platform can have it, too
	}
	if c, ok := clouds()[platform]; ok {
		return c.Payload(kind, sim.Events{Batch: s.request()})
	}
	if kind == "apigw" {
		return s.gateway(platform)
	}
	switch platform {
	case AWS:
		return s.aws()
	case Tencent:
		return s.tencent()
	case Local:
		return s.local()
	}
	return nil, unknownPlatform(platform)
}

// clientIP is the address of every client, one that is reserved for documentation.
const clientIP = "192.0.2.1"

// joined has the headers with names in lower case, several values in one.
func (s *sent) joined() map[string]string {
	all := map[string]string{"host": s.host, "x-forwarded-proto": "https"}
	for name, values := range s.header {
		all[strings.ToLower(name)] = strings.Join(values, ",")
	}
	return all
}

// text is the body as JSON carries it.
func (s *sent) text() (body string, encoded bool) {
	if utf8.Valid(s.body) {
		return string(s.body), false
	}
	return base64.StdEncoding.EncodeToString(s.body), true
}

// aws is the event of a function URL, which passes the path on as it came.
func (s *sent) aws() ([]byte, error) {
	const domain = "test.lambda-url.us-east-1.on.aws"
	header := s.joined()
	event := map[string]any{
		"version": "2.0", "routeKey": "$default", "rawPath": s.path, "rawQueryString": s.query,
		"requestContext": map[string]any{
			"accountId": "anonymous", "apiId": "test", "domainName": domain, "domainPrefix": "test", "stage": "$default", "routeKey": "$default",
			"requestId": "request-of-the-front", "time": "02/Jan/2026:15:04:05 +0000", "timeEpoch": 1767366245000,
			"http": map[string]string{"method": s.method, "path": s.path, "protocol": "HTTP/1.1", "sourceIp": clientIP, "userAgent": s.header.Get("User-Agent")},
		},
	}
	if cookies := s.header.Values("Cookie"); len(cookies) > 0 {
		event["cookies"] = strings.Split(strings.Join(cookies, "; "), "; ")
		header["cookie"] = strings.Join(cookies, "; ")
	}
	event["headers"] = header
	body, encoded := s.text()
	event["isBase64Encoded"] = encoded
	if body != "" {
		event["body"] = body
	}
	return json.Marshal(event)
}

// tencent is the event of a Function URL, which has no way to say that a body is base64, or that of API Gateway.
func (s *sent) tencent() ([]byte, error) {
	header := s.joined()
	header["x-scf-remote-addr"] = clientIP
	if cookies := s.header.Values("Cookie"); len(cookies) > 0 {
		header["cookie"] = strings.Join(cookies, "; ")
	}
	body, encoded := s.text()
	event := map[string]any{"httpMethod": s.method, "path": s.path, "headers": header, "body": body, "queryString": s.parameters()}
	if encoded {
		event["isBase64Encoded"] = true
		event["requestContext"] = map[string]any{"serviceId": "service-test", "path": "/", "httpMethod": "ANY", "requestId": "request-of-the-front",
			"identity": map[string]any{}, "sourceIp": clientIP, "stage": "release"}
	}
	return json.Marshal(event)
}

// parameters is the decoded query: a text, several values a list, a name alone true.
func (s *sent) parameters() map[string]any {
	all := map[string]any{}
	for pair := range strings.SplitSeq(s.query, "&") {
		name, text, given := strings.Cut(pair, "=")
		if pair == "" {
			continue
		}
		name, value := unescape(name), any(unescape(text))
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

// unescape decodes a part of a query; one that is not encoded rightly stays as it is.
func unescape(part string) string {
	if decoded, err := url.QueryUnescape(part); err == nil {
		return decoded
	}
	return part
}

func unescapedPath(path string) string {
	if decoded, err := url.PathUnescape(path); err == nil {
		return decoded
	}
	return path
}

// local is the event of faasgen invoke.
func (s *sent) local() ([]byte, error) {
	target := s.path
	if s.query != "" {
		target += "?" + s.query
	}
	headers := map[string][]string{"Host": {s.host}}
	for name, values := range s.header {
		headers[name] = values
	}
	body, encoded := s.text()
	event := map[string]any{"method": s.method, "path": target, "headers": headers}
	if body != "" {
		event["body"], event["isBase64Encoded"] = body, encoded
	}
	return json.Marshal(event)
}

// request is what the clouds write from.
func (s *sent) request() *sim.Request {
	r := &sim.Request{Method: s.method, Target: s.path, Host: s.host, Body: s.body}
	if s.query != "" {
		r.Target += "?" + s.query
	}
	for _, name := range slices.Sorted(maps.Keys(s.header)) {
		for _, v := range s.header[name] {
			r.Header = append(r.Header, [2]string{name, v})
		}
	}
	return r
}
