package tencent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

func timerUnit(names ...string) *framework.App {
	app := &framework.App{Unit: "u"}
	for _, n := range names {
		app.Functions = append(app.Functions, &framework.Function{Name: "f-" + n, Triggers: []framework.Trigger{timer.Schedule{Name: n}}})
	}
	return app
}

func TestTimer(t *testing.T) {
	at := time.Date(2019, 8, 17, 5, 26, 0, 0, time.UTC)
	tests := []struct {
		name, raw string
		want      timer.Event // without Raw
		skip      bool        // not a timer payload
		err       string
	}{
		{name: "vendor's sample", raw: `{"Type":"Timer","TriggerName":"purge","Time":"2019-08-17T05:26:00Z","Message":""}`, want: timer.Event{Name: "purge", Time: at}},
		{name: "message", raw: `{"Type": "Timer" ,"TriggerName":"report","Time":"2019-08-17T13:26:00+08:00","Message":"{\"a\":1}"}`, want: timer.Event{Name: "report", Time: at, Payload: `{"a":1}`}},
		{name: "name only", raw: `{"Type":"Timer","TriggerName":"report"}`, want: timer.Event{Name: "report"}},
		{name: "null message", raw: `{"Type":"Timer","TriggerName":"report","Time":null,"Message":null}`, want: timer.Event{Name: "report"}},
		{name: "cut short", raw: `{"Type":"Timer","TriggerName":"pur`, skip: true},
		{name: "another type", raw: `{"Type":"timer","TriggerName":"purge"}`, skip: true},
		{name: "type is a number", raw: `{"Type":1,"TriggerName":"purge"}`, skip: true},
		{name: "array", raw: `[{"Type":"Timer","TriggerName":"purge"}]`, skip: true},
		{name: "empty", raw: ``, skip: true},
		{name: "name of wrong type", raw: `{"Type":"Timer","TriggerName":7}`, err: "invalid_event: TriggerName: found a number, expected a string"},
		{name: "message of wrong type", raw: `{"Type":"Timer","TriggerName":"purge","Message":{"a":1}}`, err: "invalid_event: Message: found an object, expected a string"},
		{name: "bad time", raw: `{"Type":"Timer","TriggerName":"purge","Time":"2019-08-17 05:26"}`, err: `invalid_event: Time: found "2019-08-17 05:26", expected a time such as 2006-01-02T15:04:05Z`},
		{name: "unknown timer", raw: `{"Type":"Timer","TriggerName":"prune"}`, err: `unknown_timer: found a timer named "prune", expected one of "purge", "report"`},
		{name: "no name", raw: `{"Type":"Timer"}`, err: `unknown_timer: found a timer named "", expected one of "purge", "report"`},
	}
	decode := bind(t, Timer(), timerUnit("purge", "report"))
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

func FuzzTimer(f *testing.F) {
	f.Add([]byte(`{"Type":"Timer","TriggerName":"purge","Time":"2019-08-17T05:26:00Z","Message":""}`))
	f.Add([]byte(`{"Type":"Timer","TriggerName":"report","Time":"2019-08-17T13:26:00+08:00","Message":"{\"a\":1}"}`))
	f.Add([]byte(`{"Type":"Timer","TriggerName":[],"Time":{},"Message":7}`))
	decode := bind(f, Timer(), timerUnit("purge", "report"))
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
