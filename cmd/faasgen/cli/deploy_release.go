package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/hold"
	"github.com/faasgen/faasgen/cmd/faasgen/internal/release"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/deployment"
)

// approved says whether a command that changes a cloud may do so without asking, or only shows what it would do.
type approved struct{ yes, dry bool }

// approval decides on a dry run, and refuses to ask where there is no terminal. Asks says what the command asks for, done what it does.
func (t *tool) approval(asks, done string, yes bool, dry *bool) error {
	if ci := os.Getenv("CI"); !yes && (ci == "true" || ci == "1") {
		*dry = true
	}
	if yes && *dry {
		return usage("--yes and --dry-run exclude each other")
	}
	if !yes && !*dry && !terminal(t.in) {
		return &failure{code: exitUsage, text: asks + ", and standard input is not a terminal", hint: "give --yes, or --dry-run to see what would be " + done}
	}
	return nil
}

// agreed says that it was a dry run, or asks; it returns whether to go on.
func (t *tool) agreed(a approved, question string) (bool, error) {
	if a.dry {
		fmt.Fprintln(t.err, "dry run: nothing was deployed")
		return false, nil
	}
	if a.yes {
		return true, nil
	}
	ok, err := t.confirm(question)
	if err == nil && !ok {
		err = &failure{code: exitFailed, text: "nothing was deployed"}
	}
	return ok, err
}

// launch is the deployment of one application.
type launch struct {
	job     job
	report  report
	command target.Command
	cmd     *exec.Cmd
	before  *taskRelease
}

// release shows what was built, asks for confirmation, and deploys it: one application after the other.
func (t *tool) release(ctx context.Context, jobs []job, reports []report, before []*taskRelease, held []*hold.File, a approved) error {
	var launches []launch
	for i, j := range jobs {
		deployer, ok := j.target.(target.Deployer)
		if !ok {
			return &failure{code: exitFailed, text: "nothing is known that deploys to " + j.target.Name(), hint: reports[i].Dir + " is ready for the cloud's own tool"}
		}
		l := launch{job: j, report: reports[i], command: deployer.Command(), before: before[i]}
		var missing error
		l.cmd, missing = t.vendor(ctx, l.command, reports[i].Dir)
		t.announce(j, reports[i], l.cmd)
		l.before.announce()
		if missing == nil {
			missing = l.before.check()
		}
		if missing != nil && !a.dry {
			return missing
		}
		launches = append(launches, l)
	}
	if ok, err := t.agreed(a, "deploy this?"); !ok {
		return err
	}
	defer t.running.enter()()
	for i, l := range launches {
		if err := t.launch(ctx, l, held[i]); err != nil {
			return err
		}
	}
	return nil
}

// launch deploys one application, its tasks first, and keeps what it deployed.
func (t *tool) launch(ctx context.Context, l launch, held *hold.File) error {
	dist := absolute(t.dir, l.report.Dir)
	description, err := describeBuilt(dist)
	if err != nil {
		return err
	}
	if err := l.before.release(ctx, held); err != nil {
		return err
	}
	if l.before.alone() {
		return writeDeployed(dist, description)
	}
	pending, err := t.keep(dist, l.report, description)
	if err != nil {
		return fmt.Errorf("what is about to be deployed cannot be kept for a rollback: %w", err)
	}
	if err := t.runTool(ctx, l.command, l.cmd, held); err != nil {
		return err
	}
	before, err := pending.Commit()
	if err = errors.Join(err, writeDeployed(dist, description)); err != nil {
		return fmt.Errorf("it was deployed, and what was deployed cannot be kept for the next plan: %w", err)
	}
	t.wayBack(l, before)
	return nil
}

// keep copies what is about to be deployed.
func (t *tool) keep(dist string, r report, description []byte) (*release.Pending, error) {
	below := func(path string) string {
		rel, err := filepath.Rel(dist, absolute(t.dir, path))
		if err != nil {
			return path // which is refused
		}
		return rel
	}
	files, seen := []string{manifestFile}, map[string]bool{}
	for _, f := range r.Files {
		files = append(files, below(f))
	}
	var packages []string
	for _, u := range r.Units {
		if name := below(u.Zip); !seen[name] {
			seen[name] = true
			packages = append(packages, name)
		}
	}
	pending, err := release.Beside(dist).Prepare(dist, files, packages)
	if err != nil {
		return nil, err
	}
	return pending, pending.Add(deployment.FileName, description)
}

// runTool runs the cloud's own tool to its end. A deployment of which nobody can say whether it succeeded did not.
func (t *tool) runTool(ctx context.Context, c target.Command, cmd *exec.Cmd, held *hold.File) error {
	said := listen(cmd, c)
	err := t.runHolding(cmd, held)
	var e *exec.ExitError
	switch line := line(cmd); {
	case ctx.Err() != nil && err != nil:
		// Said here: once this returns, what ends an interrupted run may be faster than what reports an error.
		t.reported.Do(func() {
			fmt.Fprintf(t.err, "faasgen: interrupted: how far %s came is not known\n\thint: %s; look there, and deploy or roll back again: "+
				"for faasgen the deployment before is still the last one\n", line, c.Unfinished)
		})
		return &failure{code: exitFailed}
	case errors.As(err, &e) && e.ExitCode() > 0:
		return &failure{code: e.ExitCode(), text: fmt.Sprintf("%s failed with exit code %d", line, e.ExitCode())}
	case err != nil:
		return &failure{code: exitFailed, text: fmt.Sprintf("%s: %v", line, err)}
	case said() != "":
		return &failure{code: exitFailed, text: fmt.Sprintf("%s ended with exit code 0, and said that it failed: %s", line, said())}
	}
	return nil
}

// wayBack prints the commands that end a rollout, and those that lead back to the deployment before, if there is one.
func (t *tool) wayBack(l launch, before *release.Release) {
	app, _ := l.job.app.Target(l.job.target.Name())
	if mover, ok := l.job.target.(target.Mover); ok {
		for _, back := range []bool{false, true} {
			for _, u := range app.Units {
				for _, m := range mover.Moves(app, u, l.cmd.Args[0]) {
					if m.Back == back && (!back || before != nil) {
						t.printMove(l, u.Name, m)
					}
				}
			}
		}
	}
	if before == nil {
		return
	}
	words := []string{"faasgen rollback"}
	if dir := relative(t.dir, l.job.app.Dir); dir != "." {
		words = append(words, dir)
	}
	words = append(words, "--target "+l.job.target.Name())
	if t.stage != "" {
		words = append(words, "--stage "+t.stage)
	}
	fmt.Fprintf(t.out, "roll back with: %s\n", strings.Join(words, " "))
}

func (t *tool) printMove(l launch, unit string, m target.Move) {
	what := "end the rollout of " + unit + " with"
	if m.Back {
		what = "move " + unit + " back at once with"
	}
	line := m.Line
	if m.Dir != "" {
		line = "cd " + filepath.ToSlash(filepath.Join(l.report.Dir, m.Dir)) + " && " + line
	}
	fmt.Fprintf(t.out, "%s: %s\n", what, line)
	if m.Look != "" {
		fmt.Fprintf(t.out, "  what to fill in: %s\n", m.Look)
	}
}

// describeBuilt is the description of what the last build made, for the file that says what was deployed.
func describeBuilt(dist string) ([]byte, error) {
	d, err := builtDeployment(filepath.Join(dist, manifestFile))
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, fmt.Errorf("%s describes no deployment", filepath.Join(dist, manifestFile))
	}
	var b bytes.Buffer
	err = d.Write(&b)
	return b.Bytes(), err
}

// writeDeployed says what was deployed last, for the next plan, next to what was built.
func writeDeployed(dist string, description []byte) error {
	temporary := filepath.Join(dist, "."+deployment.FileName)
	if err := os.WriteFile(temporary, description, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(dist, deployment.FileName))
}
