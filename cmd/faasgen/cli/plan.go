package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/regular"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/deployment"
)

// manifestFile is the file in a target's folder that says what a build made.
const manifestFile = "manifest.json"

// planned is what "plan --json" prints for each application and target.
type planned struct {
	Application string `json:"application"`
	Target      string `json:"target"`
	Stage       string `json:"stage,omitempty"`
	// Against is the file or revision that the deployment is compared with, empty if nothing is known to be deployed.
	Against string                 `json:"against,omitempty"`
	Next    *deployment.Deployment `json:"next"`
	Changes []deployment.Change    `json:"changes"`
	Steps   []string               `json:"steps,omitempty"`
}

func (t *tool) plan() *cobra.Command {
	var value, against string
	var asJSON, permissions bool
	cmd := &cobra.Command{
		Use:   "plan [DIR]",
		Short: "Show what the next deployment changes; exit code 2 if anything",
		Long: "Plan compares the next deployment with the last one: units added, removed and regrouped, routes and triggers that\n" +
			"move, and settings with the rule that made them. The last deployment is what deploy has written to\n" +
			"dist/<target>[-<stage>]/" + deployment.FileName + ", or what the last build made if nothing was deployed; --against names\n" +
			"another stage, another file, or a revision of git that has it. Plan builds nothing and writes nothing. Without --target the cloud is the one that\n" +
			"f.yml names. Values of environment variables are compared and never shown.\n\n" +
			"It also says what each unit, and what calls it, must be allowed to do and the deployment does not grant; with\n" +
			"--permissions, what it grants, too. Variables in resources, such as ${AWS::AccountId}, are those of the deployment file.",
		Example: "  faasgen plan --target aws\n  faasgen plan --target aws --against main\n  faasgen plan --stage prod --against staging",
		Args:    arguments(0, 1),
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
			done := t.progress("planning")
			r, err := t.solve(cmd.Context(), t.options(dir))
			done()
			if err != nil {
				return err
			}
			jobs, err := t.jobs(r, chosen, "")
			if err != nil {
				return err
			}
			plans, err := t.compare(cmd.Context(), jobs, against)
			if err != nil {
				return err
			}
			if asJSON {
				err = t.encode(plans)
			}
			changed := false
			for _, p := range plans {
				changed = changed || len(p.Changes) > 0
				if !asJSON {
					t.printPlan(p, permissions)
				}
			}
			if err == nil && changed {
				err = &failure{code: exitUsage}
			}
			return err
		},
	}
	cmd.Flags().StringVar(&value, "target", "", "the targets, separated by commas, or all")
	cmd.Flags().StringVar(&against, "against", "", "another stage, a file that describes a deployment, or a revision of git that has one")
	cmd.Flags().BoolVar(&permissions, "permissions", false, "show all permissions, also those that the deployment grants")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the plan as JSON, with all permissions")
	t.stageFlag(cmd.Flags())
	return cmd
}

// compare plans each application for each target. Mistakes are printed, and fail it.
func (t *tool) compare(ctx context.Context, jobs []job, against string) ([]planned, error) {
	plans := []planned{}
	failed := false
	for _, j := range jobs {
		app, ds := j.app.Target(j.target.Name())
		ds = append(ds, j.target.Check(app)...)
		ds = append(app.Spec.Settled(ds), j.app.Unset(j.target.Name(), app, "")...)
		ds.Sort()
		t.print(ds)
		if ds.Failed() {
			failed = true
			continue
		}
		p := planned{Application: j.app.Name, Target: j.target.Name(), Stage: t.stage, Next: deployment.Describe(j.target, app)}
		dist := filepath.Join(j.app.Dir, "dist", j.app.Folder(j.target.Name()))
		old, name, err := t.last(ctx, j, dist, against)
		if err != nil {
			return nil, err
		}
		built, err := builtDeployment(filepath.Join(dist, manifestFile))
		if err != nil {
			return nil, err
		}
		p.Next.Packaged(built)
		if old != nil && (old.Service != p.Next.Service || old.Target != p.Next.Target) {
			return nil, &failure{code: exitFailed, text: fmt.Sprintf("%s describes %s on %s, expected %s on %s", name, old.Service, old.Target, p.Next.Service, p.Next.Target)}
		}
		p.Against, p.Changes = name, deployment.Compare(old, p.Next)
		p.Steps = deployment.Steps(p.Next, p.Changes)
		plans = append(plans, p)
	}
	if failed {
		return nil, &failure{code: exitFailed}
	}
	return plans, nil
}

// revision is the name of a commit as git takes it, and nothing that it would take for an option or a path.
var revision = regexp.MustCompile(`^[A-Za-z0-9_@][A-Za-z0-9._/@{}~^-]*$`)

// last is what was deployed last, nil if nothing is known, and where that is said.
func (t *tool) last(ctx context.Context, j job, dist, against string) (*deployment.Deployment, string, error) {
	deployed := filepath.Join(dist, deployment.FileName)
	if against == "" {
		return t.lastIn(dist)
	}
	stages, err := j.app.Stages()
	if err != nil {
		return nil, "", err
	}
	if slices.Contains(stages, against) || against == t.stage {
		return t.lastOf(j, against)
	}
	d, err := readDeployment(absolute(t.dir, against))
	if !errors.Is(err, fs.ErrNotExist) || !revision.MatchString(against) {
		return d, against, err
	}
	out, err := git(ctx, filepath.Dir(filepath.Dir(dist)), nil, "show", against+":./"+filepath.ToSlash(filepath.Join("dist", filepath.Base(dist), deployment.FileName)))
	if err != nil {
		return nil, "", &failure{code: exitFailed, text: fmt.Sprintf("--against %s: there is no such file, and git has no %s of it: %v", against, deployment.FileName, err),
			hint: "commit " + relative(t.dir, deployed) + " after a deployment to compare with it"}
	}
	d, err = deployment.Read(bytes.NewReader(out))
	if err != nil {
		return nil, "", fmt.Errorf("%s of %s: %w", deployment.FileName, against, err)
	}
	return d, against, nil
}

// lastIn is what the folder of a target says was deployed last, or else built.
func (t *tool) lastIn(dist string) (*deployment.Deployment, string, error) {
	name := filepath.Join(dist, deployment.FileName)
	d, err := readDeployment(name)
	if errors.Is(err, fs.ErrNotExist) && removed(dist) {
		return nil, "", nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		name = filepath.Join(dist, manifestFile)
		d, err = builtDeployment(name)
	}
	if d == nil || err != nil {
		return nil, "", err
	}
	return d, relative(t.dir, name), nil
}

// lastOf is what was deployed last to a stage: by its name, or as the default one without.
func (t *tool) lastOf(j job, stage string) (*deployment.Deployment, string, error) {
	at, err := j.app.At(stage)
	if err != nil {
		return nil, "", err
	}
	folders := []*gen.App{at}
	if at, err = j.app.At(""); err == nil {
		folders = append(folders, at)
	}
	for _, app := range folders {
		d, name, err := t.lastIn(filepath.Join(app.Dir, "dist", app.Folder(j.target.Name())))
		if err != nil {
			return nil, "", err
		}
		if d != nil && d.Stage == stage {
			return d, name, nil
		}
	}
	return nil, "", &failure{code: exitFailed, text: fmt.Sprintf("--against %s: nothing is known of that stage on %s", stage, j.target.Name()),
		hint: fmt.Sprintf("deploy or build it first: faasgen build --stage %s --target %s", stage, j.target.Name())}
}

func readDeployment(name string) (*deployment.Deployment, error) {
	content, err := regular.Read(name, 64<<20)
	if err != nil {
		return nil, err
	}
	d, err := deployment.Read(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

// builtDeployment is what the manifest of a build says, nil if there is none, or one of a version that said nothing.
func builtDeployment(name string) (*deployment.Deployment, error) {
	content, err := regular.Read(name, 64<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var m struct {
		Deployment *deployment.Deployment `json:"deployment"`
		Units      map[string]struct {
			Size int64  `json:"size"`
			Hash string `json:"sha256"`
		} `json:"units"`
	}
	if err := json.Unmarshal(content, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if m.Deployment != nil {
		for i, u := range m.Deployment.Units {
			m.Deployment.Units[i].Size, m.Deployment.Units[i].Hash = m.Units[u.Name].Size, m.Units[u.Name].Hash
		}
	}
	return m.Deployment, nil
}

// printPlan prints a plan for people, with all permissions or only those that the deployment does not grant.
func (t *tool) printPlan(p planned, all bool) {
	where := p.Application + " on " + p.Target
	if p.Stage != "" {
		where += " at stage " + p.Stage
	}
	fmt.Fprintf(t.out, "%s, ", where)
	switch {
	case p.Against == "":
		fmt.Fprintln(t.out, "the first deployment that is known")
	default:
		fmt.Fprintf(t.out, "compared with %s\n", p.Against)
	}
	if len(p.Changes) == 0 {
		fmt.Fprintln(t.out, "  nothing changes")
	}
	lines := [][]string{}
	for _, c := range p.Changes {
		lines = append(lines, changeLine(c))
	}
	if len(lines) > 0 {
		columns(t.out, lines)
	}
	t.printCalls(p.Next)
	t.printPermissions(p.Next, all)
	for i, step := range p.Steps {
		if i == 0 {
			fmt.Fprintln(t.out, "  safe order, where the cloud's tool does not make what is new before it removes what is old:")
		}
		fmt.Fprintf(t.out, "    %d. %s\n", i+1, step)
	}
}

// changeLine is a change in four columns: the sign, what it is about, the values, and why.
func changeLine(c deployment.Change) []string {
	values := c.Old + " -> " + c.New
	switch {
	case c.Old == "" && c.New == "":
		values = ""
	case c.Old == "":
		values = c.New
	case c.New == "":
		values = c.Old + " -> nothing"
	}
	why := c.Warning
	if c.Rule != "" {
		why = c.Rule
		if len(c.Members) > 0 {
			why += ": " + strings.Join(c.Members, ", ")
		}
	}
	sign, what := "~", ""
	switch c.What {
	case deployment.UnitAdded:
		sign, what = "+", "unit "+c.Unit
	case deployment.UnitRemoved:
		sign, what, values = "-", "unit "+c.Unit, c.Old
	case deployment.Joined:
		sign, what, values = "+", "function "+c.Function, "in "+c.Unit
	case deployment.Left:
		sign, what, values = "-", "function "+c.Function, "in "+c.Unit
	case deployment.Regrouped:
		what = "function " + c.Function
	case deployment.TriggerAdded:
		sign, what, values = "+", c.Trigger, "on "+c.Unit
	case deployment.TriggerRemoved:
		sign, what, values = "-", c.Trigger, "on "+c.Unit
	case deployment.TriggerMoved, deployment.CallMoved:
		what = c.Trigger
	case deployment.TriggerChanged:
		what = c.Trigger + " " + c.Key
	case deployment.SettingChanged:
		what = c.Unit + " " + c.Key
		if c.Old == "" {
			sign = "+"
		}
	case deployment.PackageChanged:
		what = c.Unit + " package"
	case deployment.LimitChanged:
		what = "function " + c.Function + " " + c.Key
	}
	return []string{"  " + sign + " " + what, values, why}
}
