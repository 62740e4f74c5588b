package mq_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/trigger/mq"
)

func TestJSON(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	tests := []struct {
		message mq.Message
		want    string
	}{
		{mq.Message{}, `{"body":""}`},
		{mq.Message{ID: "1", Body: []byte(`{"a":1}`), Time: at, Deliveries: 2}, `{"id":"1","body":"{\"a\":1}","time":"2026-01-02T03:04:05.000006Z","deliveries":2}`},
		{mq.Message{Body: []byte{0xff, 0}, Attributes: map[string]string{"a": "b"}, Tag: "t", Group: "g", Source: "s", Resource: "r"},
			`{"resource":"r","source":"s","body":"/wA=","isBase64Encoded":true,"attributes":{"a":"b"},"tag":"t","group":"g"}`},
	}
	for _, tt := range tests {
		b, err := json.Marshal(tt.message)
		if err != nil || string(b) != tt.want {
			t.Errorf("got %s, %v\nwant %s", b, err, tt.want)
		}
		var back mq.Message
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if tt.message.Body == nil {
			tt.message.Body = []byte{}
		}
		if !reflect.DeepEqual(back, tt.message) {
			t.Errorf("%s became %+v", b, back)
		}
	}
}

func TestJSONOfPeople(t *testing.T) {
	tests := []struct{ text, body, err string }{
		{text: `{"body":{"id": 7}}`, body: `{"id": 7}`},
		{text: `{"body":[1]}`, body: `[1]`},
		{text: `{"body":"text"}`, body: "text"},
		{text: `{"body":null}`},
		{text: `{}`},
		{text: `{"body":"aGk=","isBase64Encoded":true}`, body: "hi"},
		{text: `{"body":"no base64","isBase64Encoded":true}`, err: "body is not base64, though isBase64Encoded is true"},
		{text: `{"body":{},"isBase64Encoded":true}`, err: "body: expected a text of base64, as isBase64Encoded is true"},
	}
	for _, tt := range tests {
		var m mq.Message
		err := json.Unmarshal([]byte(tt.text), &m)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != tt.err || string(m.Body) != tt.body {
			t.Errorf("%s: body %q, error %q", tt.text, m.Body, got)
		}
	}
}

func TestMessage(t *testing.T) {
	m := mq.Message{ID: "1", Group: "g", Body: []byte("b")}
	if p, err := m.Payload(); string(p) != "b" || err != nil || m.MessageID() != "1" || m.OrderingKey() != "g" {
		t.Errorf("%s %v %+v", p, err, m)
	}
}
