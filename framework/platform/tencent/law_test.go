package tencent

import (
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// TestLaw: what is written is read as the same.
func TestLaw(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	t.Run("timer", func(t *testing.T) { platformtest.TimerLaw(t, decodeTimer, EncodeTimer) })
	t.Run("os", platformtest.Law[os.Event]{
		Decode: decodeCOS, Encode: EncodeBucket,
		Events: func(s string) []os.Event {
			return []os.Event{
				{ID: "1", Bucket: "b-1250000000", Key: s, Action: os.Created, Via: "put", Size: 7, ETag: "e", Version: s, Region: "r", Time: at},
				{ID: "2", Bucket: "b-1250000000", Key: "k", Action: os.Created, Via: "copy", Size: 0, Region: "r", Time: at},
				{ID: "3", Bucket: "b-1250000000", Key: "k", Action: os.Removed, Size: -1, Region: "r", Time: at}, {ID: "4", Bucket: "b-1250000000", Key: "k", Action: os.Restored, Size: -1, Region: "r", Time: at},
			}
		},
		Lost: func(e *os.Event) { e.ID, e.Name, e.ETag = "", "", "" },
	}.Check)
	t.Run("mq", platformtest.Law[mq.Message]{
		Decode: decodeQueue, Encode: EncodeQueue,
		Events: func(s string) []mq.Message {
			return []mq.Message{{ID: "1", Source: "q", Body: []byte(s), Attributes: map[string]string{"a": s}, Tag: "red,blue", Group: s, Deliveries: 2, Time: at.Add(678 * time.Millisecond)}, {ID: "2", Source: "q", Time: at}}
		},
		Lost: func(m *mq.Message) { m.Attributes, m.Group, m.Deliveries = nil, "", 0 },
	}.Check)
	t.Run("kafka", platformtest.Law[kafka.Record]{
		Decode: decodeKafka, Encode: EncodeKafka,
		Events: func(s string) []kafka.Record {
			return []kafka.Record{{Topic: "t", Partition: 3, Offset: 1 << 40, Key: []byte(s), Value: []byte(s), Headers: []kafka.Header{{Name: s, Value: []byte(s)}}, Time: at}, {Topic: "t", Value: []byte("v"), Time: at}}
		},
		Lost: func(r *kafka.Record) { r.Headers, r.Time = nil, time.Time{} },
	}.Check)
}
