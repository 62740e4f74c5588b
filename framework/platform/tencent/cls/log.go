// Package cls is the log trigger on Tencent SCF: log topics of Tencent CLS. It is a package of its own, because decompressing
// links, and at start sets up, what no other event needs.
package cls

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/inflate"
	"github.com/faasgen/faasgen/framework/trigger/log"
)

// CLSMessage is what a log topic of Tencent CLS sends, decompressed.
type CLSMessage struct {
	TopicID   string      `json:"topic_id"`
	TopicName string      `json:"topic_name"`
	Records   []CLSRecord `json:"records"`
}

// CLSRecord is one entry of a log.
type CLSRecord struct {
	Timestamp Text   `json:"timestamp"` // microseconds since 1970
	Content   string `json:"content"`
}

// entrySize is what an entry takes next to its text: as a CLSRecord, as a log.Entry and as two small strings.
const entrySize = 32 + 64 + 32

// Text is text, which may be written as a number.
type Text string

// UnmarshalJSON reads text or a number.
func (t *Text) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		if text := raw[1 : len(raw)-1]; bytes.IndexByte(text, '\\') < 0 && utf8.Valid(text) { // as nearly all are, and a decoder is several times their size
			*t = Text(text)
			return nil
		}
		return json.Unmarshal(raw, (*string)(t))
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return &json.UnmarshalTypeError{Value: platform.JSONType(raw), Type: reflect.TypeFor[string]()}
	}
	*t = Text(n)
	return nil
}

// time is a time in microseconds since 1970, zero if there is none, or text such as 2006-01-02T15:04:05Z.
func (t Text) time() (time.Time, error) {
	n, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil {
		return platform.DecodeTime("clslogs.data.records.timestamp", string(t))
	}
	const last = 253402300799999999 // the end of the year 9999
	if n <= 0 || n > last {
		return time.Time{}, nil
	}
	return time.UnixMicro(n).UTC(), nil
}

// CLSOf returns the message that a batch was made of, false if it came from elsewhere.
func CLSOf(b log.Batch) (*CLSMessage, bool) {
	v, ok := b.Vendor.(*CLSMessage)
	return v, ok
}

// Log is the codec of Tencent CLS. Triggers name a log topic by its id; its name does as well. Nothing in a batch identifies
// it.
func Log() platform.Codec {
	return platform.BatchCodec[log.Store](decode)
}

func decode(p *platform.Payload) (a platform.Batch[log.Batch], ok bool, err error) {
	data := platform.Member(p.Field("clslogs"), "data")
	if data == nil {
		return a, false, nil
	}
	text, err := platform.DecodeText("clslogs.data", data)
	if err != nil {
		return a, true, err
	}
	raw, err := inflate.Gzip("clslogs.data", text, p.Memory())
	if err != nil {
		return a, true, err
	}
	n, err := inflate.Entries("clslogs.data", raw, "content", entrySize, p.Memory())
	if err != nil {
		return a, true, err
	}
	m := &CLSMessage{Records: make([]CLSRecord, 0, n)}
	if err := platform.DecodeJSON("clslogs.data", raw, m); err != nil {
		return a, true, err
	}
	b := log.Batch{Store: m.TopicName, StoreID: m.TopicID, Raw: raw, Vendor: m}
	b.Entries = slices.Grow(b.Entries, len(m.Records)) // a buffer that grows would be there several times
	for _, r := range m.Records {
		at, err := r.Timestamp.time()
		if err != nil {
			return a, true, err
		}
		b.Entries = append(b.Entries, log.Entry{Time: at, Message: r.Content})
	}
	a.Events = []log.Batch{b}
	return a, true, nil
}

// EncodeLog writes a batch as CLS sends it: without its project, its stream and the fields of its entries, for which there is no
// place.
func EncodeLog(batch []log.Batch, from platform.Origin) ([]byte, error) {
	if len(batch) != 1 {
		return nil, fmt.Errorf("found %d batches of logs, expected one: CLS sends one at a time", len(batch))
	}
	b := batch[0]
	type members = map[string]any
	lines := []members{}
	for _, entry := range b.Entries {
		micro := int64(0)
		if !entry.Time.IsZero() {
			micro = entry.Time.UnixMicro()
		}
		lines = append(lines, members{"timestamp": strconv.FormatInt(micro, 10), "content": entry.Message})
	}
	data, err := inflate.Deflate(members{"topic_id": cmp.Or(from.Name, b.StoreID, b.Store), "topic_name": b.Store, "records": lines})
	if err != nil {
		return nil, err
	}
	return json.Marshal(members{"clslogs": members{"data": data}})
}
