package gen_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/inspect"
)

// coldStart is one start of one function, as the test in the archive reads it.
type coldStart struct {
	Dir, Env, Function string
	Variables, Stored  map[string]string
	StandIn            bool
}

// TestCheckFindsWhatAColdStartDoes: for random files, variables and places, what the generator says of each function is what its start
// does, no more and no less, and check refuses all of it and, but for what deliberate tells, nothing else.
func TestCheckFindsWhatAColdStartDoes(t *testing.T) {
	dir := module(t, "coldstart/app.txtar")
	r := generate(t, dir)
	commit(t, r)
	app, err := r.Apps[0].Inspect()
	if err != nil {
		t.Fatal(err)
	}
	units := app.Units()
	const situations = 300
	random := rand.New(rand.NewPCG(1, 2))
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var starts []coldStart
	var said [][]string
	refused := map[string]annotations.Diagnostics{}
	known := map[string]string{}
	for i := range situations {
		s := situate(random, secret)
		at := filepath.Join(t.TempDir(), fmt.Sprint(i))
		s.write(t, filepath.Join(dir, "shop"), at)
		inHere := s.start()
		for _, u := range units {
			s.apply(&u)
			var wrong []string
			for _, m := range app.Mistakes([]inspect.Unit{u}, s.place()) {
				wrong = append(wrong, fmt.Sprintf("%s %s", m.Key, m.Message))
			}
			said = append(said, wrong)
			start := inHere
			start.Dir, start.Function = at, u.Name
			starts = append(starts, start)
		}
		all := app.Units()
		for i := range all {
			s.apply(&all[i])
		}
		refused[at] = app.CheckConfig(s.checking(all))
		known[at] = fmt.Sprintf("environment %q, %q\nvariables %q, given %q, stored %q, here %v", s.env, s.files, s.variables, s.given, s.stored, s.here)
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
	failed, stopped, missed := map[string]int{}, map[string]string{}, 0
	for i, s := range starts {
		if found[i] != "" {
			failed[s.Function]++
			stopped[s.Dir] = found[i]
		}
		if (found[i] != "") != (said[i] != nil) {
			if missed++; missed <= 5 {
				t.Errorf("function %s\nits start: %s\nfound here: %q\n%s", s.Function, found[i], said[i], known[s.Dir])
			}
		}
	}
	for _, u := range units {
		if n := failed[u.Name]; (n < situations/20 || n > situations*19/20) != (u.Name == "free") {
			t.Errorf("%d of %d starts of %s failed: this says little", n, situations, u.Name)
		}
	}
	fine := 0
	for at, ds := range refused {
		ds = slices.DeleteFunc(ds, func(d annotations.Diagnostic) bool {
			return d.Severity != annotations.SeverityError || stopped[at] == "" && deliberate(d)
		})
		if len(ds) == 0 {
			fine++
		}
		if (stopped[at] != "") != (len(ds) > 0) {
			if missed++; missed <= 5 {
				t.Errorf("a start: %s\ncheck refuses: %s\n%s", stopped[at], ds.Render(dir), known[at])
			}
		}
	}
	if fine < situations/20 {
		t.Errorf("%d of %d situations are fine: this says little", fine, situations)
	}
}

// deliberate reports what check refuses although every function starts: a secret in a file or in f.yml, also where something else wins over
// it, since it is in the package. Two more are not tried here: what a type of the user's makes of a text only its UnmarshalText knows, and what a
// reference leads to in the cloud only the cloud.
func deliberate(d annotations.Diagnostic) bool {
	return strings.Contains(d.Message, "a secret itself")
}
