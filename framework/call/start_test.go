package call

import (
	"errors"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

func TestOnceMakesOneClient(t *testing.T) {
	var o Once
	rt := &framework.Runtime{Variables: variables{}}
	first := o.Client(rt)
	if o.Client(rt) != first {
		t.Error("the second client is another one")
	}
}

// TestChecks: what a unit cannot call is reported with all that is wrong otherwise, once, and not what a test has replaced.
func TestChecks(t *testing.T) {
	yes, no := func() bool { return true }, func() bool { return false }
	missing := func(names string) string {
		return "unit u calls " + names + ": variable FAAS_CALLS does not say where it is deployed; build the deployment file again"
	}
	config := errors.New("variable TABLE is not set")
	for name, test := range map[string]struct {
		variable string
		needs    []Needed
		other    error
		known    error
		want     []string
	}{
		"in the unit":       {needs: []Needed{To("own", no)}},
		"deployed":          {variable: "far=shop-far", needs: []Needed{To("far", no)}, want: []string{"unit u calls function far of another unit, and its main hands over no transport; expected call.With(…)"}},
		"missing":           {needs: []Needed{To("far", no), To("own", no), To("away", no)}, want: []string{missing("away, far")}},
		"replaced":          {needs: []Needed{To("far", yes)}},
		"one of two":        {needs: []Needed{To("far", yes, no)}, want: []string{missing("far")}},
		"configuration":     {needs: []Needed{To("far", no)}, other: config, want: []string{"variable TABLE is not set", missing("far")}},
		"configuration too": {needs: []Needed{To("own", no)}, other: config, want: []string{"variable TABLE is not set"}},
		"known":             {needs: []Needed{To("far", no)}, known: config, want: []string{"variable TABLE is not set", missing("far")}},
		"known already":     {needs: []Needed{To("far", no)}, known: errors.Join(config, errors.New(missing("far"))), want: []string{"variable TABLE is not set", missing("far")}},
		"broken":            {variable: "=", needs: []Needed{To("own", no)}, want: []string{`variable FAAS_CALLS: found "=", expected NAME,NAME=DEPLOYED or NAME=DEPLOYED:QUALIFIER`}},
	} {
		t.Run(name, func(t *testing.T) {
			rt := &framework.Runtime{Variables: variables{}}
			if test.variable != "" {
				rt.Variables = variables{Variable: test.variable}
			}
			framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{{Name: "own"}}})
			other := func(known error) error { return errors.Join(known, test.other) }
			check := Checks(rt, new(Once), other, test.needs...)
			if test.other == nil {
				check = Checks(rt, new(Once), nil, test.needs...)
			}
			err := check(test.known)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if want := strings.Join(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if test.other != nil && !errors.Is(err, config) {
				t.Error("the error of the configuration is lost")
			}
		})
	}
}

// TestChecksWithoutEngine: of a unit that has none yet, nothing can be said.
func TestChecksWithoutEngine(t *testing.T) {
	known := errors.New("known")
	if err := Checks(&framework.Runtime{}, new(Once), nil, To("far"))(known); err != known {
		t.Errorf("got %v", err)
	}
}
