package spec

import (
	"reflect"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

const overlaid = `service: shop
description: Sells books.
provider:
  name: tencent
  region: ap-guangzhou
  stage: dev
  memorySize: 128
  timeout: 5
  environment: {A: provider, B: provider, C: provider}
  vpc: {id: vpc-1, subnets: [one, two]}
  tracing: {enabled: true}
  layers: ["a:1", "b:1"]
  x-aws: {Tags: {x: 1, y: 2}, Layers: [1, 2]}
functions:
  work:
    description: base
    memorySize: 256
    environment: {B: function}
    events: [timer: {every: 1h}]
  same: {timeout: 7}
domains: {a.example.com: {certificate: base, x-aws: {BasePath: [a]}}, b.example.com: {}}
resources: {invoices: {type: bucket, name: base, create: true}}
package: {include: [a, b], exclude: [c]}
custom: {any: 1}
x-aws: {Outputs: {a: 1}}
targets:
  aws:
    provider:
      region: us-east-1
      environment: {C: overlay, D: overlay}
      vpc: {subnets: [three]}
      tracing: {enabled: false}
      layers: []
      x-aws: {Tags: {y: 3, z: 4}, Layers: [3]}
    functions:
      work: {memorySize: 512, events: []}
      only: {timeout: 9}
    domains: {a.example.com: {certificate: overlay}, c.example.com: {}}
    resources: {invoices: {name: overlay, create: false}}
    package: {include: [d]}
    x-aws: {Outputs: {b: 2}}
`

func TestFor(t *testing.T) {
	s, diags := Parse("f.yml", []byte(overlaid), nil)
	if len(diags) > 0 {
		t.Fatal(diags.Render(""))
	}
	before := asYaml(t, s)
	got := s.For("aws", "")
	yes, no := true, false
	p := got.Provider
	for what, ok := range map[string]bool{
		"service":        got.Service == "shop" && got.Description == "Sells books." && got.Custom == s.Custom,
		"name":           p.Name == "tencent",
		"region":         p.Region == "us-east-1",
		"kept":           p.MemorySize == 128 && p.Timeout == 5e9,
		"environment":    cmp.Equal(p.Environment, map[string]string{"A": "provider", "B": "provider", "C": "overlay", "D": "overlay"}),
		"structures":     cmp.Equal(p.VPC, &VPC{ID: "vpc-1", Subnets: []string{"three"}}),
		"false":          cmp.Equal(p.Tracing, &Tracing{Enabled: &no}) && cmp.Equal(s.Provider.Tracing, &Tracing{Enabled: &yes}),
		"empty list":     p.Layers != nil && len(p.Layers) == 0,
		"package":        cmp.Equal(got.Package, Package{Include: []string{"d"}, Exclude: []string{"c"}}),
		"function":       got.Functions["work"].MemorySize == 512 && got.Functions["work"].Description == "base",
		"no events":      got.Functions["work"].Events != nil && len(got.Functions["work"].Events) == 0,
		"other function": got.Functions["same"].Timeout == 7e9 && got.Functions["only"].Timeout == 9e9,
		"place":          got.Places["provider.region"].Pos.Line == 29 && got.Functions["work"].Places["memorySize"].Pos.Line == 36 && got.Positions["provider.region"].Line == 29,
		"kept place":     got.Places["provider.timeout"].Pos.Line == 8 && p.Places["timeout"].Pos.Line == 8,
		"domains":        len(got.Domains) == 3 && got.Domains["a.example.com"].Certificate == "overlay" && got.Domains["a.example.com"].Extension["aws"] != nil,
		"resources":      cmp.Equal(got.Resources["invoices"], &Resource{Type: "bucket", Name: "overlay", Create: &no}),
		"no targets":     got.Targets == nil,
		"other target":   s.For("aliyun", "").Provider.Region == "ap-guangzhou" && s.For("aliyun", "").Functions["only"] == nil,
	} {
		if !ok {
			t.Errorf("%s is wrong: %+v", what, got)
		}
	}
	for path, want := range map[string]any{
		"provider": map[string]any{"Tags": map[string]any{"x": 1, "y": 3, "z": 4}, "Layers": []any{3}},
		"file":     map[string]any{"Outputs": map[string]any{"a": 1, "b": 2}},
	} {
		node := p.Extension["aws"]
		if path == "file" {
			node = got.Extension["aws"]
		}
		var x map[string]any
		if err := node.Decode(&x); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, x); diff != "" {
			t.Errorf("x-aws of %s (-want +got):\n%s", path, diff)
		}
	}
	// The original is used for the next target.
	got.Provider.Environment["A"] = "changed"
	got.Functions["work"].Environment["B"] = "changed"
	got.Functions["same"].Timeout = 1
	got.Provider.VPC.Subnets[0] = "changed"
	got.Domains["a.example.com"].Certificate = "changed"
	got.Resources["invoices"].Name = "changed"
	if after := asYaml(t, s); after != before {
		t.Errorf("For has changed what it was called on:\n%s", cmp.Diff(before, after))
	}
}

// asYaml writes what decides about deployments.
func asYaml(t *testing.T, s *Spec) string {
	t.Helper()
	var b strings.Builder
	for _, v := range []any{s.Provider, s.Functions, s.Domains, s.Resources, s.Package, s.Extension} {
		text, err := yaml.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

func TestResolve(t *testing.T) {
	s, diags := Parse("f.yml", []byte(overlaid), nil)
	if len(diags) > 0 {
		t.Fatal(diags.Render(""))
	}
	directive := Place{Pos: s.Places["service"].Pos, Line: "//faas:handler timeout=60s memory=64 concurrency=3"}
	directive.Pos.Filename = "order.go"
	h := annotations.Handler{Timeout: 60e9, Memory: 64, Concurrency: 3}
	got := s.Resolve("work", h, directive)
	want := Defaults()
	want.MemorySize = 256                // functions over directive
	want.Timeout = 60e9                  // directive over provider
	want.Concurrency = 3                 // directive over default
	want.InitTimeout = 10e9              // default
	want.Layers = []string{"a:1", "b:1"} // provider
	if got.MemorySize != want.MemorySize || got.Timeout != want.Timeout || got.Concurrency != want.Concurrency || got.InitTimeout != want.InitTimeout || !cmp.Equal(got.Layers, want.Layers) {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff(map[string]string{"A": "provider", "B": "function", "C": "provider", "FAAS_ENV": "dev"}, got.Environment); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	for key, file := range map[string]string{"memorySize": "f.yml", "timeout": "order.go", "concurrency": "order.go", "layers": "f.yml", "initTimeout": ""} {
		if p := got.Places[key].Pos.Filename; p != file {
			t.Errorf("%s is from %q, want %q", key, p, file)
		}
	}
	if got := s.Resolve("unknown", annotations.Handler{}, Place{}); got.MemorySize != 128 || got.Timeout != 5e9 {
		t.Errorf("a function that f.yml does not know: %+v", got)
	}
	s.Provider.Environment = map[string]string{"FAAS_ENV": "mine"}
	if got := s.Resolve("work", h, directive).Environment["FAAS_ENV"]; got != "mine" {
		t.Errorf("FAAS_ENV is %q, want what f.yml says", got)
	}
}

func TestCheckNames(t *testing.T) {
	s, diags := Parse("f.yml", []byte(`service: shop
provider: {name: tencnt, x-azure: {a: 1}}
functions:
  order-create: {x-aws: {a: 1}}
  order-crate: {events: [http: {method: GET, path: /, x-gcp: {}}]}
x-alyun: {}
targets:
  aws: {functions: {nowhere: {}}}
  aswx: {}
`), nil)
	if len(diags) > 0 {
		t.Fatal(diags.Render(""))
	}
	functions := s.CheckFunctions([]string{"order-create", "order-list"})
	want := `f.yml:5:3: no handler is called "order-crate" [spec-function]
	order-crate: {events: [http: {method: GET, path: /, x-gcp: {}}]}
	^^^^^^^^^^^
	hint: did you mean "order-create"?
f.yml:8:21: no handler is called "nowhere" [spec-function]
	aws: {functions: {nowhere: {}}}
	                  ^^^^^^^
	hint: known: order-create, order-list
`
	if diff := cmp.Diff(want, functions.Render("")); diff != "" {
		t.Errorf("functions (-want +got):\n%s", diff)
	}
	if got := s.CheckFunctions(nil)[0].Hint; got != "mark a function with //faas:handler order-create" {
		t.Errorf("no functions at all: %q", got)
	}
	targets := s.CheckTargets([]string{"aliyun", "aws", "tencent"})
	want = `f.yml:2:18: unknown target "tencnt" [spec-target]
	provider: {name: tencnt, x-azure: {a: 1}}
	                 ^^^^^^
	hint: did you mean "tencent"?
f.yml:2:26: unknown target "azure" [spec-target]
	provider: {name: tencnt, x-azure: {a: 1}}
	                         ^^^^^^^
	hint: known: aliyun, aws, tencent
f.yml:5:55: unknown target "gcp" [spec-target]
	order-crate: {events: [http: {method: GET, path: /, x-gcp: {}}]}
	                                                    ^^^^^
	hint: known: aliyun, aws, tencent
f.yml:6:1: unknown target "alyun" [spec-target]
	x-alyun: {}
	^^^^^^^
	hint: did you mean "aliyun"?
f.yml:9:3: unknown target "aswx" [spec-target]
	aswx: {}
	^^^^
	hint: known: aliyun, aws, tencent
`
	if diff := cmp.Diff(want, targets.Render("")); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
}

// TestRolloutIsOneValue: what says another rollout takes nothing over from the one that it replaces, which may be of another strategy.
func TestRolloutIsOneValue(t *testing.T) {
	s, diags := Parse("f.yml", []byte(`service: shop
provider: {rollout: {strategy: canary, percent: 10, interval: 5m, alarms: ["errors-${stage:none}"]}}
functions: {own: {rollout: {strategy: all}}, plain: {}}
stages: {prod: {functions: {plain: {rollout: {strategy: linear, percent: 50, interval: 1h}}}}}
targets: {tencent: {provider: {rollout: {strategy: all}}}}
`), nil)
	if len(diags) > 0 {
		t.Fatal(diags.Render(""))
	}
	for _, c := range []struct {
		target, stage, function string
		want                    Rollout
	}{
		{"aws", "", "plain", Rollout{Strategy: Canary, Percent: 10, Interval: 5 * 60e9, Alarms: []string{"errors-none"}}},
		{"aws", "prod", "other", Rollout{Strategy: Canary, Percent: 10, Interval: 5 * 60e9, Alarms: []string{"errors-prod"}}},
		{"aws", "prod", "own", Rollout{Strategy: All}},
		{"aws", "prod", "plain", Rollout{Strategy: Linear, Percent: 50, Interval: 3600e9}},
		{"tencent", "", "plain", Rollout{Strategy: All}},
	} {
		got := s.For(c.target, c.stage).Resolve(c.function, annotations.Handler{}, Place{}).Rollout
		if got == nil || !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%s on %s at stage %q: %+v, want %+v", c.function, c.target, c.stage, got, c.want)
		}
	}
}
