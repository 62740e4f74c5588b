package aliyun

import (
	"bytes"
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target/targettest"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

func schemas(t *testing.T) []*jsonschema.Schema {
	var list []*jsonschema.Schema
	for _, name := range []string{"fc3.schema.json", "fc3.strict.schema.json"} {
		if s := targettest.Schema(t, name); s != nil {
			list = append(list, s)
		}
	}
	return list
}

// validate checks the props of each resource, which is what the vendor's schema describes.
func validate(t *testing.T, schema *jsonschema.Schema, content []byte) error {
	t.Helper()
	for name, resource := range targettest.Value(t, content).(map[string]any)["resources"].(map[string]any) {
		if resource.(map[string]any)["component"] == "fc3-domain" {
			if err := strict(resource); err != nil {
				return err
			}
			continue
		}
		if err := schema.Validate(resource.(map[string]any)["props"]); err != nil {
			t.Logf("resource %s", name)
			return err
		}
	}
	return nil
}

// strict reads a domain into the structs again: the schemas are those of functions.
func strict(resource any) error {
	text, err := yaml.Marshal(resource)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	return decoder.Decode(&DomainResource{})
}

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	schemas := schemas(t)
	targettest.Golden(t, New(), *update, func(_ string, content []byte) error {
		for _, schema := range schemas {
			if err := validate(t, schema, content); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestSchemasRefuse(t *testing.T) {
	for i, schema := range schemas(t) {
		for key, want := range map[string]bool{"memorySise": i == 1, "memorySize": true} { // the vendor's own lets misspelt keys pass
			app := targettest.App(t, Name, "service: shop\nprovider: {region: cn-hangzhou, x-aliyun: {"+key+": 1}}\nfunctions: {work: {}}\n")
			files, _ := New().Deploy(app)
			if refused := validate(t, schema, files[0].Content) != nil; refused != want {
				t.Errorf("schema %d refuses %s: %v", i, key, refused)
			}
		}
	}
}

func TestEntry(t *testing.T) {
	app := targettest.App(t, Name, `service: shop
functions:
  api: {events: [http: {method: GET, path: /}]}
  invoked: {}
  gateway: {events: [apigw: {method: GET, path: /g}]}
  mixed: {events: [timer: {every: 1h}, http: {method: GET, path: /m}, raw: {}]}
  tick: {events: [timer: {every: 1h}]}
`)
	want := map[string]string{"api": "", "gateway": "HTTP", "invoked": "Raw", "mixed": "Timer Raw", "tick": "Timer"}
	for _, u := range app.Units {
		e := New().Entry(u)
		if e.Loop != platform+"/custom" || e.Command != "main" || e.GOOS != "linux" || e.GOARCH != "amd64" {
			t.Errorf("%s: %+v", u.Name, e)
		}
		var codecs []string
		for _, c := range e.Codecs {
			codecs = append(codecs, c.Name)
		}
		if got := strings.Join(codecs, " "); got != want[u.Name] {
			t.Errorf("%s: %s, want %s", u.Name, got, want[u.Name])
		}
	}
}

// TestPlatform: what a generated main calls exists, and a trigger whose events nothing could read is refused.
func TestPlatform(t *testing.T) { targettest.Platform(t, New(), platform, kinds().Codecs()) }

// TestCPU holds the default to the vendor's rules, for each amount of memory that there is.
func TestCPU(t *testing.T) {
	if got := cpu(spec.Settings{MemorySize: 512}); got != 0.35 {
		t.Errorf("512 MB: %v, want the vendor's 0.35", got)
	}
	for memory := 128; memory <= 32768; memory += 64 {
		n := cpu(spec.Settings{MemorySize: annotations.Memory(memory)})
		steps := n * 20
		if ratio := float64(memory) / 1024 / n; ratio < 1 || ratio > 4 || n < 0.05 || n > 16 || steps-float64(int(steps+0.5)) > 1e-9 {
			t.Errorf("%d MB: %v processors", memory, n)
		}
	}
}

// TestEveryKey compares the structs with what the component has.
func TestEveryKey(t *testing.T) {
	const schema = "fc3.strict.schema.json"
	want := targettest.Properties(t, schema)
	if want == nil {
		t.Skip("the schema is not here")
	}
	// buildDir is the build command's, which is not ours.
	want = slices.DeleteFunc(want, func(key string) bool { return key == "buildDir" })
	if diff := cmp.Diff(want, targettest.Keys(Props{})); diff != "" {
		t.Errorf("props (-vendor +struct):\n%s", diff)
	}
	for definition, structure := range map[string]any{
		"ITrigger": Trigger{}, "IHttpTriggerConfig": HTTPTrigger{}, "ITimerTriggerConfig": TimerTrigger{}, "IVpcConfig": VPCConfig{},
		"INasConfig": NASConfig{}, "ILogConfig": LogConfig{}, "ITracingConfig": TracingConfig{}, "IAsyncInvokeConfig": AsyncInvokeConfig{},
		"IDestinationConfig": DestinationConfig{}, "IConcurrencyConfig": ConcurrencyConfig{}, "IProvisionConfig": ProvisionConfig{},
		"ICustomRuntimeConfig": CustomRuntimeConfig{}, "ILifecycleHook": LifecycleHook{}, "ITags": Tag{}, "IOssTriggerConfig": OSSTrigger{}, "ILogTriggerConfig": LogTrigger{},
		"IMnsTriggerConfig": MNSTrigger{}, "ICdnTriggerConfig": CDNTrigger{}, "IEventBridge": EventBridgeTrigger{},
	} {
		if diff := cmp.Diff(targettest.Properties(t, schema, "definitions", definition), targettest.Keys(structure)); diff != "" {
			t.Errorf("%s (-vendor +struct):\n%s", definition, diff)
		}
	}
}

// TestDomainKeys compares the structs of the component of domains with the keys that it has.
func TestDomainKeys(t *testing.T) {
	for _, c := range []struct {
		structure any
		keys      string
	}{
		{DomainProps{}, "authConfig certConfig domainName protocol region routeConfig tlsConfig wafConfig"},
		{PathConfig{}, "functionName methods path qualifier rewriteConfig"},
		{CertConfig{}, "certId certName certificate privateKey"},
	} {
		if got := strings.Join(targettest.Keys(c.structure), " "); got != c.keys {
			t.Errorf("%T: %s, want %s", c.structure, got, c.keys)
		}
	}
	if err := strict(map[string]any{"component": "fc3-domain", "props": map[string]any{"domain": "a"}}); err == nil {
		t.Error("a misspelt key is accepted")
	}
}

// TestRegionIsMissingSomewhere: without a provider there still is a place to look at.
func TestRegionIsMissingSomewhere(t *testing.T) {
	app := targettest.App(t, Name, "service: shop\nfunctions: {work: {}}\n")
	const want = "f.yml:1:10: provider.region is missing for aliyun: functions are deployed to one, such as cn-hangzhou [target-missing]"
	if got := New().Check(app).Error(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
