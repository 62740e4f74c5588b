package aws

import (
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/targettest"
	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	schema := targettest.Schema(t, "sam.schema.json")
	targettest.Golden(t, New(), *update, func(path string, content []byte) error {
		if filepath.Base(path) != "template.yaml" {
			return nil
		}
		if err := sound(content); err != nil || schema == nil {
			return err
		}
		return schema.Validate(targettest.Value(t, content))
	})
}

// sound checks what the schema lets through: names and references that lead nowhere, words of the wrong form, buckets of
// another template.
func sound(content []byte) error {
	var template struct {
		Resources map[string]struct {
			Type       string         `yaml:"Type"`
			Properties map[string]any `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(content, &template); err != nil {
		return err
	}
	if err := complete(content); err != nil {
		return err
	}
	names := map[any]string{}
	for id, r := range template.Resources {
		if !regexp.MustCompile(`^[A-Za-z0-9]+$`).MatchString(id) {
			return fmt.Errorf("%s is not a logical name", id)
		}
		if document, ok := r.Properties["DefinitionBody"].(map[string]any); ok && r.Properties["Name"] != nil {
			if title := document["info"].(map[string]any)["title"]; fmt.Sprint(title) != "map[Ref:AWS::StackName]" {
				return fmt.Errorf("%s: SAM refuses a Name beside the title %v", id, title)
			}
		}
		if r.Type != "AWS::Serverless::Function" {
			continue
		}
		if other, ok := names[r.Properties["FunctionName"]]; ok {
			return fmt.Errorf("%s and %s have one name", id, other)
		}
		names[r.Properties["FunctionName"]] = id
		if r.Properties["Runtime"] != "provided.al2023" || r.Properties["Handler"] == "" {
			return fmt.Errorf("%s: runtime %v, handler %v", id, r.Properties["Runtime"], r.Properties["Handler"])
		}
		for _, key := range []string{"MemorySize", "Timeout"} {
			if n, ok := r.Properties[key].(int); !ok || n <= 0 {
				return fmt.Errorf("%s: %s is %v", id, key, r.Properties[key])
			}
		}
		events, _ := r.Properties["Events"].(map[string]any)
		for name, event := range events {
			e := event.(map[string]any)
			p := e["Properties"].(map[string]any)
			switch e["Type"] {
			case "ScheduleV2":
				if text := p["ScheduleExpression"].(string); !scheduleForm.MatchString(text) {
					return fmt.Errorf("%s of %s: %q is not a schedule", name, id, text)
				}
			case "S3":
				bucket := p["Bucket"].(map[string]any)["Ref"].(string)
				if template.Resources[bucket].Type != "AWS::S3::Bucket" {
					return fmt.Errorf("%s of %s: %s is not a bucket of the template", name, id, bucket)
				}
			case "MSK", "Kinesis", "DynamoDB":
				if p["StartingPosition"] == nil {
					return fmt.Errorf("%s of %s has no StartingPosition", name, id)
				}
			}
		}
	}
	return nil
}

var scheduleForm = regexp.MustCompile(`^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(\S+ \S+ (\? \S+ [^?\s]+|[^?\s]+ \S+ \?) \S+\))$`)

func TestSoundRefuses(t *testing.T) {
	const function = "{Type: AWS::Serverless::Function, Properties: {FunctionName: f, Runtime: provided.al2023, Handler: h, MemorySize: 1, Timeout: 1, Events: {e: {%s}}}}"
	for name, resources := range map[string]string{
		"a name":         "A-b: {Type: X}",
		"a reference":    "A: {Type: X, Properties: {B: [{Ref: C}]}}",
		"an attribute":   "A: {Type: X, Properties: {B: {Fn::GetAtt: [C, Arn]}}}",
		"a text of it":   "A: {Type: X, Properties: {B: {Fn::Sub: 'arn:${AWS::Region}:${C.Arn}'}}}",
		"no such alias":  "A: " + strings.Replace(fmt.Sprintf(function, "Type: SQS, Properties: {}"), "Timeout: 1,", "Timeout: 1, Tags: {B: {Ref: A.Alias}},", 1),
		"no integration": "A: {Type: X, Properties: {B: {$ref: '#/components/x-amazon-apigateway-integrations/C'}}}",
		"SAM's names":    "A: " + fmt.Sprintf(function, "Type: SQS, Properties: {}") + "\n  ARole: {Type: X}",
		"two of a name":  "A: " + fmt.Sprintf(function, "Type: X, Properties: {}") + "\n  B: " + fmt.Sprintf(function, "Type: X, Properties: {}"),
		"a runtime":      "A: {Type: AWS::Serverless::Function, Properties: {Runtime: go1.x, Handler: h, MemorySize: 1, Timeout: 1}}",
		"a text":         "A: {Type: AWS::Serverless::Function, Properties: {Runtime: provided.al2023, Handler: h, MemorySize: '1', Timeout: 1}}",
		"one minutes":    "A: " + fmt.Sprintf(function, "Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minutes)}"),
		"two day fields": "A: " + fmt.Sprintf(function, "Type: ScheduleV2, Properties: {ScheduleExpression: cron(0 0 * * * *)}"),
		"another bucket": "A: " + fmt.Sprintf(function, "Type: S3, Properties: {Bucket: {Ref: A}}"),
		"a title":        "A: {Type: AWS::Serverless::HttpApi, Properties: {Name: n, DefinitionBody: {info: {title: t}}}}",
		"no position":    "A: " + fmt.Sprintf(function, "Type: MSK, Properties: {Stream: a}"),
	} {
		if err := sound([]byte("Resources:\n  " + resources + "\n")); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for _, text := range []string{"rate(1 minute)", "rate(15 minutes)", "cron(0 3 ? * MON-FRI *)", "cron(0/5 * * * ? *)"} {
		if !scheduleForm.MatchString(text) {
			t.Errorf("%s is refused", text)
		}
	}
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
  mixed: {events: [timer: {every: 1h}, http: {method: GET, path: /m}, raw: {}]}
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
func TestPlatform(t *testing.T) { targettest.Platform(t, New(), platform, kinds(nil).Codecs()) }

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
		function + "Properties": Properties{}, function + "ScheduleV2EventProperties": ScheduleEvent{},
		api + "Properties": HTTPAPIProperties{}, api + "Auth": HTTPAPIAuth{}, "EventInvokeConfig": EventInvokeConfig{},
		"EventInvokeDestinationConfig": DestinationConfig{}, "EventInvokeOnFailure": Destination{}, "DeadLetterQueue": DeadLetterQueue{}, "DeploymentPreference": DeploymentPreference{},
		"VpcConfig": VPCConfig{}, "S3EventProperties": S3Event{}, "SQSEventProperties": SQSEvent{}, "KinesisEventProperties": StreamEvent{}, "DynamoDBEventProperties": StreamEvent{}, "SNSEventProperties": SNSEvent{},
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
