package aliyun

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// MNSNotification is a message of a topic of Alibaba Cloud MNS in the format JSON.
type MNSNotification struct {
	TopicOwner       string `json:"TopicOwner"`
	TopicName        string `json:"TopicName"`
	Subscriber       string `json:"Subscriber"`
	SubscriptionName string `json:"SubscriptionName"`
	MessageID        string `json:"MessageId"`
	MessageMD5       string `json:"MessageMD5"`
	MessageTag       string `json:"MessageTag"`
	PublishTime      int64  `json:"PublishTime"` // milliseconds since 1970
	Message          string `json:"Message"`
}

// MNSTopicOf returns the notification that a message was made of, false if it came from elsewhere, also from a topic in the
// format STREAM, which has nothing but the message.
func MNSTopicOf(m mq.Message) (*MNSNotification, bool) {
	v, ok := m.Vendor.(*MNSNotification)
	return v, ok
}

// MNSMessage is a message of a queue of Alibaba Cloud MNS, in the event by which EventBridge delivers it.
type MNSMessage struct {
	CloudEvent `json:"-"`
	RequestID  string `json:"requestId"`
	MessageID  string `json:"messageId"`
	// Body is text, or the JSON that the message was.
	Body json.RawMessage `json:"messageBody"`
}

// MNSQueueOf returns the vendor's form of a message of a queue, false if it came from elsewhere.
func MNSQueueOf(m mq.Message) (*MNSMessage, bool) {
	v, ok := m.Vendor.(*MNSMessage)
	return v, ok
}

// RocketMQMessage is a message of ApsaraMQ for RocketMQ, in the event by which EventBridge delivers it.
type RocketMQMessage struct {
	CloudEvent `json:"-"`
	Topic      string `json:"topic"`
	// SystemProperties are text as a rule, and some are numbers.
	SystemProperties map[string]json.RawMessage `json:"systemProperties"`
	UserProperties   map[string]json.RawMessage `json:"userProperties"`
	Body             json.RawMessage            `json:"body"`
}

// RocketMQOf returns the vendor's form of a message, false if it came from elsewhere.
func RocketMQOf(m mq.Message) (*RocketMQMessage, bool) {
	v, ok := m.Vendor.(*RocketMQMessage)
	return v, ok
}

// Queue is the codec of messages: topics of MNS, and queues of MNS and RocketMQ through EventBridge. All messages of a payload
// are delivered again when one of them fails.
//
// A topic in the format STREAM sends the message alone, which says nothing of where it comes from. It is read as a message in
// a unit that has no other triggers than topics, and in every unit when it has attributes.
func Queue() platform.Codec {
	envelopes := platform.BatchCodec[mq.Subscription](decodeQueue)
	bare := platform.BatchCodec[mq.Subscription](func(p *platform.Payload) (a platform.Batch[mq.Message], ok bool, err error) {
		if Identify(p) != "" {
			return a, false, nil
		}
		a.Events = []mq.Message{{Body: p.Raw, Raw: p.Raw}}
		return a, true, nil
	})
	return platform.Codec{Kind: "mq", Bind: func(app *framework.App) (platform.Decoder, error) {
		decode, err := envelopes.Bind(app)
		if err != nil || !onlyTopics(app) {
			return decode, err
		}
		rest, err := bare.Bind(app)
		if err != nil {
			return nil, err
		}
		return func(p *platform.Payload) (platform.Call, bool, error) {
			if call, ok, err := decode(p); ok || err != nil {
				return call, ok, err
			}
			return rest(p)
		}, nil
	}}
}

func decodeQueue(p *platform.Payload) (a platform.Batch[mq.Message], ok bool, err error) {
	switch kind := eventType(p); {
	case kind == typeQueue:
		a.Events, err = queue(p)
		return a, true, err
	case kind == typeRocketMQ:
		a.Events, err = rocketMQ(p)
		return a, true, err
	case p.Has("TopicName", "MessageId"):
		a.Events, err = topic(p)
		return a, true, err
	case streamed(p):
		a.Events, err = stream(p)
		return a, true, err
	}
	return a, false, nil
}

func onlyTopics(app *framework.App) bool {
	for _, f := range app.Functions {
		for _, t := range f.Triggers {
			if s, ok := t.(mq.Subscription); !ok || s.Topic == "" {
				return false
			}
		}
		if len(f.Triggers) == 0 { // takes any payload
			return false
		}
	}
	return true
}

func topic(p *platform.Payload) ([]mq.Message, error) {
	v := &MNSNotification{}
	if err := platform.DecodeJSON("event", p.Raw, v); err != nil {
		return nil, err
	}
	m := mq.Message{ID: v.MessageID, Source: v.TopicName, Body: []byte(v.Message), Tag: v.MessageTag, Time: platform.Milliseconds(v.PublishTime), Raw: p.Raw, Vendor: v}
	// Attributes are all but the members that every notification has.
	err := platform.Members("event", p.Raw, func(name string, value json.RawMessage) error {
		switch name {
		case "TopicOwner", "TopicName", "Subscriber", "SubscriptionName", "MessageId", "MessageMD5", "MessageTag", "PublishTime", "Message":
			return nil
		}
		return attribute(&m, name, value)
	})
	return []mq.Message{m}, err
}

// streamed reports whether the payload is a message with attributes of a topic in the format STREAM: {"body":…,"attrs":…} and
// nothing else.
func streamed(p *platform.Payload) bool {
	if !p.Has("body", "attrs") {
		return false
	}
	members := 0
	_ = platform.Members("event", p.Raw, func(string, json.RawMessage) error { members++; return nil })
	return members == 2
}

func stream(p *platform.Payload) ([]mq.Message, error) {
	body, err := text("body", p.Field("body"))
	if err != nil {
		return nil, err
	}
	m := mq.Message{Body: body, Raw: p.Raw}
	err = platform.Members("attrs", p.Field("attrs"), func(name string, value json.RawMessage) error { return attribute(&m, name, value) })
	return []mq.Message{m}, err
}

func queue(p *platform.Payload) (list []mq.Message, err error) {
	err = events(p, typeQueue, func(e *CloudEvent, raw json.RawMessage) error {
		v := &MNSMessage{CloudEvent: *e}
		if err := e.data(v); err != nil {
			return err
		}
		at, err := platform.DecodeTime("time", e.Time)
		if err != nil {
			return err
		}
		body, err := text("data.messageBody", v.Body)
		if err != nil {
			return err
		}
		m := mq.Message{ID: v.MessageID, Body: body, Time: at, Raw: raw, Vendor: v}
		if _, name, ok := strings.Cut(e.Subject, ":queues/"); ok { // acs:mns:<region>:<account>:queues/<name>
			m.Source = name
		} else if _, name, ok := strings.Cut(e.Subject, ":/queues/"); ok {
			m.Source = name
		}
		list = append(list, m)
		return nil
	})
	return list, err
}

func rocketMQ(p *platform.Payload) (list []mq.Message, err error) {
	err = events(p, typeRocketMQ, func(e *CloudEvent, raw json.RawMessage) error {
		v := &RocketMQMessage{CloudEvent: *e}
		if err := e.data(v); err != nil {
			return err
		}
		at, err := platform.DecodeTime("time", e.Time)
		if err != nil {
			return err
		}
		body, err := text("data.body", v.Body)
		if err != nil {
			return err
		}
		m := mq.Message{ID: e.ID, Source: v.Topic, Body: body, Time: at, Raw: raw, Vendor: v}
		for _, p := range []struct {
			name string
			to   *string
		}{{"TAGS", &m.Tag}, {"UNIQ_KEY", &m.ID}, {"__SHARDINGKEY", &m.Group}} {
			value, err := text("data.systemProperties."+p.name, v.SystemProperties[p.name])
			if err != nil {
				return err
			}
			if len(value) > 0 {
				*p.to = string(value)
			}
		}
		for name, value := range v.UserProperties {
			if err := attribute(&m, name, value); err != nil {
				return err
			}
		}
		list = append(list, m)
		return nil
	})
	return list, err
}

// attribute adds an attribute: a text, or any other JSON as it is written.
func attribute(m *mq.Message, name string, raw json.RawMessage) error {
	value, err := text("attribute", raw)
	if err != nil || raw[0] == 'n' {
		return err
	}
	if m.Attributes == nil {
		m.Attributes = map[string]string{}
	}
	m.Attributes[name] = string(value)
	return nil
}

// text is a text, or any other JSON as it is written; null is nothing.
func text(what string, raw json.RawMessage) ([]byte, error) {
	if len(raw) > 0 && raw[0] != '"' && raw[0] != 'n' {
		if !json.Valid(raw) {
			return nil, platform.InvalidEvent("%s: found broken JSON", what)
		}
		return raw, nil
	}
	s, err := platform.DecodeText(what, raw)
	return []byte(s), err
}

// EncodeQueue writes the messages of a queue as EventBridge streams them from MNS, without their attributes, their tags and their
// order, or one message of a topic as MNS sends it in the format JSON.
func EncodeQueue(batch []mq.Message, from platform.Origin) ([]byte, error) {
	if from.Type != "queue" {
		return encodeOne(batch, func(m mq.Message) ([]byte, error) { return notification(m, from) })
	}
	all := make([]members, len(batch))
	for i, m := range batch {
		name := platform.EndOfARN(cmp.Or(from.Name, m.Source))
		all[i] = envelope(m.ID, "acs:mns", typeQueue, "acs:mns:"+region+":"+account+":queues/"+name, m.Time,
			members{"requestId": "606EA3074344430D4C81", "messageId": m.ID, "messageBody": string(m.Body)})
	}
	return json.Marshal(all)
}

// notification is a message of a topic in the format JSON.
func notification(m mq.Message, from platform.Origin) ([]byte, error) {
	name := platform.EndOfARN(cmp.Or(from.Name, m.Source))
	o := members{
		"TopicOwner": account, "Message": string(m.Body), "Subscriber": account, "PublishTime": milliseconds(m.Time), "SubscriptionName": "faasgen",
		"MessageMD5": "BA4BA9B48AC81F0F9C66F6C909C39DBB", "TopicName": name, "MessageId": m.ID,
	}
	if m.Tag != "" {
		o["MessageTag"] = m.Tag
	}
	for name, value := range m.Attributes {
		if _, taken := o[name]; taken {
			return nil, fmt.Errorf("attribute %.80q: MNS has a member of that name of its own", name)
		}
		o[name] = value
	}
	return json.Marshal(o)
}
