package platformtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// invoke delivers an event that must be answered, be it with an error.
func (p *process) invoke(t *testing.T, payload string) *sim.Result {
	t.Helper()
	r, err := p.Invoke(within(t), []byte(payload))
	if err != nil {
		t.Fatalf("invoke with %.100q: %v", payload, err)
	}
	return r
}

// timers checks that each timer reaches its own function.
func (s *suite) timers(t *testing.T, p *process) {
	at := time.Date(2026, 2, 3, 4, 5, 0, 0, time.UTC)
	for _, tt := range []struct{ timer, function, payload string }{
		{"purge-drafts", "purge", ""},
		{"report", "report", `{"kind":"daily","ü":"\""}`},
	} {
		r, err := p.Timer(within(t), sim.Timer{Name: tt.timer, Time: at, Payload: tt.payload})
		if err != nil || r.Error != nil {
			t.Errorf("timer %s: %v, %v", tt.timer, err, r)
			continue
		}
		got := decode[fixture.Timer](t, r.Body)
		same(t, "function", got.Function, tt.function)
		same(t, "name", got.Name, tt.timer)
		same(t, "payload", got.Payload, tt.payload)
		if !got.Time.Equal(at) {
			t.Errorf("time %s, want %s", got.Time, at)
		}
		if got.RequestID == "" || !got.Raw {
			t.Errorf("request id %q, raw event passed on: %t; want both", got.RequestID, got.Raw)
		}
	}
	r, err := p.Timer(within(t), sim.Timer{Name: "nobody-knows", Time: at})
	if err != nil {
		t.Fatal(err)
	}
	wantFailure(t, r, "nobody-knows")
}

// wantFailure checks a function error that says text and not the secret.
func wantFailure(t *testing.T, r *sim.Result, text string) {
	t.Helper()
	if r.Error == nil {
		t.Errorf("the function answered %.300q, want an error", r.Body)
		return
	}
	all := fmt.Sprintf("%s %s %s", r.Error.Type, r.Error.Message, r.Body)
	if !strings.Contains(all, text) {
		t.Errorf("the error is %.400q, want %q in it", all, text)
	}
	if strings.Contains(all, fixture.Secret) {
		t.Errorf("the text of an error reached the caller: %.400q", all)
	}
}

// raw checks events that are no http and no timer.
func (s *suite) raw(t *testing.T, p *process) {
	for _, payload := range []string{`{"do":"echo","n":[1,2.50,"ü\u0000"]}`, `[1,"two"]`, `"text"`, `17`, `null`, `{}`, `{"Records":[{"eventSource":"aws:s3"}]}`} {
		r := p.invoke(t, payload)
		if r.Error != nil {
			t.Errorf("echo of %s: %v", payload, r.Error)
		} else if !equalJSON(r.Body, []byte(payload)) {
			t.Errorf("echo of %s: %s", payload, r.Body)
		}
	}
	if r := p.invoke(t, `{"do":"nil"}`); r.Error != nil || string(r.Body) != "null" {
		t.Errorf("no result: body %q, error %v; want null", r.Body, r.Error)
	}
	if r := p.invoke(t, `{"do":"bytes","text":"{\"a\":  1}"}`); r.Error != nil || !equalJSON(r.Body, []byte(`{"a":1}`)) {
		t.Errorf("bytes: body %q, error %v; want them as they are", r.Body, r.Error)
	}
	wantFailure(t, p.invoke(t, `{"do":"fail"}`), "nothing is left")
	wantFailure(t, p.invoke(t, `{"do":"error"}`), "the function failed")
	wantFailure(t, p.invoke(t, `{"do":"panic"}`), "the function failed")
	if r := p.invoke(t, `{"do":"nil"}`); r.Error != nil {
		t.Errorf("after a panic: %v", r.Error)
	}
	p.out.wait(t, "panic in handler")
}

func equalJSON(a, b []byte) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// unknown checks what a unit without a raw function says to an event it has no use for.
func (s *suite) unknown(t *testing.T) {
	p := s.start(t, sim.Artifact{}, "0")
	for _, tt := range []struct{ payload, logged, names string }{
		{`{"zebra":1,"ant":"private"}`, "a JSON object with the members", `"ant", "zebra"`},
		{`[1]`, "JSON that is not an object", ""},
	} {
		wantFailure(t, p.invoke(t, tt.payload), "no trigger of unit fixture matches this event")
		p.out.wait(t, tt.logged)
		// The platform may log in JSON, where quotes are escaped.
		if out := strings.ReplaceAll(p.out.String(), `\`, ""); !strings.Contains(out, tt.names) {
			t.Errorf("event %s: the log does not name its members, %s", tt.payload, tt.names)
		}
	}
	if strings.Contains(p.out.String(), "private") {
		t.Error("the log shows values of an event")
	}
}

// identity checks what a function knows of its call.
func (s *suite) identity(t *testing.T, p *process) {
	seen := map[string]bool{}
	for range 2 {
		var body []byte
		want := "identity"
		if s.HTTP {
			body = p.call(t, get("/identity")).Body
		} else {
			body, want = p.invoke(t, `{"do":"vendor"}`).Body, "raw"
		}
		id := decode[fixture.Identity](t, body)
		same(t, "function", id.Function, want)
		same(t, "unit", id.Unit, "fixture")
		if platform, _, _ := strings.Cut(s.Runtime.Name(), "/"); id.Platform != platform {
			t.Errorf("platform %q, want %q", id.Platform, platform)
		}
		if id.RequestID == "" || seen[id.RequestID] {
			t.Errorf("request id %q is empty or was there before", id.RequestID)
		}
		seen[id.RequestID] = true
		if s.Vendor && id.Vendor != id.RequestID {
			t.Errorf("the vendor's typed invocation has the request id %q, want %q", id.Vendor, id.RequestID)
		}
	}
}
