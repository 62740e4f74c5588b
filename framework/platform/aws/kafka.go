package aws

import (
	"cmp"
	"encoding/json"
	"strconv"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
)

// KafkaRecord is a record as Lambda reads it from Amazon MSK or from a cluster of the user's own.
type KafkaRecord struct {
	Topic         string `json:"topic"`
	Partition     int    `json:"partition"`
	Offset        int64  `json:"offset"`
	Timestamp     int64  `json:"timestamp"` // milliseconds since 1970, -1 is none
	TimestampType string `json:"timestampType"`
	Key           []byte `json:"key"`
	Value         []byte `json:"value"`
	// Headers hold bytes as numbers, which may be negative.
	Headers []map[string][]int `json:"headers"`
	// BootstrapServers and EventSourceARN are those of the payload.
	BootstrapServers string `json:"-"`
	EventSourceARN   string `json:"-"`
}

// KafkaOf returns Lambda's form of a record, false if it came from elsewhere.
func KafkaOf(r kafka.Record) (*KafkaRecord, bool) {
	v, ok := r.Vendor.(*KafkaRecord)
	return v, ok
}

// Kafka is the codec of Amazon MSK and of Kafka clusters of the user's own. The whole batch is delivered again when a
// record of it fails.
func Kafka() platform.Codec {
	return platform.BatchCodec[kafka.Topic](decodeKafka)
}

func decodeKafka(p *platform.Payload) (a platform.Batch[kafka.Record], ok bool, err error) {
	if from, _ := p.Text("eventSource"); from != "aws:kafka" && from != "SelfManagedKafka" {
		return a, false, nil
	}
	if a.ARN, err = p.Text("eventSourceArn"); err != nil {
		return a, true, err
	}
	servers, err := p.Text("bootstrapServers")
	if err != nil {
		return a, true, err
	}
	err = platform.Members("records", p.Field("records"), func(_ string, list json.RawMessage) error {
		return platform.Elements("records", list, func(raw json.RawMessage) error {
			r := &KafkaRecord{BootstrapServers: servers, EventSourceARN: a.ARN}
			if err := platform.DecodeJSON("records", raw, r); err != nil {
				return err
			}
			record := kafka.Record{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Key: r.Key, Value: r.Value, Time: platform.Milliseconds(r.Timestamp), Raw: raw, Vendor: r}
			for _, header := range r.Headers {
				for name, numbers := range header { // one
					value := make([]byte, len(numbers))
					for i, n := range numbers {
						if n < -128 || n > 255 {
							return platform.InvalidEvent("records.headers: found %d, expected a byte", n)
						}
						value[i] = byte(n)
					}
					record.Headers = append(record.Headers, kafka.Header{Name: name, Value: value})
				}
			}
			a.Events = append(a.Events, record)
			return nil
		})
	})
	return a, true, err
}

// EncodeKafka writes records as Amazon MSK sends them, from a cluster of the name main.
func EncodeKafka(batch []kafka.Record, from platform.Origin) ([]byte, error) {
	partitions := map[string][]members{}
	for _, r := range batch {
		topic := cmp.Or(platform.EndOfARN(from.Name), r.Topic)
		headers := []members{}
		for _, h := range r.Headers {
			signed := make([]int8, len(h.Value))
			for i, b := range h.Value {
				signed[i] = int8(b)
			}
			headers = append(headers, members{h.Name: signed})
		}
		key := topic + "-" + strconv.Itoa(r.Partition)
		partitions[key] = append(partitions[key], members{"topic": topic, "partition": r.Partition, "offset": r.Offset, "timestamp": r.Time.UnixMilli(), "timestampType": "CREATE_TIME",
			"key": r.Key, "value": r.Value, "headers": headers})
	}
	return json.Marshal(members{"eventSource": "aws:kafka", "eventSourceArn": wholeARN("kafka", "cluster/main/", "0"), "bootstrapServers": "b-1.main.kafka.us-east-1.amazonaws.com:9092", "records": partitions})
}
