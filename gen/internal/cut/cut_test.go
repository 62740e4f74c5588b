package cut_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/cut"
)

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

// declarations returns the text of each declaration by what it declares.
func declarations(t *testing.T, files []cut.File) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range files {
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, f.Name, f.Content, parser.ParseComments)
		if err != nil {
			t.Fatalf("%v\n%s", err, f.Content)
		}
		text := func(n ast.Node, doc *ast.CommentGroup) string {
			from := n.Pos()
			if doc != nil {
				from = doc.Pos()
			}
			return string(f.Content[fset.Position(from).Offset:fset.Position(n.End()).Offset])
		}
		for _, d := range syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					name = text(d.Recv.List[0].Type, nil) + "." + name
				}
				out[f.Name+" "+name] = text(d, d.Doc)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						out[f.Name+" "+spec.Name.Name] = text(spec, spec.Doc)
					case *ast.ValueSpec:
						key := spec.Names[0].Name
						if key == "_" {
							key = text(spec, spec.Doc)
						}
						out[f.Name+" "+key] = text(spec, spec.Doc)
					}
				}
			}
		}
	}
	return out
}

// inside are the declarations that a cut may change.
var inside = []string{"container", "newContainer", "*container.app", "*container.start", "*container.health"}

// TestCutKeepsDeclarations holds every cut of one function, and that of all, against what is committed.
func TestCutKeepsDeclarations(t *testing.T) {
	files := committed(t, "testdata/bookstore")
	p := parse(t, files)
	all := declarations(t, files)
	cuts := [][]string{p.Functions()}
	for _, f := range p.Functions() {
		cuts = append(cuts, []string{f})
	}
	for _, functions := range cuts {
		got, err := p.Cut(functions, nil)
		if err != nil {
			t.Fatal(err)
		}
		for key, text := range declarations(t, got) {
			_, name, _ := strings.Cut(key, " ")
			if !slices.Contains(inside, name) && text != all[key] {
				t.Errorf("%v: %s is\n%s\nand was\n%s", functions, key, text, all[key])
			}
		}
		for _, f := range got {
			was := files[slices.IndexFunc(files, func(c cut.File) bool { return c.Name == f.Name })].Content
			lines := map[string]bool{"import (\n": true, ")\n": true, "\tc := &container{}\n": true}
			for line := range strings.Lines(string(was)) {
				lines[line] = true
				lines["\t"+strings.TrimPrefix(line, "import ")] = true // of a file with one
			}
			for line := range strings.Lines(string(f.Content)) {
				if !lines[line] {
					t.Errorf("%v: %s has a line that is not committed: %s", functions, f.Name, line)
				}
			}
		}
	}
}

// TestCutOfAll leaves out only what no function reaches.
func TestCutOfAll(t *testing.T) {
	files := committed(t, "testdata/bookstore")
	p := parse(t, files)
	got, err := p.Cut(p.Functions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	left := declarations(t, got)
	for key, text := range declarations(t, files) {
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
	p := parse(t, committed(t, "testdata/bookstore"))
	for _, function := range []string{"book-update", "session-start"} {
		got, err := p.Cut([]string{function}, nil)
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
	p := parse(t, committed(t, "testdata/bookstore"))
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
		got, err := p.Cut(functions, nil)
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
	p := parse(t, committed(t, "testdata/bookstore"))
	if _, err := p.Cut([]string{"book-updat"}, nil); err == nil || err.Error() != `the generated package has no function "book-updat"` {
		t.Error(err)
	}
}
