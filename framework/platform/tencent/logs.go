package tencent

import (
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/log"
)

// maxLogs bounds a batch of log entries when it is decompressed, in bytes. SCF takes 6 MB of it compressed.
const maxLogs = 64 << 20

// CLSMessage is what a log topic of Tencent CLS sends, decompressed.
type CLSMessage struct {
	TopicID   string `json:"topic_id"`
	TopicName string `json:"topic_name"`
	Records   []struct {
		Timestamp Text   `json:"timestamp"` // microseconds since 1970
		Content   string `json:"content"`
	} `json:"records"`
}

// CLSOf returns the message that a batch was made of, false if it came from elsewhere.
func CLSOf(b log.Batch) (*CLSMessage, bool) {
	v, ok := b.Vendor.(*CLSMessage)
	return v, ok
}

// Log is the codec of Tencent CLS. Triggers name a log topic by its id; its name does as well. Nothing in a batch identifies
// it.
func Log() platform.Codec {
	return platform.LogCodec(func(p *platform.Payload) (a platform.Arrived[log.Batch], ok bool, err error) {
		data := platform.Member(p.Field("clslogs"), "data")
		if data == nil {
			return a, false, nil
		}
		text, err := platform.DecodeText("clslogs.data", data)
		if err != nil {
			return a, true, err
		}
		raw, err := platform.Gunzip("clslogs.data", text, maxLogs)
		if err != nil {
			return a, true, err
		}
		m := &CLSMessage{}
		if err := platform.DecodeJSON("clslogs.data", raw, m); err != nil {
			return a, true, err
		}
		b := log.Batch{Store: m.TopicName, StoreID: m.TopicID, Raw: raw, Vendor: m}
		for _, r := range m.Records {
			at, err := moment("clslogs.data.records.timestamp", r.Timestamp, time.Microsecond)
			if err != nil {
				return a, true, err
			}
			b.Entries = append(b.Entries, log.Entry{Time: at, Message: r.Content})
		}
		a.Events = []log.Batch{b}
		return a, true, nil
	})
}
