package tencent

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// members is a JSON object.
type members = map[string]any

// The vendor's region, and the account's APPID.
const (
	region = "ap-guangzhou"
	owner  = "1250000000"
)

// Events delivers events as the services of Tencent Cloud send them.
func (p *customProcess) Events(ctx context.Context, e sim.Events) (*sim.Result, error) {
	payload, err := Payload(e)
	if err != nil {
		return nil, err
	}
	return p.Invoke(ctx, payload)
}

// Payload writes events as Tencent Cloud sends them: those of buckets as COS does, messages of topics as CMQ does, records as
// CKafka does and logs as CLS does. What their payloads have no place for is left out: attributes of messages, headers and
// times of records, the stream and the project of logs.
func Payload(e sim.Events) ([]byte, error) {
	switch batch := e.Batch.(type) {
	case []os.Event:
		return records(batch, func(i int, o os.Event) (members, error) { return cosRecord(i, o, e) })
	case []mq.Message:
		if e.Type == "queue" {
			return nil, fmt.Errorf("SCF has no trigger for queues; topics have one")
		}
		return records(batch, func(i int, m mq.Message) (members, error) {
			return members{"CMQ": members{
				"type": "topic", "topicOwner": json.Number(owner), "topicName": cmp.Or(e.Name, m.Source), "subscriptionName": "faasgen", "publishTime": stamp(m.Time),
				"msgId": cmp.Or(m.ID, strconv.Itoa(i+1)), "requestId": strconv.Itoa(i + 1), "msgBody": string(m.Body), "msgTag": m.Tag,
			}}, nil
		})
	case []kafka.Record:
		return records(batch, func(_ int, r kafka.Record) (members, error) {
			return members{"Ckafka": members{"topic": cmp.Or(e.Name, r.Topic), "partition": r.Partition, "offset": r.Offset, "msgKey": string(r.Key), "msgBody": string(r.Value)}}, nil
		})
	case []log.Batch:
		if len(batch) != 1 {
			return nil, fmt.Errorf("found %d batches of logs, expected one: CLS sends one at a time", len(batch))
		}
		return cls(batch[0], e)
	}
	return nil, fmt.Errorf("SCF has no trigger that sends %T", e.Batch)
}

func records[E any](batch []E, record func(int, E) (members, error)) ([]byte, error) {
	list := make([]members, 0, len(batch))
	for i, e := range batch {
		r, err := record(i, e)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return json.Marshal(members{"Records": list})
}

// stamp is a time as CMQ writes it, the beginning of 1970 for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func cosRecord(i int, o os.Event, e sim.Events) (members, error) {
	name := map[os.Action]string{os.Created: "ObjectCreated:Put", os.Removed: "ObjectRemove:Delete", os.Restored: "ObjectRestore:Completed"}[o.Action]
	if how := map[string]string{"post": "Post", "copy": "Copy", "multipart": "CompleteMultipartUpload"}[o.Via]; how != "" {
		name = "ObjectCreated:" + how
	}
	if name = cmp.Or(name, o.Name); name == "" {
		return nil, fmt.Errorf("COS has no event for the action %q", o.Action)
	}
	full, appID := cmp.Or(e.Name, o.Bucket), ""
	bucket := full
	if n := strings.LastIndexByte(full, '-'); n > 0 {
		if _, err := strconv.ParseUint(full[n+1:], 10, 64); err == nil {
			bucket, appID = full[:n], full[n+1:]
		}
	}
	request := cmp.Or(strings.TrimSuffix(o.ID, "/"+o.Key), "NWMxOWY4MGFfMjViMjU4NjQ=") // a function sees it with the key
	file := members{
		"url": "http://" + full + ".cos." + cmp.Or(o.Region, region) + ".myqcloud.com" + (&url.URL{Path: "/" + o.Key}).EscapedPath(),
		"key": "/" + appID + "/" + bucket + "/" + o.Key, "vid": o.Version, "meta": members{"x-cos-request-id": request, "Content-Type": ""},
	}
	if o.Size >= 0 {
		file["size"] = o.Size
	}
	seconds := int64(0)
	if !o.Time.IsZero() {
		seconds = o.Time.Unix()
	}
	return members{
		"cos": members{"cosSchemaVersion": "1.0", "cosObject": file, "cosBucket": members{"region": "gz", "name": bucket, "appid": appID}, "cosNotificationId": "unkown"},
		"event": members{
			"eventName": "cos:" + name, "eventVersion": "1.0", "eventTime": seconds, "eventSource": "qcs::cos", "reservedInfo": "", "reqid": i + 1,
			"requestParameters": members{"requestSourceIP": "127.0.0.1", "requestHeaders": members{}}, "eventQueue": "qcs:0:scf:gz:appid/" + cmp.Or(appID, owner) + ":default.faasgen.$DEFAULT",
		},
	}, nil
}

func cls(b log.Batch, e sim.Events) ([]byte, error) {
	lines := []members{}
	for _, entry := range b.Entries {
		micro := int64(0)
		if !entry.Time.IsZero() {
			micro = entry.Time.UnixMicro()
		}
		lines = append(lines, members{"timestamp": strconv.FormatInt(micro, 10), "content": entry.Message})
	}
	data, err := json.Marshal(members{"topic_id": cmp.Or(e.Name, b.StoreID, b.Store), "topic_name": b.Store, "records": lines})
	if err != nil {
		return nil, err
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return json.Marshal(members{"clslogs": members{"data": base64.StdEncoding.EncodeToString(zipped.Bytes())}})
}
