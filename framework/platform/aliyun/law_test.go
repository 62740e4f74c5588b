package aliyun

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	bus "github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// TestLaw: what is written is read as the same.
func TestLaw(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	t.Run("timer", func(t *testing.T) { platformtest.TimerLaw(t, decodeTimer, EncodeTimer) })
	t.Run("os", platformtest.Law[os.Event]{
		Decode: decodeOSS, Encode: EncodeBucket,
		Events: func(s string) []os.Event {
			return []os.Event{
				{ID: "1", Bucket: "b", Key: s, Action: os.Created, Via: "put", Size: 7, ETag: "e", Version: s, Region: "r", Time: at},
				{ID: "2", Bucket: "b", Key: "k", Action: os.Created, Via: "multipart", Size: 0, Region: "r", Time: at},
				{ID: "3", Bucket: "b", Key: "k", Action: os.Removed, Size: -1, Region: "r", Time: at},
				{ID: "4", Bucket: "b", Key: "k", Action: os.Part, Name: "ObjectCreated:UploadPart", Size: -1, Region: "r", Time: at},
				{ID: "5", Bucket: "b", Key: "k", Action: os.Part, Name: "ObjectRemoved:AbortMultipartUpload", Size: -1, Region: "r", Time: at},
			}
		},
		Lost: func(e *os.Event) {
			if e.ID, e.Version = "", ""; e.Action != os.Part { // whose steps Name alone tells apart
				e.Name = ""
			}
		},
	}.Check)
	message := func(s string) []mq.Message {
		return []mq.Message{{ID: "1", Source: "q", Body: []byte(s), Attributes: map[string]string{"a": s, "." + s: "b"}, Tag: s, Group: s, Deliveries: 2, Time: at}}
	}
	t.Run("queue", platformtest.Law[mq.Message]{
		Decode: decodeQueue, Encode: EncodeQueue, From: platform.Origin{Type: "queue"},
		Events: func(s string) []mq.Message {
			return append(message(s), mq.Message{ID: "2", Source: "q", Body: []byte("b"), Time: at})
		},
		Lost: func(m *mq.Message) { m.Attributes, m.Tag, m.Group, m.Deliveries = nil, "", "", 0 },
	}.Check)
	t.Run("topic", platformtest.Law[mq.Message]{
		Decode: decodeQueue, Encode: EncodeQueue, From: platform.Origin{Type: "topic"}, Events: message,
		Lost: func(m *mq.Message) { m.Group, m.Deliveries = "", 0 },
	}.Check)
	t.Run("kafka", platformtest.Law[kafka.Record]{
		Decode: decodeKafka, Encode: EncodeKafka,
		Events: func(s string) []kafka.Record {
			return []kafka.Record{{Topic: "t", Partition: 3, Offset: 1 << 40, Key: []byte(s), Value: []byte(s), Headers: []kafka.Header{{Name: s, Value: []byte(s)}}, Time: at}, {Topic: "t", Value: []byte("v"), Time: at}}
		},
	}.Check)
	t.Run("log", platformtest.Law[log.Batch]{
		Decode: decodeLog, Encode: EncodeLog,
		Events: func(s string) []log.Batch {
			return []log.Batch{{ID: "1", Project: s, Store: "l", Stream: s, Range: &log.Range{Endpoint: s, Shard: 2, Begin: s, End: s, Time: at.Truncate(time.Second)}, Entries: []log.Entry{{Message: s}}}}
		},
		Lost: func(b *log.Batch) { b.Stream, b.Entries = "", nil },
	}.Check)
	t.Run("cdn", platformtest.Law[cdn.Event]{
		Decode: decodeCDN, Encode: EncodeCDN,
		Events: func(s string) []cdn.Event {
			return []cdn.Event{{ID: "1", Action: "refreshed", Domain: "d", Paths: []string{s, "/b"}, Region: "r", Time: at}, {ID: "2", Action: "logged", Domain: "d", Paths: []string{s}, Region: "r", Time: at}, {ID: "3", Action: "removed", Domain: "d", Region: "r", Time: at}}
		},
		Lost: func(e *cdn.Event) { e.Name = "" },
	}.Check)
	t.Run("event", platformtest.Law[bus.Event]{
		Decode: decodeBus, Encode: EncodeBus,
		Events: func(s string) []bus.Event {
			data, err := json.Marshal(map[string]string{"s": s})
			if err != nil {
				t.Fatal(err)
			}
			return []bus.Event{{ID: "1", Source: s, Type: s, Subject: s, Data: data, Region: "r", Account: "12", Time: at}}
		},
	}.Check)
	t.Run("event of text", platformtest.Law[bus.Event]{
		Decode: decodeBus, Encode: EncodeBus,
		Events: func(s string) []bus.Event {
			return []bus.Event{{ID: "1", Source: "s", Type: "t", ContentType: "text/plain", Data: []byte(s), Region: "r", Account: "12", Time: at}}
		},
	}.Check)
}
