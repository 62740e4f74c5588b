package aliyun

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// members is a JSON object.
type members = map[string]any

// Where everything is, and whose it is.
const (
	region  = "cn-hangzhou"
	account = "1000000000000001"
)

// Events delivers events as the services of Alibaba Cloud send them.
func (p *process) Events(ctx context.Context, e sim.Events) (*sim.Result, error) {
	payload, err := Payload(e)
	if err != nil {
		return nil, err
	}
	return p.Invoke(ctx, payload)
}

// Payload writes events as Alibaba Cloud sends them: those of buckets as OSS does, messages of topics as MNS does and of queues
// as EventBridge does, as it does records of Kafka and other events, those of domains as the CDN does, and of logs where they
// are, as SLS does. What their payloads have no place for is left out: versions of objects, the order of messages, the
// entries of logs.
func Payload(e sim.Events) ([]byte, error) {
	cloud := Cloud()
	for _, k := range cloud.Carries {
		if payload, err := k.Payload(e); !errors.Is(err, sim.ErrOther) {
			return payload, err
		}
	}
	return nil, fmt.Errorf("FC has no trigger that sends %T", e.Batch)
}

func list[E any](batch []E, write func(int, E) (members, error)) ([]byte, error) {
	all := make([]members, 0, len(batch))
	for i, e := range batch {
		m, err := write(i, e)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return json.Marshal(members{"events": all})
}

func one[E any](batch []E, write func(E) ([]byte, error)) ([]byte, error) {
	if len(batch) != 1 {
		return nil, fmt.Errorf("found %d events, expected one: FC is called with one of these at a time", len(batch))
	}
	return write(batch[0])
}

// named is the end of an ARN, or a name that is none.
func named(name string) string { return name[strings.LastIndexAny(name, ":/")+1:] }

// stamp is a time as the services write it, the beginning of 1970 for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// milliseconds since 1970, 0 for no time.
func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func ossEvent(o os.Event, e sim.Events) (members, error) {
	name := map[os.Action]string{os.Created: "ObjectCreated:PutObject", os.Removed: "ObjectRemoved:DeleteObject"}[o.Action]
	if how := map[string]string{"post": "PostObject", "copy": "CopyObject", "multipart": "CompleteMultipartUpload"}[o.Via]; how != "" {
		name = "ObjectCreated:" + how
	}
	if name = cmp.Or(name, o.Name); name == "" {
		return nil, fmt.Errorf("OSS has no event for the action %q", o.Action)
	}
	bucket, region := named(cmp.Or(e.Name, o.Bucket)), cmp.Or(o.Region, region)
	file := members{"key": o.Key, "eTag": o.ETag}
	if o.Size >= 0 {
		file["size"], file["deltaSize"] = o.Size, o.Size
	}
	return members{
		"eventName": name, "eventSource": "acs:oss", "eventTime": stamp(o.Time), "eventVersion": "1.0", "region": region,
		"oss": members{"bucket": members{"name": bucket, "arn": "acs:oss:" + region + ":" + account + ":" + bucket, "ownerIdentity": account, "virtualBucket": ""},
			"object": file, "ossSchemaVersion": "1.0", "ruleId": "faasgen"},
		"requestParameters": members{"sourceIPAddress": "127.0.0.1"}, "responseElements": members{"requestId": cmp.Or(strings.TrimSuffix(o.ID, "/"+o.Key), "58F9FF2D3DF792092E12044C")}, "userIdentity": members{"principalId": account},
	}, nil
}

// message is one of a topic in the format JSON, or of a queue.
func message(m mq.Message, e sim.Events) ([]byte, error) {
	name := named(cmp.Or(e.Name, m.Source))
	if e.Type == "queue" {
		return json.Marshal(envelope(m.ID, "acs:mns", "mns:Queue:SendMessage", "acs:mns:"+region+":"+account+":queues/"+name, m.Time,
			members{"requestId": "606EA3074344430D4C81", "messageId": m.ID, "messageBody": string(m.Body)}))
	}
	o := members{
		"TopicOwner": account, "Message": string(m.Body), "Subscriber": account, "PublishTime": milliseconds(m.Time), "SubscriptionName": "faasgen",
		"MessageMD5": "BA4BA9B48AC81F0F9C66F6C909C39DBB", "TopicName": name, "MessageId": m.ID,
	}
	if m.Tag != "" {
		o["MessageTag"] = m.Tag
	}
	for name, value := range m.Attributes {
		if _, taken := o[name]; taken {
			return nil, fmt.Errorf("attribute %.80q: MNS has a member of that name beside the message", name)
		}
		o[name] = value
	}
	return json.Marshal(o)
}

// envelope is an event as EventBridge writes it.
func envelope(id, source, kind, subject string, at time.Time, data any) members {
	m := members{
		"specversion": "1.0", "id": id, "source": source, "type": kind, "datacontenttype": "application/json; charset=utf-8", "time": stamp(at),
		"aliyunaccountid": account, "aliyunoriginalaccountid": account, "aliyunpublishtime": stamp(at), "aliyuneventbusname": "default", "aliyunregionid": region, "data": data,
	}
	if subject != "" {
		m["subject"] = subject
	}
	return m
}

func alikafka(batch []kafka.Record, e sim.Events) ([]byte, error) {
	texts := make([]string, len(batch))
	for i, r := range batch {
		topic := named(cmp.Or(e.Name, r.Topic))
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

// task is what SLS sends. It has no entries, so some that are given without a place are refused.
func task(b log.Batch, e sim.Events) ([]byte, error) {
	if b.Range == nil {
		return nil, errors.New("found a batch of logs without a range: SLS sends where entries are, and not the entries")
	}
	seconds := int64(0)
	if !b.Range.Time.IsZero() {
		seconds = b.Range.Time.Unix()
	}
	return json.Marshal(members{
		"parameter": members{}, "jobName": "faasgen", "taskId": b.ID, "cursorTime": seconds,
		"source": members{"endpoint": b.Range.Endpoint, "projectName": b.Project, "logstoreName": named(cmp.Or(e.Name, b.Store)), "shardId": b.Range.Shard, "beginCursor": b.Range.Begin, "endCursor": b.Range.End},
	})
}

func cdnEvent(i int, c cdn.Event, e sim.Events) (members, error) {
	name := cmp.Or(map[string]string{
		"refreshed": "CachedObjectsRefreshed", "preloaded": "CachedObjectsPushed", "blocked": "CachedObjectsBlocked", "logged": "LogFileCreated",
		"started": "CdnDomainStarted", "stopped": "CdnDomainStopped", "added": "CdnDomainAdded", "removed": "CdnDomainDeleted",
	}[c.Action], c.Name)
	if name == "" {
		return nil, fmt.Errorf("the CDN has no event for the action %q", c.Action)
	}
	domain := cmp.Or(e.Name, c.Domain)
	parameter := members{"domain": domain, "objectPath": c.Paths}
	if c.Action == "logged" && len(c.Paths) == 1 {
		parameter = members{"domain": domain, "filePath": c.Paths[0]}
	}
	return members{
		"eventName": name, "eventVersion": "1.0.0", "eventSource": "cdn", "region": cmp.Or(c.Region, region), "eventTime": stamp(c.Time), "traceId": cmp.Or(c.ID, strconv.Itoa(i+1)),
		"resource": members{"domain": domain}, "eventParameter": parameter, "userIdentity": members{"aliUid": account},
	}, nil
}

func cloudEvent(v event.Event) ([]byte, error) {
	m := envelope(v.ID, v.Source, v.Type, v.Subject, v.Time, json.RawMessage(v.Data))
	m["aliyunaccountid"], m["aliyunregionid"] = cmp.Or(v.Account, account), cmp.Or(v.Region, region)
	if v.ContentType != "" {
		m["datacontenttype"], m["data"] = v.ContentType, string(v.Data)
	} else if !json.Valid(v.Data) {
		return nil, fmt.Errorf("the data of an event of EventBridge is JSON where it has no other content type, found %.40q", v.Data)
	}
	return json.Marshal(m)
}
