package faastest

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Payload writes an event as a cloud sends it: kinds "http" and "apigw" are an *http.Request, kind
// "timer" a timer.Event. For [App.Deliver].
//
//	aws      http: of a function URL, payload format 2.0       timer: of a schedule as deployed
//	tencent  http: of a Function URL, and of API Gateway for a body that is not text    timer: of a timer trigger
//	aliyun   http: the http request itself, as FC 3.0 sends it to port 9000    timer: of a timer trigger
//	local    the events of faasgen invoke, of every kind
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
	return known().payload(t, platform, kind, event)
}

// Payload is the function of that name, for the clouds of [Cloud] too.
func (a *App) Payload(platform, kind string, event any) []byte {
	a.t.Helper()
	return a.clouds.payload(a.t, platform, kind, event)
}

func (all clouds) payload(t testing.TB, platform, kind string, event any) []byte {
	t.Helper()
	c, err := all.of(platform)
	if err != nil {
		t.Fatalf("faastest: %s payload: %v", kind, err)
	}
	e := sim.Events{Kind: kind}
	switch v := event.(type) {
	case *http.Request:
		if kind != "http" && kind != "apigw" {
			t.Fatalf("faastest: found a request for a payload of kind %q, expected kind http or apigw", kind)
		}
		if e.Batch, err = sent(v); err != nil {
			t.Fatalf("faastest: read the request: %v", err)
		}
	case timer.Event:
		if kind != "timer" {
			t.Fatalf("faastest: found a timer.Event for a payload of kind %q, expected kind timer", kind)
		}
		e.Batch = sim.Timer{Name: v.Name, Time: v.Time, Payload: v.Payload}
	default:
		if e.Batch = trigger.BatchOf(event); e.Batch == nil {
			t.Fatalf("faastest: found an event of type %T for a payload of kind %q, expected an *http.Request for http, a timer.Event for timer, an mq.Message or several for mq, ...", event, kind)
		}
	}
	b, err := c.Payload(e)
	if err != nil {
		t.Fatalf("faastest: %s payload of %s: %v", kind, platform, err)
	}
	return b
}

// sent is a request as it leaves a client. Its body can still be read after it.
func sent(r *http.Request) (*sim.Request, error) {
	out := &sim.Request{Method: cmp.Or(r.Method, http.MethodGet), Target: cmp.Or(r.URL.EscapedPath(), "/"), Host: cmp.Or(r.Host, "example.com")}
	if r.URL.RawQuery != "" {
		out.Target += "?" + r.URL.RawQuery
	}
	if r.Body != nil {
		var err error
		if out.Body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(out.Body)) // so that the next platform can have it, too
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, v := range r.Header[name] {
			out.Header = append(out.Header, [2]string{name, v})
		}
	}
	return out, nil
}
