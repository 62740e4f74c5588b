package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const staged = `service: shop
provider: {stage: dev, environment: {A: "a-${stage}-${stage:x}", B: "$${stage}"}}
resources: {invoices: {name: "invoices-${stage}"}}
domains: {"${stage}.example.com": {certificate: "c-${stage}"}}
targets: {aws: {functions: {work: {environment: {C: "${stage:none}"}}}}}
functions: {work: {}}
stages:
  prod: {environment: {A: "short ${stage}"}, targets: {aws: {domains: {shop.example.com: {}}}}}
`

// TestStageInTexts puts the stage where it stands, and nowhere else.
func TestStageInTexts(t *testing.T) {
	s, diags := Parse("f.yml", []byte(staged), nil)
	if len(diags) > 0 {
		t.Fatal(diags.Render(""))
	}
	type texts struct {
		A, B, C, Resource, Certificate string
		Domains                        int
	}
	read := func(s *Spec, domain string) texts {
		out := texts{A: s.Provider.Environment["A"], B: s.Provider.Environment["B"], Resource: s.Resources["invoices"].Name, Domains: len(s.Domains)}
		out.C = s.Functions["work"].Environment["C"]
		if d := s.Domains[domain]; d != nil {
			out.Certificate = d.Certificate
		}
		if place := s.KeyPlace("domains." + domain); place.Pos.Line != 4 {
			t.Errorf("%s is in line %d", domain, place.Pos.Line)
		}
		return out
	}
	for name, test := range map[string]struct {
		target, stage, domain string
		want                  texts
	}{
		"stage":         {"aws", "prod", "prod.example.com", texts{"short prod", "${stage}", "prod", "invoices-prod", "c-prod", 2}},
		"other target":  {"aliyun", "prod", "prod.example.com", texts{"short prod", "${stage}", "", "invoices-prod", "c-prod", 1}},
		"default stage": {"aws", "", "dev.example.com", texts{"a-dev-dev", "${stage}", "dev", "invoices-dev", "c-dev", 1}},
		"no such entry": {"aws", "new", "new.example.com", texts{"a-new-new", "${stage}", "new", "invoices-new", "c-new", 1}},
		"this machine":  {"", "", "local.example.com", texts{"a-local-x", "${stage}", "", "invoices-local", "c-local", 1}},
	} {
		if diff := cmp.Diff(test.want, read(s.For(test.target, test.stage), test.domain)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	again, _ := Parse("f.yml", []byte(staged), nil)
	if diff := cmp.Diff(asYaml(t, again), asYaml(t, s)); diff != "" {
		t.Errorf("the file's own is changed:\n%s", diff)
	}
	without, _ := Parse("f.yml", []byte(strings.Replace(staged, "stage: dev, ", "", 1)), nil)
	if ds := without.MissingStage("aws", ""); len(ds) != 1 || !strings.Contains(ds[0].Hint, "known: prod") {
		t.Error(ds.Render(""))
	}
	if ds := without.MissingStage("aws", "prod"); ds != nil {
		t.Error(ds.Render(""))
	}
}

// TestSecretsOfStages finds the reference of each stage, and those of all of them.
func TestSecretsOfStages(t *testing.T) {
	s, diags := Parse("f.yml", []byte(`service: shop
secrets: {token: {from: "ssm:/${stage}/token"}, key: {from: "ssm:/key"}}
targets: {aliyun: {secrets: {token: {from: "kms:token"}}}}
stages:
  prod: {secrets: {key: {from: "secretsmanager:key-${stage}"}}, targets: {aws: {secrets: {token: {from: "env:TOKEN"}}}}}
  test: {}
`), nil)
	if len(diags) > 0 {
		t.Fatal(diags.Render(""))
	}
	for _, test := range []struct{ target, stage, token, key string }{
		{"aws", "test", "ssm:/test/token", "ssm:/key"},
		{"aws", "prod", "env:TOKEN", "secretsmanager:key-prod"},
		{"aliyun", "prod", "kms:token", "secretsmanager:key-prod"},
		{"tencent", "prod", "ssm:/prod/token", "secretsmanager:key-prod"},
	} {
		found := s.For(test.target, test.stage)
		if token, key := found.Secrets["token"].From, found.Secrets["key"].From; token != test.token || key != test.key {
			t.Errorf("%s at %s: found %s and %s", test.target, test.stage, token, key)
		}
	}
	if place := s.For("aws", "prod").Places["secrets.key.from"]; place.Pos.Line != 5 {
		t.Errorf("the reference is in line %d", place.Pos.Line)
	}
	if diff := cmp.Diff([]string{"ssm:/key", "secretsmanager:key-" + stageMark + noDefault + stageMark}, s.References("key", "aliyun")); diff != "" {
		t.Error(diff)
	}
	ds := s.MissingStage("aws", "")
	if len(ds) != 1 || ds[0].Line != "" || ds[0].Pos.Line != 2 {
		t.Error(ds.Render(""))
	}
}

// TestBytesThatAreNoText are those of a variable: they would be taken for marks.
func TestBytesThatAreNoText(t *testing.T) {
	_, diags := Parse("f.yml", []byte("service: shop\nprovider: {environment: {A: \"${env.X}\"}}\n"), func(string) (string, bool) { return "a\xffb", true })
	if len(diags) != 1 || diags[0].Message != "the value of environment variable X is not text in UTF-8" {
		t.Error(diags.Render(""))
	}
}
