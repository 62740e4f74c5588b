package aws

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func carryOS(made map[string]string) target.Carried[sourceEvent] {
	return target.Carry[annotations.OS, sourceEvent]{
		Codec: "Bucket", Check: checkBucket,
		Make: func(app *target.App, _ *target.Unit, t target.Trigger, m *annotations.OS) []sourceEvent {
			return bucketEvent(app, t, m, made)
		},
		Mechanism: map[string]string{kind.FeatureOS: "S3", kind.FeatureOSFilter: "Filter"},
	}.Carried()
}

// bucketEvents says an object trigger's events in the vendor's words.
func bucketEvents(m *annotations.OS) []string {
	words := map[string]string{
		"created": "s3:ObjectCreated:*", "created:put": "s3:ObjectCreated:Put", "created:post": "s3:ObjectCreated:Post",
		"created:copy": "s3:ObjectCreated:Copy", "created:multipart": "s3:ObjectCreated:CompleteMultipartUpload",
		"removed": "s3:ObjectRemoved:*", "restored": "s3:ObjectRestore:Completed",
	}
	var events []string
	for _, e := range m.EventsOrDefault() {
		events = append(events, words[e])
	}
	return events
}

func checkBucket(r *target.Report, app *target.App, u *target.Unit, t target.Trigger, m *annotations.OS) {
	bucket := app.Resource(t, target.Needs(m)[0])
	r.Named(bucket, bucketForm.MatchString(bucket.Name), "3 to 63 lower-case letters, digits, dots and dashes", "my-"+strings.ToLower(bucket.Name))
	if !bucket.Created() {
		d := r.Loss(u, kind.FeatureOS, t.At("bucket"), "trigger os of %s: a template sets up the events of buckets that it makes itself, not those of %s, which exists", u.Name, bucket.Name)
		d.Hint = bucket.Hint("create", "true") + ", or add the notification to the bucket: the template lets it call the function"
	}
}

// bucketEvent is the event of a bucket that the template makes; SAM sets up no events of others.
func bucketEvent(app *target.App, t target.Trigger, m *annotations.OS, made map[string]string) []sourceEvent {
	bucket := app.Resource(t, target.Needs(m)[0])
	if !bucket.Created() {
		return nil
	}
	e := &S3Event{Bucket: ref(made[bucket.Need.Name]), Events: bucketEvents(m), Filter: filter(m)}
	return []sourceEvent{{logicalName(t.Name) + "Bucket", &Event{Type: "S3", Properties: e}}}
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

// bucketPermissions lets buckets that exist call a function: their notification is set up by hand.
func bucketPermissions(app *target.App, u *target.Unit, functions callees, logical names, to map[string]any) {
	function := functions.id[u]
	buckets := map[string]string{}
	for _, t := range u.Triggers("os") {
		if b := app.Resource(t, target.Needs(t.Marker)[0]); !b.Created() {
			buckets[b.Name] = b.Need.Name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(buckets)) {
		to[logical.take(function+logicalName(buckets[name])+"Permission")] = &Resource{Type: "AWS::Lambda::Permission", Properties: map[string]any{
			"Action": "lambda:InvokeFunction", "FunctionName": functions.ref(u), "Principal": "s3.amazonaws.com",
			"SourceAccount": ref("AWS::AccountId"), "SourceArn": sub("arn:${AWS::Partition}:s3:::" + name),
		}}
	}
}
