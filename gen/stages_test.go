package gen_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/aws"
)

// documented are the rows of the table of docs/stages.md that say what wins, by what they are about.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	content, err := os.ReadFile("../docs/stages.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(content), "| of | what |\n|---|---|\n")
	if !ok {
		t.Fatal("there is no table")
	}
	rows := map[string][]string{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) != 2 {
			break
		}
		of := strings.TrimPrefix(cells[0], "| ")
		rows[of] = append(rows[of], strings.TrimSuffix(cells[1], " |"))
	}
	return rows
}

// inside puts a value below a dotted path, whose words in <> are replaced.
func inside(file map[string]any, path string, value any) {
	words := strings.Split(strings.NewReplacer("<target>", "aws", "<stage>", "prod", "<function>", "said", "<group>", "both").Replace(path), ".")
	for _, word := range words[:len(words)-1] {
		if file[word] == nil {
			file[word] = map[string]any{}
		}
		file = file[word].(map[string]any)
	}
	file[words[len(words)-1]] = value
}

func text(t *testing.T, file map[string]any) []byte {
	t.Helper()
	content, err := yaml.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// with is an application with another f.yml, at a stage.
func with(t *testing.T, a *gen.App, stage string, file map[string]any) *gen.App {
	t.Helper()
	changed, ds, err := a.WithSpec(text(t, file))
	if err != nil || ds.Failed() {
		t.Fatalf("%v\n%s", err, ds.Render(""))
	}
	at, err := changed.At(stage)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestWhatWins sets one thing in each of the places that docs/stages.md lists, one more at a time: the last one holds.
func TestWhatWins(t *testing.T) {
	rows := documented(t)
	dir := module(t, "")
	apptest.Write(t, dir, map[string]string{
		"one/f.yml": "service: one\n",
		"one/one.go": "// Package one has two functions.\npackage one\n\n//faas:handler said\n//faas:raw\nfunc Said() {}\n\n" +
			"// Other is by itself.\n//\n//faas:handler other\n//faas:raw\nfunc Other() {}\n",
		"two/f.yml":  "service: two\n",
		"two/two.go": "// Package two has a function.\npackage two\n\n//faas:handler said memory=1\n//faas:raw\nfunc Said() {}\n",
	})
	r := generate(t, dir)
	plain, argued := r.Apps[0], r.Apps[1]
	unit := func(a *gen.App, name string) spec.Settings {
		app, ds := a.Target("aws")
		if ds.Failed() {
			t.Fatal(ds.Render(""))
		}
		i := slices.IndexFunc(app.Units, func(u *target.Unit) bool { return u.Name == name })
		return app.Units[i].Settings
	}
	t.Run("stage", func(t *testing.T) {
		file, flag := map[string]any{"service": "one"}, ""
		for i, row := range rows["the stage"] {
			want := fmt.Sprint("s", i)
			if row == "`--stage`" {
				flag = want
			} else {
				inside(file, strings.Trim(row, "`"), want)
			}
			app, _ := with(t, plain, flag, file).Target("aws")
			if got := app.Units[0].Settings.Environment[spec.StageVariable]; app.Stage != want || got != want {
				t.Errorf("%s: stage %s, FAAS_ENV %s, want %s", row, app.Stage, got, want)
			}
		}
	})
	t.Run("setting", func(t *testing.T) {
		file, environment, app := map[string]any{"service": "one", "stages": map[string]any{"prod": nil}}, map[string]any{"service": "one"}, plain
		inside(environment, "stages.prod.provider.region", "x")
		inside(file, "stages.prod.provider.region", "x")
		if len(rows["a setting"]) != 12 {
			t.Fatal(rows["a setting"])
		}
		for i, row := range rows["a setting"] {
			want, variable := 100+i, fmt.Sprint("v", i)
			path := strings.Trim(row, "`")
			switch {
			case row == "the default":
				want, variable = 256, ""
			case row == "the argument of `//faas:handler`":
				want, app = 1, argued
			case strings.HasSuffix(path, ".environment"):
				inside(environment, path+".V", variable)
				want = 0
			default:
				inside(file, path+".memorySize", want)
				inside(environment, path+".environment.V", variable)
			}
			if got := unit(with(t, app, "prod", file), "said").MemorySize; want > 0 && int(got) != want {
				t.Errorf("%s: memory %d, want %d", row, got, want)
			}
			if got := unit(with(t, app, "prod", environment), "said").Environment["V"]; got != variable && want != 1 {
				t.Errorf("%s: variable %q, want %q", row, got, variable)
			}
		}
		file["aggregation"] = map[string]any{"both": map[string]any{"functions": []any{"said"}}}
		for i, row := range rows["a setting of a group"] {
			inside(file, strings.Trim(row, "`")+".memorySize", 200+i)
			if got := unit(with(t, app, "prod", file), "both").MemorySize; int(got) != 200+i {
				t.Errorf("%s: memory %d, want %d", row, got, 200+i)
			}
		}
		if len(rows["a setting of a group"]) != 4 {
			t.Error(rows["a setting of a group"])
		}
	})
	t.Run("configuration", func(t *testing.T) { configurationWins(t, rows["a configuration key"]) })
}

// configurationWins is TestWhatWins for a configuration key.
func configurationWins(t *testing.T, rows []string) {
	dir := module(t, "")
	file, environ := map[string]any{"service": "one", "stages": map[string]any{"prod": map[string]any{}}}, apptest.Env()
	for _, row := range rows {
		want, position := inspect.FromFile, ""
		switch row {
		case "`default=` of the directive":
			want = inspect.FromDefault
		case "`config.default.yml`", "`config.<stage>.yml`":
			position = strings.Replace(strings.Trim(row, "`"), "<stage>", "prod", 1)
			apptest.Write(t, dir, map[string]string{"one/" + position: "order: {key: value}\n"})
		case "`functions.<function>.config`":
			want = inspect.FromFunction
			inside(file, strings.Trim(row, "`")+".order", map[string]any{"key": "value"})
		case "the variable, set by `environment` in f.yml":
			want = inspect.FromEnvironment
			inside(file, "stages.prod.environment.ORDER_KEY", "value")
		case "the variable of the process":
			want = inspect.FromVariable
			environ = append(environ, "ORDER_KEY=value")
		default:
			t.Fatalf("%q: not known", row)
		}
		apptest.Write(t, dir, map[string]string{
			"one/f.yml": string(text(t, file)),
			"one/one.go": "// Package one has a function.\npackage one\n\n// C has a key.\ntype C struct {\n\tKey string //faas:config key=order.key default=x\n}\n\n" +
				"//faas:handler said\n//faas:raw\nfunc (*C) Said() {}\n",
		})
		apps, ds, err := gen.Read(t.Context(), gen.Options{Dir: dir, Env: environ, Stage: "prod"})
		if err != nil || ds.Failed() {
			t.Fatal(err, ds.Render(dir))
		}
		c, err := apps[0].Config("", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		source := c.Keys[0].Source
		if own := c.Keys[0].Own; source.Kind != inspect.FromVariable && len(own) > 0 {
			source = own[0].Source
		}
		if source.Kind != want || position != "" && filepath.Base(source.Pos.Filename) != position {
			t.Errorf("%s: from %+v", row, source)
		}
	}
}

// TestOnePackageForAllStages builds examples for two stages and without one, with settings that differ at random: the packages have
// the same hashes.
func TestOnePackageForAllStages(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	dir := example(t, "bookstore")
	content, err := os.ReadFile(filepath.Join(dir, "f.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var base map[string]any
	if err := yaml.Unmarshal(content, &base); err != nil {
		t.Fatal(err)
	}
	apptest.Write(t, dir, map[string]string{"config.prod.yml": "{}\n"})
	functions := []string{"book-list", "book-create"}
	settings := func() map[string]any {
		all := map[string]any{
			"memorySize": 128 * (1 + r.IntN(4)), "timeout": 1 + r.IntN(20), "concurrency": 1 + r.IntN(5), "environment": map[string]any{"VALUE": fmt.Sprint(r.IntN(99))}, "overload": []any{"wait", "fail"}[r.IntN(2)],
		}
		for key := range all {
			if r.IntN(3) == 0 {
				delete(all, key)
			}
		}
		return all
	}
	for round := range 2 {
		stage := func() map[string]any {
			s := map[string]any{"provider": settings(), "environment": map[string]any{"STAGE": "${stage:none}"}, "functions": map[string]any{}}
			s["provider"].(map[string]any)["http"] = map[string]any{"cors": map[string]any{"origins": []any{fmt.Sprintf("https://a%d.example", r.IntN(9))}}}
			for _, f := range functions {
				s["functions"].(map[string]any)[f] = settings()
			}
			return s
		}
		staging := stage()
		if round > 0 { // one stage leaves a trigger out, whose code stays in the package
			events := []any{map[string]any{"http": map[string]any{"method": "GET", "path": "/books"}}, map[string]any{"timer": map[string]any{"every": "1h"}}}
			inside(base, "functions.book-list.events", events)
			inside(staging, "functions.book-list.events", events[:1])
		}
		base["stages"] = map[string]any{"staging": staging, "prod": stage()}
		apptest.Write(t, dir, map[string]string{"f.yml": string(text(t, base))})
		var first map[string]string
		for _, name := range []string{"staging", "prod", ""} {
			o := options(dir)
			o.Stage, o.Targets = name, clouds()
			result := diagnose(t, o)
			if result.Diagnostics.Failed() {
				t.Fatal(result.Diagnostics.Render(dir))
			}
			commit(t, result)
			b, err := gen.Build(t.Context(), result.Apps[0], gen.BuildOptions{Target: aws.New(), Env: apptest.Env(), Dist: t.TempDir(), Unit: "book-list"}) // not next to another's
			if err != nil || b.Diagnostics.Failed() {
				t.Fatal(err, b.Diagnostics.Render(dir))
			}
			hashes := map[string]string{}
			for _, u := range b.Units {
				hashes[u.Name] = u.Hash
				if u.Contents["faas.settings"] == "" || u.Go == "" || u.Module == "" {
					t.Errorf("%s: the manifest does not say what is in it: %+v", u.Name, u)
				}
			}
			if first == nil {
				first = hashes
			}
			if len(hashes) != 1 || fmt.Sprint(hashes) != fmt.Sprint(first) {
				t.Errorf("round %d, stage %q: %v, want %v\n%s", round, name, hashes, first, text(t, base))
			}
		}
	}
}

// example is a copy of an example, in a module of its own.
func example(t *testing.T, name string) string {
	t.Helper()
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
	return filepath.Join(dir, name)
}

// TestStagesShareNoName deploys an application with every trigger that the clouds have to two stages: no name in a vendor's file is
// the same, but for names inside of something that has the stage in its own.
func TestStagesShareNoName(t *testing.T) {
	dir := example(t, "shop")
	content, err := os.ReadFile(filepath.Join(dir, "f.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		"orders: {create: true}":                        `orders: {name: "orders-${stage}", create: true}`,
		"payments: {create: true}":                      `payments: {name: "payments-${stage}", create: true}`,
		"access: {create: true}":                        `access: {name: "access-${stage}", create: true}`,
		"pictures: {name: shop-pictures, create: true}": `pictures: {name: "shop-pictures-${stage}", create: true}`,
		"resources:\n  moves":                           "stages: {alpha: {}, beta: {}}\ndomains: {\"${stage}.example.com\": {}}\nresources:\n  orders: {name: \"orders-${stage}\"}\n  payments: {name: \"payments-${stage}\"}\n  moves",
	} {
		if !bytes.Contains(content, []byte(from)) {
			t.Fatalf("the example has no %q", from)
		}
		content = bytes.ReplaceAll(content, []byte(from), []byte(to))
	}
	content = bytes.ReplaceAll(content, []byte("aws:\n    provider: {region: eu-central-1}\n"), []byte("aws:\n    provider: {region: eu-central-1}\n    domains: {\"${stage}.example.com\": {certificate: \"arn:aws:acm:eu-central-1:123456789012:certificate/1\"}}\n"))
	apptest.Write(t, dir, map[string]string{"f.yml": string(content)})
	code, err := os.ReadFile(filepath.Join(dir, "stock", "keeper.go"))
	if err != nil || !bytes.Contains(code, []byte(" group=shop")) {
		t.Fatal("the example's consumer group is no longer in keeper.go", err)
	}
	apptest.Write(t, dir, map[string]string{"stock/keeper.go": strings.ReplaceAll(string(code), " group=shop", "")}) // it is called after the function then
	o := options(dir)
	o.Targets = clouds()
	r := diagnose(t, o)
	if r.Diagnostics.Failed() {
		t.Fatal(r.Diagnostics.Render(dir))
	}
	found := 0
	for _, cloud := range clouds() {
		names := map[string]map[string]bool{}
		for _, stage := range []string{"alpha", "beta"} {
			at, err := r.Apps[0].At(stage)
			if err != nil {
				t.Fatal(err)
			}
			app, ds := at.Target(cloud.Name())
			if ds.Failed() {
				t.Fatal(ds.Render(dir))
			}
			if cloud.Name() == "tencent" {
				app.Spec.Domains = nil // it has none
			}
			files, ds := cloud.Deploy(app)
			if ds.Failed() {
				t.Fatal(ds.Render(dir))
			}
			names[stage] = map[string]bool{}
			for _, f := range files {
				for _, name := range deployedNames(t, f) {
					names[stage][name] = true
				}
			}
			found += len(names[stage])
		}
		for name := range names["alpha"] {
			if names["beta"][name] {
				t.Errorf("%s: two stages share %s", cloud.Name(), name)
			}
		}
	}
	if found < 80 {
		t.Errorf("found only %d names", found)
	}
}

// deployedNames are the names in a file that a vendor has one name space for, each with its key.
func deployedNames(t *testing.T, f target.File) []string {
	t.Helper()
	if strings.HasSuffix(f.Path, ".toml") {
		m := regexp.MustCompile(`(?m)^stack_name = .*$`).FindString(string(f.Content))
		return []string{m}
	}
	var names []string
	inner := []*regexp.Regexp{ // of what has the stage in its own name
		regexp.MustCompile(`\.triggers\.triggerName=`),                  // a trigger of a function
		regexp.MustCompile(`\.events\.(timer|http)\.parameters\.name=`), // the same
		regexp.MustCompile(`\.DefinitionBody\.`),                        // parameters of a route
		regexp.MustCompile(`\.StageName=\$default$`),                    // the stage of an API
		regexp.MustCompile(`\.Policies\.PolicyName=`),                   // a policy inside of a role
		regexp.MustCompile(`\.(Rules\.Name|OmitName|eventName)=`),       // words of the vendor
		regexp.MustCompile(`\.ckafka\.parameters\.name=`),               // the id of a cluster, which many share
	}
	key := regexp.MustCompile(`^(?:name|.*Name|ConsumerGroup.*|consumerGroup.*|Notes|FunctionName)$`)
	var walk func(n *yaml.Node, path string)
	walk = func(n *yaml.Node, path string) {
		switch n.Kind {
		case yaml.DocumentNode, yaml.SequenceNode:
			for _, c := range n.Content {
				walk(c, path)
			}
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				walk(n.Content[i+1], path+"."+n.Content[i].Value)
			}
		case yaml.ScalarNode:
			last := path[strings.LastIndexByte(path, '.')+1:]
			name := path + "=" + n.Value
			if key.MatchString(last) && !slices.ContainsFunc(inner, func(e *regexp.Regexp) bool { return e.MatchString(name) }) {
				names = append(names, name)
			}
		}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(f.Content, &root); err != nil {
		t.Fatal(err)
	}
	walk(&root, "")
	var component struct{ App, Stage, Name string }
	if err := root.Decode(&component); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		if name == ".name="+component.Name && component.App != "" { // the vendor's tool tells it from others by all three
			names[i] = fmt.Sprintf("%+v", component)
		}
	}
	return names
}

// TestUnknownStage is a stage that f.yml does not have, in all that reads it.
func TestUnknownStage(t *testing.T) {
	dir := module(t, "")
	apptest.Write(t, dir, small("one"))
	apptest.Write(t, dir, map[string]string{"one/f.yml": "service: one\nstages: {prod: {}}\n"})
	commit(t, generate(t, dir)) // the second time nothing has changed
	for range 2 {
		o := options(dir)
		o.Stage = "prd"
		_, err := gen.Generate(t.Context(), o)
		e, ok := errors.AsType[*spec.UnknownStage](err)
		if !ok || e.Stage != "prd" || !slices.Equal(e.Known, []string{"prod"}) {
			t.Errorf("generate: %v", err)
		}
		if _, _, err := gen.Read(t.Context(), o); err == nil || err.Error() != `unknown stage "prd"` {
			t.Errorf("read: %v", err)
		}
	}
}
