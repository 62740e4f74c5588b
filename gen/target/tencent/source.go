package tencent

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target"
)

var (
	bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,48}-[0-9]+$`)
	topicForm  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)
	clsForm    = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	kafkaForm  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]{0,127}$`)
)

// bucketEvents says an object trigger's events in the vendor's words.
func bucketEvents(m *annotations.OS) []string {
	words := map[string]string{
		"created": "cos:ObjectCreated:*", "created:put": "cos:ObjectCreated:Put", "created:post": "cos:ObjectCreated:Post",
		"created:copy": "cos:ObjectCreated:Copy", "created:multipart": "cos:ObjectCreated:CompleteMultipartUpload",
		"removed": "cos:ObjectRemove:*", "restored": "cos:ObjectRestore:Completed",
	}
	var events []string
	for _, e := range m.Actions() {
		events = append(events, words[e])
	}
	return events
}

// bucketHost is the bucket's full domain, which is what the vendor's trigger names it by.
func bucketHost(app *target.App, r target.Resource) string {
	if strings.Contains(r.Name, ".") {
		return r.Name
	}
	return r.Name + ".cos." + region(app) + ".myqcloud.com"
}

// checkSources reports what the component's triggers do not take.
func checkSources(r *target.Report, app *target.App, u *target.Unit) {
	count := map[string]int{}
	for _, f := range u.Functions {
		for _, t := range f.Triggers {
			if annotations.HTTPOf(t.Marker) != nil || t.Kind == "timer" {
				continue
			}
			r.About("trigger " + t.Kind)
			for _, n := range target.Needs(t.Marker) {
				resource := app.Resource(t, n)
				if resource.Created() {
					r.Unsupported(resource.At("create"), "create", "serverless.yml has functions only; make the "+n.Words()+" beforehand")
				}
				if resource.ARN != "" {
					r.Unsupported(resource.At("arn"), "arn", "resources have names and ids there: say name")
				}
			}
			checkSource(r, app, u, t)
			made := sources(app, t)
			if len(made) == 0 {
				r.Nowhere(t)
				continue
			}
			before := count[t.Kind]
			if count[t.Kind] += len(made); count[t.Kind] > maxTriggers && before <= maxTriggers {
				r.Limit(t.At(""), "trigger "+t.Kind, fmt.Sprintf("%d triggers of unit %s", count[t.Kind], u.Name), fmt.Sprintf("%d of one kind at most", maxTriggers))
			}
		}
	}
	r.About("")
}

func checkSource(r *target.Report, app *target.App, u *target.Unit, t target.Trigger) {
	if c, ok := carried()[t.Kind]; ok {
		c.Check(r, app, u, t)
		return
	}
	switch m := t.Marker.(type) {
	case *annotations.OS:
		bucket := app.Resource(t, target.Needs(m)[0])
		name, _, _ := strings.Cut(bucket.Name, ".")
		r.Named(bucket, bucketForm.MatchString(name), "lower-case letters, digits and dashes with the account's APPID at the end", "my-bucket-1250000000")
		if m.Suffix != "" && !strings.HasPrefix(m.Suffix, ".") {
			r.About("trigger os filter")
			r.Limit(t.At("suffix"), "suffix", fmt.Sprintf("%q", m.Suffix), "one that starts with a dot")
		}
	case *annotations.Kafka:
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
		r.Known(u, "trigger kafka partial failures", t.At(""), "trigger kafka of %s: a failed record brings its whole batch again", u.Name)
	case *annotations.Log:
		topic := app.Resource(t, target.Needs(m)[0])
		r.Named(topic, clsForm.MatchString(topic.Name), "the id of a log topic", "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f")
		if l := u.Settings.Log; l != nil && l.Store == topic.Name {
			r.Limit(t.At("store"), "log topic", topic.Name, "another than the function's own: it would be called for what it logs itself, for ever")
		}
		if n := seconds(m.Window); m.Window != 0 && (n < 3 || n > 300) {
			r.Limit(t.At("window"), "window", m.Window.String(), "3s to 5m")
		}
	case *annotations.Event:
		{
			r.About("trigger event")
			r.Unsupported(t.At(""), "an event bus as trigger", "rules of EventBridge are made outside of serverless.yml; let one call the function and take raw events")
		}
	}
}

// checkTopics reports a second trigger for a log topic: the vendor's tool would put it in the place of the first.
func checkTopics(r *target.Report, app *target.App) {
	app.Sharing("log", func(_ *target.Unit, t, first target.Trigger, topic target.Resource, _ int) {
		r.About("trigger log")
		r.Limit(t.At("store"), "log topic "+topic.Name, "a second trigger", "one a topic").
			Chain = []annotations.Link{{Pos: first.At("store").Pos, Message: "the first is here"}}
		r.About("")
	})
}

const qualifier = "$DEFAULT"

// sources makes the component's triggers for one of ours that is neither a route nor a timer; none for what it has nothing
// for. Each is off by default.
func sources(app *target.App, t target.Trigger) []Event {
	if c, ok := carried()[t.Kind]; ok {
		return c.Make(app, nil, t)
	}
	switch m := t.Marker.(type) {
	case *annotations.OS:
		bucket := app.Resource(t, target.Needs(m)[0])
		var list []Event
		for _, e := range bucketEvents(m) { // a trigger of the vendor has one event
			list = append(list, Event{COS: &COS{COSParameters{
				Bucket: bucketHost(app, bucket), Qualifier: qualifier, Events: e, Filter: COSFilter{m.Prefix, m.Suffix}, Enable: true,
			}}})
		}
		return list
	case *annotations.Kafka:
		topic := app.Resource(t, target.Needs(m)[0])
		id, _ := app.Instance(t)
		p := CKafkaParameters{
			Name: id, Qualifier: qualifier, Topic: topic.Name, ConsumerGroupName: m.Group, MaxMsgNum: m.Batch, Offset: m.From,
			Timeout: max(1, seconds(m.Window)), Enable: true,
		}
		if p.Offset == "" {
			p.Offset = "latest"
		}
		return []Event{{CKafka: &CKafka{p}}}
	case *annotations.Log:
		topic := app.Resource(t, target.Needs(m)[0])
		return []Event{{CLS: &CLSTrigger{CLSParameters{TopicId: topic.Name, Qualifier: qualifier, MaxWait: seconds(m.Window), Enable: true}}}}
	}
	return nil
}
