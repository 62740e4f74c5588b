package aliyun

import (
	"regexp"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var mnsForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,119}$`)

func carryMQ() target.Carried[Trigger] {
	return target.Carry[annotations.MQ, Trigger]{
		Codec: "Queue", Check: checkQueue, Make: mqTriggers,
		Waits:     func(m *annotations.MQ) bool { return m.Queue != "" },
		Mechanism: map[string]string{kind.FeatureMQQueue: "eventbridge, MNS", kind.FeatureMQTopic: "mns_topic", kind.FeatureMQTag: "filterTag", kind.FeatureMQBatch: "batchWindow", kind.FeatureMQPartialFailures: "the whole batch"},
	}.Carried()
}

func checkQueue(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.MQ) {
	source := app.Resource(t, target.Needs(m)[0])
	r.About("trigger mq " + source.Need.Type)
	r.Named(source, source.ARN != "" && m.Topic != "" || mnsForm.MatchString(source.Name), "120 letters, digits and dashes at most, no dash first", "orders")
	if source.ARN != "" && m.Queue != "" {
		r.Unsupported(source.At("arn"), "arn of a queue", "queues are read by name, in the function's own account and region")
	}
	if m.Queue != "" {
		checkWindow(r, t, m.Window)
		r.Known(u, kind.FeatureMQPartialFailures, t.At(""), "trigger mq of %s: a failed message has its whole batch delivered again", u.Name)
		return
	}
	if m.Batch > 1 {
		r.Loss(u, kind.FeatureMQBatch, t.At("batch"), "batch %d: aliyun delivers the messages of a topic one by one", m.Batch)
	}
	if m.Window != 0 {
		r.Loss(u, kind.FeatureMQBatch, t.At("window"), "window %s: aliyun delivers the messages of a topic at once", m.Window)
	}
}

func mqTriggers(app *target.App, _ *target.Unit, t target.Trigger, m *annotations.MQ) []Trigger {
	from := app.Resource(t, target.Needs(m)[0])
	if m.Topic != "" {
		return []Trigger{{TriggerType: "mns_topic", SourceArn: arn(app, from, "mns", "/topics/"+from.Name), TriggerConfig: &MNSTrigger{
			NotifyContentFormat: "JSON", NotifyStrategy: "BACKOFF_RETRY", FilterTag: m.Tag,
		}}}
	}
	return []Trigger{eventBridge("{}", "event-streaming", EventSource{"MNS", map[string]any{
		"sourceMNSParameters": map[string]any{"RegionId": app.Spec.Provider.Region, "QueueName": from.Name, "IsBase64Decode": true},
	}}, batchWindow(m.Batch, m.Window))}
}
