package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/hold"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/regular"
	"github.com/faasgen/faasgen/gen/target"
)

// printed is how much of what a vendor's tool prints of a call is read: the largest result as text in JSON, where a byte may take six,
// and its log.
const printed = 6*(32<<20) + 1<<20

func (t *tool) task() *cobra.Command {
	var data, value string
	var yes, asJSON bool
	cmd := &cobra.Command{
		Use:   "task NAME",
		Short: "Run a task: on this machine, or in the cloud",
		Long: "Task runs a function that is marked //faas:task, once, and prints its result on standard output and what it logs on\n" +
			"standard error. Without --target it runs on this machine, as invoke runs functions: with --stage it has the configuration and\n" +
			"the secrets of that stage, and works on its database. With --target it runs in the cloud, where deploy has brought it: the\n" +
			"vendor's own command line (aws, s, tccli) calls it and waits. That asks for confirmation, and where it cannot, needs --yes.\n\n" +
			"The exit code is 0 if the task has returned without an error, and 1 if not, or if nothing is known of that.",
		Example: "  faasgen task migrate\n  faasgen task migrate --stage prod --target aws --yes\n  faasgen task backfill --data '{\"from\": 1, \"to\": 100}'\n  faasgen task backfill --data @range.json",
		Args:    arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			payload, err := t.taskData(data)
			if err != nil {
				return err
			}
			if value == "" && yes {
				return usage("found --yes without --target: nothing is asked on this machine")
			}
			if value != "" && asJSON {
				return usage("found --json with --target: the result of a task in the cloud is JSON already")
			}
			return t.runTask(cmd.Context(), args[0], value, payload, yes, asJSON)
		},
	}
	cmd.Flags().StringVarP(&data, "data", "d", "", "the input, as JSON; @FILE reads a file, - standard input; the default is {}")
	cmd.Flags().StringVar(&value, "target", "", "the cloud to run it in")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "run it in the cloud without asking")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the whole outcome as JSON")
	t.stageFlag(cmd.Flags())
	return cmd
}

// taskData is the input of a task.
func (t *tool) taskData(data string) (json.RawMessage, error) {
	name, file := strings.CutPrefix(data, "@")
	if file && name == "" {
		return nil, usage("found --data @, expected a file behind it")
	}
	if !file {
		name = ""
	}
	payload, err := t.event(data, name)
	if err != nil {
		return nil, err
	}
	if payload = bytes.TrimSpace(payload); len(payload) == 0 {
		payload = []byte("{}")
	}
	if !json.Valid(payload) {
		return nil, usage("found data that is not JSON")
	}
	return payload, nil
}

// runTask runs one task.
func (t *tool) runTask(ctx context.Context, name, value string, payload json.RawMessage, yes, asJSON bool) error {
	var chosen []target.Target
	var err error
	if value != "" {
		if chosen, err = t.selectTargets(value); err != nil {
			return err
		}
		if len(chosen) != 1 {
			return usage("found %d targets, expected one: a task runs once", len(chosen))
		}
	}
	r, _, err := t.current(ctx, t.dir)
	if err != nil {
		return err
	}
	app, err := t.owner(r, name)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(app.Functions, func(f *target.Function) bool { return f.Name == name }); !app.Functions[i].Task {
		return &failure{code: exitUsage, text: "function " + quote(name) + " is not a task", hint: "faasgen invoke " + name + " calls it; //faas:task marks what is run once" + taskNames(app)}
	}
	if value == "" {
		o, err := t.invokeLocal(ctx, app, name, "", payload)
		if o == nil || asJSON || o.Error != nil || err != nil {
			return t.shown(o, asJSON, err)
		}
		result, err := o.Bytes()
		if err != nil {
			return err
		}
		return t.taskResult(result)
	}
	c, err := t.cloudTask(ctx, job{app, chosen[0]}, name)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.err, "run task %s of %s%s: function %s\n", name, app.Name, strings.Replace(to(c.job.target.Name(), c.app.Stage), " to ", " on ", 1), c.app.FunctionName(c.unit))
	if !yes {
		if !terminal(t.in) {
			return &failure{code: exitUsage, text: "task asks for confirmation before it runs something in the cloud, and standard input is not a terminal", hint: "give --yes"}
		}
		ok, err := t.confirm("run this?")
		if err != nil {
			return err
		}
		if !ok {
			return &failure{code: exitFailed, text: "nothing was run"}
		}
	}
	held, err := t.hold([]job{c.job})
	defer t.letGo(held)
	if err != nil {
		return err
	}
	defer t.running.enter()()
	returned, err := c.run(payload, held[0])
	if err != nil {
		return err
	}
	return t.taskResult(returned.Result)
}

// taskResult prints what a task has returned, if that is anything.
func (t *tool) taskResult(result []byte) error {
	if result = bytes.TrimSpace(result); len(result) == 0 || string(result) == "null" {
		return nil
	}
	_, err := fmt.Fprintf(t.out, "%s\n", result)
	return err
}

// taskNames lists the tasks of an application for a hint.
func taskNames(app *gen.App) string {
	var names []string
	for _, f := range app.Functions {
		if f.Task {
			names = append(names, f.Name)
		}
	}
	if names == nil {
		return ""
	}
	return " (tasks: " + strings.Join(names, ", ") + ")"
}

// cloudTask is a task in the cloud.
type cloudTask struct {
	*tool
	ctx     context.Context
	job     job
	app     *target.App
	unit    *target.Unit
	invoker target.Invoker
}

// cloudTask is a task of a job's application in its cloud, or says why it cannot be run there.
func (t *tool) cloudTask(ctx context.Context, j job, name string) (*cloudTask, error) {
	invoker, ok := j.target.(target.Invoker)
	if !ok {
		return nil, &failure{code: exitFailed, text: "nothing is known that runs a task on " + j.target.Name(), hint: "run it with the cloud's own tool, or on this machine: faasgen task " + name}
	}
	app, ds := j.app.Target(j.target.Name())
	t.print(ds)
	if ds.Failed() {
		return nil, &failure{code: exitFailed}
	}
	unit, _ := find(app, name)
	if unit == nil {
		return nil, usage("target %s has no task %s", j.target.Name(), name)
	}
	return &cloudTask{t, ctx, j, app, unit, invoker}, nil
}

// run calls the task and waits. An error is a failure of the task, or of what called it, and says which.
func (c *cloudTask) run(payload json.RawMessage, held *hold.File) (target.Returned, error) {
	var none target.Returned
	dir, remove, err := c.temporary("faasgen-task-")
	if err != nil {
		return none, err
	}
	defer remove()
	input, output := filepath.Join(dir, "input"), filepath.Join(dir, "output")
	call := c.invoker.Invocation(c.app, c.unit, payload, input, output)
	if int64(len(payload)) > call.MaxPayload {
		return none, usage("found %s of data, %s takes %s at most", size(int64(len(payload))), c.job.target.Name(), size(call.MaxPayload))
	}
	if err := os.WriteFile(input, call.Input, 0o600); err != nil {
		return none, err
	}
	cmd, err := c.command(call)
	if err != nil {
		return none, err
	}
	stdout := &limited{most: printed}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, stdout, c.err
	cmd.Env = append(os.Environ(), call.Env...)
	name := c.unit.Name
	unknown := "look at its log before you run it again"
	if err := c.runHolding(cmd, held); err != nil {
		if len(stdout.Bytes()) > 0 {
			_, _ = c.err.Write(stdout.Bytes())
		}
		return none, &failure{code: exitFailed, text: fmt.Sprintf("task %s: %s: %v", name, filepath.Base(cmd.Path), err), hint: "nothing says whether the task has run: " + unknown}
	}
	written, err := regular.Read(output, call.MaxResult)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return none, &failure{code: exitFailed, text: fmt.Sprintf("task %s has returned what cannot be read: %v", name, err), hint: "the task has run: " + unknown}
	}
	if stdout.over {
		return none, &failure{code: exitFailed, text: fmt.Sprintf("task %s: %s has printed more than %s", name, filepath.Base(cmd.Path), size(printed)), hint: "the task has run: " + unknown}
	}
	returned, err := call.Read(stdout.Bytes(), written)
	if err != nil {
		return none, &failure{code: exitFailed, text: fmt.Sprintf("task %s: %s ended well, and what it printed says nothing of the task: %v", name, filepath.Base(cmd.Path), err), hint: unknown}
	}
	if log := bytes.TrimRight(returned.Log, "\n"); len(log) > 0 {
		fmt.Fprintf(c.err, "%s\n", log)
	}
	if returned.Failure != "" {
		return returned, &failure{code: exitFailed, text: "task " + name + " failed: " + returned.Failure}
	}
	return returned, nil
}

// command is the vendor's tool, ready to run.
func (c *cloudTask) command(call target.Invocation) (*exec.Cmd, error) {
	dir := filepath.Join(c.job.app.Dir, "dist", c.job.app.Folder(c.job.target.Name()))
	if call.InTasks {
		dir = filepath.Join(dir, target.TaskFolder)
		if _, err := os.Stat(dir); err != nil {
			return nil, &failure{code: exitFailed, text: relative(c.dir, dir) + ": not found, and the cloud's tool knows the task by the file there",
				hint: "build it first: faasgen build --target " + c.job.target.Name() + stageArgument(c.stage)}
		}
	} else {
		dir = c.dir
	}
	cmd, missing := c.vendor(c.ctx, call.Command, dir)
	if missing != nil {
		return nil, &failure{code: exitFailed, text: strings.Join(call.Command.Names, ", ") + ": not found in PATH", hint: "install it: " + call.Command.Install + ", then run the task again"}
	}
	cmd.WaitDelay = 30 * time.Second
	return cmd, nil
}

// stageArgument is --stage as an argument, with a space in front, or nothing.
func stageArgument(stage string) string {
	if stage == "" {
		return ""
	}
	return " --stage " + stage
}

// limited keeps what is written up to a limit, and knows whether there was more.
type limited struct {
	bytes.Buffer
	most int
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	if room := l.most - l.Len(); len(p) > room {
		l.over = true
		l.Buffer.Write(p[:max(0, room)])
		return len(p), nil // the tool must not fail for it: the task would go on
	}
	return l.Buffer.Write(p)
}

var _ io.Writer = (*limited)(nil)
