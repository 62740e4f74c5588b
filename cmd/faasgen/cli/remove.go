package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/hold"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/deployment"
)

func (t *tool) remove() *cobra.Command {
	var value string
	var yes, dry bool
	cmd := &cobra.Command{
		Use:   "remove [DIR]",
		Short: "Have the cloud's own tool remove what was deployed",
		Long: "Remove shows what is deployed, asks for its name, and has the cloud's own tool (sam, s, scf) remove it. What is deployed is\n" +
			"what deploy has written to dist/<target>[-<stage>]/" + deployment.FileName + ", or what f.yml says where that is not there; packages are not\n" +
			"needed. The tool's output is passed on, and its exit code is that of remove. The tool reads its own credentials; faasgen reads\n" +
			"none. Where CI is true, nothing is removed without --yes. Without --target it is the cloud that f.yml names as provider.\n\n" +
			"A stage is deployed or removed by one process at a time: a second one is refused.",
		Example: "  faasgen remove --stage staging --dry-run\n  faasgen remove --stage staging --yes",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			if err := t.approval("remove asks for the name of what it removes", "removed", yes, &dry); err != nil {
				return err
			}
			jobs, err := t.operated(cmd.Context(), dir, value)
			if err != nil {
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
			return t.removeAll(cmd.Context(), jobs, held, yes, dry)
		},
	}
	cmd.Flags().StringVar(&value, "target", "", "the cloud to remove it from")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "remove without asking")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "show what would be removed, and stop")
	t.stageFlag(cmd.Flags())
	return cmd
}

// removing is what was deployed of one application, and goes.
type removing struct {
	dist, name string
	what       *deployment.Deployment
	parts      []removal
}

// removal is one deployment of an application: that of its tasks is another one.
type removal struct {
	target.Removal
	cmd *exec.Cmd
}

// removeAll shows what is deployed, asks for its name, and removes it: one application after the other.
func (t *tool) removeAll(ctx context.Context, jobs []job, held []*hold.File, yes, dry bool) error {
	var list []removing
	for _, j := range jobs {
		remover, ok := j.target.(target.Remover)
		if !ok {
			return &failure{code: exitFailed, text: "nothing is known that removes from " + j.target.Name()}
		}
		r := removing{dist: dist(j.app, j.target.Name())}
		app, _ := j.app.Target(j.target.Name())
		r.name = app.DeploymentName()
		var from string
		var err error
		if r.what, from, err = t.deployedOf(j, app, r.dist); err != nil {
			return err
		}
		units := map[bool][]target.Deployed{}
		for _, u := range r.what.Units {
			units[u.Task] = append(units[u.Task], target.Deployed{Unit: u.Name, Function: u.Function})
		}
		rest, tasks := app.Apart()
		var missing error
		for _, part := range []*target.App{rest, tasks} { // tasks last: one may be of use while the rest cannot be removed
			if units[part.Tasks] == nil {
				continue
			}
			p := removal{Removal: remover.Remove(part, units[part.Tasks])}
			cmd, clean, not, err := t.operation(ctx, p.Operation, "remove")
			if err != nil {
				return err
			}
			defer clean()
			p.cmd, missing = cmd, cmp.Or(missing, not)
			r.parts = append(r.parts, p)
		}
		t.announceRemoval(app, r, from)
		if missing != nil && !dry {
			return missing
		}
		list = append(list, r)
	}
	if dry {
		fmt.Fprintln(t.err, "dry run: nothing was removed")
		return nil
	}
	if !yes {
		in := bufio.NewReader(t.in)
		for _, r := range list {
			if err := t.confirmName(in, r.name); err != nil {
				return err
			}
		}
	}
	defer t.running.enter()()
	for i, r := range list {
		for _, p := range r.parts {
			if err := t.operate(ctx, p.cmd, p.Failed, held[i]); err != nil {
				if f := (*failure)(nil); errors.As(err, &f) {
					f.hint = "what is left of " + r.name + " is not known; remove it again once the cause is gone"
				}
				return err
			}
		}
		if err := keepRemoved(r.dist, r.what); err != nil {
			return fmt.Errorf("it was removed, and that cannot be kept for the next plan: %w", err)
		}
		fmt.Fprintf(t.out, "removed %s\n", r.name)
	}
	return nil
}

// deployedOf is what is deployed, as deploy has written it, or else as f.yml says.
func (t *tool) deployedOf(j job, app *target.App, dist string) (*deployment.Deployment, string, error) {
	name := filepath.Join(dist, deployment.FileName)
	d, err := readDeployment(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return deployment.Describe(j.target, app), "f.yml", nil
	case err != nil:
		return nil, "", err
	case d.Service != app.Spec.Service || d.Target != j.target.Name() || d.Stage != app.Stage:
		return nil, "", &failure{code: exitFailed, text: fmt.Sprintf("%s describes %s%s, expected %s%s", relative(t.dir, name), d.Service, to(d.Target, d.Stage), app.Spec.Service, to(j.target.Name(), app.Stage))}
	}
	return d, relative(t.dir, name), nil
}

// announceRemoval prints what would be removed, what stays, and the command.
func (t *tool) announceRemoval(app *target.App, r removing, from string) {
	where := r.what.Target
	if region := app.Spec.Provider.Region; region != "" {
		where += ", " + region
	}
	if r.what.Stage != "" {
		where += ", stage " + r.what.Stage
	}
	fmt.Fprintf(t.out, "remove %s from %s, as %s says\n", r.what.Service, where, from)
	for _, u := range r.what.Units {
		fmt.Fprintf(t.out, "  function %s\n", u.Function)
		for _, f := range u.Functions {
			for _, tr := range f.Triggers {
				fmt.Fprintf(t.out, "    %s %s\n", tr.Kind, tr.Name)
			}
		}
	}
	var stays []string
	for _, p := range r.parts {
		for _, text := range p.Gone {
			fmt.Fprintf(t.out, "  %s\n", text)
		}
		stays = append(stays, p.Stays...)
	}
	slices.Sort(stays)
	for _, text := range slices.Compact(stays) {
		fmt.Fprintf(t.out, "  stays: %s\n", text)
	}
	for _, p := range r.parts {
		fmt.Fprintf(t.out, "  run %s\n", line(p.cmd))
	}
}

// confirmName asks for the name of what goes, to which anything else means no.
func (t *tool) confirmName(in *bufio.Reader, name string) error {
	fmt.Fprintf(t.err, "type %s to remove it: ", name)
	answer, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if answer = strings.TrimSpace(answer); answer != name {
		return &failure{code: exitFailed, text: fmt.Sprintf("nothing was removed: found %q, expected %s", answer, name)}
	}
	return nil
}

// keepRemoved puts what was deployed aside, so that the next plan finds nothing.
func keepRemoved(dist string, d *deployment.Deployment) error {
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		return err
	}
	temporary := filepath.Join(dist, "."+deployment.RemovedName)
	if err := os.WriteFile(temporary, b.Bytes(), 0o644); err != nil {
		return err
	}
	if err := os.Rename(temporary, filepath.Join(dist, deployment.RemovedName)); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dist, deployment.FileName)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// removed reports whether what was deployed last was removed since.
func removed(dist string) bool {
	_, err := os.Lstat(filepath.Join(dist, deployment.RemovedName))
	return err == nil
}
