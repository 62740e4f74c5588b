package kind

import (
	"reflect"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// Features of the portability report.
const (
	FeatureMQQueue           = "trigger mq queue"
	FeatureMQTopic           = "trigger mq topic"
	FeatureMQTag             = "trigger mq tag"
	FeatureMQBatch           = "trigger mq batch"
	FeatureMQPartialFailures = "trigger mq partial failures"
)

func mqKind() *Kind {
	return of(Kind{
		Word: "mq", Example: "{topic: orders}", Trigger: mq.Subscription{}, Event: reflect.TypeFor[mq.Message](), Payload: "Body",
		Resources: []Resource{{"queue", "queue"}, {"topic", "topic"}},
	}, typed[annotations.MQ]{
		name: func(m *annotations.MQ) string { return m.Name },
		needs: func(m *annotations.MQ) []Need {
			return []Need{{"queue", "queue", m.Queue}, {"topic", "topic", m.Topic}} // one is empty
		},
		overlap: func(a, b *annotations.MQ) string {
			if a.Queue == b.Queue && a.Topic == b.Topic && (a.Tag == b.Tag || a.Tag == "" || b.Tag == "") {
				return "messages of " + a.Source()
			}
			return ""
		},
		covers: func(code, there *annotations.MQ) bool {
			return code.Queue == there.Queue && code.Topic == there.Topic && (code.Tag == "" || code.Tag == there.Tag)
		},
		triggers: func(m *annotations.MQ, _ string) []framework.Trigger {
			return []framework.Trigger{mq.Subscription{Queue: m.Queue, Topic: m.Topic, Tag: m.Tag}}
		},
		identities: func(m *annotations.MQ, _ string) []string { return []string{m.Source()} },
		sample: func(m *annotations.MQ, s Sample) any {
			return mq.Message{Resource: m.Source(), Source: m.Source(), Body: s.Body, Tag: m.Tag, Time: s.Now}
		},
		features: []feature[annotations.MQ]{
			{FeatureMQQueue, func(m *annotations.MQ) bool { return m.Queue != "" }},
			{FeatureMQTopic, func(m *annotations.MQ) bool { return m.Topic != "" }},
			{FeatureMQTag, func(m *annotations.MQ) bool { return m.Tag != "" }},
			{FeatureMQBatch, func(m *annotations.MQ) bool { return m.Batch != 0 || m.Window != 0 }},
			{FeatureMQPartialFailures, nil},
		},
	})
}
