package gen_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestWatched runs the tests of an application with aspects around functions and providers, against the code that both
// injectors give.
func TestWatched(t *testing.T) {
	dir := module(t, "watched.txtar")
	o := options(dir)
	o.Injector = "native"
	native := diagnose(t, o)
	wired := generate(t, dir)
	if diff := cmp.Diff(wired.Apps[0].Files, native.Apps[0].Files); diff != "" {
		t.Errorf("-wire +native:\n%s", diff)
	}
	golden(t, "watched.txtar", "want/app/aspects.go", file(t, wired.Apps[0], "internal/faasgen/app/aspects.go"))
	commit(t, wired)
	vet := []string{"vet", "./watched"}
	for _, unit := range []string{"app", "api-find", "api-job", "api-mux", "api-mixed", "quick-store"} {
		vet = append(vet, "./watched/internal/faasgen/"+unit)
	}
	goCommand(t, dir, vet...)
	goCommand(t, dir, "test", "./watched")
}

// TestUnitsLinkOnlyTheirAspects reads the code of units.
func TestUnitsLinkOnlyTheirAspects(t *testing.T) {
	r := generate(t, module(t, "watched.txtar"))
	for _, tt := range []struct {
		unit        string
		has, hasNot []string
	}{
		{"api-bare", nil, []string{"audit.", "JoinPoint", "aspects"}},
		{"api-quick", []string{"audit.Pass"}, []string{"audit.Trail", "audit.Tracer", "audit.Count"}},
		{"quick-store", []string{"audit.Pass", "type shelfQuickAspects struct"}, []string{"type shelfClockAspects struct"}},
		{"api-void", []string{"audit.Trail", "audit.Tracer"}, []string{"audit.Pass", "audit.Count", "shelf."}},
	} {
		code := unitCode(t, r.Apps[0], tt.unit)
		for _, text := range tt.has {
			if !strings.Contains(code, text) {
				t.Errorf("%s does not have %s", tt.unit, text)
			}
		}
		for _, text := range tt.hasNot {
			if strings.Contains(code, text) {
				t.Errorf("%s has %s", tt.unit, text)
			}
		}
	}
}

// golden compares a generated file with what is written down in an archive.
func golden(t *testing.T, archive, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", archive)
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == name })
	if i < 0 {
		i = len(ar.Files)
		ar.Files = append(ar.Files, txtar.File{Name: name})
	}
	if *update {
		ar.Files[i].Data = []byte(got)
		if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(string(ar.Files[i].Data), got); diff != "" {
		t.Errorf("%s: -want +got:\n%s", name, diff)
	}
}
