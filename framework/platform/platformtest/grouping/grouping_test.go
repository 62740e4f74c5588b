// Package grouping_test proves that the grouping of functions into units changes nothing that can be seen from outside.
package grouping_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/sim/aliyun"
	"github.com/faasgen/faasgen/framework/platform/sim/aws"
	"github.com/faasgen/faasgen/framework/platform/sim/local"
	"github.com/faasgen/faasgen/framework/platform/sim/tencent"
)

func clouds() []sim.Cloud {
	return []sim.Cloud{aws.Cloud(), aliyun.Cloud(), tencent.Cloud(), local.Cloud()}
}

// typical is what must not be missing from the lines of outcomes: of the events themselves, and of the calls between functions.
const typical = "deadline_exceeded|overloaded|panic|batchItemFailures|stream|conflict|late|Allow-Headers|text/x-own|value|" +
	"async=true: result|async=false: result|: error 409 conflict|: error 429 overloaded|: error 500 internal|: error 504 deadline_exceeded|: error 500 invalid_payload|" +
	"takes {|result {|result nil|: error 502 bad_answer|: error 400 invalid_event|key=random|key=request|delivery 1 of|delivery 3 of|result \"{|result \"f|result \"\\\"f|result \"\" nil=false|result \"null\""

// TestGroupingOracle draws applications and groupings, sends the same events to the units of each, and compares all that can be seen
// from outside with what functions do that are deployed by themselves.
func TestGroupingOracle(t *testing.T) {
	rounds, seed := 400, uint64(1)
	switch {
	case testing.Short():
		rounds = 100
	case os.Getenv("FAASGEN_SOAK") != "":
		rounds, seed = 20_000, rand.Uint64()
	}
	t.Logf("seed %d", seed)
	events, outcomes, grouped := map[string]int{}, map[string]int{}, 0
	for i := range rounds {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		cloud := clouds()[i%len(clouds())]
		a := draw(r, cloud)
		for _, d := range a.traffic {
			events[cloud.Name+" "+d.event.Kind]++
		}
		for _, grouping := range [][]group{a.whole(r), a.some(r)} {
			if len(grouping) < len(a.functions) {
				grouped++
			}
			diff, seen := compare(t, a, grouping, nil)
			for _, line := range seen {
				if line == endless {
					t.Fatalf("seed %d, application %d: %s\n%s", seed, i, endless, a)
				}
				for _, outcome := range strings.Split(typical, "|") {
					if strings.Contains(line, outcome) {
						outcomes[outcome]++
					}
				}
			}
			if diff != "" {
				a, grouping, diff = smaller(t, a, grouping, diff)
				t.Fatalf("seed %d, application %d: grouping changes something\n%s\n%s\n%s", seed, i, a, units(grouping), diff)
			}
		}
	}
	for _, cloud := range clouds() { // what is drawn in vain proves nothing
		for _, k := range cloud.Carries {
			if events[cloud.Name+" "+k.Kind] == 0 {
				t.Errorf("no event of kind %s was sent on %s", k.Kind, cloud.Name)
			}
		}
	}
	for _, outcome := range strings.Split(typical, "|") {
		if outcomes[outcome] < rounds/40 {
			t.Errorf("%q was seen %d times", outcome, outcomes[outcome])
		}
	}
	if grouped < rounds {
		t.Errorf("of %d groupings, %d have a unit of several functions", 2*rounds, grouped)
	}
}

// fault plants a fault in a unit of several functions.
type fault func(*framework.Runtime, *framework.App)

// TestFaultsAreFound: the comparison can fail. With another seed, which FAASGEN_SOAK draws, it must be found as well.
func TestFaultsAreFound(t *testing.T) {
	seed := uint64(14) // in whose applications a handler in the place of another calls itself
	if os.Getenv("FAASGEN_SOAK") != "" {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	for name, planted := range map[string]fault{
		"a handler in the place of another": func(_ *framework.Runtime, app *framework.App) {
			app.Functions[0].Handler, app.Functions[1].Handler = app.Functions[1].Handler, app.Functions[0].Handler
		},
		"middleware of another": func(_ *framework.Runtime, app *framework.App) { app.Functions[0].Use = app.Functions[1].Use },
		"no settings":           func(rt *framework.Runtime, _ *framework.App) { rt.Settings = "# none\n" },
		"a layer of others": func(rt *framework.Runtime, _ *framework.App) {
			rt.Settings = regexp.MustCompile(`layers=[a-z,]*`).ReplaceAllString(rt.Settings, "layers=trace,limit,audit")
		},
		"the unit's name in logs": func(rt *framework.Runtime, app *framework.App) {
			name := app.Functions[0].Name
			next := app.Functions[0].Handler
			app.Functions[0].Handler = func(ctx *framework.Context) error {
				rt.Logger.Info("unit", "function", name)
				return next(ctx)
			}
		},
		"a trigger of another": func(_ *framework.Runtime, app *framework.App) {
			a, b := app.Functions[0], app.Functions[1]
			a.Triggers, b.Triggers = b.Triggers, a.Triggers
		},
		"an error of a call without its code": func(_ *framework.Runtime, app *framework.App) {
			app.Middleware = append(app.Middleware, func(next framework.Handler) framework.Handler {
				return func(ctx *framework.Context) error {
					err := next(ctx)
					if by := ctx.Call(); err != nil && by != nil && !by.Async {
						return errors.New("lost")
					}
					return err
				}
			})
		},
		"a side effect twice": func(_ *framework.Runtime, app *framework.App) {
			app.Middleware = append(app.Middleware, app.Middleware...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range 50 {
				r := rand.New(rand.NewPCG(seed, uint64(i)))
				a := draw(r, clouds()[i%len(clouds())])
				if diff, _ := compare(t, a, a.whole(r), planted); diff != "" {
					return
				}
			}
			t.Error("50 applications did not show it")
		})
	}
}

// alone is the grouping in which each function is a unit.
func (a *application) alone() (grouping []group) {
	for _, f := range a.functions {
		grouping = append(grouping, group{functions: []string{f.name}})
	}
	return grouping
}

// whole has everything in one unit, but for what the planner refuses.
func (a *application) whole(r *rand.Rand) []group { return a.divide(r, 1) }

// some is any grouping.
func (a *application) some(r *rand.Rand) []group { return a.divide(r, 1+r.IntN(4)) }

// divide puts the functions into so many units, or more where two cannot be in one.
func (a *application) divide(r *rand.Rand, n int) []group {
	grouping := make([]group, n)
	for _, f := range a.functions {
		i := r.IntN(n)
		for i < len(grouping) && slices.ContainsFunc(grouping[i].functions, func(name string) bool { return a.refused(f, a.function(name)) }) {
			i++
		}
		if i == len(grouping) {
			grouping = append(grouping, group{})
		}
		grouping[i].functions = append(grouping[i].functions, f.name)
	}
	grouping = slices.DeleteFunc(grouping, func(g group) bool { return len(g.functions) == 0 })
	for i := range grouping {
		grouping[i].shared, grouping[i].lazy = r.IntN(2) == 0, word(r, " true false")
	}
	return grouping
}

// refused reports whether the planner does not take two functions into one group, as an event may be for both.
func (a *application) refused(f, g *function) bool {
	return slices.ContainsFunc(f.triggers, func(x bound) bool {
		return x.kind != "raw" && slices.ContainsFunc(g.triggers, func(y bound) bool {
			return overlap(x.Trigger, y.Trigger) || a.cloud.Name == local.Cloud().Name && alike(x, y)
		})
	})
}

// alike reports whether two triggers are for events of one resource. On this machine nothing else is compared, as senders name the
// function, and no resource is known of an event bus.
func alike(x, y bound) bool {
	type of interface{ Resource() string }
	a, ok := x.Trigger.(of)
	b, also := y.Trigger.(of)
	return ok && also && x.kind == y.kind && (a.Resource() == b.Resource() || x.kind == "event")
}

// compare runs the application ungrouped and grouped and returns the first difference, "" if there is none, and what was seen.
func compare(t *testing.T, a *application, grouping []group, planted fault) (diff string, want []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var err error
		want, err = a.run(t.Context(), a.alone(), nil)
		if err != nil {
			diff = "without groups: " + err.Error()
			return
		}
		got, err := a.run(t.Context(), grouping, planted)
		if err != nil {
			diff = "with groups: " + err.Error()
			return
		}
		for i := range max(len(want), len(got)) {
			var w, g string
			if i < len(want) {
				w = want[i]
			}
			if i < len(got) {
				g = got[i]
			}
			if w != g {
				diff = fmt.Sprintf("after %d equal lines, by itself\n\t%s\nin a group\n\t%s", i, w, g)
				return
			}
		}
	})
	return diff, want
}

// smaller leaves out of a failing application what can be left out.
func smaller(t *testing.T, a *application, grouping []group, diff string) (*application, []group, string) {
	try := func(b *application, g []group) bool {
		d, _ := compare(t, b, g, nil)
		if d == "" {
			return false
		}
		a, grouping, diff = b, g, d
		return true
	}
	for again := true; again; {
		again = false
		for i := len(a.traffic) - 1; i >= 0; i-- {
			b := *a
			b.traffic = slices.Delete(slices.Clone(a.traffic), i, i+1)
			again = try(&b, grouping) || again
		}
		for i := range a.functions {
			for n := len(a.functions[i].calls) - 1; n >= 0; n-- {
				again = try(a.withoutCall(i, n), grouping) || again
			}
		}
		for i := len(a.functions) - 1; i >= 0 && len(a.functions) > 1; i-- {
			name := a.functions[i].name
			b := a.without(name)
			var g []group
			for _, u := range grouping {
				u.functions = slices.DeleteFunc(slices.Clone(u.functions), func(n string) bool { return n == name })
				if len(u.functions) > 0 {
					g = append(g, u)
				}
			}
			again = try(b, g) || again
		}
	}
	return a, grouping, diff
}

func units(grouping []group) string {
	var b strings.Builder
	for _, g := range grouping {
		fmt.Fprintf(&b, "unit %s\n", g)
	}
	return b.String()
}
