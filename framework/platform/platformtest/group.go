package platformtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// group checks that the functions of one unit keep to themselves: what each is, and what happens to one.
func (s *suite) group(t *testing.T) {
	out := newOutput()
	started, err := s.Runtime.Start(within(t), s.artifact(t, sim.Artifact{Environment: map[string]string{fixture.GroupVariable: "1"}}, out))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := started.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	p := &process{started, out}
	members := s.members(p)
	t.Run("lazy", func(t *testing.T) {
		var built []string
		for _, m := range members {
			if m.name == "tick" {
				built = append(built, "clock") // of which only this one has a component
			}
			built = append(built, m.name)
			got, ok := m.ask(t)
			if ok && !slices.Equal(got.Built, built) {
				t.Errorf("after the first call of %s the process has built %q, want %q", m.name, got.Built, built)
			}
		}
	})
	t.Run("names", func(t *testing.T) {
		for _, m := range members {
			p.logged(t, fixture.Ran, m.name)
			got, ok := m.ask(t)
			if !ok {
				continue
			}
			same(t, "function", got.Function, m.name)
			same(t, "unit", got.Unit, "fixture")
			same(t, "middleware", strings.Join(got.Around, " "), m.name)
			if (m.name == "page") != (got.Left > 0 && got.Left <= fixture.MemberTimeout) {
				t.Errorf("%s has %s left, want its own time", m.name, got.Left)
			}
		}
	})
	if s.HTTP {
		t.Run("guard", func(t *testing.T) {
			for target, want := range map[string]int{"/page?closed=page": 403, "/side?closed=page": 200, "/side?closed=side": 403, "/page?closed=side": 200} {
				if answer := p.call(t, get(target)); answer.Status != want {
					t.Errorf("%s: status %d, want %d", target, answer.Status, want)
				}
			}
		})
		t.Run("limits", func(t *testing.T) { s.limits(t, p, members) })
	}
	t.Run("panic", func(t *testing.T) {
		for _, m := range members {
			if ok, said := m.deliver(t, fixture.Deed{Do: "panic"}); ok || !strings.Contains(string(said), "the function failed") || strings.Contains(string(said), fixture.Secret) {
				t.Errorf("a panic of %s: %t, %s", m.name, ok, said)
			}
			p.logged(t, "panic in handler", m.name)
			for _, m := range members {
				m.ask(t)
			}
		}
	})
	if s.Raw {
		t.Run("call", func(t *testing.T) { s.calls(t, p) })
	}
}

// member is a way to call a function of the group.
type member struct {
	name string
	// deliver reports whether the call succeeded, and what was answered.
	deliver func(*testing.T, fixture.Deed) (bool, []byte)
}

// ask returns what a member says of its call, false where the vendor takes no answer to its events but which of them failed.
func (m member) ask(t *testing.T) (fixture.Member, bool) {
	t.Helper()
	ok, answer := m.deliver(t, fixture.Deed{})
	if !ok {
		t.Fatalf("%s failed: %.400q", m.name, answer)
	}
	if strings.Contains(string(answer), "batchItemFailures") {
		return fixture.Member{}, false
	}
	return decode[fixture.Member](t, answer), true
}

// members are those that the platform can deliver to, in the ways that it has.
func (s *suite) members(p *process) (list []member) {
	result := func(t *testing.T, r *sim.Result, err error) (bool, []byte) {
		t.Helper()
		switch {
		case err != nil:
			t.Fatal(err)
		case r.Error != nil:
			return false, []byte(r.Error.Error())
		}
		return true, r.Body
	}
	if s.HTTP {
		for _, name := range []string{"page", "side"} {
			list = append(list, member{name, func(t *testing.T, d fixture.Deed) (bool, []byte) {
				answer := p.call(t, get("/"+name+"?do="+d.Do+"&until="+url.QueryEscape(d.Until)))
				return answer.Status == 200, answer.Body
			}})
		}
	}
	if s.Timer {
		list = append(list, member{"tick", func(t *testing.T, d fixture.Deed) (bool, []byte) {
			r, err := p.Timer(within(t), sim.Timer{Name: "tick", Time: time.Now(), Payload: deedText(t, d)})
			return result(t, r, err)
		}})
	}
	sender, sends := p.Process.(sim.Sender)
	if s.Queue != "" && (sends || s.Raw) {
		list = append(list, member{"jobs", func(t *testing.T, d fixture.Deed) (bool, []byte) {
			var r *sim.Result
			var err error
			if sends {
				batch := []mq.Message{{ID: "1", Body: []byte(deedText(t, d)), Time: time.Now()}}
				r, err = sender.Events(within(t), sim.Events{Kind: "mq", Batch: batch, Type: s.Queue, Name: "jobs"})
			} else { // in the form in which people write messages
				r = p.invoke(t, named(t, "jobs", fmt.Sprintf(`{"body":%q}`, deedText(t, d))))
			}
			return result(t, r, err)
		}})
	}
	if s.Raw {
		for _, name := range []string{"calc", "other"} {
			list = append(list, member{name, func(t *testing.T, d fixture.Deed) (bool, []byte) {
				return result(t, p.invoke(t, named(t, name, deedText(t, d))), nil)
			}})
		}
	}
	return list
}

func deedText(t *testing.T, d fixture.Deed) string {
	t.Helper()
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// named is a call of a function.
func named(t *testing.T, function, payload string) string {
	t.Helper()
	b, err := platform.EncodeCall(function, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// logged waits for a record of a function with that message.
func (p *process) logged(t *testing.T, message, function string) {
	t.Helper()
	limit := time.Now().Add(patience)
	for {
		for line := range strings.Lines(p.out.String()) {
			if strings.Contains(line, message) && (strings.Contains(line, `"function":"`+function+`"`) || strings.Contains(line, "function="+function+" ")) {
				return
			}
		}
		if time.Now().After(limit) {
			t.Fatalf("the log has no %q of function %s", message, function)
		}
		time.Sleep(time.Millisecond)
	}
}

// limits checks that a member which has missed its deadline is over its limit as long as it runs, and no other is.
func (s *suite) limits(t *testing.T, p *process, members []member) {
	until := filepath.Join(t.TempDir(), "end")
	end := func() {
		if err := os.WriteFile(until, nil, 0o600); err != nil {
			t.Error(err)
		}
	}
	defer end()
	answer := p.call(t, get("/page?do=hang&until="+url.QueryEscape(until)))
	if answer.Status != 504 {
		t.Errorf("status %d and body %.300q, want 504 after the member's own timeout", answer.Status, answer.Body)
	}
	answer = p.call(t, get("/page"))
	if answer.Status != 429 || !strings.Contains(string(answer.Body), `"overloaded"`) || len(answer.Values("Retry-After")) != 1 {
		t.Errorf("over the limit: status %d, body %.300q, Retry-After %q; want 429 and when to try again", answer.Status, answer.Body, answer.Values("Retry-After"))
	}
	for _, m := range members {
		if m.name != "page" {
			m.ask(t)
		}
	}
	end()
	for deadline := time.Now().Add(patience); answer.Status != 200; {
		if answer = p.call(t, get("/page")); answer.Status == 429 && time.Now().Before(deadline) {
			continue
		}
		if answer.Status != 200 {
			t.Fatalf("after the end of what ran: status %d, body %.300q", answer.Status, answer.Body)
		}
	}
}

// calls checks payloads that name their function, and those that should.
func (s *suite) calls(t *testing.T, p *process) {
	for name, tt := range map[string]struct{ payload, want string }{
		"bare":             {`{"do":""}`, `several of unit fixture take raw payloads: calc, other`},
		"unknown function": {`{"faas":"call","function":"nobody","payload":{}}`, `found the function "nobody", expected one of unit fixture: calc, jobs, other, page, side, tick`},
		"no function":      {`{"faas":"call","payload":{}}`, `found the function "", expected one of`},
		"wrong type":       {`{"faas":"call","function":["calc"]}`, `function: found an array, expected a string`},
		"broken payload":   {`{"faas":"call","function":"calc","payload":{"do":01}}`, ``},
	} {
		t.Run(name, func(t *testing.T) { wantFailure(t, p.invoke(t, tt.payload), tt.want) })
	}
	for _, payload := range []string{`null`, `[1,"two"]`, `"text"`, `17`, named(t, "other", `{}`)} {
		r := p.invoke(t, named(t, "calc", payload))
		if r.Error != nil {
			t.Errorf("payload %s: %v", payload, r.Error)
			continue
		}
		same(t, "function", decode[fixture.Member](t, r.Body).Function, "calc")
	}
	r := p.invoke(t, `{"function":"calc","faas":"call"}`)
	if r.Error != nil {
		t.Errorf("without a payload: %v", r.Error)
	}
}
