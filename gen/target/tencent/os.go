package tencent

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,48}-[0-9]+$`)

func carryOS() target.Carried[Event] {
	return target.Carry[annotations.OS, Event]{
		Codec: "Bucket", Check: checkBucket, Make: bucketTriggers,
		Mechanism: map[string]string{kind.FeatureOS: "cos", kind.FeatureOSFilter: "filter"},
	}.Carried()
}

// bucketEvents says an object trigger's events in the vendor's words.
func bucketEvents(m *annotations.OS) []string {
	words := map[string]string{
		"created": "cos:ObjectCreated:*", "created:put": "cos:ObjectCreated:Put", "created:post": "cos:ObjectCreated:Post",
		"created:copy": "cos:ObjectCreated:Copy", "created:multipart": "cos:ObjectCreated:CompleteMultipartUpload",
		"removed": "cos:ObjectRemove:*", "restored": "cos:ObjectRestore:Completed",
	}
	var events []string
	for _, e := range m.EventsOrDefault() {
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

func checkBucket(r *target.Report, app *target.App, _ *target.Unit, t target.Trigger, m *annotations.OS) {
	bucket := app.Resource(t, target.Needs(m)[0])
	name, _, _ := strings.Cut(bucket.Name, ".")
	r.Named(bucket, bucketForm.MatchString(name), "lower-case letters, digits and dashes with the account's APPID at the end", "my-bucket-1250000000")
	if m.Suffix != "" && !strings.HasPrefix(m.Suffix, ".") {
		r.About(kind.FeatureOSFilter)
		r.Limit(t.At("suffix"), "suffix", fmt.Sprintf("%q", m.Suffix), "one that starts with a dot")
	}
}

// bucketTriggers are one for each event: a trigger of the vendor has one.
func bucketTriggers(app *target.App, _ *target.Unit, t target.Trigger, m *annotations.OS) (list []Event) {
	bucket := app.Resource(t, target.Needs(m)[0])
	for _, e := range bucketEvents(m) {
		list = append(list, Event{COS: &COS{COSParameters{
			Bucket: bucketHost(app, bucket), Qualifier: qualifier, Events: e, Filter: COSFilter{m.Prefix, m.Suffix}, Enable: true,
		}}})
	}
	return list
}
