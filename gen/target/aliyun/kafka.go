package aliyun

import (
	"regexp"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var kafkaForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func carryKafka() target.Carried[Trigger] {
	return target.Carry[annotations.Kafka, Trigger]{
		Codec: "Kafka", Check: checkKafka, Make: kafkaTriggers,
		Waits:     func(*annotations.Kafka) bool { return true },
		Mechanism: map[string]string{kind.FeatureKafka: "eventbridge, Kafka", kind.FeatureKafkaGroup: "ConsumerGroup", kind.FeatureKafkaBatch: "batchWindow", kind.FeatureKafkaPartialFailures: "the whole batch"},
	}.Carried()
}

func checkKafka(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.Kafka) {
	topic := app.Resource(t, target.Needs(m)[0])
	r.Named(topic, kafkaForm.MatchString(topic.Name), "64 letters, digits, dashes and underscores at most", "clicks")
	if id, at := app.Instance(t); id == "" {
		r.Missing(at.At("instance"), "the instance of topic "+topic.Need.Name, "records come from an instance of Kafka").Hint = topic.Hint("instance", "alikafka_…")
	}
	checkWindow(r, t, m.Window)
	r.Known(u, kind.FeatureKafkaPartialFailures, t.At(""), "trigger kafka of %s: a failed record has its whole batch delivered again", u.Name)
}

func kafkaTriggers(app *target.App, u *target.Unit, t target.Trigger, m *annotations.Kafka) []Trigger {
	topic := app.Resource(t, target.Needs(m)[0])
	id, _ := app.Instance(t)
	offset := m.From
	if offset == "" {
		offset = "latest"
	}
	return []Trigger{eventBridge("{}", "event-streaming", EventSource{"Kafka", map[string]any{
		"sourceKafkaParameters": map[string]any{
			"RegionId": app.Spec.Provider.Region, "InstanceId": id, "Topic": topic.Name, "ConsumerGroup": group(app, u, t, m), "OffsetReset": offset,
		},
	}}, batchWindow(m.Batch, m.Window))}
}

// group is the consumer group of a trigger: the deployed function's name, for the second trigger of a unit with its own.
func group(app *target.App, u *target.Unit, t target.Trigger, m *annotations.Kafka) string {
	if m.Group != "" {
		return m.Group
	}
	if list := u.Triggers("kafka"); len(list) > 1 && list[0].Name != t.Name {
		return app.FunctionName(u) + "-" + t.Name
	}
	return app.FunctionName(u)
}
