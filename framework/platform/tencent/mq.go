package tencent

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// CMQMessage is a message of a topic of Tencent CMQ.
type CMQMessage struct {
	Type             string `json:"type"` // topic
	TopicOwner       Text   `json:"topicOwner"`
	TopicName        string `json:"topicName"`
	SubscriptionName string `json:"subscriptionName"`
	PublishTime      Text   `json:"publishTime"`
	MessageID        Text   `json:"msgId"`
	RequestID        Text   `json:"requestId"`
	Body             string `json:"msgBody"`
	// Tag are the tags, with commas between them.
	Tag string `json:"msgTag"`
}

// CMQOf returns the message of CMQ that a message was made of, false if it came from elsewhere.
func CMQOf(m mq.Message) (*CMQMessage, bool) {
	v, ok := m.Vendor.(*CMQMessage)
	return v, ok
}

// TDMQEvent is the event by which EventBridge delivers a message of Tencent TDMQ.
type TDMQEvent struct {
	SpecVersion string `json:"specversion"`
	ID          string `json:"id"`
	Type        string `json:"type"`
	Source      string `json:"source"`
	// Subject is empty where the vendor writes subjuect, and Subjuect where it does not.
	Subject     string `json:"subject"`
	Subjuect    string `json:"subjuect"`
	Time        Text   `json:"time"`
	Region      string `json:"region"`
	ContentType string `json:"datacontenttype"`
	Data        struct {
		// Topic is as it came: the topic's name, with its namespace before it or not.
		Topic            string `json:"topic"`
		Tags             string `json:"tags"`
		TopicType        Text   `json:"TopicType"`
		SubscriptionName string `json:"subscriptionName"`
		ToTimestamp      Text   `json:"toTimestamp"`
		Partitions       Text   `json:"partitions"`
		MessageID        Text   `json:"msgId"`
		Body             string `json:"msgBody"`
	} `json:"data"`
}

// TDMQOf returns the event of TDMQ that a message was made of, false if it came from elsewhere.
func TDMQOf(m mq.Message) (*TDMQEvent, bool) {
	v, ok := m.Vendor.(*TDMQEvent)
	return v, ok
}

// Queue is the codec of messages: topics of Tencent CMQ, and of TDMQ through EventBridge. All messages of a payload are
// delivered again when one of them fails.
func Queue() platform.Codec {
	return platform.BatchCodec[mq.Subscription](decodeQueue)
}

func decodeQueue(p *platform.Payload) (a platform.Batch[mq.Message], ok bool, err error) {
	switch {
	case platform.Member(record(p), "CMQ") != nil:
		a.Events, err = cmq(p)
		return a, true, err
	case isTDMQ(p):
		a.Events, err = tdmq(p)
		return a, true, err
	}
	return a, false, nil
}

func cmq(p *platform.Payload) (list []mq.Message, err error) {
	type wrapped struct{ CMQ CMQMessage }
	err = walk(p, "CMQ", func(w *wrapped, raw json.RawMessage) error {
		r := &w.CMQ
		at, err := moment("Records.CMQ.publishTime", r.PublishTime, time.Millisecond)
		if err != nil {
			return err
		}
		list = append(list, mq.Message{ID: string(r.MessageID), Source: r.TopicName, Body: []byte(r.Body), Tag: tags(r.Tag), Time: at, Raw: raw, Vendor: r})
		return nil
	})
	return list, err
}

func isTDMQ(p *platform.Payload) bool {
	kind, _ := p.Text("type")
	return kind == "connector:tdmq"
}

func tdmq(p *platform.Payload) ([]mq.Message, error) {
	r := &TDMQEvent{}
	if err := platform.DecodeJSON("event", p.Raw, r); err != nil {
		return nil, err
	}
	if p.Field("data") == nil {
		return nil, platform.InvalidEvent("data: found nothing, expected an object")
	}
	at, err := moment("time", r.Time, time.Millisecond)
	if err != nil {
		return nil, err
	}
	d := &r.Data
	topic := d.Topic[strings.LastIndexByte(d.Topic, '/')+1:]
	return []mq.Message{{ID: string(d.MessageID), Source: topic, Body: []byte(d.Body), Tag: tags(d.Tags), Time: at, Raw: p.Raw, Vendor: r}}, nil
}

// tags are the tags with a comma and nothing else between them.
func tags(text string) string {
	var list []string
	for tag := range strings.SplitSeq(text, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			list = append(list, tag)
		}
	}
	return strings.Join(list, ",")
}

// EncodeQueue writes messages of a topic as CMQ sends them: without their attributes, for which there is no place. A queue is an
// error.
func EncodeQueue(batch []mq.Message, from platform.Origin) ([]byte, error) {
	if from.Type == "queue" {
		return nil, errors.New("SCF has no trigger for queues; topics have one")
	}
	return encodeRecords(batch, func(i int, m mq.Message) (members, error) {
		return members{"CMQ": members{
			"type": "topic", "topicOwner": json.Number(owner), "topicName": cmp.Or(from.Name, m.Source), "subscriptionName": "faasgen", "publishTime": stamp(m.Time),
			"msgId": cmp.Or(m.ID, strconv.Itoa(i+1)), "requestId": strconv.Itoa(i + 1), "msgBody": string(m.Body), "msgTag": m.Tag,
		}}, nil
	})
}
