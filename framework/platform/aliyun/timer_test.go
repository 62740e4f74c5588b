package aliyun

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

func unit(names ...string) *framework.App {
	app := &framework.App{Unit: "u"}
	for _, n := range names {
		app.Functions = append(app.Functions, &framework.Function{Name: "f-" + n, Triggers: []framework.Trigger{timer.Schedule{Name: n}}})
	}
	return app
}

func TestTimer(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		name, raw string
		want      timer.Event // without Raw
		skip      bool        // not a timer payload
		err       string
	}{
		{name: "vendor's sample", raw: `{"triggerTime":"2026-01-02T03:04:05Z","triggerName":"purge","payload":"text"}`, want: timer.Event{Name: "purge", Time: at, Payload: "text"}},
		{name: "JSON payload stays text", raw: `{"triggerTime":"2026-01-02T11:04:05+08:00","triggerName":"purge","payload":"{\"a\":1}"}`, want: timer.Event{Name: "purge", Time: at, Payload: `{"a":1}`}},
		{name: "no payload", raw: `{"triggerTime":"2026-01-02T03:04:05Z","triggerName":"report"}`, want: timer.Event{Name: "report", Time: at}},
		{name: "null payload", raw: `{"triggerTime":"2026-01-02T03:04:05Z","triggerName":"report","payload":null}`, want: timer.Event{Name: "report", Time: at}},
		{name: "empty time", raw: `{"triggerTime":"","triggerName":"report"}`, want: timer.Event{Name: "report"}},
		{name: "cut short", raw: `{"triggerTime":"2026-01-02T03:04:05Z","triggerNa`, skip: true},
		{name: "other case", raw: `{"TriggerTime":"2026-01-02T03:04:05Z","TriggerName":"purge"}`, skip: true},
		{name: "array", raw: `[{"triggerTime":"2026-01-02T03:04:05Z","triggerName":"purge"}]`, skip: true},
		{name: "empty", raw: ``, skip: true},
		{name: "name of wrong type", raw: `{"triggerTime":"2026-01-02T03:04:05Z","triggerName":7}`, err: "invalid_event: triggerName: found a number, expected a string"},
		{name: "payload of wrong type", raw: `{"triggerTime":"2026-01-02T03:04:05Z","triggerName":"purge","payload":{"a":1}}`, err: "invalid_event: payload: found an object, expected a string"},
		{name: "bad time", raw: `{"triggerTime":"yesterday","triggerName":"purge"}`, err: `invalid_event: triggerTime: found "yesterday", expected a time such as 2006-01-02T15:04:05Z`},
		{name: "unknown timer", raw: `{"triggerTime":"2026-01-02T03:04:05Z","triggerName":"prune"}`, err: `unknown_timer: found a timer named "prune", expected one of "purge", "report"`},
	}
	decode, err := Timer().Bind(unit("purge", "report"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		call, ok, err := decode(&platform.Payload{Raw: []byte(tt.raw)})
		if ok == tt.skip {
			t.Errorf("%s: claimed %v, want %v", tt.name, ok, !tt.skip)
		}
		if got := fmt.Sprint(err); err != nil && got != tt.err || err == nil && tt.err != "" {
			t.Errorf("%s: error %q, want %q", tt.name, got, tt.err)
		}
		if err != nil || !ok {
			continue
		}
		e := call.Event.(timer.Event)
		if string(e.Raw) != tt.raw {
			t.Errorf("%s: raw is %q", tt.name, e.Raw)
		}
		e.Raw = nil
		if fmt.Sprintf("%+v", e) != fmt.Sprintf("%+v", tt.want) || call.Function.Name != "f-"+tt.want.Name {
			t.Errorf("%s: %+v to %s, want %+v", tt.name, e, call.Function.Name, tt.want)
		}
	}
}

func TestTimerOfAnotherNameIsRefusedByTheOnlyOne(t *testing.T) {
	decode, err := Timer().Bind(unit("purge"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{`"console-test"`, `""`, `null`} {
		_, ok, err := decode(&platform.Payload{Raw: []byte(`{"triggerTime":"2026-01-02T03:04:05Z","triggerName":` + name + `}`)})
		if !ok || !strings.HasSuffix(fmt.Sprint(err), `, expected "purge"`) {
			t.Errorf("%s: %t, error %v", name, ok, err)
		}
	}
}

func TestTimerNeedsATimer(t *testing.T) {
	_, err := Timer().Bind(&framework.App{Unit: "u"})
	if fmt.Sprint(err) != "no function of unit u has a timer" {
		t.Errorf("error %v", err)
	}
}

func FuzzTimer(f *testing.F) {
	f.Add([]byte(`{"triggerTime":"2026-01-02T03:04:05Z","triggerName":"purge","payload":"text"}`))
	f.Add([]byte(`{"triggerTime":"2026-01-02T03:04:05+08:00","triggerName":"purge","payload":"{\"a\":1}"}`))
	f.Add([]byte(`{"triggerTime":null,"triggerName":[],"payload":{}}`))
	f.Add([]byte(`{"triggerTime":"","triggerName":"`))
	decode, err := Timer().Bind(unit("purge", "report"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		call, ok, err := decode(&platform.Payload{Raw: raw})
		if err == nil && ok && (call.Function == nil || call.Reply == nil) {
			t.Error("claimed without a function or a reply")
		}
		if err == nil && ok {
			survives(t, call.Event)
		}
	})
}

// survives checks that a timer's event is the same when it was encoded and decoded.
func survives(t *testing.T, e any) {
	t.Helper()
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back timer.Event
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	if again, err := json.Marshal(back); err != nil || !bytes.Equal(b, again) {
		t.Errorf("%s\nbecame %s, %v", b, again, err)
	}
}
