package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/hold"
	"github.com/faasgen/faasgen/gen/target"
)

func (t *tool) deploy() *cobra.Command {
	var value, tested string
	var yes, dry bool
	var tasks []string
	cmd := &cobra.Command{
		Use:   "deploy [DIR]",
		Short: "Build, and have the cloud's own tool deploy it",
		Long: "Deploy builds, shows what would be deployed, asks for confirmation, and runs the cloud's own tool (sam, s, scf) in\n" +
			"dist/<target>[-<stage>]/. Its output is passed on, and its exit code is that of deploy. The tool reads its own\n" +
			"credentials; faasgen reads none. Where CI is true, nothing is deployed without --yes. Without --target it is the one\n" +
			"that f.yml names as provider.\n\n" +
			"A stage is deployed by one process at a time: a second one is refused. With --tested nothing is deployed unless each\n" +
			"package is, by its hash, the one that was last deployed to that stage.\n\n" +
			"Tasks are deployed by themselves and before the rest. With --task one is run then, several in the order given, and the\n" +
			"rest is deployed only if each has returned without an error: a migration that fails half way moves no traffic.",
		Example: "  faasgen deploy --target aws --dry-run\n  faasgen deploy --target aws --yes\n  faasgen deploy --stage prod --tested staging --yes\n  faasgen deploy --stage prod --task migrate --yes",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			if ci := os.Getenv("CI"); !yes && (ci == "true" || ci == "1") {
				dry = true
			}
			if yes && dry {
				return usage("--yes and --dry-run exclude each other")
			}
			if !yes && !dry && !terminal(t.in) {
				return &failure{code: exitUsage, text: "deploy asks for confirmation, and standard input is not a terminal", hint: "give --yes, or --dry-run to see what would be deployed"}
			}
			var chosen []target.Target
			if value != "" {
				if chosen, err = t.selectTargets(value); err != nil {
					return err
				}
				if len(chosen) > 1 {
					return usage("found %d targets, expected one: each is deployed by itself", len(chosen))
				}
			}
			r, _, err := t.current(cmd.Context(), dir)
			if err != nil {
				return err
			}
			jobs, err := t.jobs(r, chosen, "")
			if err != nil {
				return err
			}
			if err := t.checkTasks(jobs, tasks); err != nil {
				return err
			}
			var held []*hold.File
			if !dry {
				held, err = t.hold(jobs)
				defer t.letGo(held)
				if err != nil {
					return err
				}
			}
			reports, err := t.work(cmd.Context(), jobs, "")
			if err != nil {
				return err
			}
			if err := t.promoted(jobs, reports, tested); err != nil {
				return err
			}
			before, err := t.tasksBefore(cmd.Context(), jobs, reports, tasks)
			if err != nil {
				return err
			}
			return t.release(cmd.Context(), jobs, reports, before, held, yes, dry)
		},
	}
	cmd.Flags().StringVar(&value, "target", "", "the cloud to deploy to")
	cmd.Flags().StringVar(&tested, "tested", "", "the stage that has to have the same packages already")
	cmd.Flags().StringArrayVar(&tasks, "task", nil, "a task to run before the rest is deployed; it may be given again")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "deploy without asking")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "show what would be deployed, and stop")
	t.stageFlag(cmd.Flags())
	return cmd
}

// release shows what was built, asks for confirmation, and deploys it: one application after the other.
func (t *tool) release(ctx context.Context, jobs []job, reports []report, before []*taskRelease, held []*hold.File, yes, dry bool) error {
	var commands []*exec.Cmd
	for i, j := range jobs {
		deployer, ok := j.target.(target.Deployer)
		if !ok {
			return &failure{code: exitFailed, text: "nothing is known that deploys to " + j.target.Name(), hint: reports[i].Dir + " is ready for the cloud's own tool"}
		}
		cmd, missing := t.vendor(ctx, deployer.Command(), reports[i].Dir)
		t.announce(j, reports[i], cmd)
		before[i].announce()
		if missing != nil && !dry {
			return missing
		}
		if err := before[i].check(); err != nil && !dry {
			return err
		}
		commands = append(commands, cmd)
	}
	if dry {
		fmt.Fprintln(t.err, "dry run: nothing was deployed")
		return nil
	}
	if !yes {
		ok, err := t.confirm("deploy this?")
		if err != nil {
			return err
		}
		if !ok {
			return &failure{code: exitFailed, text: "nothing was deployed"}
		}
	}
	defer t.running.enter()()
	for i, cmd := range commands {
		if err := before[i].release(held[i]); err != nil {
			return err
		}
		if !before[i].alone() {
			if err := exited(cmd, t.runHolding(cmd, held[i])); err != nil {
				return err
			}
		}
		if err := keepDeployed(absolute(t.dir, reports[i].Dir)); err != nil {
			return fmt.Errorf("it was deployed, and what was deployed cannot be kept for the next plan: %w", err)
		}
	}
	return nil
}

// exited is the failure of a command that ended with err: its exit code is that of deploy.
func exited(cmd *exec.Cmd, err error) error {
	var e *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e) && e.ExitCode() > 0:
		return &failure{code: e.ExitCode(), text: fmt.Sprintf("%s failed with exit code %d", line(cmd), e.ExitCode())}
	}
	return &failure{code: exitFailed, text: fmt.Sprintf("%s: %v", line(cmd), err)}
}

// vendor is the cloud's own tool, to be run in dir, or a failure that says how to get it.
func (t *tool) vendor(ctx context.Context, c target.Command, dir string) (*exec.Cmd, error) {
	name, found := c.Names[0], false
	for _, n := range c.Names {
		if _, err := exec.LookPath(n); err == nil {
			name, found = n, true
			break
		}
	}
	cmd := exec.CommandContext(ctx, name, c.Args...)
	cmd.Dir = absolute(t.dir, dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = t.in, t.out, t.err
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it may have to clean up, or to say how far it came
	cmd.WaitDelay = 30 * time.Second
	if found {
		return cmd, nil
	}
	return cmd, &failure{code: exitFailed, text: strings.Join(c.Names, ", ") + ": not found in PATH", hint: fmt.Sprintf("install it: %s, then run deploy again, or by hand: cd %s && %s", c.Install, dir, line(cmd))}
}

func line(cmd *exec.Cmd) string { return strings.Join(cmd.Args, " ") }

// announce prints what would be deployed: each function with its package and triggers, what else the deployment files hold,
// and the command.
func (t *tool) announce(j job, r report, cmd *exec.Cmd) {
	app, _ := j.app.Target(j.target.Name())
	where := j.target.Name()
	if region := app.Spec.Provider.Region; region != "" {
		where += ", " + region
	}
	if app.Stage != "" {
		where += ", stage " + app.Stage
	}
	fmt.Fprintf(t.out, "deploy %s to %s\n", app.Spec.Service, where)
	units := map[string]*target.Unit{}
	for _, u := range app.Units {
		units[u.Name] = u
	}
	for _, built := range r.Units {
		s := units[built.Name].Settings
		fmt.Fprintf(t.out, "  function %s: %s, %s of memory, %s\n", built.Function, size(built.Size), s.MemorySize, s.Timeout)
		for _, f := range built.Functions {
			for _, trigger := range f.Triggers {
				words := []string{trigger.Kind, trigger.Route, trigger.Schedule, strings.Join(trigger.Sources, ", ")}
				fmt.Fprintf(t.out, "    %s\n", strings.Join(strings.Fields(strings.Join(words, " ")), " "))
			}
		}
	}
	for _, made := range created(app) {
		fmt.Fprintf(t.out, "  %s\n", made)
	}
	for _, file := range r.Files {
		fmt.Fprintf(t.out, "  file %s\n", file)
	}
	fmt.Fprintf(t.out, "  run %s in %s\n", line(cmd), r.Dir)
}

// created lists what the deployment makes in addition to functions, in order.
func created(app *target.App) []string {
	var list []string
	seen := map[string]bool{}
	add := func(text string) {
		if !seen[text] {
			list = append(list, text)
		}
		seen[text] = true
	}
	for _, u := range app.Units {
		for _, f := range u.Functions {
			for _, tr := range f.Triggers {
				for _, n := range target.Needs(tr.Marker) {
					if r := app.Resource(tr, n); r.Created() {
						add(n.Words() + " " + r.Real() + ", which the deployment makes")
					}
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(app.Spec.Domains)) {
		add("domain " + name)
	}
	return list
}

func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.0f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// confirm asks a question, to which anything but yes means no.
func (t *tool) confirm(question string) (bool, error) {
	fmt.Fprintf(t.err, "%s [y/N] ", question)
	answer, err := bufio.NewReader(t.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}
