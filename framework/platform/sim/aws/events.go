package aws

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// members is a JSON object.
type members = map[string]any

// Events delivers events as the services of AWS send them.
func (s *sandbox) Events(ctx context.Context, e sim.Events) (*sim.Result, error) {
	payload, err := Payload(e)
	if err != nil {
		return nil, err
	}
	return s.Invoke(ctx, payload)
}

// Payload writes events as AWS sends them: those of buckets as S3 does, messages of queues as SQS and of topics as SNS does,
// unless the resource's ARN is of Kinesis or DynamoDB, records as MSK does, logs as CloudWatch Logs does, and one event of a
// bus as EventBridge does.
func Payload(e sim.Events) ([]byte, error) {
	switch batch := e.Batch.(type) {
	case []os.Event:
		return records(batch, func(o os.Event) (members, error) { return s3Record(o, e) })
	case []mq.Message:
		return messages(batch, e)
	case []kafka.Record:
		return msk(batch, e)
	case []log.Batch:
		if len(batch) == 1 {
			return cloudWatch(batch[0], e)
		}
		return nil, fmt.Errorf("found %d batches of logs, expected one: CloudWatch Logs sends one at a time", len(batch))
	case []event.Event:
		if len(batch) == 1 {
			return eventBridge(batch[0])
		}
		return nil, fmt.Errorf("found %d events of a bus, expected one: EventBridge sends one at a time", len(batch))
	}
	return nil, fmt.Errorf("AWS has no trigger that sends %T", e.Batch)
}

func records[E any](batch []E, record func(E) (members, error)) ([]byte, error) {
	list := make([]members, 0, len(batch))
	for _, e := range batch {
		r, err := record(e)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return json.Marshal(members{"Records": list})
}

// named is the end of an ARN, or a name that is none.
func named(name string) string { return name[strings.LastIndexAny(name, ":/")+1:] }

// whole is the ARN of a resource that is given by ARN or by name.
func whole(service, prefix, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return "arn:aws:" + service + ":" + region + ":" + account + ":" + prefix + name
}

// stamp is a time as S3, SNS and EventBridge write it, the beginning of 1970 for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func s3Record(o os.Event, e sim.Events) (members, error) {
	name := map[os.Action]string{os.Created: "ObjectCreated:Put", os.Removed: "ObjectRemoved:Delete", os.Restored: "ObjectRestore:Completed"}[o.Action]
	if how := map[string]string{"post": "Post", "copy": "Copy", "multipart": "CompleteMultipartUpload"}[o.Via]; how != "" {
		name = "ObjectCreated:" + how
	}
	if name == "" {
		if name = o.Name; name == "" {
			return nil, fmt.Errorf("S3 has no event for the action %q", o.Action)
		}
	}
	bucket := named(cmp.Or(e.Name, o.Bucket))
	request, sequencer, both := strings.Cut(o.ID, "/") // as a function sees them
	if !both {
		request, sequencer = "C3D13FE58DE4C810", cmp.Or(o.ID, "0055AED6DCD90281E5")
	}
	of := members{"key": url.QueryEscape(o.Key), "sequencer": sequencer}
	if o.Size >= 0 && o.Action == os.Created {
		of["size"] = o.Size
	}
	if o.ETag != "" {
		of["eTag"] = o.ETag
	}
	if o.Version != "" {
		of["versionId"] = o.Version
	}
	return members{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": cmp.Or(o.Region, region), "eventTime": stamp(o.Time), "eventName": name,
		"userIdentity": members{"principalId": "EXAMPLE"}, "requestParameters": members{"sourceIPAddress": "127.0.0.1"},
		"responseElements": members{"x-amz-request-id": request, "x-amz-id-2": "EXAMPLE"},
		"s3": members{
			"s3SchemaVersion": "1.0", "configurationId": "faasgen", "object": of,
			"bucket": members{"name": bucket, "arn": "arn:aws:s3:::" + bucket, "ownerIdentity": members{"principalId": "EXAMPLE"}},
		},
	}, nil
}

// messages chooses the service that a queue or topic is of.
func messages(batch []mq.Message, e sim.Events) ([]byte, error) {
	service := "sqs"
	if e.Type == "topic" {
		service = "sns"
	}
	name := e.Name
	if parts := strings.SplitN(name, ":", 6); len(parts) == 6 {
		service = parts[2]
	}
	return records(batch, func(m mq.Message) (members, error) {
		name := cmp.Or(name, m.Source)
		switch service {
		case "sqs":
			return sqsRecord(m, whole("sqs", "", name)), nil
		case "sns":
			return snsRecord(m, whole("sns", "", name)), nil
		case "kinesis":
			return members{
				"eventID": "shardId-000000000000:" + m.ID, "eventName": "aws:kinesis:record", "eventSource": "aws:kinesis", "eventVersion": "1.0",
				"eventSourceARN": name, "awsRegion": region, "invokeIdentityArn": "arn:aws:iam::" + account + ":role/lambda",
				"kinesis": members{"kinesisSchemaVersion": "1.0", "partitionKey": cmp.Or(m.Group, "1"), "sequenceNumber": m.ID, "data": m.Body, "approximateArrivalTimestamp": float64(m.Time.UnixMilli()) / 1000},
			}, nil
		case "dynamodb":
			if !json.Valid(m.Body) {
				return nil, fmt.Errorf("the body of a message of DynamoDB is its change as JSON, found %.40q", m.Body)
			}
			arn := name
			if !strings.Contains(arn, "/stream/") {
				arn += "/stream/2026-01-01T00:00:00.000"
			}
			return members{"eventID": m.ID, "eventName": cmp.Or(m.Tag, "INSERT"), "eventSource": "aws:dynamodb", "eventVersion": "1.1", "eventSourceARN": arn, "awsRegion": region,
				"dynamodb": json.RawMessage(m.Body)}, nil
		}
		return nil, fmt.Errorf("messages cannot come from %s", service)
	})
}

func sqsRecord(m mq.Message, arn string) members {
	attributes := members{"ApproximateReceiveCount": strconv.Itoa(max(1, m.Deliveries)), "SentTimestamp": strconv.FormatInt(m.Time.UnixMilli(), 10), "SenderId": "EXAMPLE",
		"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.Time.UnixMilli(), 10)}
	if m.Group != "" {
		attributes["MessageGroupId"] = m.Group
	}
	own := members{}
	for _, name := range slices.Sorted(maps.Keys(m.Attributes)) {
		own[name] = members{"stringValue": m.Attributes[name], "stringListValues": []string{}, "binaryListValues": []string{}, "dataType": "String"}
	}
	return members{"messageId": m.ID, "receiptHandle": "EXAMPLE", "body": string(m.Body), "attributes": attributes, "messageAttributes": own,
		"eventSource": "aws:sqs", "eventSourceARN": arn, "awsRegion": region}
}

func snsRecord(m mq.Message, arn string) members {
	own := members{}
	for _, name := range slices.Sorted(maps.Keys(m.Attributes)) {
		own[name] = members{"Type": "String", "Value": m.Attributes[name]}
	}
	return members{"EventVersion": "1.0", "EventSource": "aws:sns", "EventSubscriptionArn": arn + ":00000000-0000-0000-0000-000000000000", "Sns": members{
		"SignatureVersion": "1", "Signature": "EXAMPLE", "SigningCertUrl": "EXAMPLE", "UnsubscribeUrl": "EXAMPLE", "Subject": nil, "Type": "Notification",
		"MessageId": m.ID, "TopicArn": arn, "Message": string(m.Body), "Timestamp": stamp(m.Time), "MessageAttributes": own,
	}}
}

func msk(batch []kafka.Record, e sim.Events) ([]byte, error) {
	partitions := members{}
	for _, r := range batch {
		topic := cmp.Or(named(e.Name), r.Topic)
		record := members{"topic": topic, "partition": r.Partition, "offset": r.Offset, "timestamp": r.Time.UnixMilli(), "timestampType": "CREATE_TIME", "key": r.Key, "value": r.Value}
		headers := []members{}
		for _, h := range r.Headers {
			signed := make([]int8, len(h.Value))
			for i, b := range h.Value {
				signed[i] = int8(b)
			}
			headers = append(headers, members{h.Name: signed})
		}
		record["headers"] = headers
		key := topic + "-" + strconv.Itoa(r.Partition)
		list, _ := partitions[key].([]members)
		partitions[key] = append(list, record)
	}
	return json.Marshal(members{"eventSource": "aws:kafka", "eventSourceArn": whole("kafka", "cluster/main/", "0"), "bootstrapServers": "b-1.main.kafka.us-east-1.amazonaws.com:9092", "records": partitions})
}

func cloudWatch(b log.Batch, e sim.Events) ([]byte, error) {
	entries := []members{}
	for i, entry := range b.Entries {
		o := members{"id": cmp.Or(entry.ID, strconv.Itoa(i+1)), "timestamp": entry.Time.UnixMilli(), "message": entry.Message}
		if entry.Fields != nil {
			o["extractedFields"] = entry.Fields
		}
		entries = append(entries, o)
	}
	data, err := json.Marshal(members{"messageType": "DATA_MESSAGE", "owner": cmp.Or(b.Project, account), "logGroup": cmp.Or(e.Name, b.Store), "logStream": b.Stream,
		"subscriptionFilters": []string{"faasgen"}, "logEvents": entries})
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
	return json.Marshal(members{"awslogs": members{"data": base64.StdEncoding.EncodeToString(zipped.Bytes())}})
}

func eventBridge(e event.Event) ([]byte, error) {
	resources := []string{}
	if e.Subject != "" {
		resources = append(resources, e.Subject)
	}
	detail := json.RawMessage(e.Data)
	if !json.Valid(e.Data) {
		return nil, fmt.Errorf("the data of an event of EventBridge is JSON, found %.40q", e.Data)
	}
	return json.Marshal(members{"version": "0", "id": e.ID, "detail-type": e.Type, "source": e.Source, "account": cmp.Or(e.Account, account),
		"time": e.Time.UTC().Format(time.RFC3339), "region": cmp.Or(e.Region, region), "resources": resources, "detail": detail})
}
