package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReadmeGrouping runs what docs/grouping.md shows: the plan of the quick start's two functions, which become a group, and
// groups that differ by cloud.
func TestReadmeGrouping(t *testing.T) {
	tool := buildTool(t)
	t.Run("plan", func(t *testing.T) {
		t.Parallel()
		code := find(t, "Quick start", "go")
		name, _, _ := strings.Cut(strings.TrimPrefix(code, "// "), "\n")
		w := newWorkshop(t, tool, map[string]string{name: code, "f.yml": find(t, "Quick start", "yaml")})
		plans := planned(t, w, "aws")
		w.write("deployed.json", string(plans[0].Next))
		w.write("f.yml", find(t, "Grouping functions", "yaml"))
		out, errs, err := w.sh("go tool faasgen plan --against deployed.json")
		if want := find(t, "Grouping functions", ""); out != want || errs != "" || err == nil || err.Error() != "exit status 2" {
			t.Errorf("%v, got\n%s%s\nwant\n%s", err, out, errs, want)
		}
		if _, err := os.Stat(filepath.Join(w.dir, "dist")); err == nil {
			t.Error("plan has built something")
		}
	})
	t.Run("targets", func(t *testing.T) {
		t.Parallel()
		code := "// Package shop has three functions.\npackage shop\n"
		for _, f := range [][2]string{{"Stored", "picture-stored"}, {"Booked", "payment-booked"}, {"Moved", "stock-moved"}} {
			code += "\n// " + f[0] + " does nothing.\n//\n//faas:handler " + f[1] + "\nfunc " + f[0] + "() {}\n"
		}
		w := newWorkshop(t, tool, map[string]string{"shop.go": code, "f.yml": ""})
		for _, tt := range []struct {
			cloud, region string
			want          []string
		}{
			{"aliyun", "cn-hangzhou", []string{"workers"}},
			{"aws", "eu-central-1", []string{"stock-moved", "workers"}},
			{"tencent", "ap-guangzhou", []string{"payment-booked", "picture-stored", "stock-moved"}},
		} {
			w.write("f.yml", "service: shop\nprovider: {region: "+tt.region+"}\n"+find(t, "A group", "yaml"))
			var units []string
			for _, u := range planned(t, w, tt.cloud)[0].units(t) {
				units = append(units, u.Name)
			}
			if !slices.Equal(units, tt.want) {
				t.Errorf("%s: units %q, want %q", tt.cloud, units, tt.want)
			}
		}
	})
}

// plan is what "plan --json" prints of an application.
type plan struct{ Next json.RawMessage }

func (p plan) units(t *testing.T) []struct{ Name string } {
	t.Helper()
	var next struct{ Units []struct{ Name string } }
	if err := json.Unmarshal(p.Next, &next); err != nil {
		t.Fatal(err)
	}
	return next.Units
}

// planned are the plans of a first deployment, of which plan says with exit code 2 that it changes something.
func planned(t *testing.T, w *workshop, cloud string) []plan {
	t.Helper()
	out, errs, err := w.sh("go tool faasgen plan --json --target " + cloud)
	if err == nil || err.Error() != "exit status 2" {
		t.Fatalf("%v\n%s", err, errs)
	}
	var plans []plan
	if err := json.Unmarshal([]byte(out), &plans); err != nil || len(plans) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return plans
}
