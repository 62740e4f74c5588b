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
			if c, ok := carried(nil)[t.Kind]; ok {
				c.Check(r, app, u, t)
				continue
			}
			switch m := t.Marker.(type) {
			case *annotations.OS:
				checkBucket(r, u, t, app.Resource(t, target.Needs(m)[0]))
			case *annotations.Kafka:
				checkKafka(r, app, u, t, m)
			case *annotations.Log:
				checkGroup(r, app, u, t, m)
			case *annotations.Event:
				for _, n := range target.Needs(m) {
					bus := app.Resource(t, n)
					r.About("trigger event")
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
	if c, ok := carried(made)[t.Kind]; ok {
		for _, e := range c.Make(app, u, t) {
			return e.name, e.event
		}
		return "", nil
	}
	name := camel(t.Name)
	switch m := t.Marker.(type) {
	case *annotations.OS:
		bucket := app.Resource(t, target.Needs(m)[0])
		if !bucket.Created() {
			return "", nil
		}
		e := &S3Event{Bucket: ref(made[bucket.Need.Name]), Events: bucketEvents(m)}
		e.Filter = filter(m)
		return name + "Bucket", &Event{Type: "S3", Properties: e}
	case *annotations.Kafka:
		topic := app.Resource(t, target.Needs(m)[0])
		arn, _ := cluster(app, t)
		e := &MSKEvent{
			Stream: arn, Topics: []string{topic.Name}, StartingPosition: "LATEST", ConsumerGroupId: group(app, u, t, m),
			BatchSize: m.Batch, MaximumBatchingWindowInSeconds: seconds(m.Window), Enabled: true,
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
						timeout[n.Name] = max(timeout[n.Name], seconds(u.Settings.Timeout))
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
			id = logical.take(camel(r.Need.Name) + "Bucket")
			to[id] = &Made{Type: "AWS::S3::Bucket", DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain", Properties: map[string]any{"BucketName": r.Name}}
		case "queue":
			id = logical.take(camel(r.Need.Name) + "Queue")
			properties := map[string]any{"QueueName": r.Name, "VisibilityTimeout": 6 * timeout[r.Need.Name]}
			if strings.HasSuffix(r.Name, ".fifo") {
				properties["FifoQueue"] = true
			}
			to[id] = &Made{Type: "AWS::SQS::Queue", Properties: properties}
		case "topic":
			id = logical.take(camel(r.Need.Name) + "Topic")
			properties := map[string]any{"TopicName": r.Name}
			if strings.HasSuffix(r.Name, ".fifo") {
				properties["FifoTopic"] = true
			}
			to[id] = &Made{Type: "AWS::SNS::Topic", Properties: properties}
		case "log":
			id = logical.take(camel(r.Need.Name) + "LogGroup")
			to[id] = &Made{Type: "AWS::Logs::LogGroup", Properties: map[string]any{"LogGroupName": r.Name}}
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
		to[logical.take(function+camel(buckets[name])+"Permission")] = &Made{Type: "AWS::Lambda::Permission", Properties: map[string]any{
			"Action": "lambda:InvokeFunction", "FunctionName": callee, "Principal": "s3.amazonaws.com",
			"SourceAccount": ref("AWS::AccountId"), "SourceArn": sub("arn:${AWS::Partition}:s3:::" + name),
		}}
	}
}
