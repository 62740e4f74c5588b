package platformtest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// RunCalls checks that one artefact calls another through the vendor's invoke API. The artefact's main hands over the transport.
// MaxAsync is the vendor's limit for an asynchronous call.
func RunCalls(t *testing.T, h Harness, api sim.CallsAPI, maxAsync int) {
	if h.Command == "" {
		h.Command = "bootstrap"
	}
	s := &suite{Harness: h}
	c := s.account(t, api)
	t.Run("result", func(t *testing.T) { c.results(t) })
	t.Run("error", func(t *testing.T) { c.errors(t) })
	t.Run("async", func(t *testing.T) { c.asynchronous(t, maxAsync) })
	t.Run("time", func(t *testing.T) { c.times(t) })
	t.Run("throttled", func(t *testing.T) { c.throttled(t) })
	t.Run("clock", func(t *testing.T) { c.clock(t) })
	t.Run("death", func(t *testing.T) { c.death(t) })
	if strings.Contains(c.out.String(), fixture.Secret) {
		t.Error("the caller knows the text of an error")
	}
}

// account is the functions that call each other.
type account struct {
	*sim.Account
	out, called *output // of the unit that calls, and of the one that is called
}

const calleeName, limitedName = "shop-callee", "shop-limited"

func (s *suite) account(t *testing.T, api sim.CallsAPI) *account {
	t.Helper()
	a, err := sim.NewAccount(api)
	if err != nil {
		t.Fatal(err)
	}
	c := &account{a, newOutput(), newOutput()}
	t.Cleanup(func() {
		if err := a.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	c.deploy(t, s, "shop-caller", fixture.Caller, c.out, sim.Deployment{})
	c.deploy(t, s, calleeName, fixture.Callee, c.called, sim.Deployment{Qualifiers: []string{"live"}})
	c.deploy(t, s, limitedName, fixture.Callee, newOutput(), sim.Deployment{Limit: 1})
	return c
}

func (c *account) deploy(t *testing.T, s *suite, name, unit string, out *output, d sim.Deployment) {
	t.Helper()
	d.Runtime = s.Runtime
	d.Artifact = s.artifact(t, sim.Artifact{Environment: map[string]string{
		fixture.CallsVariable: unit,
		call.Variable:         "echo,binary,stated,over,fail,panic,slow,exit,large,once,lost,page,raw,missing=" + calleeName + ":live;busy=" + limitedName + ";gone=shop-gone;stale=" + calleeName + ":old",
	}}, out)
	d.Artifact.Unit = name
	if err := c.Deploy(d); err != nil {
		t.Fatal(err)
	}
}

// order has the unit call, and returns what it got.
func (c *account) order(t *testing.T, o fixture.Order) fixture.Report {
	t.Helper()
	payload, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Call(within(t), "shop-"+fixture.Caller, "", payload)
	if err != nil {
		t.Fatal(err)
	}
	if r.Error != nil {
		t.Fatalf("the caller failed: %v\n%s", r.Error, c.out)
	}
	return decode[fixture.Report](t, r.Body)
}

func (c *account) results(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	r := c.order(t, fixture.Order{Function: "echo", Payload: json.RawMessage(`{"n":[1,"ü\"\\"]}`), Key: "k", Trace: parent})
	e := decode[fixture.Called](t, []byte(r.Result))
	if string(e.Payload) != `{"n":[1,"ü\"\\"]}` || e.Function != "echo" || e.Key != "k" || e.Trace != parent || e.State != "vendor=1" || e.Async || e.Left <= 0 || e.Left > patience {
		t.Errorf("%+v of %+v", e, r)
	}
	c.logs(t)
	for _, tt := range []struct {
		order fixture.Order
		want  string
	}{
		{fixture.Order{Function: "raw"}, `{}`},
		{fixture.Order{Function: "raw", Payload: json.RawMessage(`"text"`)}, `"text"`},
		{fixture.Order{Function: "binary"}, "\xff"},
	} {
		if r := c.order(t, tt.order); r.Result != strings.ToValidUTF8(tt.want, "\ufffd") || r.Cause != "" {
			t.Errorf("%+v: %+v, want %s", tt.order, r, tt.want)
		}
	}
}

// logs checks that what both sides log of a call has one request id, and the name of each function.
func (c *account) logs(t *testing.T) {
	type record struct {
		Msg, Function, Error string
		Request              string `json:"request_id"`
		Root                 string `json:"root_request_id"`
	}
	last := func(out *output, is func(record) bool) (found record) {
		for line := range strings.Lines(out.String()) {
			var r record
			if json.Unmarshal([]byte(line), &r) == nil && is(r) {
				found = r
			}
		}
		return found
	}
	logged := func(r record) bool { return r.Msg == fixture.Logged }
	c.order(t, fixture.Order{Function: "echo", Log: true})
	var by, of record
	if !c.come(func() bool {
		by, of = last(c.out, logged), last(c.called, logged)
		return by.Function == "front" && of.Function == "echo" && by.Request != "" && of.Request != by.Request && of.Root == by.Request && by.Root == ""
	}) {
		t.Errorf("the function that calls logs %+v, the one that it calls %+v", by, of)
	}
	for _, async := range []bool{false, true} {
		name := map[bool]string{false: "fail", true: "lost"}[async]
		c.order(t, fixture.Order{Function: name, Async: async, Log: true})
		c.Settle()
		if !c.come(func() bool {
			by, of = last(c.out, logged), last(c.called, func(r record) bool { return strings.HasPrefix(r.Error, "function "+name+", called in request ") })
			return strings.Contains(of.Error, " "+by.Request+": ") && of.Request != by.Request
		}) {
			t.Errorf("the function that calls logs %+v, the one that fails %+v", by, of)
		}
	}
}

// come waits until what both processes have written is as it should be: their lines arrive when they do.
func (c *account) come(is func() bool) bool {
	limit := time.After(patience)
	for {
		out, called := c.out.changed(), c.called.changed()
		if is() {
			return true
		}
		select {
		case <-out:
		case <-called:
		case <-limit:
			return false
		}
	}
}

func (c *account) errors(t *testing.T) {
	for function, want := range map[string]fixture.Report{
		"stated":  {Status: 409, Code: "out_of_stock", Message: "nothing \"ü\" is left"},
		"over":    {Status: 429, Code: "overloaded", Message: "too much"},
		"fail":    {Status: 500, Code: "internal", Message: "function fail failed; its log has the reason"},
		"panic":   {Status: 500, Code: "internal", Message: "function panic failed; its log has the reason"},
		"large":   {Status: 500, Code: "internal", Message: "function large failed; its log has the reason"},
		"gone":    {Status: 502, Code: "callee_gone", Message: "function gone is not deployed"},
		"stale":   {Status: 502, Code: "callee_gone", Message: "function stale is not deployed"},
		"missing": {Status: 404, Code: "unknown_function"},
		"page":    {Status: 403, Code: "not_callable", Message: "function page is not one that other functions call"},
		"nowhere": {Status: 500, Code: "unknown_callee", Message: "it is not known where function nowhere is"},
	} {
		r := c.order(t, fixture.Order{Function: function})
		if want.Message == "" {
			r.Message = ""
		}
		if strings.Contains(r.Cause, fixture.Secret) {
			t.Errorf("%s: the text of an error crossed: %s", function, r.Cause)
		}
		if r.Status != want.Status || r.Code != want.Code || r.Message != want.Message || r.Result != "" {
			t.Errorf("%s: %+v, want %+v", function, r, want)
		}
	}
	if r := c.order(t, fixture.Order{Function: "raw", Size: 33 << 20}); r.Status != 413 || r.Code != "payload_too_large" {
		t.Errorf("a large payload: %+v", r)
	}
}

// asynchronous calls are delivered until they succeed, under one key; those that never do are dead letters.
func (c *account) asynchronous(t *testing.T, maxAsync int) {
	before := len(c.Dead())
	if r := c.order(t, fixture.Order{Function: "raw", Size: maxAsync, Async: true}); r.Status != 413 {
		t.Errorf("a large payload: %+v", r)
	}
	if r := c.order(t, fixture.Order{Function: "gone", Async: true}); r.Code != "callee_gone" {
		t.Errorf("a function that is not there: %+v", r)
	}
	for range 2 { // the second call with the key is one that was handled
		if r := c.order(t, fixture.Order{Function: "once", Async: true, Key: "key-1"}); r != (fixture.Report{}) {
			t.Errorf("%+v", r)
		}
		c.Settle()
	}
	for range 2 { // without a key, each call is one of its own
		if r := c.order(t, fixture.Order{Function: "once", Async: true}); r != (fixture.Report{}) {
			t.Errorf("%+v", r)
		}
	}
	if r := c.order(t, fixture.Order{Function: "lost", Async: true, Key: "key-2"}); r != (fixture.Report{}) {
		t.Errorf("%+v", r)
	}
	c.Settle()
	var ran []string
	for line := range strings.Lines(c.called.String()) {
		if key, ok := strings.CutPrefix(line, fixture.Once); ok {
			ran = append(ran, strings.TrimSpace(key))
		}
	}
	if len(ran) != 6 || ran[0] != "key-1" || ran[1] != "key-1" || ran[2] == "key-1" || ran[2] == "" {
		t.Errorf("the function ran for the keys %q, want key-1 twice and two keys that were made up twice each", ran)
	}
	slices.Sort(ran[2:])
	if len(ran) == 6 && (ran[2] != ran[3] || ran[4] != ran[5] || ran[2] == ran[4]) {
		t.Errorf("keys that were made up: %q", ran[2:])
	}
	dead := c.Dead()[before:]
	if len(dead) != 1 || dead[0].Function != calleeName || dead[0].Tries < 2 || !strings.Contains(string(dead[0].Payload), `"key":"key-2"`) || !strings.Contains(dead[0].Error.Error(), fixture.Lost) {
		t.Errorf("dead letters: %+v", dead)
	}
}

// times checks that a call ends with its own time, and that the called function knows of it.
func (c *account) times(t *testing.T) {
	if r := c.order(t, fixture.Order{Function: "slow", Timeout: 300}); r.Status != 504 {
		t.Errorf("%+v", r)
	}
	if r := c.order(t, fixture.Order{Function: "raw", Payload: json.RawMessage("1")}); r.Result != "1" {
		t.Errorf("after a call that ran out of its time: %+v", r)
	}
}

// throttled checks that a call is tried again while the vendor refuses it.
func (c *account) throttled(t *testing.T) {
	blocked := make(chan struct{})
	go func() {
		defer close(blocked)
		c.Call(context.Background(), limitedName, "", []byte(`{"faas":"call","function":"slow","context":{"answer":true,"timeout":1000}}`))
	}()
	var refused bool
	for range 1000 {
		r := c.order(t, fixture.Order{Function: "busy", Payload: json.RawMessage("1"), Tries: 1})
		if refused = r.Code == "callee_throttled"; refused || r.Result != "1" {
			if r.Status != 503 {
				t.Errorf("%+v", r)
			}
			break
		}
	}
	if !refused {
		t.Error("no call was refused")
	}
	<-blocked
	if r := c.order(t, fixture.Order{Function: "busy", Payload: json.RawMessage("1")}); r.Result != "1" {
		t.Errorf("afterwards: %+v", r)
	}
}

// clock checks that a caller whose clock is wrong sets it by the vendor's.
func (c *account) clock(t *testing.T) {
	for _, off := range []time.Duration{time.Hour, -time.Hour, 0} {
		c.SetClock(func() time.Time { return time.Now().Add(off) })
		for range 2 {
			if r := c.order(t, fixture.Order{Function: "raw", Payload: json.RawMessage("1")}); r.Result != "1" {
				t.Errorf("the vendor's clock is off by %s: %+v", off, r)
			}
		}
	}
}

// death checks a function whose process ends during a call, which is not tried again.
func (c *account) death(t *testing.T) {
	if r := c.order(t, fixture.Order{Function: "exit"}); r.Status != 500 || r.Code != "internal" {
		t.Errorf("%+v", r)
	}
	if r := c.order(t, fixture.Order{Function: "raw", Payload: json.RawMessage("1")}); r.Result != "1" {
		t.Errorf("after the end of a process: %+v", r)
	}
}
