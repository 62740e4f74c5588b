package gen_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write down what is generated")

// TestGolden compares the generated code of testdata/hello.txtar with what is written down there below want.
func TestGolden(t *testing.T) {
	dir := module(t, "hello.txtar")
	r := generate(t, dir)
	name := filepath.Join("testdata", "hello.txtar")
	ar, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	var kept []txtar.File
	for _, f := range ar.Files {
		if rest, ok := strings.CutPrefix(f.Name, "want/"); ok {
			want[rest] = string(f.Data)
		} else {
			kept = append(kept, f)
		}
	}
	got := map[string]string{}
	for _, f := range r.Apps[0].Files {
		short := strings.TrimPrefix(f.Path, "internal/faasgen/")
		if short == "manifest.json" || strings.HasSuffix(short, "/wire_gen.go") && strings.HasPrefix(short, "app/") {
			continue // hashes, and the same again
		}
		got[short] = string(f.Content)
		kept = append(kept, txtar.File{Name: "want/" + short, Data: f.Content})
	}
	if *update {
		ar.Files = kept
		if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
