package plan_test

import (
	"flag"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

var update = flag.Bool("update", false, "write the expected output")

// TestGroups holds what groups take and get against files: functions are lines of a name and triggers (http GET /path, or the
// word of another kind and arguments such as topic=orders), and the result has members, settings with their rules, and diagnostics.
func TestGroups(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases: ", err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			for _, f := range archive.Files {
				files[f.Name] = string(f.Data)
			}
			got := result(t, files)
			if *update {
				archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "result" })
				archive.Files = append(archive.Files, txtar.File{Name: "result", Data: []byte(got)})
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(files["result"], got); diff != "" {
				t.Errorf("-want +got; refresh with go test -update\n%s", diff)
			}
		})
	}
}

func result(t *testing.T, files map[string]string) string {
	t.Helper()
	s, ds := spec.Parse("f.yml", []byte(files["f.yml"]), func(name string) (string, bool) { return "s3cr3t-" + name, true })
	if ds.Failed() {
		t.Fatal(ds.Render(""))
	}
	if name := strings.TrimSpace(files["target"]); name != "" {
		s = s.For(name, "")
	}
	groups, ds := plan.Select(s, functions(t, s, files["functions"]))
	var b strings.Builder
	for _, g := range groups {
		var names []string
		for _, f := range g.Members {
			name := f.Name
			if g.Guests[name] {
				name += " (guest)"
			}
			names = append(names, name)
		}
		fmt.Fprintf(&b, "%s: %s\n", g.Name, strings.Join(names, ", "))
		if ds.Failed() || len(names) == 0 {
			continue
		}
		settings, merged, found := plan.Merge(g)
		ds = append(ds, found...)
		var parts []plan.Part
		for _, f := range g.Members {
			part := plan.Part{Function: f.Name, Place: func(name string) spec.Place { return s.KeyPlace("functions." + f.Name + ".x-" + name) }}
			if said := s.Functions[f.Name]; said != nil {
				part.Extension = said.Extension
			}
			parts = append(parts, part)
		}
		extension, found := plan.Extensions(g, parts)
		ds = append(ds, found...)
		rules := map[string]string{}
		for _, m := range merged {
			rules[m.Key] = strings.TrimSuffix(m.Rule+" ("+strings.Join(m.Members, ", "), " (")
			if strings.Contains(rules[m.Key], "(") {
				rules[m.Key] += ")"
			}
		}
		for _, v := range spec.Flatten(settings) {
			key := v.Key
			for rules[key] == "" && strings.Contains(key, ".") {
				key = key[:strings.LastIndexByte(key, '.')]
			}
			fmt.Fprintf(&b, "\t%s: %s\t%s\n", v.Key, v.Text, rules[key])
		}
		for name, node := range extension {
			fmt.Fprintf(&b, "\tx-%s: %d keys\n", name, len(node.Content)/2)
		}
	}
	ds.Sort()
	out := b.String() + ds.Render("")
	if strings.Contains(ds.Render(""), "s3cr3t") {
		t.Error("a message shows the value of a variable")
	}
	return out
}

func functions(t *testing.T, s *spec.Spec, text string) []*target.Function {
	t.Helper()
	var out []*target.Function
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.Fields(line)
		f := &target.Function{Name: words[0], Pos: token.Position{Filename: "app.go", Line: i + 1, Column: 1}}
		for rest := words[1:]; len(rest) > 0; rest = rest[1:] {
			if f.Task = rest[0] == "task"; f.Task {
				break
			}
			k := kind.Lookup(rest[0])
			if k == nil {
				t.Fatalf("there is no kind %s", rest[0])
			}
			tr := target.Trigger{Kind: k.Word, Marker: k.Marker()}
			if m := annotations.HTTPOf(tr.Marker); m != nil {
				m.Method, m.Path = annotations.List{rest[1]}, rest[2]
				rest = rest[2:]
			}
			for ; len(rest) > 1 && strings.Contains(rest[1], "="); rest = rest[1:] {
				name, value, _ := strings.Cut(rest[1], "=")
				reflect.ValueOf(tr.Marker).Elem().FieldByNameFunc(func(field string) bool { return strings.EqualFold(field, name) }).SetString(value)
			}
			tr.Pos = f.Pos
			f.Triggers = append(f.Triggers, tr)
		}
		f.Settings = s.Resolve(f.Name, annotations.Handler{}, spec.Place{})
		out = append(out, f)
	}
	return out
}

// TestEverySettingHasARule: a key of f.yml that nobody merges would be lost in a group.
func TestEverySettingHasARule(t *testing.T) {
	keys := map[string]bool{}
	for _, r := range plan.Rules() {
		keys[r.Key] = true
		if r.Gets == "" || r.Differ == "" {
			t.Errorf("%s: the rule has no words for the docs", r.Key)
		}
	}
	for _, f := range annotations.Fields(reflect.TypeFor[spec.Settings]()) {
		if keys[f.Name] {
			continue
		}
		if f.Name != "http" {
			t.Errorf("%s has no rule", f.Name)
			continue
		}
		for _, part := range annotations.Fields(reflect.TypeFor[spec.HTTP]()) {
			if !keys["http."+part.Name] {
				t.Errorf("http.%s has no rule", part.Name)
			}
		}
	}
}

func TestMatches(t *testing.T) {
	for _, tc := range []struct {
		pattern, name string
		want          bool
	}{
		{"*", "a", true}, {"a-*", "a-b", true}, {"a-*", "a", false}, {"*-get", "book-get", true}, {"*-get", "get", false}, {"a*a", "a", false},
		{"a*b*c", "axbxc", true}, {"a*b*c", "acb", false}, {"a", "a", true}, {"a", "ab", false}, {"*a*", "bab", true},
	} {
		if got := plan.Matches(tc.pattern, tc.name); got != tc.want {
			t.Errorf("%s, %s: got %v", tc.pattern, tc.name, got)
		}
	}
}
