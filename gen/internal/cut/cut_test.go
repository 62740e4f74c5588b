package cut_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/faasgen/faasgen/gen/internal/cut"
	"github.com/faasgen/faasgen/gen/internal/cut/cuttest"
)

// sqldb is the component that bookstore uses.
const (
	sqldb   = "github.com/faasgen/faasgen/framework/component/sqldb"
	migrate = "github.com/faasgen/faasgen/framework/component/migrate"
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
	got, err := p.Cut(p.Functions(), []string{sqldb, migrate})
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
	want := []string{"admin.go", "app.go", "book.go", "calls.go", "container.go", "cover.go", "session.go", "sqlite.go", "wire_gen.go"}
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

// TestCutGolden cuts a package that has one of each: testdata/one.txtar holds it, and below a function's name what is left.
func TestCutGolden(t *testing.T) {
	name := filepath.Join("testdata", "one.txtar")
	ar, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var files []cut.File
	var kept []txtar.File
	want := map[string]string{}
	for _, f := range ar.Files {
		if !strings.Contains(f.Name, "/") {
			files, kept = append(files, cut.File{Name: f.Name, Content: f.Data}), append(kept, f)
			continue
		}
		want[f.Name] = string(f.Data)
	}
	got := map[string]string{}
	for _, function := range parse(t, files).Functions() {
		for _, f := range cuttest.Cut(t, files, []string{function}, []string{"example.com/parts/db"}) {
			got[function+"/"+f.Name] = string(f.Content)
		}
	}
	if os.Getenv("UPDATE") != "" {
		for _, n := range slices.Sorted(maps.Keys(got)) {
			kept = append(kept, txtar.File{Name: n, Data: []byte(got[n])})
		}
		ar.Files = kept
		if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got, refresh with UPDATE=1:\n%s", diff)
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

// TestCutLists cuts a list of functions that is made of several.
func TestCutLists(t *testing.T) {
	files := []cut.File{{Name: "app.go", Content: []byte(`package app

import (
	"slices"

	"github.com/faasgen/faasgen/framework"
)

func New(rt *framework.Runtime) *framework.App { return newContainer(rt).app() }

type container struct {
	rt *framework.Runtime
}

func newContainer(rt *framework.Runtime) *container {
	c := &container{rt: rt}
	return c
}

func (c *container) app() *framework.App {
	a := &framework.App{Unit: "app"}
	a.Functions = slices.Concat(
		c.functions(),
		c.functions2(),
		c.functions3(),
	)
	return a
}

func (c *container) functions() []*framework.Function {
	return []*framework.Function{
		{Name: "a", Handler: doA},
		{Name: "b", Handler: doB},
	}
}

func (c *container) functions2() []*framework.Function {
	return []*framework.Function{
		{Name: "c", Handler: doC},
	}
}

func (c *container) functions3() []*framework.Function {
	return []*framework.Function{
		{Name: "d", Handler: doD},
	}
}

func doA() {}

func doB() {}

func doC() {}

func doD() {}
`)}}
	if got := parse(t, files).Functions(); !slices.Equal(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("the list of functions is %v", got)
	}
	declared := func(functions ...string) string {
		var names []string
		for key := range cuttest.Declarations(t, cuttest.Cut(t, files, functions, nil)) {
			names = append(names, strings.TrimPrefix(key, "app.go "))
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	for _, test := range []struct{ functions, want string }{
		{"b", "*container.app *container.functions New container doB newContainer"},
		{"c d", "*container.app *container.functions2 *container.functions3 New container doC doD newContainer"},
	} {
		if got := declared(strings.Fields(test.functions)...); got != test.want {
			t.Errorf("of %s there is %s, want %s", test.functions, got, test.want)
		}
	}
	text := string(cuttest.Cut(t, files, []string{"b", "d"}, nil)[0].Content)
	for _, want := range []string{"slices.Concat(\n\t\tc.functions(),\n\t\tc.functions3(),\n\t)", "{\n\t\t{Name: \"b\", Handler: doB},\n\t}"} {
		if !strings.Contains(text, want) {
			t.Errorf("the cut has no %q:\n%s", want, text)
		}
	}
}

// TestCutGuards keeps a guard whose packages are linked anyway, in whatever file, and none that would link a package.
func TestCutGuards(t *testing.T) {
	files := []cut.File{{Name: "app.go", Content: []byte(`package app

import (
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
)

var _ adapter.LatestVersion = adapter.Version[[3]struct{}]("stale")

func New(rt *framework.Runtime) *framework.App { return newContainer(rt).app() }

type container struct {
	rt *framework.Runtime
}

func newContainer(rt *framework.Runtime) *container {
	c := &container{rt: rt}
	return c
}

func (c *container) app() *framework.App {
	a := &framework.App{Unit: "app"}
	a.Functions = []*framework.Function{
		{Name: "plain", Handler: plain},
		{Name: "result", Handler: result},
	}
	return a
}
`)}, {Name: "shop.go", Content: []byte(`package app

import (
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
)

func plain(ctx *framework.Context) error { return nil }

func result(ctx *framework.Context) error { return adapter.Return(ctx, 1, nil) }
`)}}
	for function, want := range map[string]bool{"plain": false, "result": true} {
		text := string(cuttest.Cut(t, files, []string{function}, nil)[0].Content)
		if strings.Contains(text, "adapter.LatestVersion") != want || strings.Contains(text, "framework/adapter\"") != want {
			t.Errorf("%s: guard and import are wanted: %v\n%s", function, want, text)
		}
	}
}
