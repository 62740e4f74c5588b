package tencent

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/target"
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

// TestShare: how the package of all functions starts depends on the application and not on how its functions are grouped.
func TestShare(t *testing.T) {
	for _, c := range []struct{ functions, want string }{
		{"one: {events: [http: {method: GET, path: /}]}", "web scf_bootstrap [] "},
		{"one: {events: [http: {method: GET, path: /}]}, two: {events: [http: {method: GET, path: /b}]}", "web scf_bootstrap [] "},
		{"one: {events: [timer: {every: 1h}]}, two: {}", "custom bootstrap [Timer Raw] "},
		{"one: {events: [http: {method: GET, path: /}]}, two: {events: [timer: {every: 1h}]}", "both bootstrap [HTTP Timer] scf_bootstrap"},
		{"one: {events: [http: {method: GET, path: /}, timer: {every: 1h}]}", "both bootstrap [HTTP Timer] scf_bootstrap"},
	} {
		all := &target.Unit{Name: "all"}
		for _, u := range targettest.App(t, Name, "service: shop\nfunctions: {"+c.functions+"}\n").Units {
			all.Functions = append(all.Functions, u.Functions...)
		}
		e := target.SharedEntry(New(), all)
		var codecs, starters []string
		for _, c := range e.Codecs {
			codecs = append(codecs, c.Name)
		}
		for _, s := range e.Starters {
			if s.Mode != 0o755 || !bytes.HasPrefix(s.Content, []byte("#!/bin/sh\n")) || bytes.Contains(s.Content, []byte("\r")) {
				t.Errorf("%s: %o %q", s.Path, s.Mode, s.Content)
			}
			starters = append(starters, s.Path)
		}
		if got := fmt.Sprint(strings.TrimPrefix(e.Loop, platform+"/"), " ", e.Command, " ", codecs, " ", strings.Join(starters, " ")); got != c.want {
			t.Errorf("%s: got %q, want %q", c.functions, got, c.want)
		}
	}
}

// TestWebStarter runs the program beside it from wherever, and however its path is said.
func TestWebStarter(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"scf_bootstrap": webStarter, "bootstrap": "#!/bin/sh\necho started as $1 $#\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		dir     string
		command []string
	}{
		{"/", []string{filepath.Join(dir, "scf_bootstrap")}},
		{dir, []string{"./scf_bootstrap"}},
		{dir, []string{"/bin/sh", "scf_bootstrap"}},
	} {
		cmd := exec.Command(c.command[0], c.command[1:]...)
		cmd.Dir, cmd.Env = c.dir, []string{"A=B"}
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != "started as web 1\n" {
			t.Errorf("%v in %s: %v, %s", c.command, c.dir, err, out)
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
			"provisionedNum publicAccess qualifier region retryNum role runtime src tags timeout traceEnable traffic type vpcConfig"},
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
