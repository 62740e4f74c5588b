package build

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/target"
)

// Program is one binary, which is packaged once for all units that it serves.
type Program struct {
	// Name tells programs apart in what is reported.
	Name string
	// Package is the import path of its main package.
	Package string
	// Units are those that it serves; Entry is how the program runs, whatever it is of them.
	Units []*target.Unit
	Entry target.Entry
	// Files are the Go files that only this build has, by path below Options.Dir: an overlay adds them to the module.
	Files []target.File
}

// overlay is what the go command sees and the disk does not have.
type overlay struct {
	// file is the path of its description, "" for none.
	file string
	// sources are the names of the files that each folder must have, by the folder's path.
	sources map[string][]string
}

// overlay writes the files of all programs to a folder and describes where in the module they belong. Every path is
// resolved, because the go command ignores one that is not without a word.
func (b *builder) overlay() (overlay, error) {
	var o overlay
	replace := map[string]string{}
	for _, p := range b.Programs {
		for _, f := range p.Files {
			real := filepath.Join(b.Overlay, filepath.FromSlash(f.Path))
			if err := writeOnce(real, f.Content); err != nil {
				return o, err
			}
			replace[filepath.Join(b.Dir, filepath.FromSlash(f.Path))] = real
		}
		o.add(b.Dir, p.Files)
	}
	if len(replace) == 0 {
		return o, nil
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return o, err
	}
	o.file = filepath.Join(b.work, "overlay.json")
	return o, os.WriteFile(o.file, content, 0o644)
}

// add notes that a program has these files.
func (o *overlay) add(root string, files []target.File) {
	if o.sources == nil {
		o.sources = map[string][]string{}
	}
	for _, f := range files {
		dir := filepath.Join(root, filepath.FromSlash(path.Dir(f.Path)))
		o.sources[dir] = append(o.sources[dir], path.Base(f.Path))
	}
}

// writeOnce writes a file unless it has that content.
func writeOnce(name string, content []byte) error {
	if old, err := os.ReadFile(name); err == nil && string(old) == string(content) {
		return nil
	}
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, temporary)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// check compares the packages that the go command has seen with those that were handed over: one that is missing, or has
// foreign files, would be built from the wrong source.
func (o overlay) check(packages map[string]linked) error {
	seen := map[string][]string{}
	for _, p := range packages {
		if _, ours := o.sources[p.Dir]; ours {
			seen[p.Dir] = slices.Sorted(slices.Values(p.GoFiles))
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(o.sources)) {
		if want := slices.Sorted(slices.Values(o.sources[dir])); !slices.Equal(seen[dir], want) {
			return fmt.Errorf("the go command found %s in %s, expected %s", list(seen[dir]), dir, list(want))
		}
	}
	return nil
}

func list(names []string) string {
	if len(names) == 0 {
		return "no package"
	}
	return strings.Join(names, ", ")
}

// args is the flag of the go command.
func (o overlay) args() []string {
	if o.file == "" {
		return nil
	}
	return []string{"-overlay=" + o.file}
}
