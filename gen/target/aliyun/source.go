package aliyun

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target"
)

var (
	bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)
	mnsForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,119}$`)
	kafkaForm  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	domainForm = regexp.MustCompile(`^([A-Za-z0-9*][A-Za-z0-9-]*\.)+[A-Za-z0-9-]+$`)
	storeForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$`)
)

// account is the variable of the vendor's tool for the account that it deploys to.
const account = `${config("AccountID")}`

// bucketEvents says an object trigger's events in the vendor's words; restored has none.
func bucketEvents(m *annotations.OS) []string {
	words := map[string][]string{
		"created": {"oss:ObjectCreated:*"}, "created:put": {"oss:ObjectCreated:PutObject"}, "created:post": {"oss:ObjectCreated:PostObject"},
		"created:copy": {"oss:ObjectCreated:CopyObject"}, "created:multipart": {"oss:ObjectCreated:CompleteMultipartUpload"},
		"removed": {"oss:ObjectRemoved:DeleteObject", "oss:ObjectRemoved:DeleteObjects"},
	}
	var events []string
	for _, e := range m.Actions() {
		events = append(events, words[e]...)
	}
	return events
}

// arn is where events come from, in the account and region of the deployment unless it was said.
func arn(app *target.App, r target.Resource, service, path string) string {
	if r.ARN != "" {
		return r.ARN
	}
	return fmt.Sprintf("acs:%s:%s:%s:%s", service, app.Spec.Provider.Region, account, path)
}

// checkSources reports what the vendor's triggers do not take.
func checkSources(r *target.Report, app *target.App, u *target.Unit) {
	for _, f := range u.Functions {
		for _, t := range f.Triggers {
			r.About("trigger " + t.Kind)
			for _, n := range target.Needs(t.Marker) {
				if resource := app.Resource(t, n); resource.Created() {
					r.Unsupported(resource.At("create"), "create", "s.yaml has functions and domains only; make the "+n.Words()+" beforehand")
				}
			}
			if c, ok := carried()[t.Kind]; ok {
				c.Check(r, app, u, t)
				continue
			}
			switch m := t.Marker.(type) {
			case *annotations.APIGW:
				r.Loss(u, "trigger apigw", t.At(""), "trigger apigw of %s: s.yaml has no API gateway; the function answers at its own URL, which a gateway can lead to", u.Name)
			case *annotations.OS:
				checkBucket(r, app, t, m)
			case *annotations.Kafka:
				checkKafka(r, app, u, t, m)
			case *annotations.Log:
				checkStore(r, app, u, t, m)
			case *annotations.Event:
				if m.Bus != "" {
					r.About("trigger event")
					r.Unsupported(t.At("bus"), "bus", "a trigger takes the events of the account's own bus; lead them there by a rule")
				}
			}
		}
	}
	r.About("")
}

func checkBucket(r *target.Report, app *target.App, t target.Trigger, m *annotations.OS) {
	bucket := app.Resource(t, target.Needs(m)[0])
	r.Named(bucket, bucket.ARN != "" || bucketForm.MatchString(bucket.Name), "3 to 63 lower-case letters, digits and dashes", "my-bucket")
	if slices.Contains(m.Actions(), "restored") {
		r.Unsupported(t.At("events"), "the event restored", "a trigger of OSS has no such event")
	}
}

func checkKafka(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.Kafka) {
	topic := app.Resource(t, target.Needs(m)[0])
	r.Named(topic, kafkaForm.MatchString(topic.Name), "64 letters, digits, dashes and underscores at most", "clicks")
	if id, at := app.Instance(t); id == "" {
		r.Missing(at.At("instance"), "the instance of topic "+topic.Need.Name, "records come from an instance of Kafka").Hint = topic.Hint("instance", "alikafka_…")
	}
	if m.Batch > 10000 {
		r.Limit(t.At("batch"), "batch", fmt.Sprint(m.Batch), "10000 at most")
	}
	if m.Window > annotations.Duration(15*time.Second) {
		r.Limit(t.At("window"), "window", m.Window.String(), "15s at most")
	}
	r.Known(u, "trigger kafka partial failures", t.At(""), "trigger kafka of %s: a failed record brings its whole batch again", u.Name)
}

func checkStore(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.Log) {
	store := app.Resource(t, target.Needs(m)[0])
	r.Named(store, storeForm.MatchString(store.Name), "3 to 63 lower-case letters, digits, dashes and underscores", "audit")
	if store.Project == "" {
		r.Missing(store.At("project"), "the project of log store "+store.Need.Name, "a logstore is in one").Hint = store.Hint("project", "my-project")
	}
	switch l := u.Settings.Log; {
	case l == nil:
		r.Missing(t.At("store"), "log", "the trigger writes down what it does where the function's own logs go").Hint = "write it in f.yml: log: {project: …, store: …}"
	case l.Project == store.Project && l.Store == store.Name:
		r.Limit(t.At("store"), "logstore", store.Name, "another than the function's own: it would be called for what it logs itself, for ever")
	}
	if m.Window != 0 {
		if n := seconds(m.Window); n < 3 || n > 600 {
			r.Limit(t.At("window"), "window", m.Window.String(), "3s to 10m")
		}
	}
}

// sources makes the vendor's triggers for one of ours that is neither a route nor a timer; none for raw events.
func sources(app *target.App, u *target.Unit, t target.Trigger) []Trigger {
	if c, ok := carried()[t.Kind]; ok {
		return c.Make(app, u, t)
	}
	region := app.Spec.Provider.Region
	switch m := t.Marker.(type) {
	case *annotations.OS:
		bucket := app.Resource(t, target.Needs(m)[0])
		return []Trigger{{TriggerType: "oss", SourceArn: arn(app, bucket, "oss", bucket.Name), TriggerConfig: &OSSTrigger{
			Events: bucketEvents(m), Filter: OSSFilter{OSSKey{m.Prefix, m.Suffix}},
		}}}
	case *annotations.Kafka:
		topic := app.Resource(t, target.Needs(m)[0])
		id, _ := app.Instance(t)
		offset := m.From
		if offset == "" {
			offset = "latest"
		}
		var batch map[string]int
		if m.Batch != 0 || m.Window != 0 {
			batch = map[string]int{"CountBasedWindow": max(1, m.Batch), "TimeBasedWindow": seconds(m.Window)}
		}
		return []Trigger{eventBridge("{}", "event-streaming", EventSource{"Kafka", map[string]any{
			"sourceKafkaParameters": map[string]any{
				"RegionId": region, "InstanceId": id, "Topic": topic.Name, "ConsumerGroup": group(app, u, t, m), "OffsetReset": offset,
			},
		}}, batch)}
	case *annotations.Log:
		store := app.Resource(t, target.Needs(m)[0])
		interval := 60
		if m.Window != 0 {
			interval = seconds(m.Window)
		}
		c := &LogTrigger{
			SourceConfig: LogStore{store.Name}, JobConfig: LogJob{MaxRetryTime: "3", TriggerInterval: fmt.Sprint(interval)},
			FunctionParameter: map[string]any{}, Enable: true,
		}
		if l := u.Settings.Log; l != nil {
			c.LogConfig = LogPlace{Project: l.Project, Logstore: l.Store}
		}
		return []Trigger{{TriggerType: "log", SourceArn: arn(app, store, "log", "project/"+store.Project), TriggerConfig: c}}
	case *annotations.Event:
		pattern, err := json.Marshal(struct {
			Source []string `json:"source,omitempty"`
			Type   []string `json:"type,omitempty"`
		}{one(m.Source), one(m.Type)})
		if err != nil {
			panic("aliyun: " + err.Error()) // strings cannot fail
		}
		return []Trigger{eventBridge(string(pattern), "event-driven", EventSource{"Default", map[string]any{}}, nil)}
	}
	return nil
}

func one(word string) []string {
	if word == "" {
		return nil
	}
	return []string{word}
}

// eventBridge makes a trigger of EventBridge. A failed call is repeated; what fails for good does not hold up the rest.
func eventBridge(pattern, mode string, source EventSource, batch map[string]int) Trigger {
	options := RunOptions{
		Mode: mode, MaximumTasks: 1, ErrorsTolerance: "ALL", RetryStrategy: RetryStrategy{PushRetryStrategy: "EXPONENTIAL_DECAY_RETRY"}, BatchWindow: batch,
	}
	return Trigger{TriggerType: "eventbridge", TriggerConfig: &EventBridgeTrigger{
		TriggerEnable: true, EventRuleFilterPattern: pattern, EventSourceConfig: source, RunOptions: options,
		EventSinkConfig: EventSink{DeliveryOption{Mode: mode, EventSchema: "CloudEvents"}},
	}}
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
