// Package gobuild builds the local server of an application, internal/faasgen/local, for "invoke" and "dev". The packages
// that are deployed are built by gen, with other flags; this one keeps its symbols, so that debuggers and stacks work.
package gobuild

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
)

// server is the package that is built, seen from the application's folder.
const server = "./internal/faasgen/local"

// served is the package with the generated code, which takes half as long to compile without inlining: it is compiled again
// after every edit.
const served = "./internal/faasgen/app"

// Error is what the compiler says, with file names relative to the folder the command was called in.
type Error struct{ Output string }

// Error returns the output.
func (e *Error) Error() string { return e.Output }

// Server builds the server of the application in dir and returns the binary, which lives in the user's cache: the go
// command does not link again what is there and current. cwd is the folder that errors are shown relative to.
func Server(ctx context.Context, dir, cwd string) (string, error) {
	folder, err := Folder(dir)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(folder, "app")
	args := []string{"build", "-buildvcs=false", "-o", binary}
	flags, err := run(ctx, dir, cwd, "env", "GOFLAGS")
	if err != nil {
		return "", err
	}
	if !bytes.Contains(flags, []byte("-gcflags")) { // which ours would replace
		args = append(args, "-gcflags="+served+"=-l")
	}
	_, err = run(ctx, dir, cwd, append(args, server)...)
	return binary, err
}

// Folder returns the folder in the user's cache for what is built of the application in dir, and makes it.
func Folder(dir string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	sum := sha256.Sum256([]byte(dir))
	folder := filepath.Join(cache, "faasgen", "local", hex.EncodeToString(sum[:8]))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("make the cache folder: %w", err)
	}
	now := time.Now()
	_ = os.Chtimes(folder, now, now) // best effort, as is the cleaning
	forget(filepath.Dir(folder), now.AddDate(0, -1, 0))
	return folder, nil
}

// File writes a file for the local processes of the application in dir to its folder in the user's cache, in one step, and returns
// its path.
func File(dir, name string, content []byte) (string, error) {
	folder, err := Folder(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, name)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return path, nil
	}
	f, err := os.CreateTemp(folder, name+"-")
	if err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	return path, nil
}

// forget removes what belongs to applications that were last used before then: nothing else would.
func forget(dir string, before time.Time) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.ModTime().Before(before) {
			_ = os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// run runs the go command in dir. What it prints when it fails becomes an *Error.
func run(ctx context.Context, dir, cwd string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	if os.Getenv("GOGC") == "" {
		cmd.Env = append(cmd.Environ(), "GOGC=400") // the compiler spends a fifth of its time on its garbage
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // lets it remove its temporary files
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, &Error{Output: rebase(strings.TrimRight(errs.String(), "\n"), dir, cwd)}
	}
	if err != nil {
		return nil, fmt.Errorf("run the go command: %w", err)
	}
	return out.Bytes(), nil
}

// rebase turns file names at the beginning of lines, which are relative to dir, into names relative to cwd.
func rebase(output, dir, cwd string) string {
	lines := strings.Split(output, "\n")
	for i, line := range lines {
		file, rest, ok := strings.Cut(line, ".go:")
		if !ok || file == "" || strings.ContainsAny(file, " \t") {
			continue
		}
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		if rel, err := filepath.Rel(cwd, file); err == nil {
			file = rel
		}
		lines[i] = filepath.ToSlash(file) + ".go:" + rest
	}
	return strings.Join(lines, "\n")
}

// listed is what the go command prints for each package.
type listed struct {
	Dir        string
	Standard   bool
	EmbedFiles []string
	Module     *struct {
		Main    bool
		Replace *struct{ Version string }
	}
}

// Inputs lists what the server is made from that may be edited and is not below dir: folders of packages of this
// module, of other modules of a workspace and of replaced ones, embedded files, and the files that name the modules.
func Inputs(ctx context.Context, dir string) ([]string, error) {
	out, err := run(ctx, dir, dir, "list", "-e", "-deps", "-json=Dir,Standard,EmbedFiles,Module", server)
	if err != nil {
		return nil, err
	}
	var inputs []string
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read what the go command lists: %w", err)
		}
		edited := p.Module != nil && (p.Module.Main || p.Module.Replace != nil && p.Module.Replace.Version == "")
		if p.Standard || !edited {
			continue
		}
		if !below(p.Dir, dir) {
			inputs = append(inputs, p.Dir)
		}
		for _, f := range p.EmbedFiles {
			inputs = append(inputs, filepath.Join(p.Dir, f))
		}
	}
	out, err = run(ctx, dir, dir, "env", "GOMOD", "GOWORK")
	if err != nil {
		return nil, err
	}
	for file := range strings.Lines(string(out)) {
		if file = strings.TrimSpace(file); filepath.IsAbs(file) && file != os.DevNull {
			inputs = append(inputs, file)
		}
	}
	slices.Sort(inputs)
	return slices.Compact(inputs), nil
}

func below(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}
