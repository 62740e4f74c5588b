package gen_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/internal/cut"
	"github.com/faasgen/faasgen/gen/internal/cut/cuttest"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aliyun"
	"github.com/faasgen/faasgen/gen/target/aws"
	"github.com/faasgen/faasgen/gen/target/tencent"
)

// everywhere runs a test over the application of each golden file, and over the examples.
func everywhere(t *testing.T, test func(t *testing.T, dir string)) {
	goldens, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(goldens) < 10 {
		t.Fatal(goldens, err)
	}
	for _, golden := range goldens {
		t.Run(strings.TrimSuffix(filepath.Base(golden), ".txtar"), func(t *testing.T) { test(t, module(t, filepath.Base(golden))) })
	}
	for _, example := range []string{"bookstore", "hello", "shop", "signup"} {
		t.Run(example, func(t *testing.T) {
			dir, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			root := apptest.Root(t)
			if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "examples"))); err != nil {
				t.Fatal(err)
			}
			mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
			if err != nil {
				t.Fatal(err)
			}
			apptest.Write(t, dir, map[string]string{"go.mod": strings.ReplaceAll(string(mod), "=> ../", "=> "+root+"/")})
			test(t, filepath.Join(dir, example))
		})
	}
}

func clouds() []target.Target { return []target.Target{aliyun.New(), aws.New(), tencent.New()} }

// everything generates for all clouds; applications with mistakes are no subject of a law.
func everything(t *testing.T, dir string) *gen.Result {
	t.Helper()
	o := options(dir)
	o.Targets, o.NoCache = clouds(), true
	r := diagnose(t, o)
	if r.Diagnostics.Failed() {
		t.Skip(r.Diagnostics.Render(dir))
	}
	return r
}

// TestCutLaws cuts the package of every application to each of its functions: what is left is what is committed, and
// compiles.
func TestCutLaws(t *testing.T) {
	everywhere(t, func(t *testing.T, dir string) {
		r := everything(t, dir)
		commit(t, r)
		for _, a := range r.Apps {
			files, components := applicationFiles(a)
			var all []string
			cuts := map[string][]cut.File{}
			for i, f := range a.Functions {
				all = append(all, f.Name)
				cuts[fmt.Sprint("cut", i)] = cuttest.Cut(t, files, []string{f.Name}, components)
			}
			cuts["all"] = cuttest.Cut(t, files, all, components)
			compile(t, a.Dir, cuts)
		}
	})
}

// applicationFiles are the generated files of an application's package, and the components that they have defaults of.
func applicationFiles(a *gen.App) (files []cut.File, components []string) {
	for _, f := range a.Files {
		if path.Dir(f.Path) != "internal/faasgen/app" {
			continue
		}
		files = append(files, cut.File{Name: path.Base(f.Path), Content: f.Content})
		for line := range strings.Lines(string(f.Content)) {
			if _, rest, ok := strings.Cut(line, `Defaults{Name: "`); ok {
				name, _, _ := strings.Cut(rest, "/config.default.yml")
				components = append(components, name)
			}
		}
	}
	return files, components
}

// unit returns the code that the unit of one function links of an application's package, and of the components of these import
// paths.
func unit(t *testing.T, a *gen.App, function string, components ...string) string {
	t.Helper()
	files, _ := applicationFiles(a)
	var b strings.Builder
	for _, f := range cuttest.Cut(t, files, []string{function}, components) {
		b.Write(f.Content)
	}
	return b.String()
}

// compile compiles packages that an overlay adds to the generated ones of an application.
func compile(t *testing.T, dir string, packages map[string][]cut.File) {
	t.Helper()
	work := t.TempDir()
	replace := map[string]string{}
	args := []string{"build", "-overlay", filepath.Join(work, "overlay.json")}
	for name, files := range packages {
		args = append(args, "./internal/faasgen/"+name)
		for _, f := range files {
			apptest.Write(t, work, map[string]string{name + "/" + f.Name: string(f.Content)})
			replace[filepath.Join(dir, "internal", "faasgen", name, f.Name)] = filepath.Join(work, name, f.Name)
		}
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	apptest.Write(t, work, map[string]string{"overlay.json": string(content)})
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = dir, append(apptest.Env(), "PWD="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestSettingsAreData changes in f.yml what a deployment has for every function, and nothing that is generated differs.
func TestSettingsAreData(t *testing.T) {
	everywhere(t, func(t *testing.T, dir string) {
		before := everything(t, dir)
		rewrite(t, before, func(a *gen.App, file map[string]any) {
			settings := map[string]any{"memorySize": 1024, "timeout": 17, "initTimeout": 3, "concurrency": 9, "role": "arn:aws:iam::123456789012:role/r",
				"http": map[string]any{"cors": map[string]any{"origins": []any{"https://a.example"}}}}
			functions := map[string]any{}
			for _, f := range a.Functions {
				functions[f.Name] = settings
			}
			put(file, "provider", settings)
			put(file, "provider", map[string]any{"name": "aliyun", "stage": "prod"})
			put(file, "functions", functions)
			put(file, "package", map[string]any{"mode": "shared"})
			put(file, "targets", map[string]any{"aws": map[string]any{"provider": map[string]any{"timeout": 99}, "functions": functions}})
		})
		same(t, before, everything(t, dir))
	})
}

// TestGroupingIsData adds groups to f.yml, of which one cloud lacks one, and nothing that is generated differs.
func TestGroupingIsData(t *testing.T) {
	grouped := 0
	everywhere(t, func(t *testing.T, dir string) {
		deployable(t, dir)
		before := everything(t, dir)
		r := rand.New(rand.NewPCG(1, uint64(len(before.Apps))))
		rewrite(t, before, func(a *gen.App, file map[string]any) {
			put(file, "aggregation", grouping(r, a, "g"))
			put(file, "targets", map[string]any{"aws": map[string]any{"aggregation": map[string]any{"g0": map[string]any{"functions": []any{}}}}})
		})
		o := options(dir)
		o.Targets, o.NoCache = clouds(), true
		after := diagnose(t, o)
		if after.Diagnostics.Failed() { // such as functions whose settings do not fit together
			t.Skip(after.Diagnostics.Render(dir))
		}
		grouped++
		same(t, before, after)
	})
	if grouped < 10 {
		t.Errorf("only %d applications could be grouped", grouped)
	}
}

// deployable has the application of a golden file deployed to a cloud that there is.
func deployable(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Base(name) != "f.yml" {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(name, bytes.ReplaceAll(content, []byte("name: cloud"), []byte("name: aliyun")), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// grouping puts the functions of an application into some groups, or none.
func grouping(r *rand.Rand, a *gen.App, name string) map[string]any {
	groups := map[string]any{}
	for _, f := range a.Functions {
		i := r.IntN(4)
		if i == 3 { // it stays by itself
			continue
		}
		key := name + strconv.Itoa(i)
		if groups[key] == nil {
			groups[key] = map[string]any{"functions": []any{}, "memorySize": 512, "lazy": r.IntN(2) == 0}
		}
		group := groups[key].(map[string]any)
		group["functions"] = append(group["functions"].([]any), f.Name)
	}
	return groups
}

// rewrite changes f.yml of each application.
func rewrite(t *testing.T, r *gen.Result, change func(a *gen.App, file map[string]any)) {
	t.Helper()
	for _, a := range r.Apps {
		name := filepath.Join(a.Dir, "f.yml")
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file map[string]any
		if err := yaml.Unmarshal(content, &file); err != nil {
			t.Fatal(err)
		}
		if file == nil {
			file = map[string]any{}
		}
		change(a, file)
		if content, err = yaml.Marshal(file); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// same compares all that is generated.
func same(t *testing.T, before, after *gen.Result) {
	t.Helper()
	for i, a := range after.Apps {
		for _, f := range a.Files {
			was := slices.IndexFunc(before.Apps[i].Files, func(o target.File) bool { return o.Path == f.Path })
			if was < 0 || !bytes.Equal(before.Apps[i].Files[was].Content, f.Content) {
				t.Errorf("%s changed", f.Path)
			}
		}
		if len(a.Files) != len(before.Apps[i].Files) {
			t.Errorf("%d files, and before %d", len(a.Files), len(before.Apps[i].Files))
		}
	}
}

// put lays values over those of a key, at every depth.
func put(file map[string]any, key string, values map[string]any) {
	under, ok := file[key].(map[string]any)
	if !ok {
		under = map[string]any{}
		file[key] = under
	}
	for k, v := range values {
		if m, ok := v.(map[string]any); ok {
			put(under, k, m)
			continue
		}
		under[k] = v
	}
}
