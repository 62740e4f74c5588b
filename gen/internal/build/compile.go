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
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/subprocess"
	"github.com/faasgen/faasgen/gen/target"
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

// platform is what the go command is called for: programs of one are listed and linked together.
func platform(e target.Entry) string { return fmt.Sprint(e.GOOS, "/", e.GOARCH, " ", e.Tags) }

// binary is the path of the program's executable below the work folder: the go command calls it as the last element of the
// package's path.
func (p *Program) binary() string {
	return filepath.Join("bin-"+p.Entry.GOOS+"-"+p.Entry.GOARCH+"-"+hash([]byte(platform(p.Entry)))[:8], path.Base(p.Package))
}

// compile makes the binaries of programs in the work folder, in one go for each platform.
func (b *builder) compile(ctx context.Context, o overlay, programs []*Program) error {
	together := map[string][]*Program{}
	for _, p := range programs {
		together[platform(p.Entry)] = append(together[platform(p.Entry)], p)
	}
	for _, key := range slices.Sorted(maps.Keys(together)) {
		of := together[key]
		out := filepath.Join(b.work, filepath.Dir(of[0].binary()))
		if err := os.MkdirAll(out, 0o755); err != nil {
			return b.explain(err)
		}
		args := append([]string{"build"}, flags(of[0].Entry)...)
		args = append(append(args, o.args()...), linkFlags, "-o", out+string(filepath.Separator))
		if b.Parallel > 0 {
			args = append(args, "-p", strconv.Itoa(b.Parallel))
		}
		for _, p := range of {
			args = append(args, p.Package)
		}
		if _, err := b.goCommand(ctx, of[0].Entry, args...); err != nil {
			return err
		}
	}
	return nil
}

// linked is one package as the go command lists it.
type linked struct {
	ImportPath, BuildID, Dir string
	Deps, GoFiles            []string
}

// keys are the hashes of everything that goes into the zip of each program. Listing with -export compiles what has changed,
// so that a compile error is reported here, once, and linking is all that is left to do.
func (b *builder) keys(ctx context.Context, o overlay) ([]string, error) {
	common, err := b.common(ctx)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(b.Programs))
	done := map[string]bool{}
	for _, p := range b.Programs {
		if done[platform(p.Entry)] {
			continue
		}
		done[platform(p.Entry)] = true
		if err := b.list(ctx, o, p.Entry, common, keys); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// common hashes the files that go into every zip.
func (b *builder) common(ctx context.Context) (string, error) {
	h := sha256.New()
	for _, f := range b.Files {
		content, err := hashContent(ctx, f)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%q %v %s\n", f.Name, f.Executable, content)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// list finds the keys of all programs of one platform.
func (b *builder) list(ctx context.Context, o overlay, e target.Entry, common string, keys []string) error {
	args := append([]string{"list", "-export", "-deps", "-json=ImportPath,BuildID,Dir,Deps,GoFiles"}, flags(e)...)
	args = append(args, o.args()...)
	var mains []int
	var own overlay
	for i, p := range b.Programs {
		if platform(p.Entry) != platform(e) {
			continue
		}
		args = append(args, p.Package)
		mains = append(mains, i)
		own.add(b.Dir, p.Files)
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
	if err := own.check(packages); err != nil {
		return err
	}
	for _, i := range mains {
		p, ok := packages[b.Programs[i].Package]
		if !ok {
			return fmt.Errorf("the go command does not list %s", b.Programs[i].Package)
		}
		h := sha256.New()
		own := b.Programs[i].Entry
		fmt.Fprintln(h, platform(e), linkFlags, own.Command, common)
		for _, s := range own.Starters {
			fmt.Fprintf(h, "%q %q\n", s.Path, s.Content)
		}
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
		return nil, &CompileError{rebase(strings.TrimSpace(errs.String()), b.Options)}
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

// rebase turns file names at the beginning of lines, which are absolute or relative to Dir, into names relative to another folder.
// Those of the module are named as the user names it.
func rebase(output string, o Options) string {
	if o.Relative == "" {
		return output
	}
	lines := strings.Split(output, "\n")
	for i, line := range lines {
		file, rest, ok := strings.Cut(line, ".go:")
		if !ok || file == "" || strings.ContainsAny(file, " \t") {
			continue
		}
		if !filepath.IsAbs(file) {
			file = filepath.Join(o.Dir, file)
		}
		if below, err := filepath.Rel(o.Module, file); err == nil && filepath.IsLocal(below) {
			file = filepath.Join(o.Named, below)
		}
		if rel, err := filepath.Rel(o.Relative, file); err == nil {
			file = rel
		}
		lines[i] = filepath.ToSlash(file) + ".go:" + rest
	}
	return strings.Join(lines, "\n")
}
