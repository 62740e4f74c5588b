package tencent

import (
	"cmp"
	"encoding/json"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
)

// CKafkaRecord is a record of Tencent CKafka. The vendor sends neither its time nor its headers, nor the instance it is of.
type CKafkaRecord struct {
	Topic     string `json:"topic"`
	Partition Number `json:"partition"`
	Offset    Number `json:"offset"`
	Key       string `json:"msgKey"`
	Body      string `json:"msgBody"`
}

// CKafkaOf returns the vendor's form of a record, false if it came from elsewhere.
func CKafkaOf(r kafka.Record) (*CKafkaRecord, bool) {
	v, ok := r.Vendor.(*CKafkaRecord)
	return v, ok
}

// Kafka is the codec of Tencent CKafka. Keys and values are text; an empty key is none. The whole batch is delivered again
// when a record of it fails.
func Kafka() platform.Codec {
	return platform.BatchCodec[kafka.Topic](decodeKafka)
}

func decodeKafka(p *platform.Payload) (a platform.Batch[kafka.Record], ok bool, err error) {
	if platform.Member(record(p), "Ckafka") == nil {
		return a, false, nil
	}
	type wrapped struct{ Ckafka CKafkaRecord }
	err = walk(p, "Ckafka", func(w *wrapped, raw json.RawMessage) error {
		r := &w.Ckafka
		if r.Partition < 0 || r.Partition > 1<<31-1 || r.Offset < 0 {
			return platform.InvalidEvent("Records.Ckafka: found partition %d and offset %d, expected numbers from 0", r.Partition, r.Offset)
		}
		e := kafka.Record{Topic: r.Topic, Partition: int(r.Partition), Offset: int64(r.Offset), Value: []byte(r.Body), Raw: raw, Vendor: r}
		if r.Key != "" {
			e.Key = []byte(r.Key)
		}
		a.Events = append(a.Events, e)
		return nil
	})
	return a, true, err
}

// EncodeKafka writes records as CKafka sends them: without their headers and their time, for which there is no place.
func EncodeKafka(batch []kafka.Record, from platform.Origin) ([]byte, error) {
	return encodeRecords(batch, func(_ int, r kafka.Record) (members, error) {
		return members{"Ckafka": members{"topic": cmp.Or(from.Name, r.Topic), "partition": r.Partition, "offset": r.Offset, "msgKey": string(r.Key), "msgBody": string(r.Value)}}, nil
	})
}
