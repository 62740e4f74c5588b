package aws

import (
	"encoding/json"
	"flag"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/targettest"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	schema := targettest.Schema(t, "sam.schema.json")
	targettest.Golden(t, cloud{targettest.Codecs(codecs())}, *update, func(path string, content []byte) error {
		if schema == nil || path != "template.yaml" {
			return nil
		}
		return schema.Validate(targettest.Value(t, content))
	})
}

func TestSchemaRefuses(t *testing.T) {
	schema := targettest.Schema(t, "sam.schema.json")
	if schema == nil {
		t.Skip("the schema is not here")
	}
	app := targettest.App(t, Name, "service: shop\nprovider: {x-aws: {MemorySise: 1}}\nfunctions: {work: {}}\n")
	files, _ := New().Deploy(app)
	if err := schema.Validate(targettest.Value(t, files[1].Content)); err == nil {
		t.Error("the schema accepts a misspelt key, so that accepting ours says nothing")
	}
}

func TestEntry(t *testing.T) {
	app := targettest.App(t, Name, `service: shop
functions:
  api: {events: [http: {method: GET, path: /}], architecture: arm64}
  invoked: {}
  mixed: {events: [timer: {every: 1h}, http: {method: GET, path: /m}, event: {}]}
  tick: {events: [timer: {every: 1h}]}
`)
	want := map[string]string{"api": "HTTP arm64", "invoked": "Raw amd64", "mixed": "HTTP Timer Raw amd64", "tick": "Timer amd64"}
	for _, u := range app.Units {
		e := New().Entry(u)
		if e.Loop != platform || e.Command != "bootstrap" || e.GOOS != "linux" {
			t.Errorf("%s: %+v", u.Name, e)
		}
		if got := named(e) + e.GOARCH; got != want[u.Name] {
			t.Errorf("%s: %s, want %s", u.Name, got, want[u.Name])
		}
	}
}

func named(e target.Entry) string {
	var b strings.Builder
	for _, c := range e.Codecs {
		b.WriteString(c.Name + " ")
	}
	return b.String()
}

// TestPlatform: what a generated main calls exists, and a trigger whose events nothing could read is refused.
func TestPlatform(t *testing.T) { targettest.Platform(t, New(), platform, codecs()) }

// TestInput makes sure that the scheduler finds its variable, once, whatever the payload holds, and that the result is
// the JSON that the platform decodes.
func TestInput(t *testing.T) {
	const variable = "<aws.scheduler.scheduled-time>"
	for _, payload := range []string{"", "text", `{"a": "<b>"}`, "\x00", variable} {
		text := input("nightly", payload)
		if strings.Count(text, variable) != 1 {
			t.Errorf("payload %q: %s", payload, text)
		}
		var event map[string]string
		if err := json.Unmarshal([]byte(strings.Replace(text, variable, "2026-01-02T03:04:05Z", 1)), &event); err != nil {
			t.Fatal(err)
		}
		if event["faas"] != "timer" || event["name"] != "nightly" || event["time"] != "2026-01-02T03:04:05Z" || event["payload"] != payload {
			t.Errorf("payload %q: %v", payload, event)
		}
	}
}

func TestPaths(t *testing.T) {
	w := &wildcard{}
	for _, c := range []struct{ pattern, want string }{
		{"/", "/{rest+} /"},
		{"/{$}", "/"},
		{"/books", "/books"},
		{"/books/{id}", "/books/{id}"},
		{"/books/{bookID}/pages/{page}", "/books/{id}/pages/{page}"},
		{"/files/", "/files/{rest+} /files/"},
		{"/files/{path...}", "/files/{rest+} /files/"},
		{"/files/{$}", "/files/"},
		{"/{größe}/x", "/{p1}/x"},
		{"/{größe}", "/{p1}"},
	} {
		if got := strings.Join(w.paths(c.pattern), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.pattern, got, c.want)
		}
	}
}

// TestEveryKey compares the structs with what SAM has.
func TestEveryKey(t *testing.T) {
	const function, api = "samtranslator__internal__schema_source__aws_serverless_function__", "samtranslator__internal__schema_source__aws_serverless_httpapi__"
	for definition, structure := range map[string]any{
		function + "Properties": Properties{}, function + "ScheduleV2EventProperties": ScheduleEvent{}, "HttpApiEventProperties": HTTPAPIEvent{},
		"HttpApiAuth": RouteAuth{}, api + "Properties": HTTPAPIProperties{}, api + "Auth": HTTPAPIAuth{}, "EventInvokeConfig": EventInvokeConfig{},
		"EventInvokeDestinationConfig": DestinationConfig{}, "EventInvokeOnFailure": Destination{}, "DeadLetterQueue": DeadLetterQueue{},
		"VpcConfig": VPCConfig{}, "S3EventProperties": S3Event{}, "SQSEventProperties": SQSEvent{}, "SNSEventProperties": SNSEvent{},
		"MSKEventProperties": MSKEvent{}, "CloudWatchLogsEventProperties": LogsEvent{}, function + "EventBridgeRuleEventProperties": RuleEvent{},
	} {
		if want := targettest.Properties(t, "sam.schema.json", "definitions", definition); want != nil {
			if diff := cmp.Diff(want, targettest.Keys(structure)); diff != "" {
				t.Errorf("%s (-vendor +struct):\n%s", definition, diff)
			}
		}
	}
}

// TestFolders: a route that takes all below a folder takes the folder too, unless a route of another unit is for that
// alone, as ServeMux has it.
func TestFolders(t *testing.T) {
	for _, c := range []struct{ all, one, want string }{
		{`GET, path: "/"`, `GET, path: "/{$}"`, "GET / one, HEAD / one, GET /{rest+} all, HEAD /{rest+} all"},
		{`GET, path: "/a/"`, `POST, path: "/a/{$}"`, "GET /a/ all, HEAD /a/ all, POST /a/ one, GET /a/{rest+} all, HEAD /a/{rest+} all"},
		{`ANY, path: "/{rest...}"`, `ANY, path: "/{$}"`, "ANY / one, ANY /{rest+} all"},
		{`ANY, path: "/{rest...}"`, `GET, path: "/{$}"`, "ANY / all, GET / one, HEAD / one, ANY /{rest+} all"},
	} {
		app := targettest.App(t, Name, "service: shop\nfunctions:\n  all: {events: [http: {method: "+c.all+"}]}\n  one: {events: [http: {method: "+c.one+"}]}\n")
		var r target.Report
		var got []string
		for _, n := range routes(&r, app) {
			got = append(got, n.method+" "+n.path+" "+n.unit.Name)
		}
		if text := strings.Join(got, ", "); text != c.want || len(r.Diagnostics) > 0 {
			t.Errorf("%s and %s:\n got %s %v\nwant %s", c.all, c.one, text, r.Diagnostics, c.want)
		}
	}
}
