package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/dev"
	"github.com/faasgen/faasgen/cmd/faasgen/internal/gobuild"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/regular"
	"github.com/faasgen/faasgen/gen/target"
)

// maxEvent bounds the event that is read.
const maxEvent = 32 << 20

// invokeOptions are the flags of invoke.
type invokeOptions struct {
	data, file, trigger, target string
	sample, print, json         bool
}

func (t *tool) invoke() *cobra.Command {
	var o invokeOptions
	cmd := &cobra.Command{
		Use:   "invoke FUNCTION",
		Short: "Call one function: in process, or its artefact under a cloud's simulator",
		Long: "Invoke calls one function and prints its response: of http the body on standard output, status and headers on\n" +
			"standard error. Without --target the application runs as one local process; with it the unit is built and\n" +
			"packed for that cloud, and its artefact runs under a simulator of the cloud's runtime.\n\n" +
			"The event of an http function is a request, {\"method\", \"path\", \"headers\", \"body\"}, of which only the path or\n" +
			"the body is needed: without a path it goes to the function's first route. Anything else is the body of the first\n" +
			"route: other JSON, text, or a form such as a=1&b=2. That of a timer is {\"name\", \"time\", \"payload\"}, each\n" +
			"optional. The README lists those of the other triggers. With --target a payload that the cloud\n" +
			"itself has sent goes in as it is.\n\n" +
			"--sample makes an event up for one of the function's triggers, with its own bucket, queue, route and so on;\n" +
			"--print shows it instead of calling the function, to be edited and used with --event.",
		Example: "  faasgen invoke order-create -d '{\"item\": \"tea\"}'\n" +
			"  faasgen invoke guest-sign -d 'name=Ann&stars=5'\n" +
			"  faasgen invoke order-create -e event.json --target aws\n" +
			"  faasgen invoke order-stored --trigger os --sample --target tencent\n" +
			"  faasgen invoke order-stored --sample --print > event.json",
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case o.data != "" && o.file != "":
				return usage("found -d and -e, expected one of them")
			case o.sample && (o.data != "" || o.file != ""):
				return usage("found --sample and an event of your own, expected one of them")
			case o.print && !o.sample:
				return usage("found --print without --sample, whose event it shows")
			}
			event, err := t.event(o.data, o.file)
			if err != nil {
				return err
			}
			return t.call(cmd.Context(), args[0], o, event)
		},
	}
	cmd.Flags().StringVarP(&o.data, "data", "d", "", "the event; - reads it from standard input")
	cmd.Flags().StringVarP(&o.file, "event", "e", "", "the file with the event; - reads it from standard input")
	cmd.Flags().StringVar(&o.target, "target", "", "the cloud whose artefact and simulator to use")
	cmd.Flags().StringVar(&o.trigger, "trigger", "", "the trigger that the event is of, as KIND or KIND:NAME, such as os or os:invoices")
	cmd.Flags().BoolVar(&o.sample, "sample", false, "make an event up")
	cmd.Flags().BoolVar(&o.print, "print", false, "print the event of --sample, and call nothing")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the whole outcome as JSON")
	t.stageFlag(cmd.Flags())
	return cmd
}

// call calls the function and shows what came of it.
func (t *tool) call(ctx context.Context, function string, a invokeOptions, event []byte) error {
	r, _, err := t.current(ctx, t.dir)
	if err != nil {
		return err
	}
	app, err := t.owner(r, function)
	if err != nil {
		return err
	}
	if a.target == "" && a.trigger == "" && !a.sample {
		o, err := t.invokeLocal(ctx, app, function, "", event)
		return t.shown(o, a.json, err)
	}
	var tg target.Target
	if a.target != "" {
		chosen, err := t.selectTargets(a.target)
		if err != nil {
			return err
		}
		if len(chosen) != 1 {
			return usage("--target %s: expected one target, since there is one response", a.target)
		}
		tg = chosen[0]
	}
	seen, _ := app.Target(a.target)
	unit, f := find(seen, function)
	if unit == nil {
		return usage("target %s has no unit with function %s", a.target, function)
	}
	if a.trigger != "" {
		if f, err = narrow(f, a.trigger); err != nil {
			return err
		}
	}
	if a.sample {
		if event, err = sampleEvent(app, seen, f, t.cloud(a.target)); err != nil {
			return err
		}
	}
	form := envelope.Kind(runtimeTriggers(f), event)
	if a.print && tg != nil {
		if event, err = asSent(t.cloud(a.target), tg, seen, unit, f, form, event); err != nil {
			return err
		}
	}
	if a.print {
		return t.printEvent(event)
	}
	var o *envelope.Outcome
	if tg != nil {
		o, err = t.invokeTarget(ctx, app, tg, seen, f, form, event)
		return t.shown(o, a.json, err)
	}
	e, err := parse(seen, f, form, event)
	if err != nil {
		return err
	}
	here := t.cloud("")
	if event, err = here.Payload(e); err == nil {
		o, err = t.invokeLocal(ctx, app, function, form, event)
	}
	return t.shown(o, a.json, err)
}

// printEvent prints an event, indented if it is JSON.
func (t *tool) printEvent(event []byte) error {
	var b bytes.Buffer
	if json.Indent(&b, event, "", "  ") != nil {
		b.Write(event)
	}
	b.WriteByte('\n')
	_, err := t.out.Write(b.Bytes())
	return err
}

// shown shows the outcome, if there is one, of a call that ended with err.
func (t *tool) shown(o *envelope.Outcome, asJSON bool, err error) error {
	if o == nil {
		return err
	}
	return cmp.Or(t.show(o, asJSON), err)
}

func (t *tool) event(data, file string) ([]byte, error) {
	switch {
	case file != "" && file != "-":
		event, err := regular.Read(absolute(t.dir, file), maxEvent)
		if e, ok := errors.AsType[*regular.Error](err); ok {
			return nil, &failure{code: exitUsage, text: fmt.Sprintf("event file %s: found %s, expected %s", file, e.Found, e.Expected), hint: "--event - reads standard input, which may be a pipe"}
		}
		if err != nil {
			return nil, usage("event file: %v", err)
		}
		return event, nil
	case data == "-", file == "-":
		event, err := io.ReadAll(io.LimitReader(t.in, maxEvent+1))
		if err == nil && len(event) > maxEvent {
			err = fmt.Errorf("the event is over %d MB", maxEvent>>20)
		}
		return event, err
	}
	return []byte(data), nil
}

// owner finds the application that has a function.
func (t *tool) owner(r *gen.Result, function string) (*gen.App, error) {
	var owners []*gen.App
	var known []string
	for _, app := range r.Apps {
		for _, f := range app.Functions {
			known = append(known, f.Name)
			if f.Name == function && !slices.Contains(owners, app) { // several units of one may have it
				owners = append(owners, app)
			}
		}
	}
	switch len(owners) {
	case 0:
		return nil, unknown("function", function, known)
	case 1:
		return owners[0], nil
	}
	var dirs []string
	for _, app := range owners {
		dirs = append(dirs, relative(t.dir, app.Dir))
	}
	return nil, &failure{code: exitUsage, text: "several applications have a function " + quote(function) + ": " + strings.Join(dirs, ", "), hint: "run the command in the folder of one"}
}

// invokeLocal runs the application's server for one call. What it prints goes to standard error, and the outcome comes
// through a pipe of its own, so that nothing the functions print can be mistaken for the response. Form is that of the event, "" to
// let the process see. There is an outcome with the
// error of a process that answered and then failed to stop.
func (t *tool) invokeLocal(ctx context.Context, app *gen.App, function, form string, event []byte) (*envelope.Outcome, error) {
	m, err := t.configured(app, function)
	if err != nil {
		return nil, err
	}
	done := t.progress("building")
	defer done()
	binary, err := gobuild.Server(ctx, app.Dir, t.dir)
	if err != nil {
		return nil, err
	}
	done()
	env, err := t.environment(app, m, function)
	if err != nil {
		return nil, err
	}
	ours, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer ours.Close()
	args := []string{"invoke", function}
	if form != "" {
		args = append(args, form)
	}
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir = app.Dir
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	dev.OwnGroup(cmd) // or the terminal's own signal would be a second one, which ends the process at once
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(event), t.err, t.err
	cmd.ExtraFiles = []*os.File{theirs}
	cmd.Env = append(env, "FAAS_RESULT_FD=3", "FAAS_DEV=1", "FAAS_CODE_DIR="+app.Dir)
	defer t.running.enter()()
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		return nil, fmt.Errorf("start the application: %w", err)
	}
	raw, readErr := io.ReadAll(ours)
	if err = cmd.Wait(); err != nil || len(raw) == 0 {
		err = &failure{code: exitFailed} // the process has printed why
	}
	if readErr != nil || len(raw) == 0 {
		return nil, cmp.Or(err, readErr)
	}
	o := &envelope.Outcome{}
	if bad := json.Unmarshal(raw, o); bad != nil {
		return nil, cmp.Or(err, fmt.Errorf("read the outcome: %w", bad))
	}
	return o, err
}

// show prints the outcome. A function that failed, over http a status of 500 and above, is exit code 1.
func (t *tool) show(o *envelope.Outcome, asJSON bool) error {
	failed := o.Error != nil || o.Status >= http.StatusInternalServerError
	var done error
	if failed {
		done = &failure{code: exitFailed}
	}
	if asJSON {
		if err := t.encode(o); err != nil {
			return err
		}
		return done
	}
	if o.Error != nil {
		return &failure{code: exitFailed, text: "function " + o.Function + " failed: " + o.Error.Type + ": " + strings.TrimPrefix(o.Error.Message, o.Error.Type+": ")}
	}
	if o.Kind == "http" {
		fmt.Fprintf(t.err, "%d %s\n", o.Status, cmp.Or(http.StatusText(o.Status), "-"))
		for _, name := range slices.Sorted(maps.Keys(o.Headers)) {
			for _, v := range o.Headers[name] {
				fmt.Fprintf(t.err, "%s: %s\n", name, v)
			}
		}
	}
	b, err := o.Bytes()
	if err != nil {
		return err
	}
	if _, err := t.out.Write(b); err != nil {
		return err
	}
	if len(b) > 0 && b[len(b)-1] != '\n' && terminal(t.out) {
		fmt.Fprintln(t.out)
	}
	return done
}
