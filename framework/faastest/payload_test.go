package faastest_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
	"github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/tencent"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func platforms() []string {
	return []string{faastest.AWS, faastest.Tencent, faastest.Aliyun, faastest.Local}
}

func TestDeliverATimer(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, newApp)
	e := timer.Event{Name: "purge-old", Payload: `{"a":"b"}`, Time: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)}
	for _, p := range platforms() {
		response, err := a.Deliver(p, faastest.Payload(t, p, "timer", e))
		var got fired
		if err != nil || json.Unmarshal(response, &got) != nil || got != (fired{"purge-old", `{"a":"b"}`, "2026-01-02T03:00:00Z"}) {
			t.Errorf("%s: %s, %v", p, response, err)
		}
		e := timer.Event{Name: "nightly"}
		if response, err := a.Deliver(p, faastest.Payload(t, p, "timer", e)); err == nil || !strings.Contains(err.Error(), "nightly") {
			t.Errorf("%s, an unknown timer: %s, %v", p, response, err)
		}
	}
}

func TestDeliverARequest(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, newApp)
	for _, p := range platforms() {
		r := post("/greet/A%2Fn%20n?limit=2&sort=a%26b&sort=c", `{"text":"!"}`)
		r.Header.Set("X-Trace", "t1")
		r.AddCookie(&http.Cookie{Name: "other", Value: "x"})
		r.AddCookie(&http.Cookie{Name: "session", Value: "s1"})
		response, err := a.Deliver(p, faastest.Payload(t, p, "http", r))
		if err != nil {
			t.Errorf("%s: %v", p, err)
			continue
		}
		w := faastest.Response(t, p, response)
		var got greeted
		if err := json.NewDecoder(w.Body).Decode(&got); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		if w.StatusCode != 201 || got.Text != `hello A/n n! within 0s, "t1" "s1"` || got.Limit != 2 || strings.Join(got.Sort, " ") != "a&b c" || len(w.Cookies()) != 2 {
			t.Errorf("%s: %d %+v, cookies %v", p, w.StatusCode, got, w.Cookies())
		}
		if got.ID != a.LastRequest() {
			t.Errorf("%s: the request id is %s, LastRequest says %s", p, got.ID, a.LastRequest())
		}
		for target, want := range map[string]int{"/none": 404, "/greet/nobody": 405} {
			response, err := a.Deliver(p, faastest.Payload(t, p, "http", httptest.NewRequest("GET", target, nil)))
			if err != nil {
				t.Errorf("%s: %v", p, err)
			} else if w := faastest.Response(t, p, response); w.StatusCode != want {
				t.Errorf("%s %s: %d", p, target, w.StatusCode)
			}
		}
	}
}

// echo answers with the body of the request, and says who the vendor is.
func echo(*framework.Runtime) *framework.App {
	return &framework.App{Unit: "echo", Functions: []*framework.Function{{
		Name: "echo", Triggers: []framework.Trigger{web.Route{Pattern: "/{path...}"}},
		Handler: func(ctx *framework.Context) error {
			x := web.From(ctx)
			b, err := x.Request.ReadBody(0)
			ctx.SetResult(b)
			vendor := "none"
			switch {
			case aws.From(ctx) != nil:
				vendor = aws.From(ctx).RequestID
			case tencent.From(ctx) != nil:
				vendor = tencent.From(ctx).RequestID
			case aliyun.From(ctx) != nil:
				vendor = aliyun.From(ctx).RequestID
			case local.From(ctx) != nil:
				vendor = ctx.RequestID()
			}
			x.Header().Set("Vendor", vendor)
			x.Header().Set("Remote", x.Request.RemoteAddr)
			return err
		},
	}}}
}

// What a function did not state is the log's, behind every cloud.
func TestDeliverHidesWhatAFunctionDidNotState(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, func(*framework.Runtime) *framework.App {
		return &framework.App{Unit: "bad", Functions: []*framework.Function{{
			Name: "bad", Triggers: []framework.Trigger{web.Route{Pattern: "/{$}"}},
			Handler: func(*framework.Context) error { return errors.New("the password is x") },
		}}}
	})
	for _, p := range platforms() {
		response, err := a.Deliver(p, faastest.Payload(t, p, "http", httptest.NewRequest("GET", "/", nil)))
		if err != nil {
			t.Errorf("%s: %v", p, err)
			continue
		}
		w := faastest.Response(t, p, response)
		if body, err := io.ReadAll(w.Body); w.StatusCode != 500 || strings.Contains(string(body), "password") || err != nil {
			t.Errorf("%s: %d %s, %v", p, w.StatusCode, body, err)
		}
		if w.Header.Get("X-Fc-Status") != "" {
			t.Errorf("%s: a client would not see %v", p, w.Header)
		}
		if len(a.Logs().Request(a.LastRequest()).Containing("the password is x")) == 0 {
			t.Errorf("%s: the log does not have the reason:\n%s", p, a.Logs())
		}
	}
}

func TestDeliverKeepsBinaryBodies(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, echo)
	const picture = "\x89PNG\r\n\x1a\n\x00\xff\xfe"
	r := httptest.NewRequest("PUT", "/cover", strings.NewReader(picture)) // one for all: a payload leaves it as it is
	for _, p := range platforms() {
		response, err := a.Deliver(p, faastest.Payload(t, p, "http", r))
		if err != nil {
			t.Errorf("%s: %v", p, err)
			continue
		}
		w := faastest.Response(t, p, response)
		body, err := io.ReadAll(w.Body)
		if string(body) != picture || err != nil || w.StatusCode != 200 {
			t.Errorf("%s: %d %q, %v", p, w.StatusCode, body, err)
		}
		if got := w.Header.Get("Vendor"); got != a.LastRequest() {
			t.Errorf("%s: the vendor's invocation has the id %q, want %q", p, got, a.LastRequest())
		}
		if got := w.Header.Get("Remote"); got == "" {
			t.Errorf("%s: no client address", p)
		}
	}
	for _, p := range platforms() { // without any function of raw payloads
		if response, err := a.Deliver(p, []byte(`[1]`)); err == nil {
			t.Errorf("%s: %s", p, response)
		}
	}
}

func TestDeliverARawPayload(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, newApp)
	for _, p := range platforms() {
		if response, err := a.Deliver(p, []byte(`[1,2]`)); err == nil || !strings.Contains(err.Error(), "several of unit app take raw payloads: hang, sum; ") {
			t.Errorf("%s: %s, %v", p, response, err)
		}
		if answer, err := a.Deliver(p, []byte(`{"faas":"call","function":"sum","payload":[1,2]}`)); string(answer) != `{"sum":3}` || err != nil {
			t.Errorf("%s: %s, %v", p, answer, err)
		}
	}
	a = faastest.Start(t, func(rt *framework.Runtime) *framework.App {
		unit := newApp(rt)
		unit.Functions = slices.DeleteFunc(unit.Functions, func(f *framework.Function) bool { return f.Name == "hang" })
		return unit
	})
	for _, p := range platforms() {
		if response, err := a.Deliver(p, []byte(`[1,2]`)); string(response) != `{"sum":3}` || err != nil {
			t.Errorf("%s: %s, %v", p, response, err)
		}
		if _, err := a.Deliver(p, []byte(`{"a":1}`)); err == nil || !strings.Contains(err.Error(), "found object, expected array") {
			t.Errorf("%s: %v", p, err)
		}
	}
	if _, err := a.Deliver("gcp", nil); err == nil || !strings.Contains(err.Error(), `no platform "gcp"; there are aws, tencent, aliyun and local`) {
		t.Errorf("error = %v", err)
	}
}

func TestPayloadsThatThereAreNot(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	for _, tt := range []struct {
		platform, kind string
		event          any
		want           string
	}{
		{"aws", "timer", r, "expected kind http or apigw"},
		{"gcp", "apigw", r, "no platform"},
		{"aws", "http", timer.Event{}, "expected kind timer"},
		{"aws", "os", "x", "found an event of type string"},
		{"gcp", "http", r, "no platform"},
		{"gcp", "timer", timer.Event{}, "no platform"},
	} {
		try(t, func(t testing.TB) { faastest.Payload(t, tt.platform, tt.kind, tt.event) }).want(t, tt.want)
	}
	for _, p := range append(platforms(), "gcp") {
		try(t, func(t testing.TB) { faastest.Response(t, p, []byte(`"no"`)) }).want(t, "found no http response of "+p)
	}
}

// A cloud that the test passes is known to the application's methods.
func TestCloud(t *testing.T) {
	own := sim.Cloud{
		Name: "own", Identify: func(*platform.Payload) string { return "a thing of our own" },
		Carries:    []sim.Carried{{Kind: "timer", Codec: aws.Timer, Payload: sim.Timers(aws.EncodeTimer)}},
		Invocation: func(id string, event []byte) any { return &aws.Invocation{RequestID: id, Event: event} },
		Response:   sim.Integrated,
	}
	a := faastest.Start(t, newApp, faastest.Cloud(own))
	response, err := a.Deliver("own", a.Payload("own", "timer", timer.Event{Name: "purge-old", Payload: "p", Time: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)}))
	if string(response) != `{"Name":"purge-old","Payload":"p","Time":"2026-01-02T03:00:00Z"}` || err != nil {
		t.Errorf("%s, %v", response, err)
	}
	if r := a.Response("own", []byte(`{"statusCode":201}`)); r.StatusCode != 201 {
		t.Errorf("status %d", r.StatusCode)
	}
	try(t, func(t testing.TB) {
		faastest.Start(t, newApp, faastest.Cloud(own)).Payload("own", "mq", mq.Message{})
	}).want(t, `own has no trigger of kind "mq"`)
	try(t, func(t testing.TB) { faastest.Payload(t, "own", "timer", timer.Event{}) }).want(t, `no platform "own"`)
	try(t, func(t testing.TB) { faastest.Start(t, newApp, faastest.Cloud(sim.Cloud{})) }).want(t, "found a cloud without a name")
	try(t, func(t testing.TB) { faastest.Payload(t, "aws", "os", mq.Message{}) }).want(t, `wrong type of event: found []mq.Message for kind "os", expected []os.Event`)
}

// This machine takes the events of every kind as people write them, each for the function that has a trigger for its resource.
func TestDeliverHere(t *testing.T) {
	u := &all{}
	a := faastest.Start(t, u.app)
	for _, r := range rows() {
		for _, batch := range r.cases {
			u.got = nil
			payload := faastest.Payload(t, faastest.Local, r.kind, batch)
			if _, err := a.Deliver(faastest.Local, payload); err != nil || text(t, u.got) != text(t, batch) {
				t.Errorf("%s: %v\n%s arrived as\n%s", r.name, err, payload, text(t, u.got))
			}
		}
	}
	if _, err := a.Deliver(faastest.Local, []byte(`{"key":"k","resource":"none"}`)); err == nil || !strings.Contains(err.Error(), `the function has no bucket "none"`) {
		t.Errorf("an unknown bucket: %v", err)
	}
	if _, err := a.Deliver(faastest.Local, []byte(`{"key":"k"}`)); err == nil || !strings.Contains(err.Error(), `the event may be for the functions ["os" "other"]`) {
		t.Errorf("an event of one of two buckets: %v", err)
	}
}
