package wirecmd

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/subprocess"
)

//go:embed tool.mod
var toolMod []byte

//go:embed tool.sum
var toolSum []byte

// install returns the path of the Wire command in the user's cache, building it if this Go version has not yet.
func install(ctx context.Context, goVersion string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s/%s\n%s\n%s", goVersion, runtime.GOOS, runtime.GOARCH, toolMod, toolSum)
	dir := filepath.Join(cache, "faasgen", "wire-"+hex.EncodeToString(h.Sum(nil))[:16])
	name := filepath.Join(dir, "wire")
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		return name, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return name, build(ctx, dir, name)
}

// build compiles the command next to its place and moves it there, so that two faasgen at once do not disturb each other.
func build(ctx context.Context, dir, name string) error {
	work, err := os.MkdirTemp(dir, "build-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	for file, content := range map[string][]byte{"go.mod": toolMod, "go.sum": toolSum} {
		if err := os.WriteFile(filepath.Join(work, file), content, 0o600); err != nil {
			return err
		}
	}
	binary := filepath.Join(work, filepath.Base(name))
	compile := func(env ...string) error {
		return run(ctx, work, append(clean(), env...),
			"go", "build", "-trimpath", "-buildvcs=false", "-o", binary, "github.com/google/wire/cmd/wire")
	}
	// The machine that built faasgen has the modules, so the network is needed only when that was another one.
	if err := compile("GOPROXY=off"); err != nil {
		if err := compile(); err != nil {
			return err
		}
	}
	return os.Rename(binary, name)
}

// clean is the environment without what would change how modules are found or for what they are built.
func clean() []string {
	drop := []string{"GOFLAGS", "GOWORK", "GO111MODULE", "GOOS", "GOARCH", "GOEXPERIMENT", "CGO_ENABLED", "PWD"}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(drop, name)
	})
	return append(env, "GOFLAGS=-mod=mod", "GOWORK=off", "GO111MODULE=on", "CGO_ENABLED=0")
}

// run runs a command; its error holds the output of the command.
func run(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := subprocess.Command(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if output := strings.TrimSpace(out.String()); output != "" {
		return errors.New(strings.Join([]string{filepath.Base(name), args[0], "failed:", output}, " "))
	}
	return fmt.Errorf("%s %s: %w", filepath.Base(name), args[0], err)
}
