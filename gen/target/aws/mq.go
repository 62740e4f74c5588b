package aws

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var (
	queueForm  = regexp.MustCompile(`^([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo)$`)
	topicForm  = regexp.MustCompile(`^([A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo)$`)
	streamForm = regexp.MustCompile(`:stream/[A-Za-z0-9_.-]+$|:table/[A-Za-z0-9_.-]+/stream/[^/]+$`)
)

func carryMQ(made map[string]string) target.Carried[sourceEvent] {
	return target.Carry[annotations.MQ, sourceEvent]{
		Codec: "Queue", Check: checkQueue,
		Make: func(app *target.App, _ *target.Unit, t target.Trigger, m *annotations.MQ) []sourceEvent {
			name, event := queue(app, t, m, made)
			return []sourceEvent{{name, event}}
		},
		Waits:     func(m *annotations.MQ) bool { return m.Queue != "" },
		Mechanism: map[string]string{kind.FeatureMQQueue: "SQS", kind.FeatureMQTopic: "SNS", kind.FeatureMQTag: "FilterPolicy", kind.FeatureMQBatch: "BatchSize", kind.FeatureMQPartialFailures: "ReportBatchItemFailures"},
	}.Carried()
}

func checkQueue(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.MQ) {
	source := app.Resource(t, target.Needs(m)[0])
	if m.Topic != "" {
		r.About(kind.FeatureMQTopic)
		if service(source.ARN) != "sns" && source.ARN != "" {
			r.Limit(source.At("arn"), "arn", fmt.Sprintf("%q", source.ARN), "the ARN of a topic of SNS")
		}
		r.Named(source, source.ARN != "" || topicForm.MatchString(source.Name), "256 letters, digits, dashes and underscores at most", "orders")
		if m.Batch > 1 {
			r.Loss(u, kind.FeatureMQBatch, t.At("batch"), "batch %d: aws delivers the messages of a topic one by one", m.Batch)
		}
		if m.Window != 0 {
			r.Loss(u, kind.FeatureMQBatch, t.At("window"), "window %s: aws delivers the messages of a topic at once", m.Window)
		}
		return
	}
	r.About(kind.FeatureMQQueue)
	switch service(source.ARN) {
	case "", "sqs":
	case "kinesis", "dynamodb":
		checkBatch(r, t, m.Batch, m.Window, 10000)
		if !streamForm.MatchString(source.ARN) {
			r.Limit(source.At("arn"), "arn", fmt.Sprintf("%q", source.ARN), "the ARN of a stream, which ends in :stream/name or, of a table, in /stream/time")
		}
		return
	default:
		r.Limit(source.At("arn"), "arn", fmt.Sprintf("%q", source.ARN), "the ARN of a queue of SQS, of a stream of Kinesis, or of the stream of a table of DynamoDB")
		return
	}
	if !r.Named(source, source.ARN != "" || queueForm.MatchString(source.Name), "80 letters, digits, dashes and underscores at most, with .fifo at the end of an ordered one", "orders") {
		return
	}
	checkBatch(r, t, m.Batch, m.Window, 10000)
	switch fifo := strings.HasSuffix(source.Name, ".fifo"); {
	case fifo && m.Batch > 10:
		r.Limit(t.At("batch"), "batch", fmt.Sprint(m.Batch), "10 at most of a queue in order")
	case fifo && m.Window != 0:
		r.Unsupported(t.At("window"), "window", "a queue in order hands out its messages at once")
	case m.Batch > 10 && m.Window == 0:
		r.Limit(t.At("batch"), "batch", fmt.Sprint(m.Batch), "10 at most without a window").Hint = "add window=1s"
	}
}

// queue is the event of a queue, a stream or a topic.
func queue(app *target.App, t target.Trigger, m *annotations.MQ, made map[string]string) (string, *Event) {
	from := app.Resource(t, target.Needs(m)[0])
	id := made[from.Need.Name]
	if m.Topic != "" {
		e := &SNSEvent{Topic: arn(from, "sns")}
		if id != "" {
			e.Topic = ref(id)
		}
		if m.Tag != "" {
			e.FilterPolicy = map[string][]string{tagAttribute: {m.Tag}}
		}
		return logicalName(t.Name) + "Topic", &Event{Type: "SNS", Properties: e}
	}
	if kind := map[string]string{"kinesis": "Kinesis", "dynamodb": "DynamoDB"}[service(from.ARN)]; kind != "" {
		return logicalName(t.Name) + "Stream", &Event{Type: kind, Properties: &StreamEvent{
			Stream: from.ARN, StartingPosition: "LATEST", BatchSize: m.Batch, MaximumBatchingWindowInSeconds: m.Window.WholeSeconds(), Enabled: true,
			FunctionResponseTypes: []string{"ReportBatchItemFailures"},
		}}
	}
	e := &SQSEvent{
		Queue: arn(from, "sqs"), BatchSize: m.Batch, MaximumBatchingWindowInSeconds: m.Window.WholeSeconds(), Enabled: true,
		FunctionResponseTypes: []string{"ReportBatchItemFailures"},
	}
	if id != "" {
		e.Queue = map[string][]string{"Fn::GetAtt": {id, "Arn"}}
	}
	return logicalName(t.Name) + "Queue", &Event{Type: "SQS", Properties: e}
}

// tagAttribute is the message attribute of a topic's messages that holds the tag.
const tagAttribute = "tag"
