package spec

import (
	"os"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestUnset: what an overlay takes away is gone for whom it is for, with its places, and there for everybody else.
func TestNull(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/unset.txtar")
	if err != nil {
		t.Fatal(err)
	}
	s, diags := Parse("fine.yml", archive.Files[0].Data, os.LookupEnv)
	if len(diags) > 0 {
		t.Fatal(diags.Render(""))
	}
	before := asYaml(t, s)
	type found struct {
		Variables, VPC, Tags, Log, Group, Domains, Resources, Secrets string
	}
	for name, test := range map[string]struct {
		target, stage string
		want          found
	}{
		"nothing":      {"tencent", "", found{"A=a B=b C=c", "v", "a.b", "s", "w", "2", "1", "1"}},
		"a target":     {"aws", "", found{"B=b C=c D=d", "", "", "s", "w", "2", "1", "1"}},
		"a stage":      {"tencent", "prod", found{"FAAS_ENV=prod", "v", "a.b", "", "", "0", "0", "0"}},
		"both":         {"aws", "prod", found{"FAAS_ENV=prod", "", "", "", "", "0", "0", "0"}},
		"a whole map":  {"aliyun", "prod", found{"FAAS_ENV=prod", "v", "a.b", "", "", "0", "0", "0"}},
		"nothing said": {"tencent", "empty", found{"A=a B=b C=c FAAS_ENV=empty", "v", "a.b", "s", "w", "2", "1", "1"}},
	} {
		of := s.For(test.target, test.stage)
		settings := of.Resolve("work", annotations.Handler{}, Place{})
		got := found{Domains: string(rune('0' + len(of.Domains))), Resources: string(rune('0' + len(of.Resources))), Secrets: string(rune('0' + len(of.Secrets)))}
		var variables []string
		for _, v := range Flatten(Settings{Environment: settings.Environment}) {
			variables = append(variables, strings.TrimPrefix(v.Key, "environment.")+"="+v.Text)
		}
		got.Variables = strings.Join(variables, " ")
		if settings.VPC != nil {
			got.VPC = settings.VPC.ID
		}
		for tag := range settings.Tags {
			got.Tags = tag
		}
		if settings.Log != nil {
			got.Log = settings.Log.Store
		}
		if v := of.Aggregation["all"].VPC; v != nil {
			got.Group = v.ID
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for path := range settings.Places {
			if what, _, _ := strings.Cut(path, "."); what == "vpc" && got.VPC == "" || what == "log" && got.Log == "" || path == "environment.A" && !strings.Contains(got.Variables, "A=a") {
				t.Errorf("%s: %s is gone, and has a place", name, path)
			}
		}
	}
	if diff := cmp.Diff(before, asYaml(t, s)); diff != "" {
		t.Errorf("the file's own is changed:\n%s", diff)
	}
}
