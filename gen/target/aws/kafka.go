package aws

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var kafkaForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,249}$`)

func carryKafka() target.Carried[sourceEvent] {
	return target.Carry[annotations.Kafka, sourceEvent]{
		Codec: "Kafka", Check: checkKafka, Make: kafkaEvent,
		Waits:     func(*annotations.Kafka) bool { return true },
		Mechanism: map[string]string{kind.FeatureKafka: "MSK", kind.FeatureKafkaGroup: "ConsumerGroupId", kind.FeatureKafkaBatch: "BatchSize", kind.FeatureKafkaPartialFailures: "the whole batch"},
	}.Carried()
}

// cluster is the ARN of the MSK cluster of a topic: its instance, which may be the logical name of one, or cluster=.
func cluster(app *target.App, t target.Trigger) (string, target.Resource) {
	needs := target.Needs(t.Marker)
	topic := app.Resource(t, needs[0])
	name, at := topic.Instance, topic
	if len(needs) > 1 {
		at = app.Resource(t, needs[1])
		name = needs[1].Name
	}
	if declared := app.Spec.Resources[name]; declared != nil {
		if name = declared.ARN; name == "" {
			name = declared.Name
		}
	}
	return name, at
}

func checkKafka(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.Kafka) {
	topic := app.Resource(t, target.Needs(m)[0])
	r.Named(topic, kafkaForm.MatchString(topic.Name), "249 letters, digits, dots, dashes and underscores at most", "clicks")
	create(r, topic)
	switch arn, at := cluster(app, t); {
	case arn == "":
		r.Missing(at.At("instance"), "the cluster of topic "+topic.Need.Name, "records come from a cluster of MSK").Hint = topic.Hint("instance", "ARN")
	case !strings.HasPrefix(arn, "arn:"):
		r.Limit(at.At("instance"), "the cluster of topic "+topic.Need.Name, fmt.Sprintf("%q", arn), "the ARN of a cluster of MSK").Hint = topic.Hint("instance", "ARN")
	}
	checkBatch(r, t, m.Batch, m.Window, 10000)
	r.Known(u, kind.FeatureKafkaPartialFailures, t.At(""), "trigger kafka of %s: a failed record has its whole batch delivered again", u.Name)
}

func kafkaEvent(app *target.App, u *target.Unit, t target.Trigger, m *annotations.Kafka) []sourceEvent {
	topic := app.Resource(t, target.Needs(m)[0])
	arn, _ := cluster(app, t)
	e := &MSKEvent{
		Stream: arn, Topics: []string{topic.Name}, StartingPosition: "LATEST", ConsumerGroupId: group(app, u, t, m),
		BatchSize: m.Batch, MaximumBatchingWindowInSeconds: m.Window.WholeSeconds(), Enabled: true,
	}
	if m.From == "earliest" {
		e.StartingPosition = "TRIM_HORIZON"
	}
	return []sourceEvent{{logicalName(t.Name) + "Kafka", &Event{Type: "MSK", Properties: e}}}
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
