package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/hold"
	"github.com/faasgen/faasgen/cmd/faasgen/internal/release"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/deployment"
)

func (t *tool) rollback() *cobra.Command {
	var value string
	var yes, dry bool
	cmd := &cobra.Command{
		Use:   "rollback [DIR]",
		Short: "Deploy what was deployed before, as it was",
		Long: "Rollback goes back to the deployment before the last one: it runs the cloud's own tool (sam, s, scf) on the deployment files and\n" +
			"packages of that time, which deploy has kept in dist/<target>[-<stage>].releases/. Nothing is read but these, so it works whatever state\n" +
			"the code and f.yml are in. After a deployment that failed half way or was interrupted it deploys the last one that succeeded. The last " +
			fmt.Sprint(release.Kept) + "\n" +
			"are kept, by deployments from this folder; each rollback goes one further back.\n\n" +
			"It shows what changes, and asks for confirmation. Its exit code is that of the cloud's tool. What functions have written since, and\n" +
			"what migrations did, stays as it is.",
		Example: "  faasgen rollback --target aws --dry-run\n  faasgen rollback --target aws --stage prod --yes",
		Args:    arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := t.folder(args)
			if err != nil {
				return err
			}
			if err := t.approval("rollback asks for confirmation", "deployed", yes, &dry); err != nil {
				return err
			}
			dist, err := t.released(dir, value)
			if err != nil {
				return err
			}
			return t.goBack(cmd.Context(), dist, approved{yes: yes, dry: dry})
		},
	}
	cmd.Flags().StringVar(&value, "target", "", "the cloud to roll back on; not needed if only one has anything to go back to")
	cmd.Flags().StringVar(&t.stage, "stage", "", "the stage, as it was given to deploy")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "roll back without asking")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "show what would be deployed, and stop")
	return cmd
}

// released is the folder of a target at the requested stage of which deployments are kept.
func (t *tool) released(dir, value string) (string, error) {
	chosen := t.targets
	if value != "" {
		var err error
		if chosen, err = t.selectTargets(value); err != nil {
			return "", err
		}
		if len(chosen) > 1 {
			return "", usage("found %d targets, expected one: each is rolled back by itself", len(chosen))
		}
	}
	if t.stage != "" && (filepath.Base(t.stage) != t.stage || !filepath.IsLocal(t.stage)) {
		return "", usage("--stage %s is not the name of a stage", t.stage)
	}
	var found, names []string
	for _, c := range chosen {
		folder := c.Name()
		if t.stage != "" {
			folder += "-" + t.stage
		}
		dist := filepath.Join(dir, "dist", folder)
		if _, err := os.Stat(release.Beside(dist).Dir()); err == nil {
			found, names = append(found, dist), append(names, c.Name())
		}
	}
	switch len(found) {
	case 0:
		where := "dist/<target>"
		if len(chosen) == 1 {
			where = "dist/" + chosen[0].Name()
		}
		if t.stage != "" {
			where += "-" + t.stage
		}
		return "", &failure{code: exitFailed, text: fmt.Sprintf("nothing was deployed from %s that is kept: there is no %s.releases", relative(t.dir, dir), where),
			hint: "the folder is that of f.yml, and the stage the one that was given to deploy; or check out what was deployed, and deploy that"}
	case 1:
		return found[0], nil
	}
	return "", usage("found deployments to %s, expected one target: give --target", strings.Join(names, ", "))
}

// goBack deploys what was deployed before.
func (t *tool) goBack(ctx context.Context, dist string, a approved) error {
	store := release.Beside(dist)
	to, last, err := t.destination(store, dist)
	if err != nil {
		return err
	}
	next, err := readDeployment(filepath.Join(to.Dir, deployment.FileName))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(t.targets, func(c target.Target) bool { return c.Name() == next.Target })
	if i < 0 {
		return unknown("target", next.Target, t.names())
	}
	deployer, ok := t.targets[i].(target.Deployer)
	if !ok {
		return &failure{code: exitFailed, text: "nothing is known that deploys to " + next.Target, hint: relative(t.dir, to.Dir) + " is ready for the cloud's own tool"}
	}
	var held *hold.File
	if !a.dry {
		if held, err = t.holdOne(filepath.Dir(dist), next.Service, next.Target, next.Stage); err != nil {
			return err
		}
		defer t.letGo([]*hold.File{held})
		if now, _, err := t.destination(store, dist); err != nil || now != to {
			return &failure{code: exitFailed, text: "another process has deployed in the meantime", hint: "run it again"}
		}
	}
	command := deployer.Command()
	cmd, missing := t.vendor(ctx, command, to.Dir)
	if err := t.announceBack(next, to, last, cmd, command); err != nil {
		return err
	}
	if missing != nil && !a.dry {
		return missing
	}
	if ok, err := t.agreed(a, "deploy this?"); !ok {
		return err
	}
	defer t.running.enter()()
	return t.launchBack(ctx, command, cmd, held, func() error {
		description, err := os.ReadFile(filepath.Join(to.Dir, deployment.FileName))
		if err != nil {
			return err
		}
		return errors.Join(store.ReturnTo(to), writeDeployed(dist, description))
	})
}

func (t *tool) launchBack(ctx context.Context, c target.Command, cmd *exec.Cmd, held *hold.File, done func() error) error {
	if err := t.runTool(ctx, c, cmd, held); err != nil {
		return err
	}
	if err := done(); err != nil {
		return fmt.Errorf("it was rolled back, and that cannot be noted for the next plan: %w", err)
	}
	return nil
}

// destination is the deployment to go back to, and the folder of the last one: that of one that did not succeed, if there is one.
func (t *tool) destination(store release.Store, dist string) (to release.Release, last string, err error) {
	list, err := store.List()
	if err != nil {
		return to, "", err
	}
	name := relative(t.dir, store.Dir())
	if last = store.Unfinished(); last != "" {
		if len(list) == 0 {
			return to, "", &failure{code: exitFailed, text: "the only deployment in " + name + " did not succeed: there is none before it"}
		}
		return list[0], last, nil
	}
	if len(list) < 2 {
		return to, "", &failure{code: exitFailed, text: fmt.Sprintf("%s has %s, expected one before the last", name, map[bool]string{true: "no deployment", false: "only the last deployment"}[len(list) == 0]),
			hint: "check out what was deployed before, and deploy that"}
	}
	was, err := os.ReadFile(filepath.Join(list[0].Dir, deployment.FileName))
	if err != nil {
		return to, "", err
	}
	file := filepath.Join(dist, deployment.FileName)
	switch is, err := os.ReadFile(file); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return to, "", err
	case !bytes.Equal(is, was):
		return to, "", &failure{code: exitFailed, text: fmt.Sprintf("%s is not what was last deployed from here, which is %s", relative(t.dir, file), relative(t.dir, list[0].Dir)),
			hint: "another machine has deployed since: roll back there, or check out what was deployed before, and deploy that"}
	}
	return list[1], list[0].Dir, nil
}

// announceBack prints what would be deployed, and what that changes.
func (t *tool) announceBack(next *deployment.Deployment, r release.Release, last string, cmd *exec.Cmd, c target.Command) error {
	info, err := os.Stat(filepath.Join(r.Dir, deployment.FileName))
	if err != nil {
		return err
	}
	where := next.Target
	if next.Stage != "" {
		where += ", stage " + next.Stage
	}
	fmt.Fprintf(t.out, "roll back %s on %s to deployment %d of %s\n", next.Service, where, r.Number, info.ModTime().UTC().Format("2006-01-02 15:04 UTC"))
	old, err := readDeployment(filepath.Join(last, deployment.FileName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // what did not succeed may not have one
		return err
	}
	changes := deployment.Compare(old, next)
	var lines [][]string
	var left []string
	for _, change := range changes {
		lines = append(lines, changeLine(change))
		if change.What == deployment.UnitRemoved {
			left = append(left, change.Unit)
		}
	}
	if len(lines) > 0 && old != nil {
		columns(t.out, lines)
	}
	fmt.Fprintf(t.out, "  run %s in %s\n", line(cmd), relative(t.dir, r.Dir))
	if len(left) > 0 && !c.Removes && old != nil {
		fmt.Fprintf(t.out, "  %s leaves what it has deployed of %s: remove that by hand\n", cmd.Args[0], strings.Join(left, ", "))
	}
	return nil
}
