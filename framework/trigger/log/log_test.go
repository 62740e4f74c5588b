package log_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/trigger/log"
)

func TestJSON(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		batch     log.Batch
		want, key string
	}{
		{log.Batch{Store: "s", Entries: []log.Entry{{Time: at, Message: "m", Fields: map[string]string{"a": "b"}}}},
			`{"store":"s","entries":[{"time":"2026-01-02T03:04:05Z","message":"m","fields":{"a":"b"}}]}`, "/s/"},
		{log.Batch{ID: "1", Project: "p", Store: "s", Range: &log.Range{Endpoint: "http://x", Shard: 3, Begin: "a", End: "b", Time: at}},
			`{"id":"1","project":"p","store":"s","range":{"endpoint":"http://x","shard":3,"begin":"a","end":"b","time":"2026-01-02T03:04:05Z"}}`, "p/s//3"},
	}
	for _, tt := range tests {
		b, err := tt.batch.Payload()
		if err != nil || string(b) != tt.want || tt.batch.OrderingKey() != tt.key || tt.batch.MessageID() != tt.batch.ID {
			t.Errorf("got %s, %v, key %s\nwant %s", b, err, tt.batch.OrderingKey(), tt.want)
		}
		var back log.Batch
		if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, tt.batch) {
			t.Errorf("%s became %+v, %v", b, back, err)
		}
	}
}
