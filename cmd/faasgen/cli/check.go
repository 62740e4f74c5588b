package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/target"
)

func (t *tool) check() *cobra.Command {
	var value, unit, env, rev string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check [DIR]",
		Short: "Report every mistake, and what a target cannot do, without writing",
		Long: "Check reports every mistake in directives, dependencies and f.yml, everything that the targets cannot express or\n" +
			"that is over their limits, every mistake of configuration that a cold start would stop at in some environment, and\n" +
			"generated code that is not current. Without --target the targets are those that f.yml names, and without --stage they\n" +
			"are checked at every stage. With --target, the portability report is printed: each feature that the application uses, and what each\n" +
			"target does it with, or loses of it. A loss is an error where f.yml says strict: true. With --unit only what has to\n" +
			"do with that unit counts for a target; two triggers for the same objects have to do with both.",
		Args: arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			var chosen []target.Target
			if value != "" {
				if chosen, err = t.selectTargets(value); err != nil {
					return err
				}
			}
			done := t.progress("checking")
			r, err := gen.Generate(cmd.Context(), t.options(dir))
			done()
			if err != nil {
				return err
			}
			ds := r.Diagnostics
			var reports []ported
			if !ds.Failed() {
				apps, err := t.having(r.Apps, chosen, unit)
				if err != nil {
					return err
				}
				var only *string
				switch {
				case cmd.Flags().Changed("env"):
					only = &env
				case t.stage != "":
					only = &t.stage
				}
				for _, app := range apps {
					found, err := t.checkConfig(app, chosen, unit, only)
					if err != nil {
						return err
					}
					ds = append(ds, found...)
					if found, err = t.checkTargets(app, chosen, unit); err != nil {
						return err
					}
					ds = append(ds, found...)
					if chosen != nil {
						reports = append(reports, t.port(app, chosen, unit))
					}
				}
				if !r.UpToDate {
					ds = append(ds, annotations.Diagnostic{Code: "generated-stale", Message: "the generated code is not current", Hint: "run: go tool faasgen generate"})
				}
			}
			var broken annotations.Diagnostics
			if rev != "" && !ds.Failed() {
				if broken, err = t.brokenSince(cmd.Context(), dir, rev); err != nil {
					return err
				}
				ds = append(ds, broken...)
			}
			ds.Sort()
			if asJSON {
				err = t.encode(checked{t.findings(ds), t.portability(reports)})
			} else {
				for _, p := range reports {
					t.table(p, len(reports) > 1)
				}
				t.print(ds)
			}
			if err == nil && ds.Failed() {
				err = &failure{code: exitFailed}
			}
			if err == nil && len(broken) > 0 {
				err = &failure{code: exitUsage}
			}
			return err
		},
	}
	cmd.Flags().StringVar(&value, "target", "", "the targets to check for, separated by commas, or all")
	cmd.Flags().StringVar(&unit, "unit", "", "check this unit only")
	cmd.Flags().StringVar(&env, "env", "", "check the configuration of this environment only; the default is all that have a file or are deployed")
	cmd.Flags().StringVar(&rev, "rev", "", "note what the contract of the http functions breaks of that at a revision of git; exit code 2 if anything")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the findings and the portability report as JSON")
	t.stageFlag(cmd.Flags())
	return cmd
}

// checked is what "check --json" prints.
type checked struct {
	Findings    []finding     `json:"findings"`
	Portability []portability `json:"portability,omitempty"`
}

// having are the applications that have a unit on one of the targets, or on those that f.yml names; all of them have "".
func (t *tool) having(apps []*gen.App, targets []target.Target, unit string) ([]*gen.App, error) {
	if unit == "" {
		return apps, nil
	}
	var list []*gen.App
	var known []string
	for _, app := range apps {
		of := targets
		if of == nil {
			of = t.named(app)
		}
		found := false
		for _, name := range append(names(of), "") { // a target may group differently, and the code not at all
			seen, _ := app.Target(name)
			for _, u := range seen.Units {
				known = append(known, u.Name)
				found = found || u.Name == unit
			}
		}
		if found {
			list = append(list, app)
		}
	}
	if list == nil {
		return nil, unknown("unit", unit, slices.Compact(slices.Sorted(slices.Values(known))))
	}
	return list, nil
}

func names(targets []target.Target) []string {
	var list []string
	for _, tg := range targets {
		list = append(list, tg.Name())
	}
	return list
}

// checkTargets checks an application, or one unit of it, for the chosen targets, or for those that f.yml names, and at every stage
// unless one is requested.
func (t *tool) checkTargets(app *gen.App, chosen []target.Target, unit string) (annotations.Diagnostics, error) {
	if chosen == nil {
		chosen = t.named(app)
	}
	var ds annotations.Diagnostics
	for _, tg := range chosen {
		apps, err := t.everyStage(app, tg.Name())
		if err != nil {
			return nil, err
		}
		var own annotations.Diagnostics
		for i, at := range apps {
			seen, found := at.TargetUnit(tg.Name(), unit)
			if unit == "" {
				found = append(found, tg.Check(seen)...)
			} else {
				found = append(found, target.CheckUnit(tg, seen, unit)...)
			}
			asked, err := at.Connections(tg, unit)
			if err != nil {
				return nil, err
			}
			found = seen.Spec.Settled(append(found, asked...))
			if i > 0 {
				found = without(found, own)
			}
			own = append(own, found...)
		}
		ds = append(ds, own...)
	}
	return ds, nil
}

// named are the targets that the application's f.yml names: its default one and those with an overlay.
func (t *tool) named(app *gen.App) []target.Target {
	plain, _ := app.Target("")
	return slices.DeleteFunc(slices.Clone(t.targets), func(tg target.Target) bool {
		return tg.Name() != app.Provider() && !slices.Contains(plain.Spec.TargetNames(), tg.Name())
	})
}
