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
			"What was deployed is kept, and the command that goes back to it is printed: see faasgen rollback.\n\n" +
			"Tasks are deployed by themselves and before the rest. With --task one is run then, several in the order given, and the\n" +
			"rest is deployed only if each has returned without an error: a migration that fails half way moves no traffic.",
		Example: "  faasgen deploy --target aws --dry-run\n  faasgen deploy --target aws --yes\n  faasgen deploy --stage prod --tested staging --yes\n  faasgen deploy --stage prod --task migrate --yes",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			if err := t.approval("deploy asks for confirmation", "deployed", yes, &dry); err != nil {
				return err
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
			return t.release(cmd.Context(), jobs, reports, before, held, approved{yes: yes, dry: dry})
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

// vendor is the cloud's own tool, to be run in dir, or a failure that says how to get it.
func (t *tool) vendor(ctx context.Context, c target.Command, dir string) (*exec.Cmd, error) {
	name, found := onPath(c.Names)
	cmd := polite(ctx, name, c.Args)
	cmd.Dir = absolute(t.dir, dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = t.in, t.out, t.err
	if found {
		return cmd, nil
	}
	return cmd, &failure{code: exitFailed, text: strings.Join(c.Names, ", ") + ": not found in PATH", hint: fmt.Sprintf("install it: %s, then run this again, or by hand: cd %s && %s", c.Install, dir, line(cmd))}
}

// onPath is the first of the names that an executable has, and otherwise the first of all.
func onPath(names []string) (name string, found bool) {
	for _, n := range names {
		if _, err := exec.LookPath(n); err == nil {
			return n, true
		}
	}
	return names[0], false
}

// polite is a command that an interrupt lets end by itself: it may have to clean up, or to say how far it came.
func polite(ctx context.Context, name string, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	return cmd
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
