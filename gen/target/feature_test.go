package target_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aliyun"
	"github.com/faasgen/faasgen/gen/target/aws"
	"github.com/faasgen/faasgen/gen/target/targettest"
	"github.com/faasgen/faasgen/gen/target/tencent"
)

// TestEveryFeatureIsExplained: no target leaves a feature without an answer, but those of kinds that it refuses.
func TestEveryFeatureIsExplained(t *testing.T) {
	never := map[string]string{
		"aws":     "cpu, trigger log window",
		"aliyun":  "deadLetter",
		"tencent": "cpu, reservedConcurrency, async.onSuccess, async.onFailure, domains, trigger mq queue",
	}
	empty := &target.App{Spec: &spec.Spec{}}
	for _, cloud := range []target.Target{aws.New(), aliyun.New(), tencent.New()} {
		report := cloud.(target.Explainer).Explain(empty)
		names := []string{target.FeatureDomains, target.FeatureNoDomains}
		refused := map[string]bool{}
		for k := range kind.All() {
			diagnostics := cloud.Check(targettest.App(t, cloud.Name(), "service: shop\nfunctions: {work: {events: ["+k.Word+": "+k.Example+"]}}\n"))
			for _, f := range k.Features {
				refused[f.Name] = slices.ContainsFunc(diagnostics, func(d annotations.Diagnostic) bool { return d.Code == target.CodeUnsupported })
			}
		}
		for _, f := range target.Features() {
			if !refused[f.Name] {
				names = append(names, f.Name)
			}
		}
		for _, name := range names {
			_, says := report.Says(name)
			if not := slices.Contains(strings.Split(never[cloud.Name()], ", "), name); says == not {
				t.Errorf("%s: %s: says %v, in the list of what it has nothing for: %v", cloud.Name(), name, says, not)
			}
		}
	}
}

// silent is a target that explains nothing.
type silent struct{ target.Target }

func (silent) Name() string { return "silent" }

// lossy has something to say about each of its features.
type lossy struct{ target.Target }

func (lossy) Name() string { return "lossy" }

func (lossy) Explain(app *target.App) *target.Report {
	r := &target.Report{Target: "lossy"}
	r.Mechanism(map[string]string{
		kind.FeatureTimer: "clock", target.SettingVPC: "net", target.SettingMemorySize: "memory", target.SettingTags: "labels",
	})
	for _, u := range app.Units {
		r.Known(u, kind.FeatureTimer, u.At(""), "every unit is late")
		r.Loss(u, target.SettingVPC, u.At("vpc.subnets"), "one subnet only")
		r.Limit(u.At(target.SettingMemorySize), target.SettingMemorySize, "much", "little")
		r.Unsupported(u.At(target.SettingArchitecture), "architecture arm64", "no")
	}
	return r
}

func TestPortability(t *testing.T) {
	const source = `service: shop
provider: {memorySize: 128, vpc: {id: a, subnets: [b]}, architecture: arm64, tags: {a: b}, role: r}
functions:
  one: {events: [timer: {every: 1h}]}
  two: {events: [timer: {every: 1h}], vpc: {id: other}, STRICT}
`
	loose, strict := strings.Replace(source, ", STRICT", "", 1), strings.Replace(source, "STRICT", "strict: true", 1)
	app := targettest.App(t, "lossy", loose)
	var got []string
	for _, row := range target.Portability([]target.Target{lossy{}, silent{}}, []*target.App{app, targettest.App(t, "silent", "service: shop\nfunctions: {a-b: {}}\n")}) {
		line := row.Feature
		for _, a := range row.Answers {
			line += " " + a.Answer
			if a.Mechanism != "" {
				line += "(" + a.Mechanism + ")"
			}
			for _, f := range a.Findings {
				line += " " + f.Message
			}
		}
		got = append(got, line)
	}
	want := []string{
		"trigger timer loss(clock) every unit is late every unit is late unused",
		"trigger timer every unknown unused",
		"invoke unused unknown",
		"memorySize no memorySize: found much, lossy takes little unused",
		"role unknown unused",
		"vpc loss(net) one subnet only unused",
		"tags yes(labels) unused",
		"architecture no architecture arm64 is not supported by lossy: no unused",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	codes := func(source string) string {
		var list []string
		for _, d := range (lossy{}).Explain(targettest.App(t, "lossy", source)).Done() {
			if d.Code == target.CodeLoss || d.Code == target.CodeStrict {
				list = append(list, d.Code+" "+map[bool]string{true: "note", false: "error"}[d.Severity == annotations.SeverityNote]+" "+d.Message)
			}
		}
		return strings.Join(list, ", ")
	}
	if got, want := codes(loose), "target-loss note one subnet only"; got != want {
		t.Errorf("not strict: %s, want %s", got, want)
	}
	if got, want := codes(strict), "target-loss note one subnet only, target-strict error one subnet only, target-strict error every unit is late"; got != want {
		t.Errorf("strict: %s, want %s", got, want)
	}
}

// TestNamespace: a cloud without namespaces refuses one, where it would tell functions apart.
func TestNamespace(t *testing.T) {
	const source = "service: shop\nprovider: {region: %s, namespace: shop}\nfunctions: {work: {}}\n"
	for region, cloud := range map[string]target.Target{"eu-central-1": aws.New(), "cn-hangzhou": aliyun.New(), "ap-guangzhou": tencent.New()} {
		app := targettest.App(t, cloud.Name(), fmt.Sprintf(source, region))
		want := "f.yml:2:" + fmt.Sprint(len("provider: {region: , namespace: ")+len(region)+1) + ": provider.namespace is not supported by " + cloud.Name() + ": functions are told apart by their names alone, which have the service and the stage [target-unsupported]"
		answer := target.No
		if cloud.Name() == "tencent" {
			want, answer = "", target.Yes
		}
		got := ""
		if diags := cloud.Check(app); len(diags) > 0 {
			got = diags.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", cloud.Name(), got, want)
		}
		rows := target.Portability([]target.Target{cloud}, []*target.App{app})
		i := slices.IndexFunc(rows, func(r target.Row) bool { return r.Feature == target.FeatureNamespace })
		if i < 0 || rows[i].Answers[0].Answer != answer {
			t.Errorf("%s: the report has %+v", cloud.Name(), rows)
		}
	}
}

// TestUpload: where a file is read from memory, the report says so; where a group decides that, so does check.
func TestUpload(t *testing.T) {
	const source = `service: shop
provider: {region: %s}
functions:
  film: {events: [http: {method: POST, path: /films}]}
  tick: {events: [timer: {every: 1h}]}
`
	for _, tt := range []struct {
		cloud   target.Target
		region  string
		grouped bool
		answer  string
		checked bool // reported by check, too
	}{
		{aws.New(), "eu-central-1", false, target.Loss, false},
		{aliyun.New(), "cn-hangzhou", false, target.Yes, false},
		{aliyun.New(), "cn-hangzhou", true, target.Yes, false},
		{tencent.New(), "ap-guangzhou", false, target.Yes, false},
		{tencent.New(), "ap-guangzhou", true, target.Loss, true},
	} {
		app := targettest.App(t, tt.cloud.Name(), fmt.Sprintf(source, tt.region))
		for _, u := range app.Units {
			for _, f := range u.Functions {
				f.Upload = f.Name == "film"
			}
		}
		if tt.grouped {
			targettest.Group(t, app, "shop", "film", "tick").Mixed = "event"
		}
		rows := target.Portability([]target.Target{tt.cloud}, []*target.App{app})
		i := slices.IndexFunc(rows, func(r target.Row) bool { return r.Feature == target.FeatureUpload })
		if i < 0 || rows[i].Answers[0].Answer != tt.answer || rows[i].Answers[0].Mechanism == "" {
			t.Errorf("%s, grouped %t: the report has %+v", tt.cloud.Name(), tt.grouped, rows)
		}
		if checked := strings.Contains(tt.cloud.Check(app).Error(), "web.Upload"); checked != tt.checked {
			t.Errorf("%s, grouped %t: check says so: %t", tt.cloud.Name(), tt.grouped, checked)
		}
	}
}

// TestVariables: what deployment files write is what platforms read.
func TestVariables(t *testing.T) {
	if target.ResourcesVariable != platform.ResourcesVariable {
		t.Errorf("%s and %s", target.ResourcesVariable, platform.ResourcesVariable)
	}
	if spec.CORSVariable != platform.CORSVariable {
		t.Errorf("%s and %s", spec.CORSVariable, platform.CORSVariable)
	}
}
