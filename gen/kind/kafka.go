package kind

import (
	"reflect"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
)

// Features of the portability report.
const (
	FeatureKafka                = "trigger kafka"
	FeatureKafkaGroup           = "trigger kafka group"
	FeatureKafkaBatch           = "trigger kafka batch"
	FeatureKafkaPartialFailures = "trigger kafka partial failures"
)

func kafkaKind() *Kind {
	same := func(a, b *annotations.Kafka) bool { return a.Topic == b.Topic && a.Cluster == b.Cluster }
	return of(Kind{
		Word: "kafka", Example: "{topic: clicks}", Trigger: kafka.Topic{}, Event: reflect.TypeFor[kafka.Record](), Payload: "Value",
		Resources: []Resource{{"kafka", "topic of Kafka"}, {"cluster", "cluster of Kafka"}},
	}, typed[annotations.Kafka]{
		name: func(m *annotations.Kafka) string { return m.Name },
		needs: func(m *annotations.Kafka) []Need {
			return []Need{{"topic", "kafka", m.Topic}, {"cluster", "cluster", m.Cluster}}
		},
		overlap: func(a, b *annotations.Kafka) string {
			if same(a, b) {
				return "topic " + a.Topic
			}
			return ""
		},
		confused: func(a, b *annotations.Kafka) string { // groups of consumers are in no payload, and clusters not on every cloud
			if a.Topic == b.Topic && (a.Cluster == b.Cluster || a.Cluster == "" || b.Cluster == "") {
				return "topic " + a.Topic
			}
			return ""
		},
		covers: same,
		triggers: func(m *annotations.Kafka, _ string) []framework.Trigger {
			return []framework.Trigger{kafka.Topic{Name: m.Topic, Cluster: m.Cluster, Group: m.Group}}
		},
		identities: func(m *annotations.Kafka, _ string) []string { return []string{m.Topic} },
		sample: func(m *annotations.Kafka, s Sample) any {
			return kafka.Record{Resource: m.Topic, Topic: m.Topic, Offset: 1, Key: []byte("1"), Value: s.Body, Time: s.Now}
		},
		features: []feature[annotations.Kafka]{
			{FeatureKafka, nil},
			{FeatureKafkaGroup, func(m *annotations.Kafka) bool { return m.Group != "" }},
			{FeatureKafkaBatch, func(m *annotations.Kafka) bool { return m.Batch != 0 || m.Window != 0 }},
			{FeatureKafkaPartialFailures, nil},
		},
	})
}
