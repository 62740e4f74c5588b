package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/hold"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/target"
)

// operated are the applications in a folder for the one target that is requested, or that each names as provider.
func (t *tool) operated(ctx context.Context, dir, value string) ([]job, error) {
	var chosen []target.Target
	var err error
	if value != "" {
		if chosen, err = t.selectTargets(value); err != nil {
			return nil, err
		}
		if len(chosen) > 1 {
			return nil, usage("found %d targets, expected one", len(chosen))
		}
	}
	r, err := t.solve(ctx, t.options(dir))
	if err != nil {
		return nil, err
	}
	return t.jobs(r, chosen, "")
}

// dist is the folder of a target at the requested stage.
func dist(app *gen.App, target string) string {
	return filepath.Join(app.Dir, "dist", app.Folder(target))
}

// operation is a run of the cloud's own tool in a folder that is made for it, to be removed afterwards. Missing is the failure of a
// tool that is not there. Again is the command that asked for it.
func (t *tool) operation(ctx context.Context, o target.Operation, again string) (cmd *exec.Cmd, remove func(), missing error, err error) {
	dir, remove, err := t.temporary("faasgen-")
	if err != nil {
		return nil, nil, nil, err
	}
	for _, f := range o.Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err = os.MkdirAll(filepath.Dir(name), 0o700); err == nil {
			err = os.WriteFile(name, f.Content, os.FileMode(f.Mode))
		}
		if err != nil {
			remove()
			return nil, nil, nil, err
		}
	}
	cmd, missing = t.vendor(ctx, o.Command, filepath.Join(dir, filepath.FromSlash(o.Folder)))
	if f := (*failure)(nil); errors.As(missing, &f) {
		f.hint = fmt.Sprintf("install it: %s, then run %s again", o.Install, again)
		if o.Files == nil {
			f.hint += ", or by hand: " + line(cmd)
		}
	}
	return cmd, remove, missing, nil
}

// finished is what became of a run of the cloud's own tool: its exit code is that of faasgen.
func finished(ctx context.Context, cmd *exec.Cmd, err error) error {
	var e *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &e) && e.ExitCode() > 0:
		return &failure{code: e.ExitCode(), text: fmt.Sprintf("%s failed with exit code %d", line(cmd), e.ExitCode())}
	case err != nil:
		return &failure{code: exitFailed, text: fmt.Sprintf("%s: %v", line(cmd), err)}
	}
	return nil
}

// operate runs the cloud's own tool, and does not believe an exit code that its output contradicts.
func (t *tool) operate(ctx context.Context, cmd *exec.Cmd, failed *regexp.Regexp, held *hold.File) error {
	out, errs := &witness{to: cmd.Stdout, failed: failed}, &witness{to: cmd.Stderr, failed: failed}
	if failed != nil {
		cmd.Stdout, cmd.Stderr = out, errs
	}
	if err := finished(ctx, cmd, t.runHolding(cmd, held)); err != nil {
		return err
	}
	for _, w := range []*witness{out, errs} {
		if w.seen {
			return &failure{code: exitFailed, text: fmt.Sprintf("%s failed, as its output says, although its exit code is 0", line(cmd))}
		}
	}
	return nil
}

// witness passes output on, and looks for a text in it.
type witness struct {
	to     io.Writer
	failed *regexp.Regexp
	seen   bool
	last   []byte
}

// remembered is how much of the output before is looked at again: more than any text that is looked for.
const remembered = 1 << 10

func (w *witness) Write(p []byte) (int, error) {
	if !w.seen {
		w.last = append(w.last, p...)
		w.seen = w.failed.Match(escapes.ReplaceAll(w.last, nil))
		w.last = bytes.Clone(w.last[max(0, len(w.last)-remembered):])
	}
	return w.to.Write(p)
}

// escapes are what terminals take for colours.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")
