// Package apptest runs the front half of the generator over applications written down in txtar files, and compares what
// it says with what the files expect. All applications of a test binary are folders of one module, so that the go
// command runs once. It is for the tests of gen/internal.
//
// A file holds one family of cases. The first element of each path is the case; its folder is an application, whose f.yml
// may be left out. The folder components is not a case: it holds packages that applications import. These files of a case are expectations: want holds the rendered diagnostics, model a dump of the
// solved model. A case without model must be one with an error.
package apptest

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/collect"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// T is the part of *testing.T that this package uses.
type T interface {
	Helper()
	TempDir() string
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Fatal(args ...any)
}

// Module is the path of the module that the cases are in: case x of family.txtar is example.com/test/family/x.
const Module = "example.com/test"

// WriteModule makes dir a module that can import the framework without network.
func WriteModule(t T, dir, modulePath string) {
	t.Helper()
	root := Root(t)
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	// What the framework requires is required here too, so that the go command has nothing to add.
	_, requires, _ := strings.Cut(string(mod), "\nrequire ")
	text := "module " + modulePath + "\n\ngo 1.26.0\n\nrequire github.com/faasgen/faasgen v0.0.0\n\nrequire " + requires +
		"\nreplace github.com/faasgen/faasgen => " + root + "\n"
	Write(t, dir, map[string]string{"go.mod": text})
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	Write(t, dir, map[string]string{"go.sum": string(sum)})
}

// Root is the folder of the module under test.
func Root(t T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
}

// Write writes files below dir.
func Write(t T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Env is the environment of the go command in tests: no network, no workspace, none of the user's flags.
func Env(extra ...string) []string {
	return slices.Concat(os.Environ(), []string{"GOFLAGS=", "GOWORK=off", "GOPROXY=off", "GOTOOLCHAIN=local"}, extra)
}

// Load scans and loads.
func Load(t T, opts load.Options) (*load.Tree, *load.Program) {
	t.Helper()
	if opts.Env == nil {
		opts.Env = Env()
	}
	tree, err := load.Scan(opts)
	if err != nil {
		t.Fatal(err)
	}
	program, err := tree.Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return tree, program
}

// Solve collects and solves one application, and returns all diagnostics in their order.
func Solve(p *load.Program, a *load.App) (*model.App, *wiring.Graph, annotations.Diagnostics) {
	m, ds := collect.App(p, a, annotations.Default())
	g, more := wiring.Solve(m)
	ds = slices.Concat(a.Diagnostics, ds, more)
	ds.Sort()
	return m, g, ds
}

// Case is one application of a txtar file.
type Case struct {
	// Name is family/case.
	Name    string
	Program *load.Program
	App     *load.App

	file    string
	archive *txtar.Archive
}

// Cases loads the cases of the txtar files in dir.
func Cases(t T, dir string) []*Case {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no txtar files in %s: %v", dir, err)
	}
	module := t.TempDir()
	WriteModule(t, module, Module)
	byDir := map[string]*Case{}
	for _, name := range names {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		family := strings.TrimSuffix(filepath.Base(name), ".txtar")
		writeCases(t, filepath.Join(module, family), ar)
		for _, c := range cases(ar) {
			byDir[filepath.Join(module, family, c)] = &Case{Name: family + "/" + c, file: name, archive: ar}
		}
	}
	_, program := Load(t, load.Options{Dir: module})
	var list []*Case
	for _, a := range program.Apps {
		if c := byDir[a.Dir]; c != nil {
			c.Program, c.App = program, a
			list = append(list, c)
		}
	}
	if len(list) != len(byDir) {
		t.Fatalf("%d of %d applications were found", len(list), len(byDir))
	}
	return list
}

// Check compares what the case gives with what its file expects. With update it writes that down instead.
func (c *Case) Check(t T, update bool) {
	t.Helper()
	folder := path.Base(c.Name)
	m, g, ds := Solve(c.Program, c.App)
	compare(t, c.archive, folder+"/want", ds.Render(c.App.Dir), update)
	if file(c.archive, folder+"/model") != nil {
		compare(t, c.archive, folder+"/model", Dump(m, g), update)
	} else if !ds.Failed() {
		t.Fatal("the case has no mistake and no model to compare with")
	}
	if !update {
		return
	}
	if err := os.WriteFile(c.file, txtar.Format(c.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// writeCases writes the sources of an archive. A case without f.yml gets one.
func writeCases(t T, dir string, ar *txtar.Archive) {
	files := map[string]string{}
	for _, c := range cases(ar) {
		files[c+"/"+load.SpecName] = "service: test\n"
	}
	for _, f := range ar.Files {
		if base := path.Base(f.Name); base != "want" && base != "model" {
			files[f.Name] = string(f.Data)
		}
	}
	Write(t, dir, files)
}

// cases are the first elements of the paths, sorted.
func cases(ar *txtar.Archive) []string {
	set := map[string]bool{}
	for _, f := range ar.Files {
		if c, _, _ := strings.Cut(f.Name, "/"); c != "components" {
			set[c] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func file(ar *txtar.Archive, name string) *txtar.File {
	i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &ar.Files[i]
}

// compare checks one expectation, or writes it down.
func compare(t T, ar *txtar.Archive, name, got string, update bool) {
	t.Helper()
	f := file(ar, name)
	if update {
		if f == nil {
			ar.Files = append(ar.Files, txtar.File{Name: name})
			f = &ar.Files[len(ar.Files)-1]
		}
		f.Data = []byte(got)
		return
	}
	want := ""
	if f != nil {
		want = string(f.Data)
	}
	if got != want {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}
