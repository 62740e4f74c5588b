package event_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/trigger/event"
)

func TestEventJSON(t *testing.T) {
	tests := []struct {
		event event.Event
		want  string
	}{
		{event.Event{}, `{}`},
		{event.Event{ID: "1", Source: "s", Type: "t", Subject: "u", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Data: []byte(`{"a":1}`)},
			`{"id":"1","source":"s","type":"t","subject":"u","time":"2026-01-02T03:04:05Z","data":{"a":1}}`},
		{event.Event{Data: []byte("text"), ContentType: "text/plain", Region: "r", Account: "a"}, `{"datacontenttype":"text/plain","data":"text","region":"r","account":"a"}`},
		{event.Event{Data: []byte(`"quoted"`)}, `{"data":"\"quoted\""}`},
		{event.Event{Data: []byte(` "quoted"`)}, `{"data":" \"quoted\""}`},
		{event.Event{Data: []byte("null")}, `{"data":"null"}`},
		{event.Event{Data: []byte("")}, `{"data":""}`},
		{event.Event{Data: []byte{0xff}}, `{"data":"/w==","isBase64Encoded":true}`},
	}
	for _, tt := range tests {
		b, err := json.Marshal(tt.event)
		if err != nil || string(b) != tt.want {
			t.Errorf("got %s, %v\nwant %s", b, err, tt.want)
		}
		var back event.Event
		if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, tt.event) {
			t.Errorf("%s became %+v, %v", b, back, err)
		}
	}
}

func TestRule(t *testing.T) {
	e := event.Event{Source: "s", Type: "t"}
	for rule, want := range map[event.Rule]bool{
		{Source: "s"}: true, {Type: "t"}: true, {Source: "s", Type: "t", Bus: "b"}: true, {Source: "s", Type: "x"}: false, {Source: "S"}: false,
	} {
		if got := rule.Matches(e); got != want {
			t.Errorf("%+v: %v", rule, got)
		}
	}
}
