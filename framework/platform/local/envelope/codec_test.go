package envelope_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Requests that are written are read as the same.
func TestEncodeRequest(t *testing.T) {
	for _, s := range append(platformtest.Texts(), "", "\xff\x00") {
		for _, want := range []*envelope.Request{
			{Method: "PUT", Target: "/a%20b?x=1&x=2", Host: "shop.example.com", Header: [][2]string{{"Content-Type", "text/plain"}, {"X-A", "1"}, {"X-A", "2"}}, Body: []byte(s)},
			{Method: "POST", Target: "/", Header: [][2]string{{"Content-Type", "application/json"}}, Body: []byte(s)},
			{Method: "GET", Target: "/", Body: []byte(s)},
		} {
			b, err := envelope.EncodeRequest(want)
			if err != nil {
				t.Fatal(err)
			}
			if len(want.Body) == 0 {
				want.Body = nil
			}
			if got, err := envelope.ParseRequest(nil, b); !reflect.DeepEqual(got, want) || err != nil {
				t.Errorf("%s: read as %+v, %v; want %+v", b, got, err, want)
			}
		}
	}
}

// Timers that are written are read as the same; of a bare one the payload is that of the schedule.
func TestEncodeTimer(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, s := range append(platformtest.Texts(), "") {
		for _, e := range []platform.TimerPayload{{Name: "a", Time: at, Payload: s}, {Name: "a", Time: at, Bare: true}} {
			b, err := envelope.EncodeTimer(e)
			if err != nil {
				t.Fatal(err)
			}
			want := timer.Event{Name: "a", Time: at, Payload: s, Raw: b}
			if e.Bare {
				want.Payload = "configured"
			}
			if got, err := envelope.ParseTimer([]timer.Schedule{{Name: "a", Payload: "configured"}}, b, time.Now()); !reflect.DeepEqual(got, want) || err != nil {
				t.Errorf("%s: read as %+v, %v", b, got, err)
			}
		}
	}
}

// clock stands still.
type clock struct{ framework.Clock }

func (clock) Now() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// The codecs find the function, and answer requests with an outcome.
func TestCodecs(t *testing.T) {
	var got any
	take := func(c *framework.Context) error { got = c.Event(); c.SetResult("taken"); return nil }
	rt := &framework.Runtime{Clock: clock{}, Logger: slog.New(slog.DiscardHandler)}
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{
		{Name: "web", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/books/{id}", Status: 202}}, Handler: take},
		{Name: "tick", Triggers: []framework.Trigger{timer.Schedule{Name: "tick", Payload: "configured"}}, Handler: take},
		{Name: "tock", Triggers: []framework.Trigger{timer.Schedule{Name: "tock"}}, Handler: take},
	}})
	d, err := platform.NewDispatcher(e, []platform.Codec{envelope.HTTP(), envelope.Timer()})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close(context.WithoutCancel(t.Context())) }()
	for _, tt := range []struct{ payload, want, response, err string }{
		{payload: `{"name":"tick"}`, want: `{"name":"tick","time":"2026-01-02T03:04:05Z","payload":"configured"}`, response: `"taken"`},
		{payload: `{"name":"tock","time":"2025-01-01T01:00:00+01:00","payload":"p"}`, want: `{"name":"tock","time":"2025-01-01T00:00:00Z","payload":"p"}`, response: `"taken"`},
		{payload: `{"name":"other"}`, err: `found a timer named "other", expected one of "tick", "tock"`},
		{payload: `{"name":"tick","time":7}`, err: "time: found a number, expected a string"},
		{payload: `{"path":"/books/7"}`, want: "request", response: `{"function":"web","kind":"http","status":202,"headers":{"Content-Length":["5"],"Content-Type":["text/plain; charset=utf-8"]},"body":"taken"}`},
		{payload: `{"path":"/none"}`, response: `"status":404`},
		{payload: `{"method":"PUT","path":"/books/7"}`, response: `"status":405`},
		{payload: `{"path":"/%zz"}`, err: `member "path" of the request is "/%zz"`},
		{payload: `{"a":1}`, err: "no trigger of unit u matches this event"},
	} {
		got = nil
		response, err := d.Handle(t.Context(), []byte(tt.payload), framework.Invocation{})
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: error %v, want %s", tt.payload, err, tt.err)
			}
			continue
		}
		event := ""
		switch v := got.(type) {
		case timer.Event:
			b, err := json.Marshal(map[string]any{"name": v.Name, "time": v.Time, "payload": v.Payload})
			if err != nil {
				t.Fatal(err)
			}
			event = string(b)
			if want := ordered(t, tt.want); event != want {
				t.Errorf("%s arrived as %s, want %s", tt.payload, event, want)
			}
		case *web.Exchange:
			event = "request"
		}
		if err != nil || (event == "") != (tt.want == "") || !strings.Contains(string(response), tt.response) {
			t.Errorf("%s: called with %q, answered %s, %v; want %s", tt.payload, event, response, err, tt.response)
		}
	}
}

// ordered is JSON with its members in order.
func ordered(t *testing.T, text string) string {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
