package tencent

import (
	"regexp"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var topicForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

func carryMQ() target.Carried[Event] {
	return target.Carry[annotations.MQ, Event]{
		Codec: "Queue", Check: checkQueue, Make: mqTriggers,
		Mechanism: map[string]string{kind.FeatureMQTopic: "cmq", kind.FeatureMQTag: "filterKey", kind.FeatureMQBatch: "one message a call", kind.FeatureMQPartialFailures: "one message a call"},
	}.Carried()
}

func checkQueue(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.MQ) {
	if m.Queue != "" {
		r.About(kind.FeatureMQQueue)
		r.Unsupported(t.At("queue"), "queue", "queues reach functions through EventBridge, which serverless.yml does not know; a topic does")
		return
	}
	topic := app.Resource(t, target.Needs(m)[0])
	r.About(kind.FeatureMQTopic)
	r.Named(topic, topicForm.MatchString(topic.Name), "64 letters, digits, dashes and underscores at most, a letter first", "orders")
	r.Loss(u, kind.FeatureMQTopic, t.At("topic"), "trigger mq of %s: tencent's documents no longer have the trigger of CMQ topics, and it may be refused", u.Name)
	if m.Batch > 1 {
		r.Loss(u, kind.FeatureMQBatch, t.At("batch"), "batch %d: tencent delivers messages one by one", m.Batch)
	}
	if m.Window != 0 {
		r.Loss(u, kind.FeatureMQBatch, t.At("window"), "window %s: tencent delivers messages at once", m.Window)
	}
}

func mqTriggers(app *target.App, _ *target.Unit, t target.Trigger, m *annotations.MQ) []Event {
	if m.Topic == "" {
		return nil
	}
	topic := app.Resource(t, target.Needs(m)[0])
	p := CMQParameters{Name: topic.Name, Qualifier: qualifier, FilterType: 1, Enable: true}
	if m.Tag != "" {
		p.FilterKey = []string{m.Tag}
	}
	return []Event{{CMQ: &CMQ{p}}}
}
