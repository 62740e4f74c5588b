// Package wirecmd has the Wire command write injectors. Wire loads packages with all they import, which takes seconds for
// real code; it is given a skeleton instead: a module of the same shape in which every type is empty and every provider
// panics. What Wire writes depends on names and signatures only, so it writes the same bytes, in milliseconds, without
// network, and user code that does not compile is not in its way.
//
// The command is built once into the user's cache, from module versions embedded here.
package wirecmd

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/faasgen/faasgen/gen/internal/injector"
)

// Command implements injector.Injectors.
type Command struct{ path string }

var _ injector.Injectors = (*Command)(nil)

// Find returns the command, building it first if need be. goVersion is what "go env GOVERSION" says.
func Find(ctx context.Context, goVersion string) (*Command, error) {
	path, err := install(ctx, goVersion)
	if err != nil {
		return nil, fmt.Errorf("build the wire command: %w", err)
	}
	return &Command{path}, nil
}

// Emit runs Wire once over all packages.
func (c *Command) Emit(ctx context.Context, packages []*injector.Package) (map[string][]byte, error) {
	var with []*injector.Package
	for _, p := range packages {
		if len(p.Injectors) > 0 {
			with = append(with, p)
		}
	}
	if len(with) == 0 {
		return nil, nil
	}
	dir, err := os.MkdirTemp("", "faasgen-wire-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	files, err := skeleton(with)
	if err != nil {
		return nil, err
	}
	for name, content := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return nil, err
		}
		if err := os.WriteFile(name, content, 0o600); err != nil {
			return nil, err
		}
	}
	args := []string{"gen"}
	for _, p := range with {
		args = append(args, "./"+p.Types.Path())
	}
	if err := run(ctx, dir, append(clean(), "GOPROXY=off", "PWD="+dir), c.path, args...); err != nil {
		return nil, err
	}
	out := make(map[string][]byte, len(with))
	for _, p := range with {
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p.Types.Path()), injector.File))
		if err != nil {
			return nil, fmt.Errorf("wire wrote nothing for %s: %w", p.Types.Path(), err)
		}
		content = bytes.ReplaceAll(content, []byte(`"`+module+"/"), []byte(`"`))
		out[p.Types.Path()] = injector.Normalize(content)
	}
	return out, nil
}
