package aws

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// SQSMessage is a message of Amazon SQS.
type SQSMessage struct {
	MessageID              string                  `json:"messageId"`
	ReceiptHandle          string                  `json:"receiptHandle"`
	Body                   string                  `json:"body"`
	MD5OfBody              string                  `json:"md5OfBody"`
	MD5OfMessageAttributes string                  `json:"md5OfMessageAttributes"`
	Attributes             map[string]string       `json:"attributes"`
	MessageAttributes      map[string]SQSAttribute `json:"messageAttributes"`
	EventSourceARN         string                  `json:"eventSourceARN"`
	EventSource            string                  `json:"eventSource"`
	Region                 string                  `json:"awsRegion"`
}

// SQSAttribute is an attribute of a message, one of String and Binary.
type SQSAttribute struct {
	DataType string  `json:"dataType"`
	String   *string `json:"stringValue"`
	Binary   []byte  `json:"binaryValue"`
}

// SQSOf returns the message of SQS that a message was made of, false if it came from elsewhere.
func SQSOf(m mq.Message) (*SQSMessage, bool) {
	v, ok := m.Vendor.(*SQSMessage)
	return v, ok
}

// SNSRecord is a notification of Amazon SNS.
type SNSRecord struct {
	EventVersion    string `json:"EventVersion"`
	EventSource     string `json:"EventSource"`
	SubscriptionARN string `json:"EventSubscriptionArn"`
	SNS             struct {
		MessageID         string                  `json:"MessageId"`
		Type              string                  `json:"Type"`
		TopicARN          string                  `json:"TopicArn"`
		Subject           string                  `json:"Subject"`
		Message           string                  `json:"Message"`
		Timestamp         string                  `json:"Timestamp"`
		SignatureVersion  string                  `json:"SignatureVersion"`
		Signature         string                  `json:"Signature"`
		SigningCertURL    string                  `json:"SigningCertUrl"`
		UnsubscribeURL    string                  `json:"UnsubscribeUrl"`
		MessageAttributes map[string]SNSAttribute `json:"MessageAttributes"`
	} `json:"Sns"`
}

// SNSAttribute is an attribute of a notification. The value of a binary one is base64, or what the sender took for it.
type SNSAttribute struct {
	Type  string `json:"Type"`
	Value string `json:"Value"`
}

// SNSOf returns the notification that a message was made of, false if it came from elsewhere.
func SNSOf(m mq.Message) (*SNSRecord, bool) {
	v, ok := m.Vendor.(*SNSRecord)
	return v, ok
}

// Queue is the codec of messages: Amazon SQS and SNS, Kinesis and DynamoDB streams, and the brokers of Amazon MQ. Failures
// of SQS, Kinesis and DynamoDB are answered message by message, for which the event source mapping has to have
// ReportBatchItemFailures.
func Queue() platform.Codec {
	return platform.BatchCodec[mq.Subscription](decodeQueue)
}

func decodeQueue(p *platform.Payload) (platform.Batch[mq.Message], bool, error) {
	switch source(p) {
	case "aws:sqs":
		a, err := sqs(p)
		return a, true, err
	case "aws:sns":
		a, err := sns(p)
		return a, true, err
	case "aws:kinesis":
		a, err := kinesis(p)
		return a, true, err
	case "aws:dynamodb":
		a, err := dynamoDB(p)
		return a, true, err
	}
	return broker(p)
}

func sqs(p *platform.Payload) (a platform.Batch[mq.Message], err error) {
	a.Partial = failures
	var stopped map[string]bool // the message groups with a broken message, whose later ones have to wait for it
	err = platform.Elements("Records", p.Field("Records"), func(raw json.RawMessage) error {
		id, group := sqsIdentity(raw)
		if stopped[group] {
			a.Broken = append(a.Broken, framework.MessageFailure{ID: id, Err: framework.ErrSkipped})
			return nil
		}
		r := &SQSMessage{}
		if err := platform.DecodeJSON("Records", raw, r); err != nil {
			if id == "" {
				return err
			}
			a.Broken = append(a.Broken, framework.MessageFailure{ID: id, Err: err})
			if group != "" {
				if stopped == nil {
					stopped = map[string]bool{}
				}
				stopped[group] = true
			}
			return nil
		}
		if err := same(&a.ARN, r.EventSourceARN); err != nil {
			return err
		}
		a.Events = append(a.Events, sqsMessage(r, raw))
		return nil
	})
	return a, err
}

// sqsIdentity reads what a message is answered by and the group that keeps its order, also from a record that is broken elsewhere.
func sqsIdentity(raw json.RawMessage) (id, group string) {
	id, _ = platform.DecodeText("messageId", platform.Member(raw, "messageId"))
	group, _ = platform.DecodeText("MessageGroupId", platform.Member(platform.Member(raw, "attributes"), "MessageGroupId"))
	return id, group
}

func sqsMessage(r *SQSMessage, raw json.RawMessage) mq.Message {
	m := mq.Message{
		ID: r.MessageID, Source: platform.EndOfARN(r.EventSourceARN), Body: []byte(r.Body), Group: r.Attributes["MessageGroupId"], Raw: raw, Vendor: r,
	}
	m.Deliveries, _ = strconv.Atoi(r.Attributes["ApproximateReceiveCount"]) // zero is unknown
	sent, _ := strconv.ParseInt(r.Attributes["SentTimestamp"], 10, 64)      // zero is unknown
	m.Time = platform.Milliseconds(sent)
	for name, v := range r.MessageAttributes {
		switch {
		case v.String != nil:
			set(&m.Attributes, name, *v.String)
		case v.Binary != nil:
			set(&m.Attributes, name, base64Text(v.Binary))
		}
	}
	return m
}

// tagAttribute is the attribute by which subscriptions to a topic of SNS filter: the deployment files write it so.
const tagAttribute = "tag"

func sns(p *platform.Payload) (a platform.Batch[mq.Message], err error) {
	err = walk(p, func(r *SNSRecord, raw json.RawMessage) error {
		at, err := platform.DecodeTime("Records.Sns.Timestamp", r.SNS.Timestamp)
		if err != nil {
			return err
		}
		if err := same(&a.ARN, r.SNS.TopicARN); err != nil {
			return err
		}
		m := mq.Message{ID: r.SNS.MessageID, Source: platform.EndOfARN(r.SNS.TopicARN), Body: []byte(r.SNS.Message), Time: at, Raw: raw, Vendor: r}
		for name, v := range r.SNS.MessageAttributes {
			set(&m.Attributes, name, v.Value)
		}
		m.Tag = m.Attributes[tagAttribute]
		a.Events = append(a.Events, m)
		return nil
	})
	return a, err
}

// same checks that all records come from one queue, topic or stream, as Lambda sends them.
func same(arn *string, found string) error {
	if *arn != "" && *arn != found {
		return platform.InvalidEvent("Records: found records of %.200q and of %.200q, expected those of one source", *arn, found)
	}
	*arn = found
	return nil
}

func set(to *map[string]string, name, value string) {
	if *to == nil {
		*to = map[string]string{}
	}
	(*to)[name] = value
}

// EncodeQueue writes messages as the service of their queue, topic or stream sends them: that of the ARN, else SNS for a topic
// and SQS for everything else. The body of a message of DynamoDB is its change as JSON.
func EncodeQueue(batch []mq.Message, from platform.Origin) ([]byte, error) {
	service := "sqs"
	if from.Type == "topic" {
		service = "sns"
	}
	if parts := strings.SplitN(from.Name, ":", 6); len(parts) == 6 {
		service = parts[2]
	}
	return encodeRecords(batch, func(m mq.Message) (members, error) {
		name := cmp.Or(from.Name, m.Source)
		switch service {
		case "sqs":
			return sqsRecord(m, wholeARN("sqs", "", name)), nil
		case "sns":
			return snsRecord(m, wholeARN("sns", "", name)), nil
		case "kinesis":
			return kinesisRecord(m, name), nil
		case "dynamodb":
			return dynamoDBRecord(m, name)
		}
		return nil, fmt.Errorf("messages cannot come from %s", service)
	})
}

func sqsRecord(m mq.Message, arn string) members {
	sent := strconv.FormatInt(m.Time.UnixMilli(), 10)
	attributes := members{"ApproximateReceiveCount": strconv.Itoa(max(1, m.Deliveries)), "SentTimestamp": sent, "SenderId": "EXAMPLE", "ApproximateFirstReceiveTimestamp": sent}
	if m.Group != "" {
		attributes["MessageGroupId"] = m.Group
	}
	own := members{}
	for name, value := range m.Attributes {
		own[name] = members{"stringValue": value, "stringListValues": []string{}, "binaryListValues": []string{}, "dataType": "String"}
	}
	return members{"messageId": m.ID, "receiptHandle": "EXAMPLE", "body": string(m.Body), "attributes": attributes, "messageAttributes": own,
		"eventSource": "aws:sqs", "eventSourceARN": arn, "awsRegion": region}
}

func snsRecord(m mq.Message, arn string) members {
	own := members{}
	for name, value := range m.Attributes {
		own[name] = members{"Type": "String", "Value": value}
	}
	return members{"EventVersion": "1.0", "EventSource": "aws:sns", "EventSubscriptionArn": arn + ":00000000-0000-0000-0000-000000000000", "Sns": members{
		"SignatureVersion": "1", "Signature": "EXAMPLE", "SigningCertUrl": "EXAMPLE", "UnsubscribeUrl": "EXAMPLE", "Subject": nil, "Type": "Notification",
		"MessageId": m.ID, "TopicArn": arn, "Message": string(m.Body), "Timestamp": stamp(m.Time), "MessageAttributes": own,
	}}
}
