package gen_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/internal/wirecmd"
	"github.com/faasgen/faasgen/gen/target"
)

// cloud is a target that starts units like aws and has nothing to say.
type cloud struct {
	check  annotations.Diagnostics
	deploy []target.File
}

const platform = "github.com/faasgen/faasgen/framework/platform/aws"

func (cloud) Name() string                                { return "cloud" }
func (c cloud) Check(*target.App) annotations.Diagnostics { return c.check }
func (c cloud) Deploy(*target.App) ([]target.File, annotations.Diagnostics) {
	return c.deploy, nil
}

func (cloud) Entry(u *target.Unit) target.Entry {
	e := target.Entry{Loop: platform, Transport: target.Symbol{Import: platform + "/invoke", Name: "New"}, Command: "bootstrap", GOOS: "linux", GOARCH: "amd64"}
	for _, k := range u.Kinds() {
		name := map[string]string{"http": "HTTP", "timer": "Timer", "raw": "Raw"}[k]
		if name == "" {
			continue // which only the local platform delivers here
		}
		e.Codecs = append(e.Codecs, target.Symbol{Import: platform, Name: name})
	}
	return e
}

// module makes a module with the files of a testdata archive.
func module(t testing.TB, archive string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	apptest.WriteModule(t, dir, apptest.Module)
	if archive != "" {
		ar, err := txtar.ParseFile(filepath.Join("testdata", archive))
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		for _, f := range ar.Files {
			files[f.Name] = string(f.Data)
		}
		apptest.Write(t, dir, files)
	}
	return dir
}

// shop is the module of shop.txtar with its generated code, made once.
var shop struct {
	sync.Once
	dir    string
	result *gen.Result
}

func shopModule(t *testing.T) (string, *gen.Result) {
	t.Helper()
	shop.Do(func() {
		dir, err := os.MkdirTemp("", "faasgen-shop-")
		if err != nil {
			t.Fatal(err)
		}
		made := module(t, "shop.txtar")
		if err := os.CopyFS(dir, os.DirFS(made)); err != nil {
			t.Fatal(err)
		}
		shop.dir = dir
		shop.result = generate(t, dir)
		commit(t, shop.result)
	})
	if shop.result == nil {
		t.Fatal("the shop could not be generated")
	}
	return shop.dir, shop.result
}

// TestMain keeps what is remembered of test applications out of the user's cache, but for the wire command and what the
// go command has compiled.
func TestMain(m *testing.M) {
	os.Exit(withCache(m.Run))
}

func withCache(run func() int) int {
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if _, err := wirecmd.Find(context.Background(), runtime.Version()); err != nil {
		return fail(err)
	}
	user, err := os.UserCacheDir()
	if err != nil {
		return fail(err)
	}
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return fail(err)
	}
	dir, err := os.MkdirTemp("", "faasgen-cache-")
	if err != nil {
		return fail(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	tools, err := filepath.Glob(filepath.Join(user, "faasgen", "wire-*"))
	if err = errors.Join(err, os.Mkdir(filepath.Join(dir, "faasgen"), 0o700)); err != nil {
		return fail(err)
	}
	for _, tool := range tools {
		if err := os.Symlink(tool, filepath.Join(dir, "faasgen", filepath.Base(tool))); err != nil {
			return fail(err)
		}
	}
	if err := errors.Join(os.Setenv("GOCACHE", strings.TrimSpace(string(out))), os.Setenv("XDG_CACHE_HOME", dir)); err != nil {
		return fail(err)
	}
	code := run()
	if shop.dir != "" {
		_ = os.RemoveAll(shop.dir)
	}
	return code
}

func options(dir string) gen.Options {
	return gen.Options{Dir: dir, Targets: []target.Target{cloud{}}, Env: apptest.Env()}
}

// generate fails the test on any diagnostic.
func generate(t testing.TB, dir string) *gen.Result {
	t.Helper()
	r := diagnose(t, options(dir))
	if len(r.Diagnostics) > 0 {
		t.Fatalf("diagnostics:\n%s", r.Diagnostics.Render(dir))
	}
	return r
}

func diagnose(t testing.TB, o gen.Options) *gen.Result {
	t.Helper()
	r, err := gen.Generate(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func commit(t testing.TB, r *gen.Result) []string {
	t.Helper()
	changed, err := r.Commit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// goCommand runs the go command in a module.
func goCommand(t testing.TB, dir string, args ...string) string {
	t.Helper()
	return run(t, dir, nil, args...)
}

func run(t testing.TB, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = dir, apptest.Env(env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func file(t testing.TB, a *gen.App, name string) string {
	t.Helper()
	i := slices.IndexFunc(a.Files, func(f target.File) bool { return f.Path == name })
	if i < 0 {
		t.Fatalf("%s is not generated", name)
	}
	return string(a.Files[i].Content)
}

// TestShop runs the application's own tests against its generated code.
func TestShop(t *testing.T) {
	dir, _ := shopModule(t)
	goCommand(t, dir, "vet", "./...")
	goCommand(t, dir, "test", "./shop")
}

// TestUnitsImportOnlyWhatTheyUse reads the imports of units that need little.
func TestUnitsImportOnlyWhatTheyUse(t *testing.T) {
	_, r := shopModule(t)
	tests := map[string][]string{ // the packages of the framework, without framework itself
		"item-ping": {"adapter", "trigger/web"},
		"limits":    {"adapter", "config", "ioc"},
		"item-call": {"adapter", "config", "ioc"},
		"mux":       {"config", "ioc", "trigger/web", "trigger/web/nethttp"},
		"item-tick": {"adapter", "config", "ioc", "trigger/timer"},
	}
	for function, want := range tests {
		var got []string
		for line := range strings.Lines(unit(t, r.Apps[0], function)) {
			if _, path, ok := strings.Cut(strings.TrimSuffix(line, "\"\n"), "\"github.com/faasgen/faasgen/framework/"); ok && !slices.Contains(got, path) {
				got = append(got, path)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", function, diff)
		}
	}
}

func TestGenerateTwiceIsTheSame(t *testing.T) {
	dir, first := shopModule(t)
	o := options(dir)
	o.NoCache = true
	second := diagnose(t, o)
	if !second.UpToDate {
		t.Error("the second run finds something to do")
	}
	if diff := cmp.Diff(first.Apps[0].Files, second.Apps[0].Files); diff != "" {
		t.Errorf("other files:\n%s", diff)
	}
	if changed := commit(t, second); len(changed) != 0 {
		t.Errorf("wrote %v", changed)
	}
}

func TestWireAndNativeWriteTheSame(t *testing.T) {
	dir, wired := shopModule(t)
	o := options(dir)
	o.Injector = "native"
	native := diagnose(t, o)
	if diff := cmp.Diff(wired.Apps[0].Files, native.Apps[0].Files); diff != "" {
		t.Errorf("-wire +native:\n%s", diff)
	}
	if n := strings.Count(file(t, wired.Apps[0], "internal/faasgen/app/wire_gen.go"), "\nfunc "); n < 10 {
		t.Errorf("only %d injectors were compared", n)
	}
}

// TestWireByHand runs Wire over the real folders, with the command that generation has left in the cache.
func TestWireByHand(t *testing.T) {
	dir, r := shopModule(t)
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	found, err := filepath.Glob(filepath.Join(cache, "faasgen", "wire-*", "wire"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no wire command in %s: %v", cache, err)
	}
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	var packages []string
	for _, f := range r.Apps[0].Files {
		if folder, ok := strings.CutSuffix(f.Path, "/wire_gen.go"); ok {
			packages = append(packages, "./shop/"+folder)
			if err := os.Remove(filepath.Join(copied, "shop", f.Path)); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := exec.Command(found[len(found)-1], append([]string{"gen"}, packages...)...)
	cmd.Dir, cmd.Env = copied, apptest.Env()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, p := range packages {
		name := strings.TrimPrefix(p, "./shop/") + "/wire_gen.go"
		byHand, err := os.ReadFile(filepath.Join(copied, "shop", name))
		if err != nil {
			t.Fatal(err)
		}
		ours := file(t, r.Apps[0], name)
		byHand = bytes.Replace(byHand, []byte("//go:generate go run -mod=mod github.com/google/wire/cmd/wire\n"), nil, 1)
		byHand = bytes.Replace(byHand, []byte("// +build !wireinject\n"), nil, 1)
		if diff := cmp.Diff(ours, string(byHand)); diff != "" {
			t.Errorf("%s: -ours +by hand\n%s", name, diff)
		}
	}
	// What Wire wrote by hand is not an edit.
	if after := diagnose(t, options(copied)); after.Diagnostics.Failed() {
		t.Errorf("diagnostics:\n%s", after.Diagnostics.Render(copied))
	}
}
