package gen_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/target"
)

// cached reports whether a run took what it knew from the cache: it then holds no files.
func cached(t *testing.T, o gen.Options) bool {
	t.Helper()
	r := diagnose(t, o)
	if r.UpToDate && len(r.Apps) > 0 {
		return r.Apps[0].Files == nil
	}
	return false
}

// TestCache changes one thing at a time, and says whether anything had to be looked at again.
func TestCache(t *testing.T) {
	dir := module(t, "")
	source := small("one")["one/one.go"]
	write := func(name, text string) func() {
		return func() { apptest.Write(t, dir, map[string]string{name: text}) }
	}
	remove := func(name string) func() {
		return func() {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	apptest.Write(t, dir, small("one"))
	apptest.Write(t, dir, map[string]string{"one/f.yml": "service: one\nprovider: {environment: {A: \"${env.FAASGEN_TEST:none}\"}}\n"})
	commit(t, generate(t, dir))
	o := options(dir)
	unit := "one/internal/faasgen/app/one.go"
	content, err := os.ReadFile(filepath.Join(dir, unit))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		do   func()
		hit  bool
	}{
		{"nothing", func() {}, true},
		{"a body", write("one/one.go", strings.Replace(source, `return "one"`, "x := 1; _ = x\n\treturn `two`", 1)), true},
		{"a body that does not compile", write("one/one.go", strings.Replace(source, `return "one"`, "return undefined", 1)), true},
		{"a comment", write("one/one.go", strings.Replace(source, "Serve serves.", "Serve serves all.", 1)), false},
		{"a directive", write("one/one.go", strings.Replace(source, "GET", "PUT", 1)), false},
		{"a test file", write("one/one_test.go", "package one\n"), true},
		{"a new file", write("one/new.go", "package one\n"), false},
		{"a file that is gone", remove("one/new.go"), false},
		{"a new package", write("one/sub/sub.go", "package sub\n"), false},
		{"f.yml", write("one/f.yml", "service: one\nprovider: {timeout: 7, environment: {A: \"${env.FAASGEN_TEST:none}\"}}\n"), false},
		{"a variable of f.yml", func() { o.Env = append(o.Env, "FAASGEN_TEST=some") }, false},
		{"another variable", func() { o.Env = append(o.Env, "FAASGEN_OTHER=some") }, true},
		{"a variable of the go command", func() { o.Env = append(o.Env, "GOEXPERIMENT=") }, false},
		{"the targets", func() { o.Targets = append(o.Targets, other{}) }, false},
		{"a deleted output", remove(unit), false},
		{"another application", func() { apptest.Write(t, dir, small("two")) }, false},
		{"go.mod", func() {
			mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
			if err != nil {
				t.Fatal(err)
			}
			write("go.mod", string(mod)+"\n// more\n")()
		}, false},
	}
	for _, tt := range tests {
		tt.do()
		if got := cached(t, o); got != tt.hit {
			t.Errorf("%s: taken from the cache is %v, want %v", tt.name, got, tt.hit)
		}
		r := diagnose(t, o)
		if r.Diagnostics.Failed() {
			t.Fatalf("%s: %s", tt.name, r.Diagnostics.Render(dir))
		}
		commit(t, r)
		if !cached(t, o) {
			t.Errorf("%s: the next run looks at everything again", tt.name)
		}
	}
	// A body counts when it may hold a directive, which is a mistake.
	apptest.Write(t, dir, map[string]string{"one/body.go": "package one\n\nfunc body() {\n\t//faas:handler\n}\n"})
	if r := diagnose(t, o); !r.Diagnostics.Failed() {
		t.Error("a directive in a body was not noticed")
	}
	remove("one/body.go")()
	// An edit of the same size right after the commit: not even the clock tells.
	apptest.Write(t, dir, map[string]string{unit: strings.Replace(string(content), "oneServe runs", "OneServe runs", 1)})
	if r := diagnose(t, o); r.UpToDate || !r.Diagnostics.Failed() {
		t.Error("an edited output was not noticed")
	}
}

// TestCachedResultKnowsMoreWhenAsked gets from a cached result what it does not hold.
func TestCachedResultKnowsMoreWhenAsked(t *testing.T) {
	dir := module(t, "")
	apptest.Write(t, dir, small("one"))
	apptest.Write(t, dir, map[string]string{
		"one/f.yml":    "service: one\nprovider: {name: cloud}\n",
		"one/spare.go": "package one\n\n// Spare is not used.\n//\n//faas:provide\ntype Spare struct{}\n",
	})
	first := diagnose(t, options(dir))
	commit(t, first)
	second := diagnose(t, options(dir))
	a := second.Apps[0]
	if a.Files != nil || a.Name != "one" || a.Provider() != "cloud" || len(a.Functions) != 1 || a.Functions[0].Name != "one-serve" {
		t.Errorf("got %s %s %d files %v", a.Name, a.Provider(), len(a.Files), a.Functions)
	}
	if got, want := second.Diagnostics.Render(dir), first.Diagnostics.Render(dir); got != want || got == "" {
		t.Errorf("notes: got\n%swant\n%s", got, want)
	}
	app, ds := a.Target("cloud")
	if ds.Failed() || len(app.Units) != 1 || app.Units[0].Functions[0].Triggers[0].Marker == nil {
		t.Errorf("got %+v, %v", app, ds)
	}
	if diff, err := second.Diff(); diff != "" || err != nil {
		t.Errorf("diff: %v\n%s", err, diff)
	}
	// Positions of notes move with the lines of bodies, so that these count while there are notes.
	apptest.Write(t, dir, map[string]string{"one/spare.go": "package one\n\nfunc body() {\n\tprintln()\n}\n\n// Spare is not used.\n//\n//faas:provide\ntype Spare struct{}\n"})
	commit(t, diagnose(t, options(dir)))
	apptest.Write(t, dir, map[string]string{"one/spare.go": "package one\n\nfunc body() {\n\tprintln()\n\tprintln()\n}\n\n// Spare is not used.\n//\n//faas:provide\ntype Spare struct{}\n"})
	if got := diagnose(t, options(dir)).Diagnostics.Render(dir); !strings.Contains(got, "one/spare.go:11:6") {
		t.Errorf("the note did not move:\n%s", got)
	}
}

// TestPartsAreTakenFromDisk edits one signature: what is made of something else is made again, the rest is not, and the
// outcome is the same as without a cache.
func TestPartsAreTakenFromDisk(t *testing.T) {
	dir := module(t, "hello.txtar")
	commit(t, generate(t, dir))
	source, err := os.ReadFile(filepath.Join(dir, "hello", "hello.go"))
	if err != nil {
		t.Fatal(err)
	}
	edits := [][2]string{
		{"timeout=1m", "timeout=2m"},
		{"Words    Words  //faas:inject", "Words    Words  //faas:inject\n\tBook     *Book  //faas:inject"},
		{"func NewVisit(b *Book) (*Visit, func()) { return &Visit{b}, func() {} }", "func NewVisit(b *Book) *Visit { return &Visit{b} }"},
	}
	for _, edit := range edits {
		text := strings.Replace(string(source), edit[0], edit[1], 1)
		if text == string(source) {
			t.Fatalf("%q is not there", edit[0])
		}
		apptest.Write(t, dir, map[string]string{"hello/hello.go": text})
		o := options(dir)
		with := diagnose(t, o)
		o.NoCache = true
		without := diagnose(t, o)
		if with.UpToDate || with.Diagnostics.Failed() {
			t.Fatalf("up to date %v\n%s", with.UpToDate, with.Diagnostics.Render(dir))
		}
		if diff := cmp.Diff(without.Apps[0].Files, with.Apps[0].Files); diff != "" {
			t.Errorf("-without +with a cache:\n%s", diff)
		}
		commit(t, with)
	}
}

// other is a second target.
type other struct{ cloud }

func (other) Name() string { return "other" }

var _ target.Target = other{}

// TestContractIsRemembered: the document comes from the cache until anything that it says changes, wherever that is declared.
func TestContractIsRemembered(t *testing.T) {
	dir := module(t, "")
	apptest.Write(t, dir, map[string]string{
		"one/f.yml": "service: one\n",
		"one/one.go": "package one\n\nimport \"example.com/test/kinds\"\n\n// Serve serves.\n//\n//faas:handler serve\n//faas:http GET /\n" +
			"func Serve() (*kinds.Item, error) { return nil, nil }\n",
		"kinds/kinds.go": "package kinds\n\n// Item has a kind.\ntype Item struct {\n\t// Kind is one.\n\tKind Kind `json:\"kind\"`\n}\n\n// Kind is a kind.\ntype Kind string\n\n" +
			"// The kinds.\nconst (\n\tA Kind = \"a\"\n\tB Kind = \"b\"\n)\n",
	})
	commit(t, generate(t, dir))
	document := func() (string, bool) {
		t.Helper()
		r := diagnose(t, options(dir))
		text, notes, err := r.OpenAPI(r.Apps[0])
		if err != nil || len(notes) > 0 {
			t.Fatal(err, notes)
		}
		return string(text), r.UpToDate && r.Apps[0].Functions[0].Triggers[0].Marker == nil // which whatever reads the application fills in
	}
	first, _ := document()
	again, hit := document()
	if !hit || again != first || !strings.Contains(first, "Kind is one.") || !strings.Contains(first, `"b"`) {
		t.Errorf("the second document is %t the cache's and\n%s", hit, again)
	}
	kinds := filepath.Join(dir, "kinds/kinds.go")
	for _, change := range []struct{ before, after string }{
		{"Kind is one.", "Kind is another one."}, {`B Kind = "b"`, `B Kind = "c"`}, {`json:"kind"`, `json:"sort"`}, {"Item has", "An item has"},
	} {
		content, err := os.ReadFile(kinds)
		if err != nil {
			t.Fatal(err)
		}
		apptest.Write(t, dir, map[string]string{"kinds/kinds.go": strings.Replace(string(content), change.before, change.after, 1)})
		before, _ := document()
		if r := diagnose(t, options(dir)); !r.UpToDate {
			commit(t, r)
		}
		now, _ := document()
		if before == first || now != before {
			t.Errorf("%s: the document is that of before", change.after)
		}
		first = now
	}
}
