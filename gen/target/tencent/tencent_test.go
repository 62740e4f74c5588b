package tencent

import (
	"bytes"
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/target/targettest"
	"gopkg.in/yaml.v3"
)

// strict reads a deployment file into the structs again: the vendor publishes no schema, and the component ignores what
// it does not know.
func strict(content []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	var c Component
	if err := decoder.Decode(&c); err != nil {
		return err
	}
	if err := decoder.Decode(new(any)); err != io.EOF {
		return err
	}
	return nil
}

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	targettest.Golden(t, New(), *update, func(_ string, content []byte) error { return strict(content) })
}

func TestStrictRefuses(t *testing.T) {
	app := targettest.App(t, Name, "service: shop\nprovider: {x-tencent: {memorySise: 1}}\nfunctions: {work: {}}\n")
	files, _ := New().Deploy(app)
	if err := strict(files[0].Content); err == nil || !strings.Contains(err.Error(), "memorySise") {
		t.Errorf("a misspelt key: %v", err)
	}
}

// TestDefaultsThatBite looks for what the vendor turns off by default.
func TestDefaultsThatBite(t *testing.T) {
	app := targettest.App(t, Name, `service: shop
functions:
  both: {events: [http: {method: GET, path: /}, timer: {every: 1h}]}
`)
	more := targettest.App(t, Name, `service: shop
resources: {t: {instance: i}, b: {name: b-1}}
functions: {all: {events: [os: {bucket: b}, mq: {topic: t2}, kafka: {topic: t}, log: {store: s}]}}
`)
	files, _ := New().Deploy(more)
	if text := string(files[0].Content); strings.Count(text, "enable: true") != 4 || !strings.Contains(text, "timeout: 1\n") {
		t.Errorf("a trigger is off, or waits for a minute:\n%s", text)
	}
	files, _ = New().Deploy(app)
	for _, want := range []string{"enable: true", "enableExtranet: true", "enableIntranet: false", "name: both\n"} {
		if !strings.Contains(string(files[0].Content), want) {
			t.Errorf("no %q in\n%s", want, files[0].Content)
		}
	}
}

// TestPlatform: what a generated main calls exists, and a trigger whose events nothing could read is refused.
func TestPlatform(t *testing.T) { targettest.Platform(t, New(), platform, kinds().Codecs()) }

func TestEntry(t *testing.T) {
	app := targettest.App(t, Name, `service: shop
functions:
  api: {events: [http: {method: GET, path: /}]}
  invoked: {}
  mixed: {events: [timer: {every: 1h}, http: {method: GET, path: /m}, raw: {}]}
  tick: {events: [timer: {every: 1h}]}
`)
	want := map[string]string{
		"api": "web scf_bootstrap ", "invoked": "custom bootstrap Raw", "mixed": "custom bootstrap HTTP Timer Raw", "tick": "custom bootstrap Timer",
	}
	for _, u := range app.Units {
		e := New().Entry(u)
		var codecs []string
		for _, c := range e.Codecs {
			codecs = append(codecs, c.Name)
		}
		got := strings.TrimPrefix(e.Loop, platform+"/") + " " + e.Command + " " + strings.Join(codecs, " ")
		if got != want[u.Name] || e.GOOS != "linux" || e.GOARCH != "amd64" {
			t.Errorf("%s: %q, want %q", u.Name, got, want[u.Name])
		}
	}
}

// TestEveryKey compares the structs with the keys that the vendor's documents, the component and its toolkit have.
func TestEveryKey(t *testing.T) {
	for _, c := range []struct {
		structure any
		keys      string
	}{
		{Component{}, "app component inputs name org stage"},
		{Inputs{}, "asyncRunEnable cfs cls deadLetter description diskSize eip enableRoleAuth entryFile environment events handler ignoreTriggers image " +
			"initTimeout installDependency instanceConcurrencyConfig layers memorySize msgTTL name namespace nodeSpec nodeType protocolParams protocolType " +
			"provisionedNum publicAccess qualifier region retryNum role runtime src tags timeout traceEnable type vpcConfig"},
		{TimerParameters{}, "argument cronExpression enable name qualifier"},
		{HTTPParameters{}, "authType corsConfig name netConfig qualifier"},
		{CORS{}, "credentials enable exposeHeaders headers maxAge methods origins"},
		{COSParameters{}, "bucket enable events filter qualifier"},
		{CMQParameters{}, "enable filterKey filterType name qualifier"},
		{CKafkaParameters{}, "consumerGroupName enable instanceId maxMsgNum name offset qualifier retry timeout topic"},
		{CLSParameters{}, "enable maxSize maxWait qualifier topicId"},
		{NetConfig{}, "enableExtranet enableIntranet"},
		{CFS{}, "cfsId localMountDir mountInsId remoteMountDir userGroupId userId"},
		{DeadLetter{}, "filterType name type"},
		{InstanceConcurrency{}, "dynamicEnabled enable maxConcurrency"},
	} {
		if got := strings.Join(targettest.Keys(c.structure), " "); got != c.keys {
			t.Errorf("%T: %s, want %s", c.structure, got, c.keys)
		}
	}
}
