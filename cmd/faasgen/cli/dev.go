package cli

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/cmd/faasgen/internal/dev"
	"github.com/faasgen/faasgen/cmd/faasgen/internal/gobuild"
	"github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/spec"
)

func (t *tool) dev() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Serve on localhost, run timers, rebuild and swap on change",
		Long: "Dev serves the application of the working directory, fires its timers, and replaces it when a file changes: the\n" +
			"new version is up before the old one is drained, and one that cannot be built or does not start replaces\n" +
			"nothing. Only this machine's own pages and tools are answered. GET /_faas/ lists the functions.",
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			addr, err := loopback(addr)
			if err != nil {
				return err
			}
			l, err := net.Listen("tcp", addr)
			if errors.Is(err, syscall.EADDRINUSE) {
				return &failure{code: exitFailed, text: "port in use: another process listens on " + addr,
					hint: "stop it, or choose another port: --addr 127.0.0.1:0 takes one that is free"}
			}
			if err != nil {
				return err
			}
			ctx, cancel := context.WithCancelCause(cmd.Context())
			defer cancel(nil)
			loop := &dev.Loop{Listener: l, Roots: []string{t.dir}, Dir: t.dir, Out: t.out, Err: t.err}
			loop.Make = func(ctx context.Context) (*dev.Version, error) {
				m, err := t.make(ctx, loop)
				if e, ok := errors.AsType[*spec.UnknownStage](err); ok {
					err = unknownStage(e)
				}
				if f := (*failure)(nil); errors.As(err, &f) {
					cancel(f) // no change of a file mends it
				}
				return m, err
			}
			defer t.running.enter()()
			err = loop.Run(ctx)
			if f := (*failure)(nil); errors.As(context.Cause(ctx), &f) {
				return f
			}
			return err
		},
	}
	cmd.Flags().StringVar(&addr, "addr", local.DefaultAddr, "loopback address to listen on")
	t.stageFlag(cmd.Flags())
	return cmd
}

// loopback checks --addr. A port alone is one of 127.0.0.1.
func loopback(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	switch {
	case err != nil || port == "":
		return "", usage("--addr %s: expected host:port such as %s", addr, local.DefaultAddr)
	case host == "":
		return net.JoinHostPort("127.0.0.1", port), nil
	case !local.Loopback(host):
		return "", &failure{code: exitUsage, text: "--addr " + addr + " is not a loopback address: dev shows error texts and runs code that is not finished",
			hint: "to serve other machines, build the server itself: faasgen build --target local"}
	}
	return addr, nil
}

// make makes one version: generates, builds, and says what to watch.
func (t *tool) make(ctx context.Context, loop *dev.Loop) (*dev.Version, error) {
	done := t.progress("building")
	defer done()
	r, err := gen.Generate(ctx, t.options(t.dir))
	if err != nil {
		return nil, err
	}
	if r.Diagnostics.Failed() {
		return nil, errors.New(t.paint(r.Diagnostics.Render(t.dir)))
	}
	t.print(r.Diagnostics)
	app, err := t.only(r)
	if err != nil {
		return nil, err
	}
	loop.Roots = []string{app.Dir}
	if _, err := t.commit(ctx, r); err != nil {
		return nil, err
	}
	m, err := t.startable(app)
	if err != nil {
		return nil, err
	}
	binary, err := gobuild.Server(ctx, app.Dir, t.dir)
	if err != nil {
		return nil, err
	}
	inputs, err := gobuild.Inputs(ctx, app.Dir)
	if err != nil {
		return nil, err
	}
	env, err := t.environment(app, m, "")
	if err != nil {
		return nil, err
	}
	return &dev.Version{Binary: binary, Dir: app.Dir, Env: env, Watch: inputs}, nil
}

// startable checks the configuration of what dev starts. A file that cannot be read is an error; what keeps some functions from being
// called is printed, but for missing values, of which the application itself tells.
func (t *tool) startable(app *gen.App) (*machine, error) {
	m, ds, err := machineOf(app.Dir)
	if err == nil && m != nil {
		ds, err = app.CheckConfig("", "", m.checking(&m.env))
	}
	if err != nil {
		return nil, err
	}
	ds = slices.DeleteFunc(ds, func(d annotations.Diagnostic) bool { return d.Code == inspect.CodeMissing })
	if m == nil || slices.ContainsFunc(ds, func(d annotations.Diagnostic) bool { return d.Code == inspect.CodeFile }) {
		return nil, errors.New(t.paint(ds.Render(t.dir)))
	}
	t.print(ds)
	return m, nil
}

// only is the one application of a result.
func (t *tool) only(r *gen.Result) (*gen.App, error) {
	if len(r.Apps) == 1 {
		return r.Apps[0], nil
	}
	var dirs []string
	for _, a := range r.Apps {
		dirs = append(dirs, relative(t.dir, a.Dir))
	}
	return nil, &failure{code: exitUsage, text: "there are several applications here: " + strings.Join(dirs, ", "), hint: "run the command in the folder of one"}
}
