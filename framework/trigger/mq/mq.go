// Package mq is the trigger of message queues and topics: the message that a function receives, and the trigger itself.
// Streams whose records are messages (Kinesis, DynamoDB) come through it too. Acknowledging is the platform's business: a
// message whose handler returns no error is done. It links no http.
package mq

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/internal/jsonbytes"
	"github.com/faasgen/faasgen/framework/trigger"
)

// Message is one message. Fields that the vendor does not send are zero.
type Message struct {
	// ID identifies the message; a message that is delivered again has it again.
	ID string
	// Resource is the logical name of the queue or topic, as the directive says it: the same on every cloud.
	Resource string
	// Source is its real name.
	Source string
	// Body is the message itself, decoded.
	Body []byte
	// Attributes are what the sender sent with the body. Values that are not text are in base64.
	Attributes map[string]string
	// Tag is the word that subscriptions filter by; several are joined by commas.
	Tag string
	// Group is what orders messages: those of one group come one after the other. Empty means any order.
	Group string
	// Time is when the message was sent, in UTC.
	Time time.Time
	// Deliveries counts how often the message was handed out, this time included; 0 is unknown.
	Deliveries int
	// Raw is the vendor's original record.
	Raw []byte
	// Vendor holds what else the vendor sent; the platform's package returns it typed, as aws.SQSOf(m) does.
	Vendor any
}

// MessageID identifies the message in its batch.
func (m Message) MessageID() string { return m.ID }

// OrderingKey says which messages have to be handled in order; empty is none.
func (m Message) OrderingKey() string { return m.Group }

// Payload is the body.
func (m Message) Payload() ([]byte, error) { return m.Body, nil }

// form is a message as JSON.
type form struct {
	ID         string            `json:"id,omitempty"`
	Resource   string            `json:"resource,omitempty"`
	Source     string            `json:"source,omitempty"`
	Body       json.RawMessage   `json:"body"`
	Base64     bool              `json:"isBase64Encoded,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Tag        string            `json:"tag,omitempty"`
	Group      string            `json:"group,omitempty"`
	Time       time.Time         `json:"time,omitzero"`
	Deliveries int               `json:"deliveries,omitempty"`
}

// MarshalJSON writes the message without Raw and Vendor. A body that is not text is in base64, which isBase64Encoded says.
func (m Message) MarshalJSON() ([]byte, error) {
	encoded := !jsonbytes.Text(m.Body)
	body, err := json.Marshal(jsonbytes.Encode(m.Body, encoded))
	if err != nil {
		return nil, err
	}
	return json.Marshal(form{m.ID, m.Resource, m.Source, body, encoded, m.Attributes, m.Tag, m.Group, m.Time, m.Deliveries})
}

// UnmarshalJSON reads what MarshalJSON wrote, or a person, who may write a body that is JSON as it is.
func (m *Message) UnmarshalJSON(b []byte) error {
	var f form
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	body, err := jsonbytes.Decode("body", f.Body, f.Base64)
	if err != nil {
		return err
	}
	*m = Message{ID: f.ID, Resource: f.Resource, Source: f.Source, Body: body, Attributes: f.Attributes, Tag: f.Tag, Group: f.Group,
		Time: f.Time.UTC(), Deliveries: f.Deliveries}
	return nil
}

// Subscription is the trigger: one function takes the messages of one queue or topic. Generated code fills it from
// //faas:mq or f.yml.
type Subscription struct {
	// Queue or Topic is the logical name of where the messages come from.
	Queue, Topic string
	// Tag restricts a topic to messages with this tag; empty is any.
	Tag string
}

// Kind returns "mq".
func (Subscription) Kind() string { return "mq" }

// Delivery returns trigger.Batch.
func (Subscription) Delivery() trigger.Delivery { return trigger.Batch }

// Redelivered says that messages stay in a queue until they are handled; see trigger.Redelivered.
func (Subscription) Redelivered() {}

// What, Resource, Origin, Matches, Mark and Describe are for matching events; see trigger.Source.
func (Subscription) What() string                        { return "queue or topic" }
func (s Subscription) Resource() string                  { return s.Queue + s.Topic } // one is empty
func (Subscription) Origin(m *Message) (name, id string) { return m.Source, "" }
func (s Subscription) Mark(m *Message)                   { m.Resource = s.Resource() }

// Matches reports whether the trigger is for a message of its queue or topic: where both say a tag, it is the same.
func (s Subscription) Matches(m Message) bool {
	return s.Tag == "" || m.Tag == "" || slices.Contains(strings.FieldsFunc(m.Tag, func(r rune) bool { return r == ',' || r == ' ' }), s.Tag)
}

// Describe is a message by its tag.
func (Subscription) Describe(m *Message) string {
	if m.Tag == "" {
		return "a message"
	}
	return fmt.Sprintf("a message with the tag %.100q", m.Tag)
}

// Form is how people write a message; its body alone is enough.
func (Subscription) Form() trigger.Form {
	return trigger.Write(trigger.Writing[Message, Subscription]{
		Members: "id resource source body isBase64Encoded attributes tag group time deliveries", Needs: "body", Example: `{"body": "text"}`,
		Bare:     func(body []byte) Message { return Message{Body: body} },
		Resource: func(m *Message) *string { return &m.Resource },
		Complete: func(m *Message, s Subscription, now time.Time, newID func() string) {
			m.ID, m.Time = cmp.Or(m.ID, newID()), trigger.At(m.Time, now)
			m.Source, m.Tag = cmp.Or(m.Source, s.Resource()), cmp.Or(m.Tag, s.Tag)
		},
	})
}

// MessageScope is what MessageID is unique within.
func (m Message) MessageScope() string { return "mq " + m.Resource + " " + m.Source }
