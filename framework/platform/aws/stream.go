package aws

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// KinesisRecord is a record of Amazon Kinesis Data Streams.
type KinesisRecord struct {
	EventID           string `json:"eventID"`
	EventName         string `json:"eventName"`
	EventSource       string `json:"eventSource"`
	EventSourceARN    string `json:"eventSourceARN"`
	EventVersion      string `json:"eventVersion"`
	InvokeIdentityARN string `json:"invokeIdentityArn"`
	Region            string `json:"awsRegion"`
	Kinesis           struct {
		SchemaVersion  string  `json:"kinesisSchemaVersion"`
		PartitionKey   string  `json:"partitionKey"`
		SequenceNumber string  `json:"sequenceNumber"`
		EncryptionType string  `json:"encryptionType"`
		Data           []byte  `json:"data"`
		Arrival        float64 `json:"approximateArrivalTimestamp"`
	} `json:"kinesis"`
}

// KinesisOf returns the record of Kinesis that a message was made of, false if it came from elsewhere.
func KinesisOf(m mq.Message) (*KinesisRecord, bool) {
	v, ok := m.Vendor.(*KinesisRecord)
	return v, ok
}

// DynamoDBRecord is a record of a DynamoDB stream: one change of one item. The body of its message is Change as JSON, its
// tag EventName.
type DynamoDBRecord struct {
	EventID        string `json:"eventID"`
	EventName      string `json:"eventName"` // INSERT, MODIFY, REMOVE
	EventSource    string `json:"eventSource"`
	EventSourceARN string `json:"eventSourceARN"`
	EventVersion   string `json:"eventVersion"`
	Region         string `json:"awsRegion"`
	UserIdentity   *struct {
		Type        string `json:"type"`
		PrincipalID string `json:"principalId"`
	} `json:"userIdentity"`
	Change json.RawMessage `json:"dynamodb"`
}

// DynamoDBChange is what has changed. Keys and images are attribute values in DynamoDB's own JSON, {"S": "text"}.
type DynamoDBChange struct {
	Keys           json.RawMessage `json:"Keys"`
	NewImage       json.RawMessage `json:"NewImage"`
	OldImage       json.RawMessage `json:"OldImage"`
	SequenceNumber string          `json:"SequenceNumber"`
	SizeBytes      int64           `json:"SizeBytes"`
	StreamViewType string          `json:"StreamViewType"`
	Created        float64         `json:"ApproximateCreationDateTime"` // seconds since 1970
}

// DynamoDBOf returns the record of a DynamoDB stream that a message was made of, false if it came from elsewhere.
func DynamoDBOf(m mq.Message) (*DynamoDBRecord, bool) {
	v, ok := m.Vendor.(*DynamoDBRecord)
	return v, ok
}

// windowed refuses the events of tumbling windows: they want a state in the response, which handlers have no place for.
func windowed(p *platform.Payload) error {
	if p.Has("window") {
		return platform.InvalidEvent("found a tumbling window, which is not supported: its state would be lost; take TumblingWindowInSeconds out of the event source mapping")
	}
	return nil
}

func kinesis(p *platform.Payload) (a platform.Batch[mq.Message], err error) {
	if err := windowed(p); err != nil {
		return a, err
	}
	err = walkStream(p, &a, "kinesis", "sequenceNumber", func(r *KinesisRecord, raw json.RawMessage) error {
		if err := same(&a.ARN, r.EventSourceARN); err != nil {
			return err
		}
		a.Events = append(a.Events, mq.Message{
			ID: r.Kinesis.SequenceNumber, Source: platform.EndOfARN(r.EventSourceARN), Body: r.Kinesis.Data, Group: r.Kinesis.PartitionKey,
			Time: epoch(r.Kinesis.Arrival), Raw: raw, Vendor: r,
		})
		return nil
	})
	return a, err
}

func kinesisRecord(m mq.Message, arn string) members {
	return members{
		"eventID": "shardId-000000000000:" + m.ID, "eventName": "aws:kinesis:record", "eventSource": "aws:kinesis", "eventVersion": "1.0",
		"eventSourceARN": arn, "awsRegion": region, "invokeIdentityArn": "arn:aws:iam::" + account + ":role/lambda",
		"kinesis": members{"kinesisSchemaVersion": "1.0", "partitionKey": cmp.Or(m.Group, "1"), "sequenceNumber": m.ID, "data": m.Body, "approximateArrivalTimestamp": float64(m.Time.UnixMilli()) / 1000},
	}
}

func dynamoDB(p *platform.Payload) (a platform.Batch[mq.Message], err error) {
	if err := windowed(p); err != nil {
		return a, err
	}
	err = walkStream(p, &a, "dynamodb", "SequenceNumber", func(r *DynamoDBRecord, raw json.RawMessage) error {
		if err := same(&a.ARN, r.EventSourceARN); err != nil {
			return err
		}
		var c DynamoDBChange
		if err := platform.DecodeJSON("Records.dynamodb", r.Change, &c); err != nil {
			return err
		}
		var keys bytes.Buffer
		if len(c.Keys) > 0 && json.Compact(&keys, c.Keys) != nil {
			return platform.InvalidEvent("Records.dynamodb.Keys: found broken JSON")
		}
		a.Events = append(a.Events, mq.Message{
			ID: c.SequenceNumber, Source: table(r.EventSourceARN), Body: r.Change, Tag: r.EventName, Group: keys.String(), Time: epoch(c.Created), Raw: raw, Vendor: r,
		})
		return nil
	})
	return a, err
}

func dynamoDBRecord(m mq.Message, arn string) (members, error) {
	if !json.Valid(m.Body) {
		return nil, fmt.Errorf("the body of a message of DynamoDB is its change as JSON, found %.40q", m.Body)
	}
	if !strings.Contains(arn, "/stream/") {
		arn += "/stream/2026-01-01T00:00:00.000"
	}
	return members{"eventID": m.ID, "eventName": cmp.Or(m.Tag, "INSERT"), "eventSource": "aws:dynamodb", "eventVersion": "1.1", "eventSourceARN": arn, "awsRegion": region,
		"dynamodb": json.RawMessage(m.Body)}, nil
}

// table is the name in the ARN of a table's stream, arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<time>.
func table(arn string) string {
	_, rest, _ := strings.Cut(arn, ":table/")
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// BrokerMessage is a message of Amazon MQ: of ActiveMQ, or of RabbitMQ, which has BasicProperties.
type BrokerMessage struct {
	MessageID   string `json:"messageID"`
	MessageType string `json:"messageType"`
	Data        []byte `json:"data"`
	// Redelivered says that it was handed out before.
	Redelivered bool  `json:"redelivered"`
	Timestamp   int64 `json:"timestamp"` // milliseconds since 1970
	Destination struct {
		Name string `json:"physicalName"`
	} `json:"destination"`
	// Properties are what the sender of a message of ActiveMQ has set, as they came; BasicProperties are RabbitMQ's.
	Properties      json.RawMessage `json:"properties"`
	BasicProperties json.RawMessage `json:"basicProperties"`
}

// BrokerOf returns the message of a broker that a message was made of, false if it came from elsewhere.
func BrokerOf(m mq.Message) (*BrokerMessage, bool) {
	v, ok := m.Vendor.(*BrokerMessage)
	return v, ok
}

// broker reads the messages of ActiveMQ and RabbitMQ. They come from one queue of the broker whose ARN the payload has.
func broker(p *platform.Payload) (a platform.Batch[mq.Message], ok bool, err error) {
	add := func(queue string, raw json.RawMessage) error {
		r := &BrokerMessage{}
		if err := platform.DecodeJSON("messages", raw, r); err != nil {
			return err
		}
		m := mq.Message{ID: r.MessageID, Source: queue, Body: r.Data, Time: platform.Milliseconds(r.Timestamp), Raw: raw, Vendor: r}
		if queue == "" {
			m.Source = r.Destination.Name
			if err := platform.Members("messages.properties", r.Properties, func(name string, value json.RawMessage) error {
				text, err := platform.DecodeText(name, value)
				if err != nil {
					text = string(value) // a number, true or false
				}
				set(&m.Attributes, name, text)
				return nil
			}); err != nil {
				return err
			}
		}
		if len(r.BasicProperties) > 0 {
			var properties struct {
				MessageID string `json:"messageId"`
				Timestamp string `json:"timestamp"`
			}
			if err := platform.DecodeJSON("basicProperties", r.BasicProperties, &properties); err != nil {
				return err
			}
			m.ID = properties.MessageID
			if t, err := time.Parse("Jan 2, 2006, 3:04:05 PM", properties.Timestamp); err == nil { // as Lambda writes it
				m.Time = t
			}
		}
		a.Events = append(a.Events, m)
		return nil
	}
	switch kind, _ := p.Text("eventSource"); kind {
	case "aws:mq":
		err = platform.Elements("messages", p.Field("messages"), func(raw json.RawMessage) error { return add("", raw) })
		return a, true, err
	case "aws:rmq":
		err = platform.Members("rmqMessagesByQueue", p.Field("rmqMessagesByQueue"), func(name string, list json.RawMessage) error {
			queue, _, _ := strings.Cut(name, "::") // the virtual host follows
			return platform.Elements("rmqMessagesByQueue", list, func(raw json.RawMessage) error { return add(queue, raw) })
		})
		return a, true, err
	}
	return a, false, nil
}

func base64Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
