package cut_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/cut"
	"github.com/faasgen/faasgen/gen/internal/cut/cuttest"
)

// sqldb is the component that bookstore uses.
const sqldb = "github.com/faasgen/faasgen/framework/component/sqldb"

func committed(t *testing.T, dir string) []cut.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || names == nil {
		t.Fatal(names, err)
	}
	var files []cut.File
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, cut.File{Name: filepath.Base(name), Content: content})
	}
	return files
}

func parse(t *testing.T, files []cut.File) *cut.Package {
	t.Helper()
	p, err := cut.Parse(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestCutKeepsDeclarations holds every cut of one function, and that of all, against what is committed.
func TestCutKeepsDeclarations(t *testing.T) {
	files := committed(t, "../../../examples/bookstore/internal/faasgen/app")
	p := parse(t, files)
	for _, functions := range append(sliced(p.Functions()), p.Functions()) {
		cuttest.Cut(t, files, functions, []string{sqldb})
		cuttest.Cut(t, files, functions, nil)
	}
}

// TestCutOfAll leaves out only what no function reaches.
func TestCutOfAll(t *testing.T) {
	files := committed(t, "../../../examples/bookstore/internal/faasgen/app")
	p := parse(t, files)
	got, err := p.Cut(p.Functions(), []string{sqldb})
	if err != nil {
		t.Fatal(err)
	}
	left := cuttest.Declarations(t, got)
	for key, text := range cuttest.Declarations(t, files) {
		file, _, _ := strings.Cut(key, " ")
		if guard := strings.Contains(key, " _ func("); !guard && file != "wire.go" && file != "overrides.go" && left[key] != text {
			t.Errorf("%s is left out, or changed:\n%s", key, left[key])
		}
	}
	want := []string{"admin.go", "app.go", "book.go", "container.go", "session.go", "wire_gen.go"}
	if names := fileNames(got); !slices.Equal(names, want) {
		t.Errorf("files %v", names)
	}
}

func fileNames(files []cut.File) (names []string) {
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

func TestCutGolden(t *testing.T) {
	p := parse(t, committed(t, "../../../examples/bookstore/internal/faasgen/app"))
	for _, function := range []string{"book-update", "session-start"} {
		got, err := p.Cut([]string{function}, []string{sqldb})
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join("testdata", "cut", function)
		if os.Getenv("UPDATE") != "" {
			_ = os.RemoveAll(dir)
			_ = os.MkdirAll(dir, 0o755)
			for _, f := range got {
				if err := os.WriteFile(filepath.Join(dir, f.Name), f.Content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		want := committed(t, dir)
		if !slices.Equal(fileNames(got), fileNames(want)) {
			t.Fatalf("%s: files %v, want %v", function, fileNames(got), fileNames(want))
		}
		for i, f := range got {
			if !bytes.Equal(f.Content, want[i].Content) {
				t.Errorf("%s/%s is\n%s", function, f.Name, f.Content)
			}
		}
	}
}

// TestCutCompiles compiles a cut of each function as a package that an overlay adds to the examples.
func TestCutCompiles(t *testing.T) {
	p := parse(t, committed(t, "../../../examples/bookstore/internal/faasgen/app"))
	examples, err := filepath.Abs("../../../examples")
	if err == nil {
		examples, err = filepath.EvalSymlinks(examples)
	}
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	replace := map[string]string{}
	args := []string{"build", "-overlay", filepath.Join(work, "overlay.json")}
	for i, functions := range append([][]string{p.Functions(), {"admin", "book-purge"}}, sliced(p.Functions())...) {
		got, err := p.Cut(functions, []string{sqldb})
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join("bookstore", "internal", "faasgen", "cut", string(rune('a'+i)))
		args = append(args, "./"+filepath.ToSlash(dir))
		for _, f := range got {
			name := filepath.Join(work, string(rune('a'+i))+f.Name)
			if err := os.WriteFile(name, f.Content, 0o644); err != nil {
				t.Fatal(err)
			}
			replace[filepath.Join(examples, dir, f.Name)] = name
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(filepath.Join(work, "overlay.json"), overlay, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = examples
	cmd.Env = append(os.Environ(), "PWD="+examples)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func sliced(names []string) (lists [][]string) {
	for _, n := range names {
		lists = append(lists, []string{n})
	}
	return lists
}

func TestUnknownFunction(t *testing.T) {
	p := parse(t, committed(t, "../../../examples/bookstore/internal/faasgen/app"))
	if _, err := p.Cut([]string{"book-updat"}, nil); err == nil || err.Error() != `the generated package has no function "book-updat"` {
		t.Error(err)
	}
}
