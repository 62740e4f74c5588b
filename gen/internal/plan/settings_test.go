package plan

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// variables are the environment of a process.
type variables map[string]string

func (v variables) LookupEnv(name string) (string, bool) { s, ok := v[name]; return s, ok }

// chosen are the functions of all that a process serves with a list in its environment.
func chosen(t *testing.T, list string, all []string) []string {
	t.Helper()
	app := &framework.App{Unit: "app"}
	for _, name := range all {
		app.Functions = append(app.Functions, &framework.Function{Name: name, Handler: func(*framework.Context) error { return nil }})
	}
	e := framework.NewEngine(&framework.Runtime{Variables: variables{"FAAS_FUNCTIONS": list}}, app)
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range e.App().Functions {
		names = append(names, f.Name)
	}
	return names
}

func TestSelection(t *testing.T) {
	all := []string{"admin", "book-cover", "book-get", "book-list", "book-purge", "session-end", "session-start"}
	for own, want := range map[string]string{
		strings.Join(all, " "): "",
		"book-get":             "book-get",
		"admin":                "admin",
		"book-cover book-get book-list book-purge":             "book-*",
		"book-cover book-get book-list":                        "book-*,!book-purge",
		"admin book-cover book-get book-list book-purge":       "admin,book-*",
		"book-get book-list":                                   "book-get,book-list",
		"session-end session-start":                            "session-*",
		"admin session-end session-start":                      "*,!book-*",
		"book-get session-start":                               "book-get,session-start",
		"book-cover book-get book-list book-purge session-end": "book-*,session-end",
	} {
		if got := Selection(strings.Fields(own), all); got != want {
			t.Errorf("%s: got %q, want %q", own, got, want)
		}
	}
}

// TestSelectionIsExact holds lists against what the framework makes of them.
func TestSelectionIsExact(t *testing.T) {
	words := []string{"a", "b", "ab", "get", "list"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var all []string
		for range 2 + random.IntN(12) {
			name := words[random.IntN(len(words))]
			for range random.IntN(3) {
				name += "-" + words[random.IntN(len(words))]
			}
			all = append(all, name)
		}
		slices.Sort(all)
		all = slices.Compact(all)
		var own []string
		for _, name := range all {
			if random.IntN(2) == 0 {
				own = append(own, name)
			}
		}
		if len(own) == 0 {
			continue
		}
		list := Selection(own, all)
		if got := chosen(t, list, all); !slices.Equal(got, own) {
			t.Fatalf("%q of %v chooses %v, want %v", list, all, got, own)
		}
		if len(list) > len(strings.Join(own, ",")) {
			t.Errorf("%q is longer than %v", list, own)
		}
	}
}
