package gen_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target/bundle"
)

// arrangements are what a case of testdata/diagnostics needs in addition to its files, by its name: what is done to the folder of its
// module first, and how diagnostics come of it.
func arrangements(t *testing.T) map[string]func(dir string) annotations.Diagnostics {
	all := func(dir string) annotations.Diagnostics { return diagnose(t, options(dir)).Diagnostics }
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string]func(dir string) annotations.Diagnostics{
		"": all,
		"no-module": func(dir string) annotations.Diagnostics {
			ok(os.Remove(filepath.Join(dir, "go.mod")))
			return all(dir)
		},
		"spec-read": func(dir string) annotations.Diagnostics {
			name := filepath.Join(dir, "one", "f.yml")
			ok(os.Remove(name))
			_, ds := spec.Load(name, func(string) (string, bool) { return "", false })
			return ds
		},
		"injector": func(dir string) annotations.Diagnostics {
			t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "go.mod")) // is not a folder
			return all(dir)
		},
		"changed": func(dir string) annotations.Diagnostics {
			commit(t, generate(t, dir))
			r := generate(t, dir)
			ok(os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module"), 0o644))
			_, ds := r.Apps[0].Target("cloud")
			return ds
		},
		"target-package": func(dir string) annotations.Diagnostics {
			s, ds := spec.Load(filepath.Join(dir, "one", "f.yml"), func(string) (string, bool) { return "", false })
			_, more := bundle.Select(filepath.Join(dir, "one"), s)
			return append(ds, more...)
		},
	}
}

// TestDiagnostics compares the diagnostics of each module of testdata/diagnostics, which is called after a code, with what is
// written down there as want.
func TestDiagnostics(t *testing.T) {
	names, err := filepath.Glob("testdata/diagnostics/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases: ", err)
	}
	for _, name := range names {
		code := strings.TrimSuffix(filepath.Base(name), ".txtar")
		t.Run(code, func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir, want := module(t, ""), ""
			files := map[string]string{}
			var kept []txtar.File
			for _, f := range ar.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				files[f.Name] = string(f.Data)
				kept = append(kept, f)
			}
			apptest.Write(t, dir, files)
			arrange := arrangements(t)
			run := arrange[code]
			if run == nil {
				run = arrange[""]
			}
			ds := run(dir)
			ds.Sort()
			got := strings.ReplaceAll(ds.Render(dir), dir, "MODULE")
			if *update {
				ar.Files = append(kept, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if !strings.Contains(got, " ["+code+"]\n") {
				t.Errorf("nothing has the code %s", code)
			}
		})
	}
}
