package aliyun

import (
	"regexp"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)

func carryOS() target.Carried[Trigger] {
	return target.Carry[annotations.OS, Trigger]{
		Codec: "Bucket", Check: checkBucket, Make: bucketTriggers,
		Mechanism: map[string]string{kind.FeatureOS: "oss", kind.FeatureOSFilter: "filter"},
	}.Carried()
}

// bucketEvents says an object trigger's events in the vendor's words; restored has none. Created are the events after which there
// is an object to read. oss:ObjectCreated:* has more, such as each part of an upload, and the abortion of one is in
// oss:ObjectRemoved:*.
func bucketEvents(m *annotations.OS) []string {
	const created = "oss:ObjectCreated:"
	words := map[string][]string{
		"created":     {created + "PutObject", created + "PostObject", created + "CopyObject", created + "AppendObject", created + "CompleteMultipartUpload"},
		"created:put": {created + "PutObject"}, "created:post": {created + "PostObject"},
		"created:copy": {created + "CopyObject"}, "created:multipart": {created + "CompleteMultipartUpload"},
		"removed": {"oss:ObjectRemoved:DeleteObject", "oss:ObjectRemoved:DeleteObjects"},
	}
	var events []string
	for _, e := range m.EventsOrDefault() {
		for _, word := range words[e] {
			if !slices.Contains(events, word) {
				events = append(events, word)
			}
		}
	}
	return events
}

func checkBucket(r *target.Report, app *target.App, _ *target.Unit, t target.Trigger, m *annotations.OS) {
	bucket := app.Resource(t, target.Needs(m)[0])
	r.Named(bucket, bucket.ARN != "" || bucketForm.MatchString(bucket.Name), "3 to 63 lower-case letters, digits and dashes", "my-bucket")
	if slices.Contains(m.EventsOrDefault(), "restored") {
		r.Unsupported(t.At("events"), "the event restored", "a trigger of OSS has no such event")
	}
}

func bucketTriggers(app *target.App, _ *target.Unit, t target.Trigger, m *annotations.OS) []Trigger {
	bucket := app.Resource(t, target.Needs(m)[0])
	return []Trigger{{TriggerType: "oss", SourceArn: arn(app, bucket, "oss", bucket.Name), TriggerConfig: &OSSTrigger{
		Events: bucketEvents(m), Filter: OSSFilter{OSSKey{m.Prefix, m.Suffix}},
	}}}
}
