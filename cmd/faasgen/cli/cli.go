// Package cli is the faasgen command, one file a sub-command. It reads flags, prints and exits; what is done is done in
// gen, in the simulators and in the development server. Data goes to standard output and messages to standard error; the
// exit code is 0, 1 if something failed, or 2 for wrong usage and for changes that diff, fmt --check or plan found.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/gen/target"
)

// Option changes what the command knows.
type Option interface{ apply(*tool) }

type option func(*tool)

func (o option) apply(t *tool) { o(t) }

// Main runs the command of this process and exits.
func Main(options ...Option) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	t := &tool{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	for _, o := range slices.Concat(builtIn(), options) {
		o.apply(t)
	}
	os.Exit(t.supervise(signals, politeness, func(ctx context.Context) int { return t.run(ctx, os.Args[1:]) }))
}

// tool is one run of the command.
type tool struct {
	in       io.Reader
	out, err io.Writer
	dir      string
	targets  []target.Target
	clouds   []sim.Cloud // of the targets
	wrong    error       // of the options
	stage    string      // --stage

	interrupts
}

// encode prints v as JSON, without the escapes for HTML.
func (t *tool) encode(v any) error {
	e := json.NewEncoder(t.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func (t *tool) run(ctx context.Context, args []string) int {
	dir, err := os.Getwd()
	if err != nil {
		return t.report(err)
	}
	if t.wrong != nil {
		return t.report(t.wrong)
	}
	t.dir = dir
	root := t.root()
	root.SetArgs(args)
	err = root.ExecuteContext(ctx)
	if f := (*failure)(nil); err != nil && ctx.Err() != nil && !errors.As(err, &f) {
		err = ctx.Err() // whatever it is that was interrupted says so in words of its own
	}
	return t.report(err)
}

func (t *tool) root() *cobra.Command {
	root := &cobra.Command{
		Use:                   "faasgen",
		Short:                 "Write plain Go, deploy it to any serverless cloud",
		SilenceUsage:          true,
		DisableFlagsInUseLine: true,
		SilenceErrors:         true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			var known []string
			for _, c := range cmd.Commands() {
				if !c.Hidden {
					known = append(known, c.Name())
				}
			}
			return unknown("command", args[0], known)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(t.err)
			return errors.Join(cmd.Help(), &failure{code: exitUsage})
		},
	}
	root.SetIn(t.in)
	root.SetOut(t.out)
	root.SetErr(t.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return flagError(cmd, err) })
	root.AddCommand(
		t.generate(), t.diff(), t.format(), t.check(), t.build(), t.plan(), t.group(), t.split(), t.deploy(), t.rollback(), t.remove(), t.logs(), t.invoke(), t.task(), t.dev(), t.graph(), t.config(), t.secret(), t.layers(), t.openapi(), t.asyncapi(), t.scaffold(), t.schema(), t.version(),
	)
	root.Version = version().Version
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	t.complete(root)
	return root
}

// selectTargets turns the value of --target into targets, in the order given. "all" is every known one.
func (t *tool) selectTargets(value string) ([]target.Target, error) {
	names := make([]string, len(t.targets))
	for i, known := range t.targets {
		names[i] = known.Name()
	}
	var chosen []target.Target
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		if name == "all" {
			return t.targets, nil
		}
		i := slices.Index(names, name)
		if i < 0 {
			return nil, unknown("target", name, names)
		}
		if !slices.Contains(chosen, t.targets[i]) {
			chosen = append(chosen, t.targets[i])
		}
	}
	return chosen, nil
}

// folder is the argument of the commands that take a folder, the working directory without one. The go command's
// "./..." is the same folder: applications below it are found anyway.
func (t *tool) folder(args []string) (string, error) {
	if len(args) == 0 {
		return t.dir, nil
	}
	dir := strings.TrimSuffix(strings.TrimSuffix(args[0], "..."), "/")
	if dir == "" {
		dir = "/"
		if args[0] == "..." {
			dir = "."
		}
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", usage("folder %s: %v", args[0], errors.Unwrap(err))
	}
	if !info.IsDir() {
		return "", usage("%s is not a folder", args[0])
	}
	return absolute(t.dir, dir), nil
}

// unknown is the error for a word that is none of the known ones.
func unknown(what, found string, known []string) error {
	slices.Sort(known)
	f := &failure{code: exitUsage, text: "unknown " + what + " " + quote(found)}
	f.hint = "known: " + strings.Join(known, ", ")
	if s := annotations.Suggest(found, known); s != "" {
		f.hint = "did you mean " + quote(s) + "? (" + f.hint + ")"
	}
	return f
}
