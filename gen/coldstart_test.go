package gen_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/inspect"
)

// coldStart is one start of one function, as the test in the archive reads it.
type coldStart struct {
	Dir, Env, Function string
	Variables          map[string]string
}

// situation is a random configuration: files, and the variables of f.yml. Given are those that the place of the start has besides.
type situation struct {
	files     map[string]string
	variables map[string]string
	given     map[string]string
	here      bool
}

// TestCheckFindsWhatAColdStartDoes: for random files, variables and places, what the generator says of each function is what its start
// does, no more and no less, and check refuses all of it.
func TestCheckFindsWhatAColdStartDoes(t *testing.T) {
	dir := module(t, "coldstart/app.txtar")
	r := generate(t, dir)
	commit(t, r)
	app, err := r.Apps[0].Inspect()
	if err != nil {
		t.Fatal(err)
	}
	units := app.Units()
	const situations = 250
	random := rand.New(rand.NewPCG(1, 2))
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var starts []coldStart
	var said [][]string
	var refused []bool
	known := map[string]string{}
	for i := range situations {
		s := situate(random, secret)
		for _, name := range []string{"config.default.yml", "config.prod.yml", "rel.txt"} {
			if err := os.Remove(filepath.Join(dir, name)); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		}
		at := filepath.Join(t.TempDir(), fmt.Sprint(i))
		for name, content := range s.files {
			for _, folder := range []string{dir, at} {
				if err := os.MkdirAll(folder, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		start, checking := inspect.Start{Env: "prod"}, inspect.Checking{Only: new("prod")}
		all := maps.Clone(s.variables)
		maps.Copy(all, s.given)
		if s.here {
			machine := func(name string) (string, bool) { text, ok := all[name]; return text, ok }
			start.Here, start.Machine = true, machine
			checking.Machine, checking.MachineEnv = machine, "prod"
		}
		for _, u := range units {
			u.Settings.Environment = s.variables
			if s.here {
				u.Settings.Environment = nil
			}
			var wrong []string
			for _, m := range app.Mistakes([]inspect.Unit{u}, start) {
				wrong = append(wrong, fmt.Sprintf("%s %s", m.Key, m.Message))
			}
			checking.Units = []inspect.Unit{u}
			refused = append(refused, app.CheckConfig(checking).Failed())
			said = append(said, wrong)
			starts = append(starts, coldStart{at, "prod", u.Name, maps.Clone(all)})
		}
		known[at] = fmt.Sprintf("%v\nvariables %q, given %q, here %v", s.files, s.variables, s.given, s.here)
	}

	cases := filepath.Join(t.TempDir(), "cases")
	raw, err := json.Marshal(starts)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cases, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, dir, []string{"CASES=" + cases}, "test", "-count=1", "./shop")
	var found []string
	if raw, err = os.ReadFile(cases + ".found"); err == nil {
		err = json.Unmarshal(raw, &found)
	}
	if err != nil || len(found) != len(starts) {
		t.Fatal(len(found), err)
	}
	failed, missed := map[string]int{}, 0
	for i, s := range starts {
		if found[i] != "" {
			failed[s.Function]++
		}
		if (found[i] != "") != (said[i] != nil) || found[i] != "" && !refused[i] {
			if missed++; missed <= 5 {
				t.Errorf("function %s\nits start: %s\nfound here: %q, refused by check: %v\n%s", s.Function, found[i], said[i], refused[i], known[s.Dir])
			}
		}
	}
	for _, u := range units {
		if n := failed[u.Name]; (n < situations/20 || n > situations*19/20) != (u.Name == "free") {
			t.Errorf("%d of %d starts of %s failed: this says little", n, situations, u.Name)
		}
	}
}

// situate makes a random situation, in which most values fit.
func situate(random *rand.Rand, secret string) situation {
	pick := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	fits := map[string][]string{
		"plain.number": {"7"}, "plain.small": {"3", "300"}, "plain.text": {"x", "7"}, "plain.wait": {"5s", "3"}, "plain.size": {"10MB"}, "plain.switch": {"false"},
		"plain.fraction": {"1.5"}, "tree.host": {"h"}, "tree.name": {"n"}, "tree.from": {"f"}, "tree.deep.port": {"25"}, "tree.deep.key": {"{from: env:KNOWN}"},
		"tree.far.port": {"1"}, "tree.far": {"~", "{port: 3}"}, "list.items": {"[{name: a}]", "[{name: a, key: {from: env:OUTSIDE}}]", "[{nmae: a}]"}, "list.words": {"[a, b]"},
		"list.map": {"{a: 1}"}, "list.any": {"7", "[1]"}, "loose.one": {"1"}, "loose.two": {"[a]"}, "secret.key": {"{from: env:OUTSIDE}", "{from: file:rel.txt}"},
		"secret.token": {"{from: env:KNOWN}"}, "secret.dsn": {"file:/mnt/x.db", "{from: env:KNOWN}", "mysql://a:b@c"}, "secret.keys": {"{a: {from: env:OUTSIDE}}"},
		"secret.pointer": {"{from: file:" + secret + "}"}, "other.key": {"1"},
	}
	odd := []string{"x", "~", "[1, x]", "{a: 1}", "{from: env:OUTSIDE}", "{from: file:absent.txt}", "{from: \"\"}", "true", "1e400", "\"\"", "{from: vault:x}", "[]", "{}"}
	keys := slices.Sorted(maps.Keys(fits))
	s := situation{files: map[string]string{}, variables: map[string]string{"KNOWN": "1"}, given: map[string]string{"OUTSIDE": "1", "TOKEN": "t"}, here: random.IntN(3) == 0}
	if random.IntN(4) > 0 {
		s.files["rel.txt"] = "1\n"
	}
	if s.here && random.IntN(3) == 0 {
		delete(s.given, pick("OUTSIDE", "TOKEN"))
	}
	for _, file := range []string{"config.default.yml", "config.prod.yml"} {
		share := 29 // of 30 keys
		if file == "config.prod.yml" {
			share = 2
		}
		tree := map[string]any{}
		for _, key := range keys {
			if random.IntN(30) >= share {
				continue
			}
			text := pick(fits[key]...)
			if random.IntN(25) == 0 {
				text = pick(odd...)
			}
			set(tree, strings.Split(key, "."), text)
		}
		text := flow(tree)
		switch random.IntN(30) {
		case 0:
			text += "\nbroken: ["
		case 1:
			text = "tree: ~\nplain: {}\n"
		}
		s.files[file] = text
	}
	for _, key := range append(keys, "tree", "tree.deep", "loose") {
		switch variable := config.Variable(key); random.IntN(40) {
		case 0:
			s.variables[variable] = strings.Trim(pick(append(fits[key], "{host: v}")...), "~")
		case 1:
			s.variables[variable] = pick("x", "", "1", "[a", "{port: x}", "{from: env:KNOWN}", "a,b")
		case 2, 3:
			s.variables[variable+"_FROM"] = pick("env:KNOWN", "env:OUTSIDE", "file:rel.txt", "file:absent.txt", "file:"+secret, "x", "vault:x")
			if fits[key] == nil || key == "tree.far" || key == "list.map" || key == "list.items" || key == "secret.keys" || key == "plain.switch" {
				s.variables[variable+"_FROM"] = pick("env:KNOWN", "file:absent.txt", "x") // what is not seen here has to fit
			}
		}
	}
	return s
}

// set sets the text of a key in a tree; what is in the way stays.
func set(tree map[string]any, path []string, text string) {
	if len(path) == 1 {
		if _, ok := tree[path[0]].(map[string]any); !ok {
			tree[path[0]] = text
		}
		return
	}
	below, ok := tree[path[0]].(map[string]any)
	if !ok {
		below = map[string]any{}
		tree[path[0]] = below
	}
	set(below, path[1:], text)
}

func flow(tree map[string]any) string {
	var members []string
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		text, ok := tree[name].(string)
		if !ok {
			text = flow(tree[name].(map[string]any))
		}
		members = append(members, name+": "+text)
	}
	return "{" + strings.Join(members, ", ") + "}"
}
