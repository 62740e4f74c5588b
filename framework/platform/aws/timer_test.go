package aws

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

func timers(names ...string) *framework.App {
	app := &framework.App{Unit: "u"}
	for _, n := range names {
		app.Functions = append(app.Functions, &framework.Function{Name: "f-" + n, Triggers: []framework.Trigger{timer.Schedule{Name: n, Payload: "configured"}}})
	}
	return app
}

func TestTimer(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	const rule = `{"version":"0","id":"x","detail-type":"Scheduled Event","source":"aws.events","time":"2026-01-02T03:04:05Z","resources":["arn:aws:events:us-east-1:123456789012:rule/purge"],"detail":{}}`
	for _, tt := range []struct {
		name, raw string
		units     string
		want      timer.Event // without Raw
		skip      bool
		err       string
	}{
		{name: "schedule", raw: `{"faas":"timer","name":"purge","time":"2026-01-02T11:04:05+08:00","payload":"{\"a\":1}"}`, want: timer.Event{Name: "purge", Time: at, Payload: `{"a":1}`}},
		{name: "schedule without a payload", raw: `{"faas":"timer","name":"report","time":"2026-01-02T03:04:05Z"}`, want: timer.Event{Name: "report", Time: at}},
		{name: "schedule without a time", raw: `{"faas":"timer","name":"purge","time":null}`, want: timer.Event{Name: "purge"}},
		{name: "another name than that of the only timer", raw: `{"faas":"timer","name":"renamed"}`, units: "purge", err: `unknown_timer: found a timer named "renamed", expected "purge"`},
		{name: "no name", raw: `{"faas":"timer"}`, units: "purge", err: `unknown_timer: found a timer named "", expected "purge"`},
		{name: "rule without a name", raw: `{"detail-type":"Scheduled Event"}`, units: "purge", want: timer.Event{Name: "purge", Payload: "configured"}},
		{name: "rule", raw: rule, want: timer.Event{Name: "purge", Time: at, Payload: "configured"}},
		{name: "rule on a bus", raw: strings.Replace(rule, "rule/purge", "rule/bus/report", 1), want: timer.Event{Name: "report", Time: at, Payload: "configured"}},
		{name: "rule named by CloudFormation", raw: strings.Replace(rule, "rule/purge", "rule/shop-Purge-1ABC", 1), units: "purge", want: timer.Event{Name: "purge", Time: at, Payload: "configured"}},
		{name: "other event", raw: strings.Replace(rule, "Scheduled Event", "EC2 Instance State-change Notification", 1), skip: true},
		{name: "no event", raw: `[]`, skip: true},
		{name: "cut short", raw: rule[:50], skip: true},
		{name: "unknown name", raw: `{"faas":"timer","name":"who"}`, err: `unknown_timer: found a timer named "who", expected one of "purge", "report"`},
		{name: "no resources", raw: `{"detail-type":"Scheduled Event"}`, err: `unknown_timer: found a timer named "", expected one of "purge", "report"`},
		{name: "wrong time", raw: `{"faas":"timer","name":"purge","time":"<aws.scheduler.scheduled-time>"}`, err: `invalid_event: time: found "<aws.scheduler.scheduled-time>", expected a time such as 2006-01-02T15:04:05Z`},
		{name: "time of another type", raw: `{"faas":"timer","name":"purge","time":5}`, err: "invalid_event: time: found a number, expected a string"},
		{name: "name of another type", raw: `{"faas":"timer","name":["purge"]}`, err: "invalid_event: name: found an array, expected a string"},
		{name: "payload of another type", raw: `{"faas":"timer","name":"purge","payload":{}}`, err: "invalid_event: payload: found an object, expected a string"},
		{name: "resources of another type", raw: `{"detail-type":"Scheduled Event","resources":{}}`, err: "invalid_event: resources: found an object, expected an array"},
		{name: "resource of another type", raw: `{"detail-type":"Scheduled Event","resources":[{}]}`, err: "invalid_event: resources: found an object, expected a string"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			names := []string{"purge", "report"}
			if tt.units != "" {
				names = []string{tt.units}
			}
			call, ok, err := decoder(t, Timer(), timers(names...))(payload(tt.raw))
			if ok == tt.skip {
				t.Fatalf("claimed %t", ok)
			}
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if tt.skip {
				return
			}
			e := call.Event.(timer.Event)
			if string(e.Raw) != tt.raw {
				t.Errorf("raw event %s", e.Raw)
			}
			e.Raw = nil
			if e.Name != tt.want.Name || e.Payload != tt.want.Payload || !e.Time.Equal(tt.want.Time) || call.Function.Name != "f-"+tt.want.Name {
				t.Errorf("event %+v of %s, want %+v", e, call.Function.Name, tt.want)
			}
		})
	}
	if _, err := Timer().Bind(anything()); err == nil {
		t.Error("a unit without timers was accepted")
	}
}

// FuzzTimer checks that no event ends in a panic, and that refusals are meant for callers.
func FuzzTimer(f *testing.F) {
	f.Add([]byte(`{"faas":"timer","name":"purge","time":"2026-01-02T03:04:05Z","payload":"text"}`))
	f.Add([]byte(`{"detail-type":"Scheduled Event","time":"2026-01-02T03:04:05Z","resources":["arn:aws:events:x:1:rule/purge"]}`))
	f.Add([]byte(`{"faas":"timer","name":`))
	decode := decoder(f, Timer(), timers("purge", "report"))
	f.Fuzz(func(t *testing.T, event []byte) {
		call, ok, err := decode(payload(string(event)))
		var fe *framework.Error
		if err != nil && (!errors.As(err, &fe) || fe.Status != 400) {
			t.Fatalf("error %T %v", err, err)
		}
		if ok && err == nil && call.Function == nil {
			t.Fatal("a timer without a function")
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
