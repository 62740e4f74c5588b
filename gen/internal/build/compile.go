package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/subprocess"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/bundle"
)

// flags make the same binary of the same code anywhere, and nothing in it that only debuggers need.
func flags(e target.Entry) []string {
	f := []string{"-trimpath", "-buildvcs=false"}
	if len(e.Tags) > 0 {
		f = append(f, "-tags="+strings.Join(e.Tags, ","))
	}
	return f
}

const linkFlags = "-ldflags=-s -w -buildid="

// compile makes the binary of a unit in the work folder.
func (b *builder) compile(ctx context.Context, u *target.Unit, e target.Entry) error {
	args := append([]string{"build"}, flags(e)...)
	args = append(args, linkFlags, "-o", filepath.Join(b.work, u.Name), b.Package(u))
	_, err := b.goCommand(ctx, e, args...)
	return err
}

// linked is one package as the go command lists it.
type linked struct {
	ImportPath, BuildID string
	Deps                []string
}

// keys are the hashes of everything that goes into the zip of each unit. Listing with -export compiles what has changed,
// so that a compile error is reported here, once, and linking is all that is left to do.
func (b *builder) keys(ctx context.Context, units []*target.Unit) ([]string, error) {
	common, err := b.common(ctx)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(units))
	done := map[string]bool{}
	for _, u := range units {
		e := b.Target.Entry(u)
		platform := fmt.Sprint(e.GOOS, "/", e.GOARCH, " ", e.Tags)
		if done[platform] {
			continue
		}
		done[platform] = true
		if err := b.list(ctx, e, platform, units, common, keys); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// common hashes the files that go into every zip.
func (b *builder) common(ctx context.Context) (string, error) {
	h := sha256.New()
	for _, f := range b.Files {
		r, err := f.Open()
		if err != nil {
			return "", err
		}
		content := sha256.New()
		_, err = io.Copy(content, bundle.Reader(ctx, r))
		if err = errors.Join(err, r.Close()); err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%q %v %x\n", f.Name, f.Executable, content.Sum(nil))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// list finds the keys of all units of one platform.
func (b *builder) list(ctx context.Context, e target.Entry, platform string, units []*target.Unit, common string, keys []string) error {
	args := append([]string{"list", "-export", "-deps", "-json=ImportPath,BuildID,Deps"}, flags(e)...)
	var mains []int
	for i, u := range units {
		if own := b.Target.Entry(u); fmt.Sprint(own.GOOS, "/", own.GOARCH, " ", own.Tags) == platform {
			args = append(args, b.Package(u))
			mains = append(mains, i)
		}
	}
	out, err := b.goCommand(ctx, e, args...)
	if err != nil {
		return err
	}
	packages := map[string]linked{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p linked
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("read what the go command lists: %w", err)
		}
		packages[p.ImportPath] = p
	}
	for _, i := range mains {
		p, ok := packages[b.Package(units[i])]
		if !ok {
			return fmt.Errorf("the go command does not list %s", b.Package(units[i]))
		}
		h := sha256.New()
		fmt.Fprintln(h, platform, linkFlags, e.Command, common)
		for _, path := range append(slices.Sorted(slices.Values(p.Deps)), p.ImportPath) {
			fmt.Fprintln(h, path, packages[path].BuildID)
		}
		keys[i] = hex.EncodeToString(h.Sum(nil))
	}
	return nil
}

// goCommand runs the go command for a platform and returns what it prints.
func (b *builder) goCommand(ctx context.Context, e target.Entry, args ...string) ([]byte, error) {
	cmd := subprocess.Command(ctx, "go", args...)
	cmd.Dir = b.Dir
	cmd.Env = append(b.environment(), "GOOS="+e.GOOS, "GOARCH="+e.GOARCH, "CGO_ENABLED=0", "PWD="+b.Dir)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, &CompileError{rebase(strings.TrimSpace(errs.String()), b.Dir, b.Relative)}
	}
	if err != nil {
		return nil, fmt.Errorf("run the go command: %w", err)
	}
	return out.Bytes(), nil
}

// environment leaves out what would make the binaries depend on the machine that builds them.
func (b *builder) environment() []string {
	drop := []string{"GOOS", "GOARCH", "GOAMD64", "GOARM64", "CGO_ENABLED", "PWD"}
	return slices.DeleteFunc(slices.Clone(b.Env), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(drop, name)
	})
}

// rebase turns file names at the beginning of lines, which are relative to dir, into names relative to another folder.
func rebase(output, dir, relative string) string {
	if relative == "" {
		return output
	}
	lines := strings.Split(output, "\n")
	for i, line := range lines {
		file, rest, ok := strings.Cut(line, ".go:")
		if !ok || file == "" || strings.ContainsAny(file, " \t") {
			continue
		}
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		if rel, err := filepath.Rel(relative, file); err == nil {
			file = rel
		}
		lines[i] = filepath.ToSlash(file) + ".go:" + rest
	}
	return strings.Join(lines, "\n")
}
