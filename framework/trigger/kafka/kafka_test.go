package kafka_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/trigger/kafka"
)

func TestJSON(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		record kafka.Record
		want   string
	}{
		{kafka.Record{}, `{"partition":0,"offset":0,"value":null}`},
		{kafka.Record{Topic: "t", Partition: 1, Offset: 1 << 40, Key: []byte{}, Value: []byte("v"), Time: at, Headers: []kafka.Header{{"a", []byte("1")}, {"a", []byte("2")}}},
			`{"topic":"t","partition":1,"offset":1099511627776,"key":"","value":"v","headers":[{"name":"a","value":"1"},{"name":"a","value":"2"}],"time":"2026-01-02T03:04:05Z"}`},
		{kafka.Record{Key: []byte("k"), Value: []byte("v"), Headers: []kafka.Header{{"a", []byte{0x80}}}, Resource: "r", Group: "g"},
			`{"resource":"r","partition":0,"offset":0,"key":"aw==","value":"dg==","headers":[{"name":"a","value":"gA=="}],"isBase64Encoded":true,"group":"g"}`},
	}
	for _, tt := range tests {
		b, err := json.Marshal(tt.record)
		if err != nil || string(b) != tt.want {
			t.Errorf("got %s, %v\nwant %s", b, err, tt.want)
		}
		var back kafka.Record
		if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, tt.record) {
			t.Errorf("%s became %+v, %v", b, back, err)
		}
	}
}

func TestRecord(t *testing.T) {
	r := kafka.Record{Topic: "t", Partition: 2, Offset: 9, Headers: []kafka.Header{{"a", []byte("1")}, {"a", []byte("2")}}}
	if r.MessageID() != "t-2-9" || r.OrderingKey() != "t-2" || string(r.Header("a")) != "1" || r.Header("b") != nil {
		t.Errorf("%+v", r)
	}
}
