package cli

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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
	top, tree, remove, err := t.checkout(ctx, dir, rev)
	if err != nil {
		return nil, err
	}
	defer remove()
	var found annotations.Diagnostics
	for _, app := range now {
		below, err := filepath.Rel(top, app.Dir)
		if err != nil {
			return nil, err
		}
		old := filepath.Join(tree, below)
		if _, err := os.Stat(filepath.Join(old, "f.yml")); err != nil {
			continue // it is new
		}
		before, ds, err := gen.Read(ctx, t.options(old))
		if err != nil {
			return nil, err
		}
		if ds.Failed() {
			return nil, &failure{code: exitFailed, text: fmt.Sprintf("--rev %s: the application has mistakes there: %s", rev, strings.ReplaceAll(ds[0].Error(), tree+string(filepath.Separator), ""))}
		}
		for _, b := range before {
			if b.Dir != old {
				continue
			}
			broken, err := brokenBy(app, b, rev)
			if err != nil {
				return nil, err
			}
			found = append(found, broken...)
		}
	}
	return found, nil
}

func brokenBy(app, before *inspect.Application, rev string) (annotations.Diagnostics, error) {
	document, _, err := before.OpenAPI()
	if err != nil {
		return nil, err
	}
	return app.Broken(document, rev)
}

// checkout writes the files of a revision into a temporary folder. Top is the folder of the repository.
func (t *tool) checkout(ctx context.Context, dir, rev string) (top, tree string, remove func(), err error) {
	if !revision.MatchString(rev) {
		return "", "", nil, usage("--rev %s: expected a revision of git, such as main or v1.2.0", rev)
	}
	out, err := git(ctx, dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return "", "", nil, err
	}
	if top, err = filepath.EvalSymlinks(strings.TrimSpace(string(out))); err != nil {
		return "", "", nil, err
	}
	archive, err := git(ctx, top, "archive", "--format=tar", rev)
	if err != nil {
		return "", "", nil, err
	}
	if tree, remove, err = t.temporary("faasgen-rev-"); err != nil {
		return "", "", nil, err
	}
	if tree, err = filepath.EvalSymlinks(tree); err == nil {
		err = extract(archive, tree)
	}
	if err != nil {
		remove()
		return "", "", nil, fmt.Errorf("--rev %s: %w", rev, err)
	}
	return top, tree, remove, nil
}

func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, &failure{code: exitFailed, text: fmt.Sprintf("git %s failed: %s", args[0], strings.TrimSpace(said.String()))}
	}
	return out, err
}

// extract writes the folders and files of an archive. Links are left out: nothing of an application is read through one.
func extract(archive []byte, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := filepath.FromSlash(strings.TrimSuffix(h.Name, "/"))
		switch h.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(name, 0o755)
		case tar.TypeReg:
			err = writeFrom(root, name, r)
		}
		if err != nil {
			return err
		}
	}
}

func writeFrom(root *os.Root, name string, r io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
