package aliyun

import (
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/targettest"
)

// text is the deployment file, which the schemas take.
func text(t *testing.T, app *target.App) string {
	t.Helper()
	files, diags := New().Deploy(app)
	if len(files) != 1 || len(diags) > 0 {
		t.Fatalf("%d files, %v", len(files), diags)
	}
	for _, schema := range schemas(t) {
		if err := validate(t, schema, files[0].Content); err != nil {
			t.Error(err)
		}
	}
	return string(files[0].Content)
}

// TestFrontOfAGroup: all routes of a group are one http trigger, whose settings the functions have to agree about.
func TestFrontOfAGroup(t *testing.T) {
	const source = `service: shop
provider: {region: cn-hangzhou}
functions:
  aa: {events: [http: {method: GET, path: /a}], http: {auth: iam, internal: true, cors: {origins: ["https://a"]}}}
  bb: {events: [http: {method: GET, path: /b}], http: {auth: AUTH, internal: true, streaming: true, cors: {origins: ["https://b"]}}}
  cc: {events: [timer: {every: 1h}]}
`
	app := targettest.App(t, Name, strings.Replace(source, "AUTH", "iam", 1))
	targettest.Group(t, app, "gg", "aa", "bb", "cc")
	if diags := New().Check(app); diags.Failed() {
		t.Error(diags)
	}
	content := text(t, app)
	for part, want := range map[string]int{"triggerType: http": 1, "authType: function": 1, "disableURLInternet: true": 1, "triggerType: timer": 1} {
		if got := strings.Count(content, part); got != want {
			t.Errorf("%s is there %d times, want %d:\n%s", part, got, want, content)
		}
	}
	app = targettest.App(t, Name, strings.Replace(source, "AUTH", "anonymous", 1))
	targettest.Group(t, app, "gg", "aa", "bb", "cc")
	diags := slices.DeleteFunc(New().Check(app), func(d annotations.Diagnostic) bool { return d.Severity == annotations.SeverityNote })
	const want = "f.yml:5:62: http.auth anonymous of function bb and iam of aa are not supported by aliyun in one unit: gg has one http entry [target-unsupported]"
	if got := diags.Error(); got != want || len(diags[0].Chain) != 1 || diags[0].Chain[0].Pos.Line != 4 {
		t.Errorf("got %s, %v", got, diags[0].Chain)
	}
}

// TestMemoryOfAGroup: the most of each that functions ask for may be what the vendor does not take together.
func TestMemoryOfAGroup(t *testing.T) {
	app := targettest.App(t, Name, `service: shop
provider: {region: cn-hangzhou}
functions:
  aa: {cpu: 0.5, memorySize: 512}
  bb: {memorySize: 4096}
`)
	g := targettest.Group(t, app, "gg", "aa", "bb")
	g.Settings.MemorySize = 4096 // what merging makes of it
	diags := New().Check(app)
	if got := diags.Error(); !strings.Contains(got, "cpu: found 0.5 with 4GB of memory, aliyun takes 1 to 4 GB of memory for each processor") || !strings.Contains(diags[0].Hint, "in the group") {
		t.Errorf("%s, hint %s", got, diags[0].Hint)
	}
}

// TestGuestsHaveNoDomain: the paths of a domain lead to the unit that a function belongs to, and not to a second one that has it.
func TestGuestsHaveNoDomain(t *testing.T) {
	app := targettest.App(t, Name, `service: shop
provider: {region: cn-hangzhou}
domains: {shop.example.com: {}}
functions:
  aa: {events: [http: {method: GET, path: /a}]}
  bb: {events: [http: {method: GET, path: /b}]}
  cc: {events: [http: {method: GET, path: /c}]}
`)
	guest := *app.Units[0].Functions[0]
	guest.Guest = true
	g := targettest.Group(t, app, "gg", "bb", "cc")
	g.Functions = append([]*target.Function{&guest}, g.Functions...)
	if diags := New().Check(app); diags.Failed() {
		t.Error(diags)
	}
	content := text(t, app)
	_, routes, _ := strings.Cut(content, "routes:")
	routes = strings.Join(strings.Fields(routes), " ")
	const want = "- path: /a functionName: shop-aa qualifier: LATEST - path: /b functionName: shop-gg qualifier: LATEST - path: /c functionName: shop-gg qualifier: LATEST"
	if routes != want {
		t.Errorf("got %s\nwant %s", routes, want)
	}
	if got := strings.Count(content, "triggerType: http"); got != 2 {
		t.Errorf("%d units have a URL of their own, want both", got)
	}
}

// TestOrigin: a function that is also in a group has its triggers there; by itself it has none, and can read what they bring.
func TestOrigin(t *testing.T) {
	app := targettest.App(t, Name, "service: shop\nprovider: {region: cn-hangzhou}\nresources: {clicks: {name: real, instance: i}}\nfunctions: {both: {events: [http: {method: GET, path: /}, timer: {every: 1h}, kafka: {topic: clicks}]}}\n")
	f := app.Units[0].Functions[0]
	f.Linked, f.Triggers = f.Triggers, nil
	var codecs []string
	for _, c := range New().Entry(app.Units[0]).Codecs {
		codecs = append(codecs, c.Name)
	}
	if got := strings.Join(codecs, " "); got != "Timer Kafka" {
		t.Error(got)
	}
	if content := text(t, app); strings.Contains(content, "trigger") || !strings.Contains(content, "FAAS_RESOURCES: clicks=real") {
		t.Errorf("triggers are deployed, or events are of a topic that the unit does not know:\n%s", content)
	}
}
