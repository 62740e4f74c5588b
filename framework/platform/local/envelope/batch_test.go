package envelope

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
	"github.com/faasgen/faasgen/framework/trigger/raw"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

func TestParseBatch(t *testing.T) {
	all := []framework.Trigger{
		timer.Schedule{Name: "tick"}, os.Bucket{Name: "invoices"}, os.Bucket{Name: "archive"}, mq.Subscription{Topic: "said", Tag: "loud"}, kafka.Topic{Name: "clicks", Group: "g"},
		log.Store{Name: "access"}, cdn.Domain{Name: "www"}, raw.Trigger{}, event.Rule{Source: "billing", Type: "Paid"},
	}
	const at = `"time":"2026-01-02T03:04:05Z"`
	tests := []struct{ kind, text, want, err string }{
		{kind: "os", text: `{"key":"a"}`, want: `[{"id":"new","resource":"invoices","bucket":"invoices","key":"a","action":"created","size":-1,` + at + `}]`},
		{kind: "os", text: ` [{"key":"a","resource":"archive","bucket":"real","action":"removed","size":7,"id":"1"}]`, want: `[{"id":"1","resource":"archive","bucket":"real","key":"a","action":"removed","size":7,` + at + `}]`},
		{kind: "os", text: `{"key":"a","resource":"other"}`, err: `the function has no bucket "other"; it has invoices, archive`},
		{kind: "os", text: `{"bucket":"a"}`, err: `expected an event of kind os such as {"key": "a.pdf"}, or a list of them; known members: id, resource, bucket, key, action, via, name, size, etag, version, region, time`},
		{kind: "os", text: `{"key":"a","colour":"red"}`, err: `expected an event of kind os such as {"key": "a.pdf"}, or a list of them; known members: id, resource, bucket, key, action, via, name, size, etag, version, region, time`},
		{kind: "os", text: `{"key":7}`, err: `the event is of the wrong form: json: cannot unmarshal number into Go struct field plain.key of type string`},
		{kind: "mq", text: `{"body":"b"}`, want: `[{"id":"new","resource":"said","source":"said","body":"b","tag":"loud",` + at + `}]`},
		{kind: "mq", text: `{"id":7}`, want: `[{"id":"new","resource":"said","source":"said","body":"{\"id\":7}","tag":"loud",` + at + `}]`},
		{kind: "mq", text: `plain`, want: `[{"id":"new","resource":"said","source":"said","body":"plain","tag":"loud",` + at + `}]`},
		{kind: "mq", text: `[{"body":1},{"body":"two","id":"2"}]`, want: `[{"id":"new","resource":"said","source":"said","body":"1","tag":"loud",` + at + `},{"id":"2","resource":"said","source":"said","body":"two","tag":"loud",` + at + `}]`},
		{kind: "kafka", text: `{"value":"v","offset":3}`, want: `[{"resource":"clicks","topic":"clicks","partition":0,"offset":3,"value":"v",` + at + `,"group":"g"}]`},
		{kind: "kafka", text: `[1]`, want: `[{"resource":"clicks","topic":"clicks","partition":0,"offset":0,"value":"[1]",` + at + `,"group":"g"}]`},
		{kind: "log", text: `{"entries":[{"message":"m"}]}`, want: `[{"id":"new","resource":"access","store":"access","entries":[{` + at + `,"message":"m"}]}]`},
		{kind: "cdn", text: `{"action":"refreshed"}`, want: `[{"id":"new","resource":"www","action":"refreshed","domain":"www",` + at + `}]`},
		{kind: "event", text: `{"type":"Lost","data":1}`, want: `[{"id":"new","source":"billing","type":"Lost",` + at + `,"data":1}]`},
		{kind: "event", text: `{"a":1}`, want: `[{"id":"new","source":"billing","type":"Paid",` + at + `,"data":{"a":1}}]`},
		{kind: "http", text: `{}`, err: "there are no events of kind http"},
	}
	for _, tt := range tests {
		got, err := ParseBatch(tt.kind, all, []byte(tt.text), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), func() string { return "new" })
		text := ""
		if err != nil {
			text = err.Error()
		}
		b, _ := json.Marshal(got)
		if text != tt.err || tt.err == "" && string(b) != tt.want {
			t.Errorf("%s %s\ngot  %s\nwant %s\nerror %s", tt.kind, tt.text, b, tt.want, text)
		}
	}
	if err := Complete(1, all, time.Now(), nil); err == nil || err.Error() != "found a int, expected the events of a trigger" {
		t.Errorf("got %v", err)
	}
}

func TestKindOfBatches(t *testing.T) {
	f := &framework.Function{Triggers: []framework.Trigger{raw.Trigger{}, event.Rule{Type: "t"}, mq.Subscription{Queue: "q"}, os.Bucket{Name: "b"}}}
	for text, want := range map[string]string{
		`{"body":1}`: "mq", `{"key":"a"}`: "os", `[{"key":"a"}]`: "os", `{"type":"a"}`: "event", `{"id":1}`: "raw", `{"key":"a","else":1}`: "raw", ``: "raw", `[]`: "raw",
	} {
		if got := Kind(f.Triggers, []byte(text)); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}
