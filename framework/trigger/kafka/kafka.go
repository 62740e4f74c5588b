// Package kafka is the trigger of Kafka topics: the record that a function receives, and the trigger itself. It is no
// client: the platform consumes and commits. It links no http.
package kafka

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"

	"github.com/faasgen/faasgen/framework/internal/jsonbytes"
	"github.com/faasgen/faasgen/framework/trigger"
)

// Record is one record of a topic. Fields that the vendor does not send are zero.
type Record struct {
	// Resource is the topic's logical name, as the directive says it: the same on every cloud.
	Resource string
	// Topic is the topic's real name.
	Topic string
	// Partition and Offset are the record's place in the topic, from 0.
	Partition int
	Offset    int64
	// Key and Value are the record itself, decoded. A record without a key has a nil one.
	Key, Value []byte
	// Headers are in order; names may repeat.
	Headers []Header
	// Time is the record's timestamp, in UTC.
	Time time.Time
	// Group is the consumer group that the trigger names, empty if it names none.
	Group string
	// Raw is the vendor's original record, as JSON.
	Raw json.RawMessage
	// Vendor holds what else the vendor sent; the platform's package returns it typed, as aws.KafkaOf(r) does.
	Vendor any
}

// Header is one header of a record.
type Header struct {
	Name  string
	Value []byte
}

// Header returns the value of the first header of that name, nil if there is none.
func (r Record) Header(name string) []byte {
	for _, h := range r.Headers {
		if h.Name == name {
			return h.Value
		}
	}
	return nil
}

// MessageID is the record's place, topic-partition-offset.
func (r Record) MessageID() string {
	return r.Topic + "-" + strconv.Itoa(r.Partition) + "-" + strconv.FormatInt(r.Offset, 10)
}

// OrderingKey says which records have to be handled in order: those of one partition.
func (r Record) OrderingKey() string { return r.Topic + "-" + strconv.Itoa(r.Partition) }

// Payload is the value.
func (r Record) Payload() ([]byte, error) { return r.Value, nil }

// form is a record as JSON.
type form struct {
	Resource  string          `json:"resource,omitempty"`
	Topic     string          `json:"topic,omitempty"`
	Partition int             `json:"partition"`
	Offset    int64           `json:"offset"`
	Key       *string         `json:"key,omitempty"`
	Value     json.RawMessage `json:"value"`
	Headers   []headerForm    `json:"headers,omitempty"`
	Base64    bool            `json:"isBase64Encoded,omitempty"`
	Time      time.Time       `json:"time,omitzero"`
	Group     string          `json:"group,omitempty"`
}

type headerForm struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// MarshalJSON writes the record without Raw and Vendor. When key, value or a header is not text, all of them are in base64,
// which isBase64Encoded says.
func (r Record) MarshalJSON() ([]byte, error) {
	encoded := !jsonbytes.Text(r.Key, r.Value)
	for _, h := range r.Headers {
		encoded = encoded || !jsonbytes.Text(h.Value)
	}
	f := form{Resource: r.Resource, Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Base64: encoded, Time: r.Time, Group: r.Group}
	if r.Key != nil {
		key := jsonbytes.Encode(r.Key, encoded)
		f.Key = &key
	}
	for _, h := range r.Headers {
		f.Headers = append(f.Headers, headerForm{h.Name, jsonbytes.Encode(h.Value, encoded)})
	}
	var err error
	if f.Value, err = json.Marshal(jsonbytes.Encode(r.Value, encoded)); err != nil {
		return nil, err
	}
	if r.Value == nil {
		f.Value = json.RawMessage("null")
	}
	return json.Marshal(f)
}

// UnmarshalJSON reads what MarshalJSON wrote, or a person, who may write a value that is JSON as it is.
func (r *Record) UnmarshalJSON(b []byte) error {
	var f form
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	out := Record{Resource: f.Resource, Topic: f.Topic, Partition: f.Partition, Offset: f.Offset, Time: f.Time.UTC(), Group: f.Group}
	var err error
	if out.Value, err = jsonbytes.Decode("value", f.Value, f.Base64); err != nil {
		return err
	}
	text := func(name, s string) ([]byte, error) {
		raw, err := json.Marshal(s)
		if err != nil {
			return nil, err
		}
		return jsonbytes.Decode(name, raw, f.Base64)
	}
	if f.Key != nil {
		if out.Key, err = text("key", *f.Key); err != nil {
			return err
		}
	}
	for _, h := range f.Headers {
		v, err := text("header "+h.Name, h.Value)
		if err != nil {
			return err
		}
		out.Headers = append(out.Headers, Header{h.Name, v})
	}
	*r = out
	return nil
}

// Topic is the trigger: one function takes the records of one topic. Generated code fills it from //faas:kafka or f.yml.
type Topic struct {
	// Name is the topic's logical name.
	Name string
	// Cluster is the logical name of the Kafka instance, empty if the topic's mapping says it.
	Cluster string
	// Group is the consumer group, empty if it is called after the function.
	Group string
}

// Kind returns "kafka".
func (Topic) Kind() string { return "kafka" }

// Delivery returns trigger.Batch.
func (Topic) Delivery() trigger.Delivery { return trigger.Batch }

// Redelivered says that records stay in a topic, to be read again; see trigger.Redelivered.
func (Topic) Redelivered() {}

// What, Resource, Within, Origin, Matches, Mark and Describe are for matching events; see trigger.Source.
func (Topic) What() string                       { return "topic" }
func (t Topic) Resource() string                 { return t.Name }
func (t Topic) Within() string                   { return t.Cluster }
func (Topic) Origin(r *Record) (name, id string) { return r.Topic, "" }
func (Topic) Matches(Record) bool                { return true }
func (t Topic) Mark(r *Record)                   { r.Resource, r.Group = t.Name, t.Group }
func (Topic) Describe(*Record) string            { return "a record" }

// Form is how people write a record; its value alone is enough.
func (Topic) Form() trigger.Form {
	return trigger.Write(trigger.Writing[Record, Topic]{
		Members: "resource topic partition offset key value headers isBase64Encoded time group", Needs: "value", Example: `{"value": "text"}`,
		Bare:     func(value []byte) Record { return Record{Value: value} },
		Resource: func(r *Record) *string { return &r.Resource },
		Complete: func(r *Record, t Topic, now time.Time, _ func() string) {
			r.Time, r.Topic, r.Group = trigger.At(r.Time, now), cmp.Or(r.Topic, t.Name), cmp.Or(r.Group, t.Group)
		},
	})
}

// MessageScope is what MessageID is unique within.
func (r Record) MessageScope() string { return "kafka " + r.Resource }
