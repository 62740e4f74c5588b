// Package cloudwatch is the log trigger on AWS Lambda: subscription filters of Amazon CloudWatch Logs. It is a package of its
// own, because decompressing links, and at start sets up, what no other event needs.
package cloudwatch

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/inflate"
	"github.com/faasgen/faasgen/framework/trigger/log"
)

// LogsMessage is what a subscription filter of Amazon CloudWatch Logs sends.
type LogsMessage struct {
	MessageType         string     `json:"messageType"`
	Owner               string     `json:"owner"` // the account
	LogGroup            string     `json:"logGroup"`
	LogStream           string     `json:"logStream"`
	SubscriptionFilters []string   `json:"subscriptionFilters"`
	LogEvents           []LogEvent `json:"logEvents"`
}

// LogEvent is one entry of a log.
type LogEvent struct {
	ID              string            `json:"id"`
	Timestamp       int64             `json:"timestamp"` // milliseconds since 1970
	Message         string            `json:"message"`
	ExtractedFields map[string]string `json:"extractedFields"`
}

// entrySize is what an entry takes next to its text: as a LogEvent, as a log.Entry and as two small strings.
const entrySize = 48 + 64 + 32

// LogsOf returns the message that a batch was made of, false if it came from elsewhere.
func LogsOf(b log.Batch) (*LogsMessage, bool) {
	v, ok := b.Vendor.(*LogsMessage)
	return v, ok
}

// Log is the codec of Amazon CloudWatch Logs. The message by which it tries whether a function can be reached is answered
// without calling one.
func Log() platform.Codec {
	return platform.BatchCodec[log.Store](decode)
}

func decode(p *platform.Payload) (a platform.Batch[log.Batch], ok bool, err error) {
	data := platform.Member(p.Field("awslogs"), "data")
	if data == nil {
		return a, false, nil
	}
	text, err := platform.DecodeText("awslogs.data", data)
	if err != nil {
		return a, true, err
	}
	raw, err := inflate.Gzip("awslogs.data", text, p.Memory())
	if err != nil {
		return a, true, err
	}
	n, err := inflate.Entries("awslogs.data", raw, "message", entrySize, p.Memory())
	if err != nil {
		return a, true, err
	}
	m := &LogsMessage{LogEvents: make([]LogEvent, 0, n)}
	if err := platform.DecodeJSON("awslogs.data", raw, m); err != nil {
		return a, true, err
	}
	if m.MessageType == "CONTROL_MESSAGE" {
		return a, true, nil
	}
	b := log.Batch{Project: m.Owner, Store: m.LogGroup, Stream: m.LogStream, Raw: raw, Vendor: m}
	b.Entries = slices.Grow(b.Entries, len(m.LogEvents)) // a buffer that grows would be there several times
	for i, e := range m.LogEvents {
		b.Entries = append(b.Entries, log.Entry{ID: e.ID, Time: platform.Milliseconds(e.Timestamp), Message: e.Message, Fields: e.ExtractedFields})
		if i == 0 && e.ID != "" {
			b.ID = m.LogGroup + "/" + m.LogStream + "/" + e.ID
		}
	}
	a.Events = []log.Batch{b}
	return a, true, nil
}

// EncodeLog writes a batch as CloudWatch Logs sends it to a subscription of its log group.
func EncodeLog(batch []log.Batch, from platform.Origin) ([]byte, error) {
	if len(batch) != 1 {
		return nil, fmt.Errorf("found %d batches of logs, expected one: CloudWatch Logs sends one at a time", len(batch))
	}
	b := batch[0]
	type members = map[string]any
	entries := []members{}
	for i, entry := range b.Entries {
		e := members{"id": cmp.Or(entry.ID, strconv.Itoa(i+1)), "timestamp": entry.Time.UnixMilli(), "message": entry.Message}
		if entry.Fields != nil {
			e["extractedFields"] = entry.Fields
		}
		entries = append(entries, e)
	}
	data, err := inflate.Deflate(members{"messageType": "DATA_MESSAGE", "owner": cmp.Or(b.Project, "123456789012"), "logGroup": cmp.Or(from.Name, b.Store), "logStream": b.Stream,
		"subscriptionFilters": []string{"faasgen"}, "logEvents": entries})
	if err != nil {
		return nil, err
	}
	return json.Marshal(members{"awslogs": members{"data": data}})
}
