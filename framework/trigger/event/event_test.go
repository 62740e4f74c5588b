package event_test

import (
	"errors"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/event"
)

type order struct {
	ID    string `json:"id"`
	Items []struct {
		Count int `json:"count"`
	} `json:"items"`
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name, payload string
		want          string // the error, empty for none
		id            string
	}{
		{"an object", `{"id":"7","items":[{"count":2}]}`, "", "7"},
		{"unknown members are left out", `{"id":"7","colour":"red"}`, "", "7"},
		{"no payload", "", "", "before"},
		{"blank payload", " \n", "", "before"},
		{"null", "null", "", "before"},
		{"wrong type", `{"id":"7","items":[{"count":"secret"}]}`, "invalid_event: the event is not valid (body items.count: found string, expected int)", "7"},
		{"the value stays out", `{"items":[{"count":1.25}]}`, "invalid_event: the event is not valid (body items.count: found number, expected int)", "before"},
		{"an object was expected", `{"items":[7]}`, "invalid_event: the event is not valid (body items: found number, expected object)", "before"},
		{"not JSON", `{"id":`, "invalid_event: the event is not JSON", "before"},
		{"two values", `{} {}`, "invalid_event: the event is not JSON", "before"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := order{ID: "before"}
			err := event.Decode([]byte(tt.payload), &o)
			got := ""
			if err != nil {
				fe, ok := errors.AsType[*framework.Error](err)
				if !ok || fe.Status != 400 {
					t.Fatalf("got %#v, want a framework.Error with status 400", err)
				}
				shown := *fe
				shown.Err = nil // the cause is for the log
				got = shown.Error()
			}
			if got != tt.want {
				t.Errorf("error\ngot  %s\nwant %s", got, tt.want)
			}
			if o.ID != tt.id {
				t.Errorf("id is %q, want %q", o.ID, tt.id)
			}
		})
	}
}

func TestCheckKeepsErrorsThatAreForTheCaller(t *testing.T) {
	if err := event.Check(nil); err != nil {
		t.Errorf("nil became %v", err)
	}
	conflict := &framework.Error{Status: 409, Code: "taken"}
	if err := event.Check(conflict); err != conflict {
		t.Errorf("got %v, want it unchanged", err)
	}
	fe, ok := errors.AsType[*framework.Error](event.Check(errors.New("year is in the future")))
	if !ok || fe.Status != 400 || fe.Message != "year is in the future" {
		t.Errorf("got %+v", fe)
	}
}
