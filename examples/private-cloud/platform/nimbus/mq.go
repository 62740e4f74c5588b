package nimbus

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// Message is a message of a queue. Its text is all that it carries.
type Message struct {
	ID   string    `json:"id"`
	Text string    `json:"text"`
	Time time.Time `json:"time"`
}

// Queue is the codec of queues. The messages of an event are given back all together.
func Queue() platform.Codec { return platform.BatchCodec[mq.Subscription](decodeQueue) }

func decodeQueue(p *platform.Payload) (a platform.Batch[mq.Message], ok bool, err error) {
	if !is(p, "queue") {
		return a, false, nil
	}
	queue, err := p.Text("queue")
	if err != nil {
		return a, true, err
	}
	err = platform.Elements("messages", p.Field("messages"), func(raw json.RawMessage) error {
		var m Message
		if err := platform.DecodeJSON("messages", raw, &m); err != nil {
			return err
		}
		a.Events = append(a.Events, mq.Message{ID: m.ID, Source: queue, Body: []byte(m.Text), Time: m.Time.UTC(), Raw: raw})
		return nil
	})
	return a, true, err
}

// EncodeQueue writes messages of one queue.
func EncodeQueue(batch []mq.Message, from platform.Origin) ([]byte, error) {
	queue, messages := from.Name, []Message{}
	for _, m := range batch {
		queue = cmp.Or(queue, m.Source)
		messages = append(messages, Message{m.ID, string(m.Body), m.Time})
	}
	return json.Marshal(map[string]any{"kind": "queue", "queue": queue, "messages": messages})
}
