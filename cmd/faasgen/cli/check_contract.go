package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/inspect"
)

// brokenSince lists what the contracts of the applications in a folder break of those at a revision of git.
func (t *tool) brokenSince(ctx context.Context, dir, rev string) (annotations.Diagnostics, error) {
	now, _, err := gen.Read(ctx, t.options(dir))
	if err != nil {
		return nil, err
	}
	old, remove, err := t.checkout(ctx, dir, rev)
	if err != nil {
		return nil, err
	}
	defer remove()
	if _, err := os.Stat(old); errors.Is(err, fs.ErrNotExist) {
		return nil, nil // the whole folder is new
	}
	before, ds, err := gen.Read(ctx, t.options(old))
	if err != nil {
		return nil, err
	}
	if ds.Failed() {
		return nil, &failure{code: exitFailed, text: fmt.Sprintf("--rev %s: the application has mistakes there: %s", rev, strings.ReplaceAll(ds[0].Error(), old+string(filepath.Separator), ""))}
	}
	current, err := byFolder(now, dir)
	if err != nil {
		return nil, err
	}
	earlier, err := byFolder(before, old)
	if err != nil {
		return nil, err
	}
	var found annotations.Diagnostics
	for folder, b := range earlier {
		app := current[folder]
		if app == nil {
			gone := annotations.Diagnostic{Severity: annotations.SeverityNote, Code: inspect.CodeBroken, Message: fmt.Sprintf("application %s is gone, since %s", b.Service, rev)}
			gone.Pos.Filename = filepath.Join(dir, folder, "f.yml")
			found = append(found, gone)
			continue
		}
		document, _, err := b.OpenAPI()
		if err != nil {
			return nil, err
		}
		broken, err := app.Broken(document, rev)
		if err != nil {
			return nil, err
		}
		found = append(found, broken...)
	}
	return found, nil
}

// byFolder are applications by their folders, seen from dir and with all links followed.
func byFolder(apps []*inspect.Application, dir string) (map[string]*inspect.Application, error) {
	from, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	found := map[string]*inspect.Application{}
	for _, app := range apps {
		at, err := filepath.EvalSymlinks(app.Dir)
		if err != nil {
			return nil, err
		}
		below, err := filepath.Rel(from, at)
		if err != nil {
			return nil, err
		}
		found[below] = app
	}
	return found, nil
}

// checkout writes the files of a revision of the repository that dir is in, and returns where dir is among them.
func (t *tool) checkout(ctx context.Context, dir, rev string) (old string, remove func(), err error) {
	if !revision.MatchString(rev) {
		return "", nil, usage("--rev %s: expected a revision of git, such as main or v1.2.0", rev)
	}
	failed := func(err error) (string, func(), error) {
		return "", nil, &failure{code: exitFailed, text: fmt.Sprintf("--rev %s: %v", rev, err)}
	}
	out, err := git(ctx, dir, nil, "rev-parse", "--show-toplevel")
	if err != nil {
		return failed(err)
	}
	top, err := filepath.EvalSymlinks(strings.TrimSpace(string(out)))
	if err != nil {
		return "", nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", nil, err
	}
	below, err := filepath.Rel(top, dir)
	if err != nil {
		return "", nil, err
	}
	temporary, remove, err := t.temporary("faasgen-rev-")
	if err != nil {
		return "", nil, err
	}
	if temporary, err = filepath.EvalSymlinks(temporary); err == nil {
		// An index of its own: the user's is not touched. An archive would leave out what .gitattributes says.
		index := []string{"GIT_INDEX_FILE=" + filepath.Join(temporary, "index")}
		if _, err = git(ctx, top, index, "read-tree", "--no-sparse-checkout", rev); err == nil {
			_, err = git(ctx, top, index, "checkout-index", "--all", "--quiet", "--prefix="+filepath.Join(temporary, "tree")+string(filepath.Separator))
		}
	}
	if err != nil {
		remove()
		return failed(err)
	}
	return filepath.Join(temporary, "tree", below), remove, nil
}

// git runs git in a folder, with some variables. Of a failure the error is the first line that git says.
func git(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && len(exit.Stderr) > 0 {
		first, _, _ := strings.Cut(strings.TrimSpace(string(exit.Stderr)), "\n")
		return nil, errors.New(first)
	}
	return out, err
}
