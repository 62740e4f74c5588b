package load_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/internal/load"
)

var update = flag.Bool("update", false, "write down what was found as what is expected")

func TestCases(t *testing.T) {
	for _, c := range apptest.Cases(t, "testdata") {
		t.Run(c.Name, func(t *testing.T) { c.Check(t, *update) })
	}
}

const handler = "package %\n\n//faas:handler\nfunc A() {}\n"

// source is a package with one handler.
func source(name string) string { return strings.ReplaceAll(handler, "%", name) }

func scan(t *testing.T, dir string, env ...string) *load.Tree {
	t.Helper()
	tree, err := load.Scan(load.Options{Dir: dir, Env: apptest.Env(env...)})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// rel makes the folders of applications readable.
func rel(t *testing.T, root string, dirs []string) []string {
	t.Helper()
	out := make([]string, len(dirs))
	for i, d := range dirs {
		r, err := filepath.Rel(root, d)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = filepath.ToSlash(r)
	}
	return out
}

func TestFindApplications(t *testing.T) {
	root := t.TempDir()
	apptest.WriteModule(t, root, "example.com/m")
	yml := "service: x\n"
	apptest.Write(t, root, map[string]string{
		"one/f.yml": yml, "one/order/order.go": source("order"), "one/inner/f.yml": yml, "one/inner/a/a.go": source("a"),
		"one/vendor/f.yml": yml, "one/testdata/f.yml": yml, "one/_x/f.yml": yml, "one/.x/f.yml": yml,
		"two/f.yml": yml, "two/internal/faasgen/f.yml": yml, "two/internal/faasgen/app/app.go": "package",
		"nested/go.mod": "module example.com/nested\n", "nested/f.yml": yml,
		"plain/plain.go": source("plain"),
	})
	for _, c := range []struct {
		dir  string
		want []string
	}{
		{".", []string{"one", "one/inner", "two"}},
		{"one", []string{"one", "one/inner"}},
		{"one/order", []string{"one"}},
		{"one/inner/a", []string{"one/inner"}},
		{"two/internal", []string{"two"}},
		{"nested", []string{"nested"}},
	} {
		if got := rel(t, root, scan(t, filepath.Join(root, c.dir)).Apps); !slices.Equal(got, c.want) {
			t.Errorf("in %s: %q, want %q", c.dir, got, c.want)
		}
	}
	tree := scan(t, filepath.Join(root, "plain"))
	if len(tree.Apps) != 0 || len(tree.Diagnostics) != 1 || tree.Diagnostics[0].Code != "no-application" {
		t.Errorf("without f.yml: %q, %v", tree.Apps, tree.Diagnostics)
	}
	for _, f := range scan(t, root).Files {
		if strings.Contains(f.Path, "/internal/faasgen/") || strings.Contains(f.Path, "/vendor/f") || strings.Contains(f.Path, "/nested/") {
			t.Errorf("%s was read", f.Path)
		}
	}
	outside := t.TempDir()
	if tree := scan(t, outside); len(tree.Diagnostics) != 1 || tree.Diagnostics[0].Code != "no-module" {
		t.Errorf("outside of any module: %v", tree.Diagnostics)
	}
	if _, err := load.Scan(load.Options{Dir: filepath.Join(root, "nowhere")}); err == nil {
		t.Error("a folder that does not exist was scanned")
	}
	if _, err := load.Scan(load.Options{Dir: filepath.Join(root, "one", "f.yml")}); err == nil {
		t.Error("a file counted as a folder")
	}
}

// TestLinkedFolders finds applications whose folder is a symbolic link: to a folder of a module, to a module, and to a folder
// of none, which is a package of the module that has the link.
func TestLinkedFolders(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	yml := "service: x\n"
	apptest.WriteModule(t, filepath.Join(root, "m"), "example.com/m")
	apptest.Write(t, root, map[string]string{
		"m/one/f.yml": yml, "m/one/order/order.go": source("order"), "m/plain/plain.go": source("plain"),
	})
	apptest.Write(t, outside, map[string]string{"f.yml": yml, "far.go": source("far")})
	for link, to := range map[string]string{
		"m/near": "one", "whole": "m", "m/far": outside, "deep": "m/one", "m/plain/up": "..",
		"m/one/twice": outside, "m/testdata": outside,
	} {
		if err := os.Symlink(to, filepath.Join(root, filepath.FromSlash(link))); err != nil {
			t.Skip(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(outside, "self")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dir  string
		want []string
	}{
		{"m/near", []string{"m/one", "m/one/twice"}},
		{"deep", []string{"m/one", "m/one/twice"}},
		{"deep/order", []string{"m/one"}},
		{"m/far", []string{"m/far"}},
		{"m", []string{"m/far", "m/one", "m/one/twice"}},
		{"whole", []string{"whole/far", "whole/one", "whole/one/twice"}},
		{"whole/near", []string{"m/one", "m/one/twice"}},
	} {
		if got := rel(t, root, scan(t, filepath.Join(root, c.dir)).Apps); !slices.Equal(got, c.want) {
			t.Errorf("in %s: %q, want %q", c.dir, got, c.want)
		}
	}
	tree, program := apptest.Load(t, load.Options{Dir: filepath.Join(root, "m", "far"), Env: apptest.Env()})
	if len(program.Apps) != 1 || len(program.Apps[0].Packages) != 1 || program.Apps[0].Packages[0].Path != "example.com/m/far" {
		t.Errorf("%q: %+v, %v", tree.Apps, program.Apps, program.Apps[0].Diagnostics)
	}
}

// TestWorkspace loads an application that uses a package of another module of the workspace, from within and from above.
func TestWorkspace(t *testing.T) {
	root := t.TempDir()
	apptest.WriteModule(t, filepath.Join(root, "app"), "example.com/app")
	apptest.Write(t, root, map[string]string{
		"go.work":             "go 1.26.0\n\nuse (\n\t./app\n\t./lib\n)\n",
		"app/f.yml":           "service: x\nscan: [example.com/lib/store]\n",
		"app/order/order.go":  "package order\n\nimport \"example.com/lib/store\"\n\ntype C struct {\n\tStore *store.Store //faas:inject\n}\n\n//faas:handler\nfunc (c *C) Do() {}\n",
		"lib/go.mod":          "module example.com/lib\n\ngo 1.26.0\n",
		"lib/store/store.go":  "package store\n\n//faas:provide\ntype Store struct{}\n",
		"lib/f.yml":           "service: lib\n",
		"other/go.mod":        "module example.com/other\n\ngo 1.26.0\n",
		"other/f.yml":         "service: other\n",
		"lib/tools/broken.go": "package tools\n\nfunc broken( {\n",
	})
	for _, dir := range []string{"app", "app/order"} {
		_, program := apptest.Load(t, load.Options{Dir: filepath.Join(root, dir), Env: apptest.Env("GOWORK=")})
		if len(program.Apps) != 1 {
			t.Fatalf("%d applications", len(program.Apps))
		}
		m, _, ds := apptest.Solve(program, program.Apps[0])
		if len(ds) > 0 || len(m.Functions) != 1 || len(m.Providers) != 2 {
			t.Errorf("from %s: %d functions, %d providers\n%s", dir, len(m.Functions), len(m.Providers), ds.Render(root))
		}
	}
	if got := rel(t, root, scan(t, root, "GOWORK=").Apps); !slices.Equal(got, []string{"app", "lib"}) {
		t.Errorf("from above: %q", got)
	}
	tree := scan(t, filepath.Join(root, "other"), "GOWORK=")
	if len(tree.Diagnostics) != 1 || !strings.Contains(tree.Diagnostics[0].Message, "not in the workspace") {
		t.Errorf("a module that the workspace does not use: %v", tree.Diagnostics)
	}
	if got := rel(t, root, scan(t, filepath.Join(root, "other"), "GOWORK=off").Apps); !slices.Equal(got, []string{"other"}) {
		t.Errorf("with GOWORK=off: %q", got)
	}
}

// TestReplaced reads a module that a replace directive names from source: it need not compile.
func TestReplaced(t *testing.T) {
	root := t.TempDir()
	apptest.Write(t, root, map[string]string{
		"app/go.mod": "module example.com/app\n\ngo 1.26.0\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n" +
			"\nrequire github.com/faasgen/faasgen v0.0.0\n\nreplace github.com/faasgen/faasgen => ../faasgen\n",
		"faasgen/go.mod":         "module github.com/faasgen/faasgen\n\ngo 1.26.0\n",
		"faasgen/framework/f.go": "package framework\n",
		"app/f.yml":              "service: x\n",
		"app/order/order.go":     "package order\n\nimport \"example.com/lib/store\"\n\n//faas:handler\nfunc A(in store.In) {}\n",
		"lib/go.mod":             "module example.com/lib\n\ngo 1.26.0\n",
		"lib/store/store.go":     "package store\n\ntype In struct{ A int }\n\nfunc broken() { undefined }\n",
	})
	tree, program := apptest.Load(t, load.Options{Dir: filepath.Join(root, "app")})
	if _, _, ds := apptest.Solve(program, program.Apps[0]); len(ds) > 0 {
		t.Errorf("%s", ds.Render(root))
	}
	if !slices.ContainsFunc(tree.Files, func(f load.File) bool { return f.Path == filepath.Join(root, "lib", "store", "store.go") }) {
		t.Error("the replaced module is not among the inputs")
	}
}

// TestMistakesFromElsewhere reports what is wrong with a package that scan, or a configuration, adds from a module that is not ours.
func TestMistakesFromElsewhere(t *testing.T) {
	const store = "package store\n\n//faas:configuration\ntype Configuration struct{}\n\n//faas:provide\ntype Store struct {\n\tConn Conn //faas:inject\n}\n"
	for name, files := range map[string]map[string]string{
		"scan": {"f.yml": "service: x\nscan: [example.com/dep/store]\n"},
		"import": {"f.yml": "service: x\n",
			"order/configuration.go": "package order\n\n//faas:configuration import=example.com/dep/store\ntype Configuration struct{}\n"},
	} {
		root := t.TempDir()
		apptest.Write(t, root, map[string]string{
			"go.mod":                            "module example.com/app\n\ngo 1.26.0\n\nrequire example.com/dep v1.0.0\n",
			"vendor/modules.txt":                "# example.com/dep v1.0.0\n## explicit; go 1.26.0\nexample.com/dep/store\n",
			"vendor/example.com/dep/store/a.go": store,
			"order/order.go":                    "package order\n\nimport \"example.com/dep/store\"\n\ntype C struct {\n\tStore *store.Store //faas:inject\n}\n\n//faas:handler\nfunc (c *C) A() {}\n",
		})
		apptest.Write(t, root, files)
		_, program := apptest.Load(t, load.Options{Dir: root})
		_, _, ds := apptest.Solve(program, program.Apps[0])
		want := "vendor/example.com/dep/store/a.go:8:7: undefined: Conn [type]\n\tConn Conn //faas:inject\n\t     ^^^^\n"
		if got := ds.Render(root); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestVendoredReplacement: the copy of a replaced module in a vendor folder is an input, since nothing pins it.
func TestVendoredReplacement(t *testing.T) {
	root := t.TempDir()
	apptest.Write(t, root, map[string]string{
		"app/go.mod":                            "module example.com/app\n\ngo 1.26.0\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n",
		"app/vendor/modules.txt":                "# example.com/lib v0.0.0 => ../lib\n## explicit; go 1.26.0\nexample.com/lib/store\n# example.com/lib => ../lib\n",
		"app/vendor/example.com/lib/store/a.go": "package store\n\n//faas:provide\ntype Store struct{}\n",
		"app/f.yml":                             "service: x\nscan: [example.com/lib/...]\n",
		"app/order/order.go":                    "package order\n\nimport \"example.com/lib/store\"\n\ntype C struct {\n\tStore *store.Store //faas:inject\n}\n\n//faas:handler\nfunc (c *C) A() {}\n",
		"lib/go.mod":                            "module example.com/lib\n\ngo 1.26.0\n",
		"lib/store/a.go":                        "package store\n\n//faas:provide\ntype Store struct{}\n",
	})
	tree, program := apptest.Load(t, load.Options{Dir: filepath.Join(root, "app")})
	m, _, ds := apptest.Solve(program, program.Apps[0])
	if len(ds) > 0 || len(m.Providers) != 2 || !strings.Contains(m.Providers[1].Pos.Filename+m.Providers[0].Pos.Filename, "/vendor/example.com/lib/") {
		t.Errorf("%d providers\n%s", len(m.Providers), ds.Render(root))
	}
	for _, name := range []string{"app/vendor/example.com/lib/store/a.go", "lib/store/a.go"} {
		if !slices.ContainsFunc(tree.Files, func(f load.File) bool { return f.Path == filepath.Join(root, filepath.FromSlash(name)) }) {
			t.Errorf("%s is not among the inputs", name)
		}
	}
}

// TestVendor loads from a vendor folder, which go.mod and modules.txt agree upon.
func TestVendor(t *testing.T) {
	root := t.TempDir()
	apptest.Write(t, root, map[string]string{
		"go.mod":                              "module example.com/app\n\ngo 1.26.0\n\nrequire example.com/dep v1.0.0\n",
		"vendor/modules.txt":                  "# example.com/dep v1.0.0\n## explicit; go 1.26.0\nexample.com/dep/store\n",
		"vendor/example.com/dep/store/a.go":   "package store\n\ntype In struct{ A int }\n\nfunc (In) Validate() error { return nil }\n\n//faas:provide\ntype Store struct{}\n",
		"vendor/example.com/dep/store/b.go":   "package store\n",
		"f.yml":                               "service: x\nscan: [example.com/dep/store]\n",
		"order/order.go":                      "package order\n\nimport \"example.com/dep/store\"\n\ntype C struct {\n\tStore *store.Store //faas:inject\n}\n\n//faas:handler\nfunc (c *C) A(in store.In) {}\n",
		"internal/faasgen/order-a/main.go":    "package main\n\nthis is broken",
		"internal/faasgen/order-a/wire_a.go":  "package order",
		"internal/faasgen/manifest.json":      "{",
		"internal/faasgen/order-a/aws/xx.go":  "package main\nimport \"C\"",
		"internal/faasgen/app/app_test.go":    "package app\n//faas:handler\nfunc A() {}\n",
		"internal/faasgen/app/zz_generate.go": "//faas:handler\n",
	})
	_, program := apptest.Load(t, load.Options{Dir: root})
	m, _, ds := apptest.Solve(program, program.Apps[0])
	if len(ds) > 0 || len(m.Functions) != 1 || !m.Functions[0].Validate || len(m.Providers) != 2 {
		t.Errorf("%d functions, %d providers\n%s", len(m.Functions), len(m.Providers), ds.Render(root))
	}
}

// TestFromSource checks that export data and sources give the same model.
func TestFromSource(t *testing.T) {
	root := t.TempDir()
	apptest.WriteModule(t, root, "example.com/m")
	apptest.Write(t, root, map[string]string{
		"one/f.yml": "service: one\n",
		"one/a/a.go": "package a\n\nimport (\n\t\"database/sql\"\n\t\"log/slog\"\n\t\"time\"\n)\n\ntype C struct {\n\tLog *slog.Logger //faas:inject\n\tDB *sql.DB //faas:inject\n}\n\n" +
			"type In struct {\n\tAt time.Time `query:\"at\"`\n}\n\n//faas:provide\nfunc Open() (*sql.DB, error) { return nil, nil }\n\n//faas:handler\n//faas:http GET /\nfunc (c *C) Do(in In) {}\n",
	})
	dump := func(fromSource bool) string {
		_, program := apptest.Load(t, load.Options{Dir: root, FromSource: fromSource})
		m, g, ds := apptest.Solve(program, program.Apps[0])
		return ds.Render(root) + apptest.Dump(m, g)
	}
	a, b := dump(false), dump(true)
	if a != b || !strings.Contains(a, "sqlDB") {
		t.Errorf("from export data:\n%s\nfrom source:\n%s", a, b)
	}
}

// TestBrokenDependency falls back to sources when a dependency does not compile.
func TestBrokenDependency(t *testing.T) {
	root := t.TempDir()
	apptest.Write(t, root, map[string]string{
		"go.mod":                            "module example.com/app\n\ngo 1.26.0\n\nrequire example.com/dep v1.0.0\n",
		"vendor/modules.txt":                "# example.com/dep v1.0.0\n## explicit; go 1.26.0\nexample.com/dep/store\n",
		"vendor/example.com/dep/store/a.go": "package store\n\ntype In struct{ A int }\n\nfunc broken() { undefined }\n",
		"f.yml":                             "service: x\n",
		"order/order.go":                    "package order\n\nimport \"example.com/dep/store\"\n\n//faas:handler\nfunc A(in store.In) {}\n",
	})
	_, program := apptest.Load(t, load.Options{Dir: root})
	m, _, ds := apptest.Solve(program, program.Apps[0])
	if len(ds) > 0 || len(m.Functions) != 1 {
		t.Errorf("%d functions\n%s", len(m.Functions), ds.Render(root))
	}
}

// TestFiles checks that everything that decides the outcome is among the inputs of a cache.
func TestFiles(t *testing.T) {
	root := t.TempDir()
	apptest.WriteModule(t, root, "example.com/m")
	apptest.Write(t, root, map[string]string{
		"app/f.yml": "service: x\n", "app/a/a.go": source("a"), "app/a/plain.go": "package a\n", "lib/lib.go": "package lib\n",
		"app/a/a_test.go": "package a\n", "app/a/marked_test.go": "package a\n//faas:handler\nfunc X() {}\n", "app/a/_skipped.go": "package a\n",
	})
	var names []string
	marked := 0
	for _, f := range scan(t, root).Files {
		r, _ := filepath.Rel(root, f.Path)
		if filepath.IsLocal(r) {
			names = append(names, filepath.ToSlash(r))
			if f.Directives {
				marked++
			}
		}
		content, err := os.ReadFile(f.Path)
		if err != nil || string(content) != string(f.Content) {
			t.Errorf("%s: %v", f.Path, err)
		}
	}
	want := []string{"app/a/a.go", "app/a/marked_test.go", "app/a/plain.go", "app/f.yml", "go.mod", "go.sum", "lib/lib.go"}
	if !slices.Equal(names, want) || marked != 2 {
		t.Errorf("%q, %d with directives; want %q, 2", names, marked, want)
	}
}

// TestGoCommand reports a go.mod that the go command refuses, at its line.
func TestGoCommand(t *testing.T) {
	root := t.TempDir()
	apptest.Write(t, root, map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26.0\n\nrequier x v1.0.0\n",
		"f.yml":  "service: x\n", "order/order.go": source("order"),
	})
	_, program := apptest.Load(t, load.Options{Dir: root})
	m, _, ds := apptest.Solve(program, program.Apps[0])
	if got, want := ds.Render(root), "go.mod:5: unknown directive: requier [go-command]\n"; got != want || !m.Unread {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestNoGoCommand says what is missing, and once for several applications.
func TestNoGoCommand(t *testing.T) {
	root := t.TempDir()
	apptest.Write(t, root, map[string]string{
		"go.mod": "module example.com/m\n", "a/f.yml": "service: a\n", "a/a.go": source("a"), "b/f.yml": "service: b\n", "b/b.go": source("b"),
	})
	t.Setenv("PATH", t.TempDir())
	tree, err := load.Scan(load.Options{Dir: root, Env: apptest.Env()})
	if err != nil {
		t.Fatal(err)
	}
	program, err := tree.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ds annotations.Diagnostics
	for _, a := range program.Apps {
		ds = append(ds, a.Diagnostics...)
		if !a.Incomplete {
			t.Errorf("%s counts as complete", a.Dir)
		}
	}
	ds.Sort()
	want := "the go command was not found in PATH, expected it there to read the packages of the application [go-command]\n" +
		"\thint: install Go from https://go.dev/dl, or add its folder bin to PATH\n"
	if got := ds.Render(root); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestMissingReplacement reports a replaced module whose folder is gone where it is imported.
func TestMissingReplacement(t *testing.T) {
	root := t.TempDir()
	apptest.Write(t, root, map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26.0\n\nrequire example.com/x v1.0.0\n\nreplace example.com/x => ./gone\n",
		"f.yml":  "service: x\n", "order/order.go": "package order\n\nimport \"example.com/x\"\n\n//faas:handler\nfunc A(in x.In) {}\n",
	})
	_, program := apptest.Load(t, load.Options{Dir: root})
	_, _, ds := apptest.Solve(program, program.Apps[0])
	want := "order/order.go:3:8: example.com/x@v1.0.0: replacement directory ./gone does not exist [import]\n\timport \"example.com/x\"\n\t       ^^^^^^^^^^^^^^^\n"
	if got := ds.Render(root); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestFrameworkNotRequired: the hello of a module that has only installed the command imports nothing of ours, and its
// generated code would not compile.
func TestFrameworkNotRequired(t *testing.T) {
	root := t.TempDir()
	apptest.Write(t, root, map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26.0\n", "f.yml": "service: x\n", "order/order.go": source("order"),
	})
	_, program := apptest.Load(t, load.Options{Dir: root})
	_, _, ds := apptest.Solve(program, program.Apps[0])
	want := "go.mod: module example.com/m does not require github.com/faasgen/faasgen, which generated code imports [go-command]\n" +
		"\thint: run: go get -tool github.com/faasgen/faasgen/cmd/faasgen@latest\n"
	if got := ds.Render(root); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestInterrupted: an end that the caller wanted is not a failure of the go command.
func TestInterrupted(t *testing.T) {
	root := t.TempDir()
	apptest.Write(t, root, map[string]string{"go.mod": "module example.com/m\n", "f.yml": "service: x\n", "order/order.go": source("order")})
	tree, err := load.Scan(load.Options{Dir: root, Env: apptest.Env()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tree.Load(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
