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

// bucketEvents says an object trigger's events in the vendor's words; restored has none.
func bucketEvents(m *annotations.OS) []string {
	words := map[string][]string{
		"created": {"oss:ObjectCreated:*"}, "created:put": {"oss:ObjectCreated:PutObject"}, "created:post": {"oss:ObjectCreated:PostObject"},
		"created:copy": {"oss:ObjectCreated:CopyObject"}, "created:multipart": {"oss:ObjectCreated:CompleteMultipartUpload"},
		"removed": {"oss:ObjectRemoved:DeleteObject", "oss:ObjectRemoved:DeleteObjects"},
	}
	var events []string
	for _, e := range m.EventsOrDefault() {
		events = append(events, words[e]...)
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
