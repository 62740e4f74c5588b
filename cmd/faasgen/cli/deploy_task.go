package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/hold"
	"github.com/faasgen/faasgen/gen/target"
)

// taskRelease is what deploy does for the tasks of an application before the rest is deployed.
type taskRelease struct {
	*tool
	job  job
	dir  string
	rest bool // whether the application has anything but tasks
	// names are all of its tasks; none means that there is nothing to do.
	names []string
	// deploy is the cloud's own tool in the folder of the tasks, as command says; run are those to run then, in order.
	deploy  *exec.Cmd
	command target.Command
	run     []*cloudTask
}

// checkTasks refuses names of --task that are not those of tasks, before anything is built.
func (t *tool) checkTasks(jobs []job, names []string) error {
	var tasks, functions []string
	for _, j := range jobs {
		for _, f := range j.app.Functions {
			if functions = append(functions, f.Name); f.Task {
				tasks = append(tasks, f.Name)
			}
		}
	}
	for i, name := range names {
		switch {
		case slices.Contains(names[:i], name):
			return usage("found --task %s a second time", name)
		case slices.Contains(tasks, name):
		case slices.Contains(functions, name):
			return &failure{code: exitUsage, text: "--task " + name + ": the function is not a task", hint: "mark it //faas:task"}
		default:
			return unknown("task", name, tasks)
		}
	}
	return nil
}

// tasksBefore says what is done for the tasks of each job, of which names are to be run.
func (t *tool) tasksBefore(ctx context.Context, jobs []job, reports []report, names []string) ([]*taskRelease, error) {
	var list []*taskRelease
	for i, j := range jobs {
		app, _ := j.app.Target(j.target.Name())
		rest, tasks := app.Apart()
		b := &taskRelease{tool: t, job: j, rest: len(rest.Units) > 0, dir: filepath.Join(reports[i].Dir, target.TaskFolder)}
		list = append(list, b)
		for _, u := range tasks.Units {
			b.names = append(b.names, u.Name)
		}
		if deployer, ok := j.target.(target.Deployer); ok && b.names != nil {
			b.command = deployer.Command()
			b.deploy, _ = t.vendor(ctx, b.command, b.dir) // that it is missing is said for the rest
		}
		for _, name := range names {
			if !slices.Contains(b.names, name) {
				continue
			}
			c, err := t.cloudTask(ctx, j, name)
			if err != nil {
				return nil, err
			}
			b.run = append(b.run, c)
		}
	}
	return list, nil
}

// announce prints what is done before the rest is deployed.
func (b *taskRelease) announce() {
	if b.deploy == nil {
		return
	}
	fmt.Fprintf(b.out, "  before that, run %s in %s, for the tasks: %s\n", line(b.deploy), filepath.ToSlash(b.dir), strings.Join(b.names, ", "))
	if !b.rest {
		fmt.Fprintln(b.out, "  and nothing else: there are only tasks")
	}
	for _, c := range b.run {
		fmt.Fprintf(b.out, "  before that, run task %s, without which nothing else is deployed\n", c.unit.Name)
	}
}

// check reports that the vendor's tool is missing which runs the tasks, before anything is deployed.
func (b *taskRelease) check() error {
	for _, c := range b.run {
		if _, err := c.command(c.invoker.Invocation(c.app, c.unit, nil, "", "")); err != nil {
			return err
		}
	}
	return nil
}

// alone reports whether there is nothing else to deploy.
func (b *taskRelease) alone() bool { return !b.rest && b.names != nil }

// release deploys the tasks and runs those that are to be run. With an error nothing else may be deployed.
func (b *taskRelease) release(ctx context.Context, held *hold.File) error {
	if b.deploy == nil {
		return nil
	}
	if err := b.runTool(ctx, b.command, b.deploy, held); err != nil {
		f, ok := errors.AsType[*failure](err)
		if !ok || f.text == "" { // it was interrupted, and that is said
			return err
		}
		f.text += " in " + filepath.ToSlash(b.dir)
		f.hint = "no task has run, and nothing else was deployed"
		return f
	}
	for i, c := range b.run {
		fmt.Fprintf(b.err, "task %s\n", c.unit.Name)
		returned, err := c.run(json.RawMessage("{}"), held)
		if err != nil {
			return b.stopped(i, err)
		}
		if err := b.taskResult(returned.Result); err != nil {
			return err
		}
	}
	return nil
}

// stopped is the failure of a task with what it means for the deployment, and how to go on.
func (b *taskRelease) stopped(i int, err error) error {
	f, ok := errors.AsType[*failure](err)
	if !ok {
		f = &failure{text: err.Error()}
	}
	name := b.run[i].unit.Name
	text := "nothing but the tasks was deployed: what serves is as it was"
	if i > 0 {
		text += "; before it, " + strings.Join(b.done(i), ", ") + " ended well"
	}
	if f.hint != "" {
		text = f.hint + "; " + text
	}
	return &failure{code: exitFailed, text: f.text, hint: text + ". Mend it and deploy again; by itself it runs with: faasgen task " + name + " --target " + b.job.target.Name() + stageArgument(b.stage)}
}

// done are the names of the first tasks that were run.
func (b *taskRelease) done(n int) []string {
	var names []string
	for _, c := range b.run[:n] {
		names = append(names, c.unit.Name)
	}
	return names
}
