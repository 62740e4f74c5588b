package aliyun

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
)

// KafkaRecord is a record of ApsaraMQ for Kafka, in the event by which EventBridge delivers it.
type KafkaRecord struct {
	CloudEvent `json:"-"`
	Topic      string     `json:"topic"`
	Partition  int        `json:"partition"`
	Offset     int64      `json:"offset"`
	Timestamp  int64      `json:"timestamp"` // milliseconds since 1970
	Key        *KafkaText `json:"key"`
	Value      *KafkaText `json:"value"`
	Headers    struct {
		Headers    []KafkaHeader `json:"headers"`
		IsReadOnly bool          `json:"isReadOnly"`
	} `json:"headers"`
}

// KafkaText is a key or a value: what a text says or, where EventBridge sends other JSON in its place, that JSON as it came.
type KafkaText string

// UnmarshalJSON reads any JSON.
func (t *KafkaText) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, (*string)(t))
	}
	*t = KafkaText(raw)
	return nil
}

// KafkaHeader is a header of a record.
type KafkaHeader struct {
	Key string `json:"key"`
	// Value is as it came.
	Value json.RawMessage `json:"value"`
}

// KafkaOf returns the vendor's form of a record, false if it came from elsewhere.
func KafkaOf(r kafka.Record) (*KafkaRecord, bool) {
	v, ok := r.Vendor.(*KafkaRecord)
	return v, ok
}

// Kafka is the codec of ApsaraMQ for Kafka. Keys, values and headers are text; a value that is other JSON is the text of that. The whole batch is delivered again when a
// record of it fails.
func Kafka() platform.Codec {
	return platform.BatchCodec[kafka.Topic](decodeKafka)
}

func decodeKafka(p *platform.Payload) (a platform.Batch[kafka.Record], ok bool, err error) {
	if eventType(p) != typeKafka {
		return a, false, nil
	}
	err = events(p, typeKafka, func(e *CloudEvent, raw json.RawMessage) error {
		v := &KafkaRecord{CloudEvent: *e}
		if err := e.data(v); err != nil {
			return err
		}
		r := kafka.Record{Topic: v.Topic, Partition: v.Partition, Offset: v.Offset, Time: platform.Milliseconds(v.Timestamp), Raw: raw, Vendor: v}
		if v.Key != nil {
			r.Key = []byte(*v.Key)
		}
		if v.Value != nil {
			r.Value = []byte(*v.Value)
		}
		for _, h := range v.Headers.Headers {
			value, err := headerValue(h.Value)
			if err != nil {
				return err
			}
			r.Headers = append(r.Headers, kafka.Header{Name: h.Key, Value: value})
		}
		if from := instance(e.Subject); len(a.Events) == 0 {
			a.ARN = from
		} else if a.ARN != from {
			return platform.InvalidEvent("subject: found records of instances %.100q and %.100q, expected those of one", a.ARN, from)
		}
		a.Events = append(a.Events, r)
		return nil
	})
	return a, true, err
}

// instance is the id of the instance in acs:<instance>:topic:<topic>, empty in any other subject.
func instance(subject string) string {
	rest, ok := strings.CutPrefix(subject, "acs:")
	id, _, ok2 := strings.Cut(rest, ":topic:")
	if !ok || !ok2 || !strings.HasPrefix(id, "alikafka_") {
		return ""
	}
	return id
}

// headerValue reads the value of a header: text, or bytes as numbers, which may be negative, or any other JSON as it is written.
func headerValue(raw json.RawMessage) ([]byte, error) {
	var numbers []int
	if len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &numbers) != nil {
		return text("data.headers.headers.value", raw)
	}
	value := make([]byte, len(numbers))
	for i, n := range numbers {
		if n < -128 || n > 255 {
			return raw, nil
		}
		value[i] = byte(n)
	}
	return value, nil
}

// EncodeKafka writes records as EventBridge delivers them from ApsaraMQ for Kafka.
func EncodeKafka(batch []kafka.Record, from platform.Origin) ([]byte, error) {
	texts := make([]string, len(batch))
	for i, r := range batch {
		topic := platform.EndOfARN(cmp.Or(from.Name, r.Topic))
		headers := []members{}
		for _, h := range r.Headers {
			headers = append(headers, members{"key": h.Name, "value": string(h.Value)})
		}
		data := members{"topic": topic, "partition": r.Partition, "offset": r.Offset, "timestamp": milliseconds(r.Time), "headers": members{"headers": headers, "isReadOnly": false}}
		for name, value := range map[string][]byte{"key": r.Key, "value": r.Value} {
			if value != nil {
				data[name] = string(value)
			}
		}
		text, err := json.Marshal(envelope(strconv.Itoa(i+1), "acs:alikafka", "alikafka:Topic:Message", "acs:alikafka:topic:"+topic, r.Time, data))
		if err != nil {
			return nil, err
		}
		texts[i] = string(text)
	}
	return json.Marshal(texts)
}
