package aws

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	bus "github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// TestLaw: what is written is read as the same.
func TestLaw(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	t.Run("timer", func(t *testing.T) { platformtest.TimerLaw(t, decodeTimer, EncodeTimer) })
	t.Run("timer, a rule", func(t *testing.T) {
		want := platform.TimerPayload{Name: "purge-old", Time: at.Truncate(time.Second), Bare: true, Unnamed: true}
		payload, err := EncodeTimer(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok, err := decodeTimer(&platform.Payload{Raw: payload}); got != want || !ok || err != nil {
			t.Errorf("%s: read as %+v, %t, %v", payload, got, ok, err)
		}
	})
	t.Run("os", platformtest.Law[os.Event]{
		Decode: decodeS3, Encode: EncodeBucket,
		Events: func(s string) []os.Event {
			return []os.Event{
				{ID: "1", Bucket: "b", Key: s, Action: os.Created, Via: "put", Size: 7, ETag: s, Version: s, Region: "r", Time: at},
				{ID: "2", Bucket: "b", Key: "k", Action: os.Created, Via: "copy", Size: 0, Region: "r", Time: at},
				{ID: "3", Bucket: "b", Key: "k", Action: os.Removed, Size: -1, Region: "r", Time: at}, {ID: "4", Bucket: "b", Key: "k", Action: os.Restored, Size: -1, Region: "r", Time: at},
			}
		},
		Lost: func(e *os.Event) { e.ID, e.Name = "", "" },
	}.Check)
	messages := func(s string) []mq.Message {
		return []mq.Message{{ID: "1", Source: "q", Body: []byte(s), Attributes: map[string]string{"a": s, s: "b"}, Group: s, Deliveries: 2, Time: at}, {ID: "2", Source: "q", Deliveries: 1, Time: at}}
	}
	t.Run("sqs", platformtest.Law[mq.Message]{Decode: decodeQueue, Encode: EncodeQueue, Events: messages}.Check)
	t.Run("sns", platformtest.Law[mq.Message]{Decode: decodeQueue, Encode: EncodeQueue, From: platform.Origin{Type: "topic"}, Events: messages,
		Lost: func(m *mq.Message) { m.Group, m.Deliveries = "", 0 },
	}.Check)
	t.Run("kinesis", platformtest.Law[mq.Message]{
		Decode: decodeQueue, Encode: EncodeQueue, From: platform.Origin{Name: "arn:aws:kinesis:r:1:stream/q"},
		Events: func(s string) []mq.Message {
			return []mq.Message{{ID: "49", Source: "q", Body: []byte(s + "\xff"), Group: s, Time: at}}
		},
	}.Check)
	t.Run("dynamodb", platformtest.Law[mq.Message]{
		Decode: decodeQueue, Encode: EncodeQueue, From: platform.Origin{Name: "arn:aws:dynamodb:r:1:table/q"},
		Events: func(s string) []mq.Message {
			keys := `{"id":{"S":` + quoted(s) + `}}`
			return []mq.Message{{ID: "7", Source: "q", Tag: "MODIFY", Group: keys, Body: []byte(`{"Keys":` + keys + `,"SequenceNumber":"7","ApproximateCreationDateTime":1767323045}`), Time: at.Truncate(time.Second)}}
		},
	}.Check)
	t.Run("kafka", platformtest.Law[kafka.Record]{
		Decode: decodeKafka, Encode: EncodeKafka,
		Events: func(s string) []kafka.Record {
			return []kafka.Record{{Topic: "t", Partition: 3, Offset: 1 << 40, Key: []byte(s), Value: []byte(s + "\xff"), Headers: []kafka.Header{{Name: s, Value: []byte(s)}, {Name: s, Value: []byte{0x80}}}, Time: at}, {Topic: "t", Partition: 3, Value: []byte("v"), Time: at}}
		},
	}.Check)
	t.Run("event", platformtest.Law[bus.Event]{
		Decode: decodeBus, Encode: EncodeBus,
		Events: func(s string) []bus.Event {
			return []bus.Event{{ID: "1", Source: s, Type: s, Subject: s, Data: []byte(`{"s":` + quoted(s) + `}`), Region: "r", Account: "12", Time: at.Truncate(time.Second)}}
		},
	}.Check)
}

// quoted is a text as JSON.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return strconv.Quote(s)
	}
	return string(b)
}
