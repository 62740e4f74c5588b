package main_test

import (
	"archive/zip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/faasgen/faasgen/framework/platform/platformtest"
	aliyunsim "github.com/faasgen/faasgen/framework/platform/sim/aliyun"
	awssim "github.com/faasgen/faasgen/framework/platform/sim/aws"
	localsim "github.com/faasgen/faasgen/framework/platform/sim/local"
	tencentsim "github.com/faasgen/faasgen/framework/platform/sim/tencent"
)

// TestGuaranteesOfBuiltUnits checks each row of the table in docs/lifecycle.md on what faasgen build makes of an application: generated code,
// with layers of f.yml, in one binary a cloud.
func TestGuaranteesOfBuiltUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a binary for each cloud")
	}
	t.Parallel()
	source, err := txtar.ParseFile("testdata/life.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range source.Files {
		files[f.Name] = string(f.Data)
	}
	w := newWorkshop(t, buildTool(t), files)
	if out, errs, err := w.sh("cd fixture && go tool faasgen generate && go tool faasgen build --target aws,aliyun,tencent,local"); err != nil {
		t.Fatalf("build: %v\n%s%s", err, out, errs)
	}
	var all []platformtest.Harness
	for _, u := range []struct {
		target, unit string
		h            platformtest.Harness
	}{
		{"aws", "life", platformtest.Harness{Runtime: awssim.New(awssim.Options{Grace: 6 * time.Second}), HTTP: true, InitReport: true}},
		{"aliyun", "life", platformtest.Harness{Runtime: aliyunsim.NewCustom(), HTTP: true, StopReport: true}},
		{"tencent", "life", platformtest.Harness{Runtime: tencentsim.NewWeb(), HTTP: true}},
		{"tencent", "life-raw", platformtest.Harness{Runtime: tencentsim.NewCustom(), Raw: true}},
		{"local", "life", platformtest.Harness{Runtime: localsim.New(), HTTP: true}},
	} {
		dist := filepath.Join(w.dir, "fixture", "dist", u.target)
		u.h.Package, u.h.Command = dist, "shop"
		if u.target != "local" {
			u.h.Package, u.h.Command = unpacked(t, dist, u.unit)
		}
		u.h.Environment = map[string]string{"FAAS_UNIT": "fixture", "FAAS_FUNCTIONS": u.unit}
		all = append(all, u.h)
	}
	platformtest.Guarantees(t, all...)
}

// unpacked is the folder with the package of a unit, and its command.
func unpacked(t *testing.T, dist, unit string) (dir, command string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dist, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Units map[string]struct{ Artefact, Command string }
	}
	if err := json.Unmarshal(content, &manifest); err != nil {
		t.Fatal(err)
	}
	u := manifest.Units[unit]
	z, err := zip.OpenReader(filepath.Join(dist, filepath.FromSlash(u.Artefact)))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	dir = t.TempDir()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name), b, f.Mode()); err != nil {
			t.Fatal(err)
		}
	}
	return dir, u.Command
}
