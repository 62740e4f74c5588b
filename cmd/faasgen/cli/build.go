package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// report is what "build --json" prints for each application and target.
type report struct {
	Application string          `json:"application"`
	Target      string          `json:"target"`
	Stage       string          `json:"stage,omitempty"`
	Dir         string          `json:"dir"`
	Units       []gen.BuiltUnit `json:"units"`
	Files       []string        `json:"files"`
	Server      *builtServer    `json:"server,omitempty"`
}

func (t *tool) build() *cobra.Command {
	var value, unit string
	var asJSON bool
	var own serverFlags
	cmd := &cobra.Command{
		Use:   "build [DIR]",
		Short: "Make packages and deployment files in dist/<target>[-<stage>]/",
		Long: "Build generates, then makes one zip a unit and the cloud's deployment file in dist/<target>[-<stage>]/, ready for the cloud's\n" +
			"own tool, and prints their names. Without --target it is the one that f.yml names as provider. With --target local it\n" +
			"makes one server of all functions, or of one unit, in dist/local/, and with --image an OCI image of it. All stages have the same packages: what\n" +
			"was tested at one is deployed to another by its hash.",
		Example: "  faasgen build --target all\n  faasgen build --target aws,tencent --unit order-create\n  faasgen build --stage prod\n  faasgen build --target local --image=shop.tar",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var chosen []target.Target
			var server bool
			var err error
			if value != "" {
				if chosen, server, err = t.selectBuilds(value); err != nil {
					return err
				}
			}
			serve, err := own.options(t, server, args)
			if err != nil {
				return err
			}
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			r, _, err := t.current(cmd.Context(), dir)
			if err != nil {
				return err
			}
			var reports []report
			if value == "" || len(chosen) > 0 {
				var jobs []job
				if jobs, err = t.jobs(r, chosen, unit); err != nil {
					return err
				}
				reports, err = t.work(cmd.Context(), jobs, unit)
			}
			if f := (*failure)(nil); server && (err == nil || errors.As(err, &f)) {
				serve.Unit = unit
				more, wrong := t.servers(cmd.Context(), r.Apps, serve)
				reports, err = append(reports, more...), cmp.Or(wrong, err)
			}
			if asJSON && err == nil {
				return t.encode(reports)
			}
			for _, b := range reports {
				b.print(t)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&value, "target", "", "the targets, separated by commas, all for all clouds, local for a server of your own")
	cmd.Flags().StringVar(&unit, "unit", "", "build this unit only")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what was built as JSON")
	own.add(cmd.Flags())
	t.stageFlag(cmd.Flags())
	return cmd
}

// job is one application for one target.
type job struct {
	app    *gen.App
	target target.Target
}

// jobs says what to build.
func (t *tool) jobs(r *gen.Result, chosen []target.Target, unit string) ([]job, error) {
	var jobs []job
	var units []string
	for _, app := range r.Apps {
		of := chosen
		if of == nil {
			if app.Provider() == "" {
				return nil, &failure{code: exitUsage, text: "nothing says for which cloud to build " + app.Name,
					hint: "give --target, or name the cloud in f.yml: provider: {name: ...}. (known: " + strings.Join(t.names(), ", ") + ", all; local is a server of your own)"}
			}
			var err error
			if of, err = t.selectTargets(app.Provider()); err != nil {
				return nil, err
			}
		}
		for _, tg := range of {
			if folder := app.Folder(tg.Name()); t.stage != "" && slices.Contains(t.names(), folder) {
				return nil, usage("--stage %s: dist/%s is the folder of the target %s", t.stage, folder, folder)
			}
			seen, _ := app.Target(tg.Name())
			found := unit == ""
			for _, u := range seen.Units {
				units = append(units, u.Name)
				found = found || u.Name == unit
			}
			if found {
				jobs = append(jobs, job{app, tg})
			}
		}
	}
	if unit != "" && len(jobs) == 0 {
		slices.Sort(units)
		return nil, unknown("unit", unit, slices.Compact(units))
	}
	return jobs, nil
}

// work builds. A target that cannot have the application does not keep the others from being built.
func (t *tool) work(ctx context.Context, jobs []job, unit string) ([]report, error) {
	var reports []report
	var failed error
	advised := map[*gen.App]bool{}
	for _, j := range jobs {
		done := t.progress("building for " + j.target.Name())
		b, err := t.pack(ctx, j.app, gen.BuildOptions{Target: j.target, Unit: unit, Relative: t.dir})
		done()
		if err != nil {
			return reports, err // what does not compile does not compile for the next one either
		}
		t.print(b.Diagnostics)
		if b.Diagnostics.Failed() {
			failed = &failure{code: exitFailed}
			continue
		}
		out := report{Application: j.app.Name, Target: j.target.Name(), Stage: t.stage, Dir: relative(t.dir, b.Dir), Units: slices.Clone(b.Units)}
		for i := range out.Units {
			out.Units[i].Zip = relative(t.dir, out.Units[i].Zip)
		}
		for _, f := range b.Files {
			out.Files = append(out.Files, relative(t.dir, f))
		}
		if b.Kept {
			fmt.Fprintf(t.err, "note: the deployment files in %s are left as they are: other units have mistakes, see faasgen check --target %s\n", out.Dir, j.target.Name())
		}
		if advice := onePackage(b.App); advice != "" && unit == "" && !advised[j.app] {
			advised[j.app] = true
			fmt.Fprintln(t.err, advice)
		}
		reports = append(reports, out)
	}
	return reports, failed
}

// manyUnits is from how many units on it takes long to link each by itself.
const manyUnits = 20

// onePackage is the advice to make one package of many units, if they have one each.
func onePackage(app *target.App) string {
	if app.Spec.Package.Mode == spec.Shared || len(app.Units) < manyUnits {
		return ""
	}
	return fmt.Sprintf("note: %s has %d units, and each was linked and packaged by itself; package: {mode: shared} in f.yml makes one package for all of them", app.Spec.Service, len(app.Units))
}

// pack builds, and lets no signal come between the files of a package. A build that is interrupted ends by itself.
func (t *tool) pack(ctx context.Context, app *gen.App, o gen.BuildOptions) (*gen.Built, error) {
	defer t.writing.enter()()
	return gen.Build(ctx, app, o)
}

func (t *tool) names() []string {
	names := make([]string, len(t.targets))
	for i, known := range t.targets {
		names[i] = known.Name()
	}
	slices.SortFunc(names, cmp.Compare)
	return names
}
