package aws_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	lambda "github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/aws/cloudwatch"
	"github.com/faasgen/faasgen/framework/platform/sim"
	simulator "github.com/faasgen/faasgen/framework/platform/sim/aws"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

type environment map[string]string

func (e environment) LookupEnv(name string) (string, bool) { s, ok := e[name]; return s, ok }

// TestEventsArriveAsTheyAre sends one logical event of each kind in the payload of each service that has one, and expects
// the function to get its equal.
func TestEventsArriveAsTheyAre(t *testing.T) {
	cloud := simulator.Cloud()
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	second := at.Truncate(time.Second)
	message := func(m mq.Message) []mq.Message { return []mq.Message{m} }
	tests := []struct {
		name, names string
		events      sim.Events
		want        any
	}{
		{"S3", "b=real", sim.Events{Kind: "os", Type: "bucket", Name: "real", Batch: []os.Event{{Key: "a b/ü+%.pdf", Action: os.Created, Via: "copy", Size: 0, ETag: "e", Version: "v", Region: "r", Time: at}}},
			[]os.Event{{ID: "C3D13FE58DE4C810/0055AED6DCD90281E5", Resource: "b", Bucket: "real", Key: "a b/ü+%.pdf", Action: os.Created, Via: "copy", Name: "ObjectCreated:Copy", Size: 0, ETag: "e", Version: "v", Region: "r", Time: at}}},
		{"S3, removed", "", sim.Events{Kind: "os", Batch: []os.Event{{ID: "1", Bucket: "b", Key: "k", Action: os.Removed, Size: -1, Region: "r", Time: at}}},
			[]os.Event{{ID: "C3D13FE58DE4C810/1", Resource: "b", Bucket: "b", Key: "k", Action: os.Removed, Name: "ObjectRemoved:Delete", Size: -1, Region: "r", Time: at}}},
		{"SQS", "q=real", sim.Events{Kind: "mq", Type: "queue", Name: "real", Batch: []mq.Message{{ID: "1", Body: []byte(`{"a":1}`), Attributes: map[string]string{"k": "v"}, Group: "g", Time: at, Deliveries: 3}, {ID: "2", Body: []byte("text"), Time: at}}},
			[]mq.Message{{ID: "1", Resource: "q", Source: "real", Body: []byte(`{"a":1}`), Attributes: map[string]string{"k": "v"}, Group: "g", Time: at, Deliveries: 3}, {ID: "2", Resource: "q", Source: "real", Body: []byte("text"), Time: at, Deliveries: 1}}},
		{"SNS", "", sim.Events{Kind: "mq", Type: "topic", Name: "q", Batch: message(mq.Message{ID: "1", Body: []byte("text"), Attributes: map[string]string{"k": "v"}, Time: at})},
			message(mq.Message{ID: "1", Resource: "q", Source: "q", Body: []byte("text"), Attributes: map[string]string{"k": "v"}, Time: at})},
		{"Kinesis", "q=arn:aws:kinesis:r:1:stream/s", sim.Events{Kind: "mq", Name: "arn:aws:kinesis:r:1:stream/s", Batch: message(mq.Message{ID: "49", Body: []byte{0xff, 0}, Group: "p", Time: at})},
			message(mq.Message{ID: "49", Resource: "q", Source: "s", Body: []byte{0xff, 0}, Group: "p", Time: at})},
		{"DynamoDB", "q=arn:aws:dynamodb:r:1:table/t", sim.Events{Kind: "mq", Name: "arn:aws:dynamodb:r:1:table/t", Batch: message(mq.Message{ID: "7", Tag: "MODIFY", Body: []byte(`{"Keys":{"id":{"N":"1"}},"SequenceNumber":"7","ApproximateCreationDateTime":1767323045}`)})},
			message(mq.Message{ID: "7", Resource: "q", Source: "t", Tag: "MODIFY", Group: `{"id":{"N":"1"}}`, Body: []byte(`{"Keys":{"id":{"N":"1"}},"SequenceNumber":"7","ApproximateCreationDateTime":1767323045}`), Time: second})},
		{"MSK", "k=real", sim.Events{Kind: "kafka", Type: "kafka", Name: "real", Batch: []kafka.Record{{Partition: 1, Offset: 1 << 40, Key: []byte{0xff}, Value: []byte("v"), Headers: []kafka.Header{{Name: "h", Value: []byte{0x80, 1}}, {Name: "h", Value: []byte("2")}}, Time: at}, {Partition: 1, Offset: 1<<40 + 1, Time: at}}},
			[]kafka.Record{{Resource: "k", Group: "g", Topic: "real", Partition: 1, Offset: 1 << 40, Key: []byte{0xff}, Value: []byte("v"), Headers: []kafka.Header{{Name: "h", Value: []byte{0x80, 1}}, {Name: "h", Value: []byte("2")}}, Time: at}, {Resource: "k", Group: "g", Topic: "real", Partition: 1, Offset: 1<<40 + 1, Time: at}}},
		{"CloudWatch Logs", "", sim.Events{Kind: "log", Batch: []log.Batch{{Project: "12", Store: "l", Stream: "s", Entries: []log.Entry{{ID: "1", Time: at, Message: "a line", Fields: map[string]string{"k": "v"}}}}}},
			[]log.Batch{{ID: "l/s/1", Resource: "l", Project: "12", Store: "l", Stream: "s", Entries: []log.Entry{{ID: "1", Time: at, Message: "a line", Fields: map[string]string{"k": "v"}}}}}},
		{"EventBridge", "", sim.Events{Kind: "event", Batch: []event.Event{{ID: "1", Source: "s", Type: "t", Subject: "arn:x", Time: second, Data: []byte(`{"n":1}`), Region: "r", Account: "1"}}},
			[]event.Event{{ID: "1", Source: "s", Type: "t", Subject: "arn:x", Time: second, Data: []byte(`{"n":1}`), Region: "r", Account: "1"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			payload, err := cloud.Payload(tt.events)
			if err != nil {
				t.Fatal(err)
			}
			var got any
			f := &framework.Function{Name: "f", Handler: func(c *framework.Context) error { got = c.Event(); return nil }, Triggers: []framework.Trigger{
				os.Bucket{Name: "b", Events: []string{"created", "removed"}}, mq.Subscription{Topic: "q"}, kafka.Topic{Name: "k", Group: "g"}, log.Store{Name: "l"}, event.Rule{Source: "s"},
			}}
			rt := &framework.Runtime{Variables: environment{platform.ResourcesVariable: tt.names}, Logger: slog.New(slog.DiscardHandler)}
			e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
			d, err := platform.NewDispatcher(e, []platform.Codec{lambda.HTTP(), lambda.Bucket(), lambda.Queue(), lambda.Kafka(), cloudwatch.Log(), lambda.Bus()})
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = e.Close(context.WithoutCancel(t.Context())) }()
			if _, err := d.Handle(t.Context(), payload, framework.Invocation{}); err != nil {
				t.Fatalf("%s: %v", payload, err)
			}
			a, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(tt.want)
			if err != nil || string(a) != string(b) {
				t.Errorf("got  %s\nwant %s\n%v", a, b, err)
			}
		})
	}
}

func TestPayloadRefuses(t *testing.T) {
	cloud := simulator.Cloud()
	tests := []struct {
		events sim.Events
		want   string
	}{
		{sim.Events{Kind: "cdn", Batch: []cdn.Event{{}}}, `aws has no trigger of kind "cdn"`},
		{sim.Events{Kind: "event", Batch: []event.Event{{}, {}}}, "found 2 events of a bus, expected one"},
		{sim.Events{Kind: "event", Batch: []event.Event{{Data: []byte("text")}}}, `the data of an event of EventBridge is JSON, found "text"`},
		{sim.Events{Kind: "log", Batch: []log.Batch{}}, "found 0 batches of logs, expected one"},
		{sim.Events{Kind: "mq", Name: "arn:aws:dynamodb:r:1:table/t", Batch: []mq.Message{{Body: []byte("text")}}}, "the body of a message of DynamoDB is its change as JSON"},
		{sim.Events{Kind: "mq", Name: "arn:aws:lambda:r:1:x:y", Batch: []mq.Message{{}}}, "messages cannot come from lambda"},
		{sim.Events{Kind: "os", Batch: []os.Event{{Action: os.Other}}}, `S3 has no event for the action "other"`},
	}
	for _, tt := range tests {
		if _, err := cloud.Payload(tt.events); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}
