package aws

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target"
)

var (
	bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	queueForm  = regexp.MustCompile(`^([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo)$`)
	topicForm  = regexp.MustCompile(`^([A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo)$`)
	kafkaForm  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,249}$`)
	streamForm = regexp.MustCompile(`:stream/[A-Za-z0-9_.-]+$|:table/[A-Za-z0-9_.-]+/stream/[^/]+$`)
	busForm    = regexp.MustCompile(`^[A-Za-z0-9._-]{1,256}$`)
)

// bucketEvents says an object trigger's events in the vendor's words.
func bucketEvents(m *annotations.OS) []string {
	words := map[string]string{
		"created": "s3:ObjectCreated:*", "created:put": "s3:ObjectCreated:Put", "created:post": "s3:ObjectCreated:Post",
		"created:copy": "s3:ObjectCreated:Copy", "created:multipart": "s3:ObjectCreated:CompleteMultipartUpload",
		"removed": "s3:ObjectRemoved:*", "restored": "s3:ObjectRestore:Completed",
	}
	var events []string
	for _, e := range m.Actions() {
		events = append(events, words[e])
	}
	return events
}

// arn is the ARN of something that exists, in the account and region of the stack unless it was said.
func arn(r target.Resource, service string) any {
	if r.ARN != "" {
		return r.ARN
	}
	return sub("arn:${AWS::Partition}:" + service + ":${AWS::Region}:${AWS::AccountId}:" + r.Name)
}

func sub(text string) map[string]string { return map[string]string{"Fn::Sub": text} }

func ref(name string) map[string]string { return map[string]string{"Ref": name} }

// cluster is the ARN of the MSK cluster of a topic: its instance, which may be the logical name of one, or cluster=.
func cluster(app *target.App, t target.Trigger) (string, target.Resource) {
	needs := target.Needs(t.Marker)
	topic := app.Resource(t, needs[0])
	name, at := topic.Instance, topic
	if len(needs) > 1 {
		at = app.Resource(t, needs[1])
		name = needs[1].Name
	}
	if said := app.Spec.Resources[name]; said != nil {
		if name = said.ARN; name == "" {
			name = said.Name
		}
	}
	return name, at
}

// checkSources reports what S3, SQS, SNS, MSK, CloudWatch Logs and EventBridge do not take.
func checkSources(r *target.Report, app *target.App, u *target.Unit) {
	for _, f := range u.Functions {
		for _, t := range f.Triggers {
			feature := "trigger " + t.Kind
			r.About(feature)
			switch m := t.Marker.(type) {
			case *annotations.OS:
				checkBucket(r, u, t, app.Resource(t, target.Needs(m)[0]))
			case *annotations.MQ:
				checkQueue(r, app, u, t, m)
			case *annotations.Kafka:
				checkKafka(r, app, u, t, m)
			case *annotations.Log:
				checkGroup(r, app, u, t, m)
			case *annotations.CDN:
				r.Unsupported(t.At(""), feature, "CloudFront calls no function for what happens to a distribution")
			case *annotations.Event:
				for _, n := range target.Needs(m) {
					bus := app.Resource(t, n)
					r.About("trigger event bus")
					r.Named(bus, bus.ARN != "" || busForm.MatchString(bus.Name), "letters, digits, dots, dashes and underscores", "orders")
					create(r, bus)
				}
			}
		}
	}
	r.About("")
}

// create reports what the template does not make.
func create(r *target.Report, resource target.Resource) {
	if resource.Created() {
		r.Unsupported(resource.At("create"), "create of a "+resource.Need.Words(), "the template makes buckets, queues, topics and log groups")
	}
}

func checkBucket(r *target.Report, u *target.Unit, t target.Trigger, bucket target.Resource) {
	r.Named(bucket, bucketForm.MatchString(bucket.Name), "3 to 63 lower-case letters, digits, dots and dashes", "my-"+strings.ToLower(bucket.Name))
	if !bucket.Created() {
		d := r.Loss(u, "trigger os", t.At("bucket"), "trigger os of %s: a template sets up the events of buckets that it makes itself, not those of %s, which exists", u.Name, bucket.Name)
		d.Hint = bucket.Hint("create", "true") + ", or add the notification to the bucket: the template lets it call the function"
	}
}

func checkQueue(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.MQ) {
	source := app.Resource(t, target.Needs(m)[0])
	if m.Topic != "" {
		r.About("trigger mq topic")
		if service(source.ARN) != "sns" && source.ARN != "" {
			r.Limit(source.At("arn"), "arn", fmt.Sprintf("%q", source.ARN), "the ARN of a topic of SNS")
		}
		r.Named(source, source.ARN != "" || topicForm.MatchString(source.Name), "256 letters, digits, dashes and underscores at most", "orders")
		if m.Batch > 1 {
			r.Loss(u, "trigger mq batch", t.At("batch"), "batch %d: aws brings the messages of a topic one by one", m.Batch)
		}
		if m.Window != 0 {
			r.Loss(u, "trigger mq batch", t.At("window"), "window %s: aws brings the messages of a topic at once", m.Window)
		}
		return
	}
	r.About("trigger mq queue")
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

// service is the service of an ARN, empty for what is none.
func service(arn string) string {
	parts := strings.SplitN(arn, ":", 4)
	if len(parts) < 4 || parts[0] != "arn" {
		return ""
	}
	return parts[2]
}

func checkBatch(r *target.Report, t target.Trigger, batch int, window annotations.Duration, most int) {
	if batch > most {
		r.Limit(t.At("batch"), "batch", fmt.Sprint(batch), fmt.Sprintf("%d at most", most))
	}
	if window > annotations.Duration(300*time.Second) {
		r.Limit(t.At("window"), "window", window.String(), "5m at most")
	}
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
	r.Known(u, "trigger kafka partial failures", t.At(""), "trigger kafka of %s: a failed record brings its whole batch again", u.Name)
}

func checkGroup(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.Log) {
	group := app.Resource(t, target.Needs(m)[0])
	own := "/aws/lambda/" + app.FunctionName(u)
	if u.Settings.Log != nil && u.Settings.Log.Store != "" {
		own = u.Settings.Log.Store
	}
	if group.Name == own {
		r.Limit(t.At("store"), "log group", group.Name, "another than the function's own: it would be called for what it logs itself, for ever")
	}
	if m.Window != 0 {
		r.About("trigger log window")
		r.Unsupported(t.At("window"), "window", "a log group hands over what it has at once")
	}
}

// maxFilters is how many triggers a log group takes.
const maxFilters = 2

func checkGroups(r *target.Report, app *target.App) {
	app.Sharing("log", func(_ *target.Unit, t, _ target.Trigger, group target.Resource, before int) {
		if before == maxFilters {
			r.About("trigger log")
			r.Limit(t.At("store"), "log group "+group.Name, "a third trigger", "2 at most of one group")
			r.About("")
		}
	})
}

// source makes the event of a trigger that is neither a route nor a timer, and its name; nil for raw events. Resources
// are the logical names of what the template makes.
func source(app *target.App, u *target.Unit, t target.Trigger, made map[string]string) (string, *Event) {
	name := logicalName(t.Name)
	switch m := t.Marker.(type) {
	case *annotations.OS:
		bucket := app.Resource(t, target.Needs(m)[0])
		if !bucket.Created() {
			return "", nil
		}
		e := &S3Event{Bucket: ref(made[bucket.Need.Name]), Events: bucketEvents(m)}
		e.Filter = filter(m)
		return name + "Bucket", &Event{Type: "S3", Properties: e}
	case *annotations.MQ:
		return queue(app, t, m, made)
	case *annotations.Kafka:
		topic := app.Resource(t, target.Needs(m)[0])
		arn, _ := cluster(app, t)
		e := &MSKEvent{
			Stream: arn, Topics: []string{topic.Name}, StartingPosition: "LATEST", ConsumerGroupId: group(app, u, t, m),
			BatchSize: m.Batch, MaximumBatchingWindowInSeconds: m.Window.WholeSeconds(), Enabled: true,
		}
		if m.From == "earliest" {
			e.StartingPosition = "TRIM_HORIZON"
		}
		return name + "Kafka", &Event{Type: "MSK", Properties: e}
	case *annotations.Log:
		store := app.Resource(t, target.Needs(m)[0])
		e := &LogsEvent{LogGroupName: store.Name}
		if store.Created() {
			e.LogGroupName = ref(made[store.Need.Name])
		}
		return name + "Log", &Event{Type: "CloudWatchLogs", Properties: e}
	case *annotations.Event:
		if !m.OnBus() {
			return "", nil
		}
		e := &RuleEvent{Pattern: Pattern{Source: one(m.Source), DetailType: one(m.Type)}}
		for _, n := range target.Needs(m) {
			bus := app.Resource(t, n)
			if e.EventBusName = bus.Name; bus.ARN != "" {
				e.EventBusName = bus.ARN
			}
		}
		return name + "Rule", &Event{Type: "EventBridgeRule", Properties: e}
	}
	return "", nil
}

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

func filter(m *annotations.OS) *S3Filter {
	var rules []S3Rule
	if m.Prefix != "" {
		rules = append(rules, S3Rule{"prefix", m.Prefix})
	}
	if m.Suffix != "" {
		rules = append(rules, S3Rule{"suffix", m.Suffix})
	}
	if rules == nil {
		return nil
	}
	return &S3Filter{S3Key{rules}}
}

func one(word string) []string {
	if word == "" {
		return nil
	}
	return []string{word}
}

// resources makes what f.yml has the template make, and returns its logical names. Timeout is that of the slowest
// function that reads a queue.
func resources(app *target.App, logical names, to map[string]any) map[string]string {
	made := map[string]string{}
	timeout := map[string]int{}
	var needs []target.Resource
	for _, u := range app.Units {
		for _, f := range u.Functions {
			for _, t := range f.Triggers {
				for _, n := range target.Needs(t.Marker) {
					if r := app.Resource(t, n); r.Created() {
						timeout[n.Name] = max(timeout[n.Name], u.Settings.Timeout.WholeSeconds())
						needs = append(needs, r)
					}
				}
			}
		}
	}
	for _, r := range needs {
		if made[r.Need.Name] != "" {
			continue
		}
		var id string
		switch r.Need.Type {
		case "bucket":
			id = logical.take(logicalName(r.Need.Name) + "Bucket")
			to[id] = &Resource{Type: "AWS::S3::Bucket", DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain", Properties: map[string]any{"BucketName": r.Name}}
		case "queue":
			id = logical.take(logicalName(r.Need.Name) + "Queue")
			properties := map[string]any{"QueueName": r.Name, "VisibilityTimeout": 6 * timeout[r.Need.Name]}
			if strings.HasSuffix(r.Name, ".fifo") {
				properties["FifoQueue"] = true
			}
			to[id] = &Resource{Type: "AWS::SQS::Queue", Properties: properties}
		case "topic":
			id = logical.take(logicalName(r.Need.Name) + "Topic")
			properties := map[string]any{"TopicName": r.Name}
			if strings.HasSuffix(r.Name, ".fifo") {
				properties["FifoTopic"] = true
			}
			to[id] = &Resource{Type: "AWS::SNS::Topic", Properties: properties}
		case "log":
			id = logical.take(logicalName(r.Need.Name) + "LogGroup")
			to[id] = &Resource{Type: "AWS::Logs::LogGroup", Properties: map[string]any{"LogGroupName": r.Name}}
		default:
			continue // Check has refused it
		}
		made[r.Need.Name] = id
	}
	return made
}

// permissions lets buckets that exist call a function: their notification is set up by hand.
func permissions(app *target.App, u *target.Unit, function string, logical names, to map[string]any) {
	buckets := map[string]string{}
	for _, t := range u.Triggers("os") {
		if b := app.Resource(t, target.Needs(t.Marker)[0]); !b.Created() {
			buckets[b.Name] = b.Need.Name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(buckets)) {
		callee := ref(function)
		if n := u.Settings.ProvisionedInstances; n != nil && *n > 0 {
			callee = ref(function + "Aliaslive") // what SAM calls the alias
		}
		to[logical.take(function+logicalName(buckets[name])+"Permission")] = &Resource{Type: "AWS::Lambda::Permission", Properties: map[string]any{
			"Action": "lambda:InvokeFunction", "FunctionName": callee, "Principal": "s3.amazonaws.com",
			"SourceAccount": ref("AWS::AccountId"), "SourceArn": sub("arn:${AWS::Partition}:s3:::" + name),
		}}
	}
}
