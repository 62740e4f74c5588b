package gen_test

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aws"
	"github.com/faasgen/faasgen/gen/target/tencent"
)

// built is a module with one application, for the tests of Build.
type built struct {
	t   *testing.T
	dir string
}

func newBuilt(t *testing.T) *built {
	dir := module(t, "")
	apptest.Write(t, dir, small("one"))
	apptest.Write(t, dir, map[string]string{"one/config.default.yml": "key: value\n", "one/two.go": "package one\n\n//faas:handler two\n//faas:raw\nfunc Two() {}\n"})
	return &built{t, dir}
}

func (b *built) generate() *gen.App {
	b.t.Helper()
	r := generate(b.t, b.dir)
	commit(b.t, r)
	return r.Apps[0]
}

func (b *built) try(o gen.BuildOptions) (*gen.Built, error) {
	b.t.Helper()
	if o.Target == nil {
		o.Target = cloud{deploy: []target.File{{Path: "deploy.yml", Content: []byte("deploy\n"), Mode: 0o644}}}
	}
	o.Env, o.Relative = apptest.Env(), b.dir
	return gen.Build(b.t.Context(), b.generate(), o)
}

func (b *built) build() *gen.Built {
	b.t.Helper()
	made, err := b.try(gen.BuildOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	if len(made.Diagnostics) > 0 {
		b.t.Fatal(made.Diagnostics.Render(b.dir))
	}
	return made
}

func unitOf(t *testing.T, b *gen.Built, name string) gen.BuiltUnit {
	t.Helper()
	i := slices.IndexFunc(b.Units, func(u gen.BuiltUnit) bool { return u.Name == name })
	if i < 0 {
		t.Fatalf("no unit %s", name)
	}
	return b.Units[i]
}

// list are the files below a folder, sorted, by their paths with slashes.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func TestBuild(t *testing.T) {
	b := newBuilt(t)
	first := b.build()
	if want := contents(first); !slices.Equal(list(t, first.Dir), want) {
		t.Errorf("got %v, want %v", list(t, first.Dir), want)
	}
	one := unitOf(t, first, "one-serve")
	if want := "artefacts/" + one.Hash[:16] + ".zip"; one.Artefact != want || one.Zip != filepath.Join(first.Dir, want) {
		t.Errorf("got %s, %s, want %s", one.Artefact, one.Zip, want)
	}
	z, err := zip.OpenReader(one.Zip)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Mode().String()+" "+f.Name)
	}
	_ = z.Close()
	if want := []string{"-rwxr-xr-x bootstrap", "-rw-r--r-- config.default.yml", "-rw-r--r-- faas.settings"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	if one.Function != "one-one-serve" || one.Binary == 0 || one.Functions[0].Triggers[0].Route != "GET /one" {
		t.Errorf("got %+v", one.Entry)
	}

	second := b.build()
	for _, u := range second.Units {
		if !u.Reused || u.Hash != unitOf(t, first, u.Name).Hash {
			t.Errorf("%s was built again", u.Name)
		}
	}
	// The body of one function, the configuration, a damaged zip: each has its effect and no other.
	apptest.Write(t, b.dir, map[string]string{"one/two.go": "package one\n\n//faas:handler two\n//faas:raw\nfunc Two() { println(7) }\n"})
	if third := b.build(); unitOf(t, third, "two").Reused || unitOf(t, third, "two").Hash == unitOf(t, first, "two").Hash {
		t.Error("an edited body was not noticed")
	}
	if err := os.WriteFile(one.Zip, []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	if fourth := b.build(); unitOf(t, fourth, "one-serve").Reused || !unitOf(t, fourth, "two").Reused {
		t.Error("a damaged zip was not noticed, or more was built again")
	}
	apptest.Write(t, b.dir, map[string]string{"one/config.default.yml": "key: other\n"})
	if fifth := b.build(); unitOf(t, fifth, "one-serve").Reused || unitOf(t, fifth, "two").Reused {
		t.Error("an edited configuration was not noticed")
	}
	b.stale(first.Dir)
	b.mistakes(first.Dir)
}

// contents are the files of the target's folder, as list has them.
func contents(b *gen.Built, more ...string) []string {
	names := append([]string{"manifest.json"}, more...)
	for _, u := range b.Units {
		names = append(names, u.Artefact)
	}
	for _, f := range b.Files {
		names = append(names, filepath.Base(f))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// stale renames a unit: its old package goes, and what is not ours stays.
func (b *built) stale(dist string) {
	t := b.t
	apptest.Write(t, dist, map[string]string{"artefacts/mine.zip": "mine"})
	apptest.Write(t, b.dir, map[string]string{"one/two.go": "package one\n\n//faas:handler three\n//faas:raw\nfunc Two() {}\n"})
	made := b.build()
	if want := contents(made, "artefacts/mine.zip"); !slices.Equal(list(t, dist), want) {
		t.Errorf("got %v, want %v", list(t, dist), want)
	}
	content, err := os.ReadFile(filepath.Join(dist, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Service string
		Units   map[string]struct{ Sha256, Artefact string }
		Files   map[string]string
	}
	if err := json.Unmarshal(content, &m); err != nil {
		t.Fatal(err)
	}
	if m.Service != "one" || len(m.Units) != 2 || m.Units["three"].Sha256 != unitOf(t, made, "three").Hash || m.Units["three"].Artefact != unitOf(t, made, "three").Artefact || m.Files["deploy.yml"] == "" {
		t.Errorf("manifest: %s", content)
	}
	// One unit alone leaves the others in place.
	if only, err := b.try(gen.BuildOptions{Unit: "three"}); err != nil || len(only.Units) != 1 || !only.Units[0].Reused {
		t.Errorf("one unit: %+v, %v", only, err)
	}
	if _, err := b.try(gen.BuildOptions{Unit: "four"}); err == nil || err.Error() != "there is no unit four" {
		t.Errorf("an unknown unit: %v", err)
	}
}

// mistakes leave everything as it was.
func (b *built) mistakes(dist string) {
	t := b.t
	before := list(t, dist)
	apptest.Write(t, b.dir, map[string]string{"one/two.go": "package one\n\n//faas:handler three\n//faas:raw\nfunc Two() { undefined() }\n"})
	_, err := b.try(gen.BuildOptions{})
	compile, ok := errors.AsType[*gen.CompileError](err)
	if !ok || !strings.Contains(compile.Output, "one/two.go:5:14: undefined: undefined") || strings.Count(compile.Output, "undefined: undefined") != 1 {
		t.Errorf("got %v", err)
	}
	refused, err := b.try(gen.BuildOptions{Target: cloud{check: annotations.Diagnostics{{Code: "limit", Message: "too big"}}}})
	if err != nil || !refused.Diagnostics.Failed() || len(refused.Units) != 0 {
		t.Errorf("a target that refuses: %+v, %v", refused, err)
	}
	if after := list(t, dist); !slices.Equal(after, before) {
		t.Errorf("the old packages are not as they were: %v, before %v", after, before)
	}
	if left, err := filepath.Glob(filepath.Join(dist, ".faasgen-*")); err != nil || len(left) > 0 {
		t.Errorf("left over: %v %v", left, err)
	}
	file := filepath.Join(b.dir, "file")
	apptest.Write(t, b.dir, map[string]string{"file": ""})
	if _, err := b.try(gen.BuildOptions{Dist: file}); err == nil || !strings.HasPrefix(err.Error(), "write packages to "+file+"/cloud: ") {
		t.Errorf("a file in the way: %v", err)
	}
}

// TestBuildShared builds one package for all units, whatever their kind, which no grouping changes.
func TestBuildShared(t *testing.T) {
	b := newBuilt(t)
	build := func(name string, tg target.Target, more string) *gen.Built {
		t.Helper()
		apptest.Write(t, b.dir, map[string]string{"one/f.yml": "service: one\npackage: {mode: shared}\nprovider: {region: eu-central-1}\n" + more})
		made, err := b.try(gen.BuildOptions{Target: tg})
		if err != nil {
			t.Fatal(err)
		}
		if made.Diagnostics.Failed() {
			t.Fatal(made.Diagnostics.Render(b.dir))
		}
		if zips := list(t, filepath.Join(made.Dir, "artefacts")); len(zips) != 1 || "artefacts/"+zips[0] != made.Units[0].Artefact {
			t.Errorf("%s: the packages are %v", name, zips)
		}
		return made
	}
	for _, tg := range []target.Target{tencent.New(), aws.New()} {
		apart := build("apart", tg, "")
		if len(apart.Units) != 2 {
			t.Fatalf("got %+v", apart.Units)
		}
		together := build("together", tg, "aggregation: {all: {functionsPattern: [\"*\"], memorySize: 512, mixed: event}}\n")
		if len(together.Units) != 1 || together.Units[0].Name != "all" || members(together.Units[0]) != "one-serve two" || together.App.Units[0].Settings.MemorySize != 512 {
			t.Errorf("%s: the group is %+v", tg.Name(), together.Units)
		}
		if together.Units[0].Hash != apart.Units[0].Hash || !together.Units[0].Reused {
			t.Errorf("%s: a group changed the package", tg.Name())
		}
	}
}

// TestBuildIsReproducible builds the same code in two folders.
func TestBuildIsReproducible(t *testing.T) {
	a, b := newBuilt(t), newBuilt(t)
	one, err := a.try(gen.BuildOptions{Unit: "two"})
	if err != nil {
		t.Fatal(err)
	}
	two, err := b.try(gen.BuildOptions{Unit: "two"})
	if err != nil {
		t.Fatal(err)
	}
	if one.Units[0].Hash != two.Units[0].Hash {
		t.Error("the same code makes other bytes in another folder")
	}
}

// TestBuildRefusesTooMuchBeforeReading: a file of two gigabytes is refused by its size, where the pattern is that names it.
func TestBuildRefusesTooMuchBeforeReading(t *testing.T) {
	b := newBuilt(t)
	apptest.Write(t, b.dir, map[string]string{
		"one/f.yml":      "service: one\npackage: {include: [small.txt, \"data/*\"]}\n",
		"one/small.txt":  "small\n",
		"one/data/a.bin": "",
	})
	if err := os.Truncate(filepath.Join(b.dir, "one", "data", "a.bin"), 2<<30); err != nil {
		t.Skip("no large files here: ", err)
	}
	made, err := b.try(gen.BuildOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := `one/f.yml:2:32: package.include: found 2048.0 MB, data/a.bin with 2048.0 MB among them, cloud takes 1024.0 MB at most [target-limit]
	package: {include: [small.txt, "data/*"]}
	                               ^^^^^^^^
`
	if got := made.Diagnostics.Render(b.dir); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if _, err := os.Stat(made.Dir); err == nil {
		t.Error("there is a folder of packages")
	}
}
