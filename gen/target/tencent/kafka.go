package tencent

import (
	"fmt"
	"regexp"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var kafkaForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]{0,127}$`)

func carryKafka() target.Carried[Event] {
	return target.Carry[annotations.Kafka, Event]{
		Codec: "Kafka", Check: checkKafka, Make: kafkaTriggers,
		Mechanism: map[string]string{kind.FeatureKafka: "ckafka", kind.FeatureKafkaGroup: "consumerGroupName", kind.FeatureKafkaBatch: "maxMsgNum", kind.FeatureKafkaPartialFailures: "the whole batch"},
	}.Carried()
}

func checkKafka(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.Kafka) {
	topic := app.Resource(t, target.Needs(m)[0])
	r.Named(topic, kafkaForm.MatchString(topic.Name), "128 letters, digits, dots, dashes and underscores at most, a letter first", "clicks")
	if id, at := app.Instance(t); id == "" {
		r.Missing(at.At("instance"), "the instance of topic "+topic.Need.Name, "records come from an instance of CKafka").Hint = topic.Hint("instance", "ckafka-…")
	}
	if m.Batch > 10000 {
		r.Limit(t.At("batch"), "batch", fmt.Sprint(m.Batch), "10000 at most")
	}
	if m.Window > annotations.Duration(time.Minute) {
		r.Limit(t.At("window"), "window", m.Window.String(), "1m at most")
	}
	r.Known(u, kind.FeatureKafkaPartialFailures, t.At(""), "trigger kafka of %s: a failed record has its whole batch delivered again", u.Name)
}

func kafkaTriggers(app *target.App, _ *target.Unit, t target.Trigger, m *annotations.Kafka) []Event {
	topic := app.Resource(t, target.Needs(m)[0])
	id, _ := app.Instance(t)
	p := CKafkaParameters{
		Name: id, Qualifier: qualifier, Topic: topic.Name, ConsumerGroupName: m.Group, MaxMsgNum: m.Batch, Offset: m.From,
		Timeout: max(1, m.Window.WholeSeconds()), Enable: true,
	}
	if p.Offset == "" {
		p.Offset = "latest"
	}
	return []Event{{CKafka: &CKafka{p}}}
}
