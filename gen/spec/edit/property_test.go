package edit_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/spec/edit"
)

// lists are those of one group.
type lists struct{ Functions, Patterns, Routes []string }

// aggregation reads an f.yml as the generator does.
func aggregation(t *testing.T, text []byte) (map[string]lists, *spec.Spec) {
	t.Helper()
	s, ds := spec.Parse("f.yml", text, func(string) (string, bool) { return "", false })
	if ds.Failed() {
		t.Fatalf("%s\n%s", ds.Render(""), text)
	}
	groups := map[string]lists{}
	for name, g := range s.Aggregation {
		groups[name] = lists{g.Functions, g.FunctionsPattern, g.Routes}
	}
	return groups, s
}

// author writes an f.yml at random, in one of the styles that people have.
type author struct {
	*rand.Rand
	b          strings.Builder
	step, list int
	end        string
	// owned are the lines of aggregation by their index.
	owned    map[int]bool
	in       bool
	count    int
	separate bool
}

func (a *author) some(n int) bool { return a.IntN(n) == 0 }

func (a *author) line(indent int, text string) {
	if a.in {
		a.owned[a.count] = true
	}
	a.count++
	a.b.WriteString(strings.Repeat(" ", indent) + text)
	if text != "" && !strings.HasPrefix(text, "#") && a.some(5) {
		a.b.WriteString("  # about it")
	}
	a.b.WriteString(a.end)
}

func (a *author) remark(indent int) {
	if a.some(4) {
		a.line(indent, "# a remark: of [some] {kind}")
	}
}

func (a *author) items(indent int, key string, items []string) {
	texts := slices.Clone(items)
	for i, text := range texts {
		switch {
		case a.some(4):
			texts[i] = "'" + text + "'"
		case strings.HasPrefix(text, "!") || strings.HasPrefix(text, "*") || a.some(4):
			texts[i] = `"` + text + `"`
		}
	}
	a.remark(indent)
	if a.some(2) {
		a.line(indent, key+": ["+strings.Join(texts, []string{", ", " , ", ","}[a.IntN(3)])+"]")
		return
	}
	a.line(indent, key+":")
	for _, text := range texts {
		a.remark(indent + a.list)
		a.line(indent+a.list, "- "+text)
	}
	if a.some(4) {
		a.line(indent+a.list, "# - later")
	}
}

func (a *author) blank() {
	if a.some(3) {
		a.line(0, "")
	}
}

// write returns an f.yml with these groups, in an order of its own.
func (a *author) write(groups map[string]lists) []byte {
	a.owned, a.step, a.end = map[int]bool{}, 2+2*a.IntN(2), []string{"\n", "\r\n"}[a.IntN(2)]
	a.list = []int{0, a.step}[a.IntN(2)]
	a.separate = a.some(2)
	parts := []func(){
		func() { a.line(0, "service: shop") },
		func() {
			a.line(0, "provider:")
			a.remark(a.step)
			a.line(a.step, "environment: {A: b, C: 'd, # e'}")
			a.line(a.step, "region: \"eu\"")
		},
		func() {
			a.line(0, "custom:")
			a.line(a.step, "text: |")
			a.line(2*a.step, "# no remark")
			a.line(2*a.step, "- functions: [order-create]")
		},
		func() { a.items(0, "scan", []string{"./a", "./b"}) },
		func() {
			if len(groups) == 0 {
				return
			}
			a.in = true
			a.line(0, "aggregation:")
			for i, name := range slices.Sorted(maps.Keys(groups)) {
				if i > 0 && a.separate {
					a.line(0, "")
				}
				a.group(name, groups[name])
			}
			a.in = false
		},
	}
	a.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	for _, part := range parts {
		a.blank()
		if a.some(4) {
			a.line(0, "# a heading")
		}
		part()
	}
	a.blank()
	text := a.b.String()
	if a.some(4) {
		text = strings.TrimSuffix(text, a.end)
	}
	return []byte(text)
}

func (a *author) group(name string, l lists) {
	a.remark(a.step)
	a.line(a.step, name+":")
	keys := []func(){
		func() { a.line(2*a.step, "memorySize: 512") },
		func() { a.line(2*a.step, "description: of [all]") },
	}
	for i, items := range [][]string{l.Functions, l.Patterns, l.Routes} {
		if len(items) > 0 {
			keys = append(keys, func() { a.items(2*a.step, []string{"functions", "functionsPattern", "routes"}[i], items) })
		}
	}
	a.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	for _, k := range keys {
		k()
	}
}

// model has functions by name in groups, one of which has patterns and one routes.
func (a *author) model(functions []string) map[string]lists {
	groups := map[string]lists{}
	for i, f := range functions {
		name := []string{"", "one", "two", "three"}[a.IntN(4)]
		if name != "" && i%2 == 0 {
			l := groups[name]
			l.Functions = append(l.Functions, f)
			groups[name] = l
		}
	}
	if a.some(2) {
		l := groups["two"]
		l.Patterns = []string{"user-*", "!user-none"}
		l.Functions = slices.DeleteFunc(l.Functions, func(f string) bool { return strings.HasPrefix(f, "user-") })
		groups["two"] = l
	}
	if a.some(2) {
		l := groups["three"]
		l.Routes = []string{"GET /admin/*"}
		groups["three"] = l
	}
	return groups
}

// taken says which groups have a function by name or pattern.
func taken(groups map[string]lists, f string) []string {
	var names []string
	for name, l := range groups {
		yes, no := false, false
		for _, text := range l.Patterns {
			p, _ := annotations.ParsePattern(text)
			yes, no = yes || !p.Not && p.Match(f), no || p.Not && p.Match(f)
		}
		if slices.Contains(l.Functions, f) || yes && !no {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// TestRandomFiles edits files of all styles: only lines of aggregation change, each function is where it was meant to be, all others
// are where they were, and what takes a function out again gives back what was there.
func TestRandomFiles(t *testing.T) {
	functions := known().Functions
	for seed := range uint64(1000) {
		a := &author{Rand: rand.New(rand.NewPCG(seed, 1))}
		groups := a.model(functions)
		source := a.write(groups)
		if got, _ := aggregation(t, source); !cmp.Equal(got, groups, cmpopts.EquateEmpty()) {
			t.Fatalf("the author wrote something else: %s", cmp.Diff(groups, got))
		}
		name := []string{"one", "two", "three", "four"}[a.IntN(4)]
		chosen := slices.Clone(functions)
		a.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		chosen = chosen[:1+a.IntN(3)]

		edited, err := edit.Group(source, name, chosen, known())
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, source)
		}
		after, s := aggregation(t, edited.Text)
		fail := func(format string, args ...any) {
			t.Helper()
			t.Fatalf("seed %d, group %s %v: %s\n--- before\n%s\n--- after\n%s", seed, name, chosen, fmt.Sprintf(format, args...), source, edited.Text)
		}
		for _, f := range functions {
			want := taken(groups, f)
			if slices.Contains(chosen, f) {
				want = []string{name}
			}
			if got := taken(after, f); !slices.Equal(got, want) {
				fail("%s is in %v, expected %v", f, got, want)
			}
		}
		if s.Custom == nil || len(s.Scan) != 2 || s.Provider.Region != "eu" {
			fail("other keys changed")
		}
		if problem := a.outside(source, edited.Text); problem != "" {
			fail("%s", problem)
		}

		// Those that were in no group leave no trace when they are taken out again.
		free := slices.DeleteFunc(slices.Clone(chosen), func(f string) bool { return len(taken(groups, f)) > 0 })
		if len(free) == len(chosen) {
			back, err := edit.Split(edited.Text, chosen, known())
			if err != nil {
				fail("%v", err)
			}
			if got, _ := aggregation(t, back.Text); !cmp.Equal(got, groups, cmpopts.EquateEmpty()) {
				fail("split gives %s", cmp.Diff(groups, got))
			}
			if len(groups) > 0 && groups[name].Functions != nil && string(back.Text) != string(source) {
				fail("split gives another text:\n%s", back.Text)
			}
		}

		// And taken out of all groups, each is by itself.
		out, err := edit.Split(source, chosen, known())
		if err != nil {
			fail("%v", err)
		}
		apart, _ := aggregation(t, out.Text)
		for _, f := range functions {
			want := taken(groups, f)
			if slices.Contains(chosen, f) {
				want = nil
			}
			if got := taken(apart, f); !slices.Equal(got, want) {
				fail("split: %s is in %v, expected %v\n%s", f, got, want, out.Text)
			}
		}
		if problem := a.outside(source, out.Text); problem != "" {
			fail("split: %s\n%s", problem, out.Text)
		}
	}
}

// outside compares what is above and below the aggregation, but for blank lines and a heading next to it, with what it was: the rest
// must be there byte for byte.
func (a *author) outside(before, after []byte) string {
	lines := strings.SplitAfter(string(before), "\n")
	var above, below []string
	for i, line := range lines {
		switch {
		case a.owned[i]:
			below = nil
			if above == nil {
				above = lines[:i]
			}
		default:
			below = append(below, line)
		}
	}
	if len(a.owned) == 0 {
		above, below = lines, nil
	}
	trim := func(lines []string, last bool) string {
		for len(lines) > 0 {
			i := 0
			if last {
				i = len(lines) - 1
			}
			if text := strings.TrimSpace(lines[i]); text != "" && text != "# a heading" {
				break
			}
			lines = slices.Delete(slices.Clone(lines), i, i+1)
		}
		return strings.TrimRight(strings.Join(lines, ""), "\r\n")
	}
	if text := trim(above, true); !strings.HasPrefix(string(after), text) {
		return fmt.Sprintf("what is above changed:\n%q", text)
	}
	if text := trim(below, false); !strings.HasSuffix(strings.TrimRight(string(after), "\r\n"), text) {
		return fmt.Sprintf("what is below changed:\n%q", text)
	}
	if strings.Contains(string(before), "\r\n") && strings.Contains(strings.ReplaceAll(string(after), "\r\n", ""), "\n") {
		return "a line end of Unix among those of Windows"
	}
	return ""
}

// FuzzEdit edits anything: what comes out is read, and has the functions where they were meant to be.
func FuzzEdit(f *testing.F) {
	for seed := range uint64(20) {
		a := &author{Rand: rand.New(rand.NewPCG(seed, 2))}
		f.Add(a.write(a.model(known().Functions)), "one", "order-pay", "user-get")
	}
	for _, text := range []string{
		"aggregation: {api: {functions: [clean]}}", "a: &a {b: *a}\naggregation: *a", "aggregation:\n  api: &x\n    <<: [*x]\n",
		"aggregation:\n  ? api\n  : functions:\n    - a\n", "aggregation:\n  api:\n    functions: [\"a\\\"b\", 'c''d', é, clean]\n", "%YAML 1.2\n---\nservice: a\n",
		"aggregation:\n  api:\n    functions:\n      - \"cl\\\n        ean\"\n      - b\n", "custom: |+\n  a\n\n", "---\n", "...\n", "# only\n",
	} {
		f.Add([]byte(text), "api", "clean", "user-get")
	}
	f.Fuzz(func(t *testing.T, source []byte, name, one, two string) {
		for into, change := range map[string]change{name: group(name, one, two), "": split(one, two)} {
			r, err := change(source)
			if refusal, ok := errors.AsType[*edit.Refusal](err); ok && refusal.Error() == "" {
				t.Error("a refusal without a reason")
			}
			if err != nil {
				continue
			}
			again, err := change(r.Text)
			if err != nil {
				t.Fatalf("%v\n%q\n%q", err, source, r.Text)
			}
			if len(again.Done) != 0 {
				t.Fatalf("a second time: %q\n%q\n%q", again.Done, source, r.Text)
			}
			s, ds := spec.Parse("f.yml", r.Text, func(string) (string, bool) { return "", false })
			if ds.Failed() {
				if _, before := spec.Parse("f.yml", source, func(string) (string, bool) { return "", false }); !before.Failed() {
					t.Fatalf("%s\n%q\n%q", ds.Render(""), source, r.Text)
				}
				continue
			}
			groups := map[string]lists{}
			overlap := false
			for name, g := range s.Aggregation {
				groups[name] = lists{g.Functions, g.FunctionsPattern, g.Routes}
				overlap = overlap || g.Overlap != nil && *g.Overlap
			}
			for _, f := range []string{one, two} {
				got := taken(groups, f)
				if into == "" && got != nil || into != "" && !slices.Contains(got, into) || into != "" && len(got) != 1 && !overlap {
					t.Fatalf("%s is in %v\n%q\n%q", f, got, source, r.Text)
				}
			}
		}
	})
}

// TestFormatRandomFiles formats files of all styles: none is refused, and the generator reads the same groups.
func TestFormatRandomFiles(t *testing.T) {
	functions := known().Functions
	for seed := range uint64(500) {
		a := &author{Rand: rand.New(rand.NewPCG(seed, 2))}
		groups := a.model(functions)
		source := a.write(groups)
		if !formats(t, source) {
			t.Fatalf("seed %d is refused:\n%s", seed, source)
		}
		text, err := edit.Format(source)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := aggregation(t, text); !cmp.Equal(got, groups, cmpopts.EquateEmpty()) {
			t.Fatalf("seed %d: %s\n%s", seed, cmp.Diff(groups, got), text)
		}
	}
}
