package load_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/apptest"
)

func TestEditable(t *testing.T) {
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(top, "root")
	apptest.WriteModule(t, root, "example.com/m")
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	yml, a := "service: x\n", source("a")
	apptest.Write(t, top, map[string]string{
		"root/go.mod":    string(mod) + "\nreplace example.com/near => ./near\n",
		"root/one/f.yml": yml, "root/one/a/a.go": a, "root/one/a/a_test.go": a, "root/one/a/plain.go": "package a\n",
		"root/one/internal/faasgen/app/app.go": a, "root/one/testdata/a.go": a, "root/one/vendor/a/a.go": a,
		"root/two/f.yml": yml, "root/two/a.go": a, "root/library/a.go": a,
		"root/near/go.mod": "module example.com/near\n", "root/near/f.yml": yml, "root/near/a.go": a,
		"root/apart/go.mod": "module example.com/apart\n", "root/apart/f.yml": yml, "root/apart/a.go": a,
		"far/f.yml": yml, "far/a.go": a,
	})
	for link, to := range map[string]string{
		"root/one/again.go": "a/a.go", "root/one/apart.go": "../apart/a.go", "root/one/test.go": "testdata/a.go",
		"root/one/generated.go": "internal/faasgen/app/app.go", "root/far": "../far",
	} {
		if err := os.Symlink(to, filepath.Join(top, link)); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[string]string{
		"root":       "far/a.go far/f.yml library/a.go one/a/a.go one/f.yml two/a.go two/f.yml",
		"root/one":   "one/a/a.go one/f.yml",
		"root/one/a": "one/a/a.go one/f.yml",
		"root/far":   "far/a.go far/f.yml",
		"root/two":   "two/a.go two/f.yml",
	} {
		var got []string
		for _, f := range scan(t, filepath.Join(top, dir)).Editable() {
			got = append(got, f.Path)
		}
		got = rel(t, root, got)
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", dir, strings.Join(got, " "), want)
		}
	}
}
