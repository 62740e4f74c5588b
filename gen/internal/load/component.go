package load

import (
	"bytes"
	"cmp"
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/faasgen/faasgen/annotations"
)

// DefaultsName is the name of the file next to a component's code that holds defaults of its configuration.
const DefaultsName = "config.default.yml"

// Component is a package that a configuration imports, or that a layer of f.yml uses.
type Component struct {
	// Path is the import path.
	Path string
	// Package is the package, nil when it holds no directives or was not found.
	Package *Package
	// Missing says why there is no such package, with a hint; empty if there is one.
	Missing, Hint string
	// Defaults is the name of its DefaultsName, empty if it has none, and Content what is in it.
	Defaults string
	Content  []byte
}

const configurationWord = "faas:configuration"

// imported lists what the configurations in a Go file import.
func imported(name string, content []byte) []string {
	if !bytes.Contains(content, []byte(configurationWord)) || strings.HasSuffix(name, "_test.go") {
		return nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil // which is reported later, and nothing is generated
	}
	var paths []string
	found, _ := annotations.Collect(fset, file, content, annotations.Default())
	for _, d := range found {
		for _, m := range d.Markers {
			if c, ok := m.Value.(*annotations.Configuration); ok && !m.Bad {
				paths = append(paths, c.Import...)
			}
		}
	}
	return paths
}

// importedBy lists what the configurations in some files import.
func (l *loader) importedBy(files []string) ([]string, error) {
	var paths []string
	for _, name := range files {
		content, err := l.read(name)
		if err != nil {
			return nil, err
		}
		paths = append(paths, imported(name, content)...)
	}
	return paths, nil
}

// ahead lists what the applications import as far as the files of the workspace tell, so that the go command need not be
// called twice.
func (l *loader) ahead() map[string]bool {
	byPath := map[string][]string{}
	var queue []string
	for i := range l.tree.Files {
		f := &l.tree.Files[i]
		if paths := imported(f.Path, f.Content); len(paths) > 0 {
			folder := filepath.Dir(f.Path)
			p, _ := importPath(l.tree.Modules, folder)
			byPath[p] = append(byPath[p], paths...)
			if slices.Contains(l.tree.Apps, l.tree.owner(folder)) {
				queue = append(queue, paths...)
			}
		}
	}
	found := map[string]bool{}
	for ; len(queue) > 0; queue = queue[1:] {
		if p := queue[0]; !found[p] {
			found[p] = true
			queue = append(queue, byPath[p]...)
		}
	}
	return found
}

// components finds what an application's configuration imports, directly or not, among the listed packages. It returns the
// paths that have not been requested.
func (l *loader) components(a *app, requested map[string]bool) ([]string, error) {
	var files, unknown []string
	for p := range a.own {
		if q := l.listed[p]; q != nil {
			files = append(files, q.GoFiles...)
		}
	}
	queue, err := l.importedBy(files)
	if err != nil {
		return nil, err
	}
	queue = append(queue, a.layers...)
	a.brought = map[string]bool{}
	for ; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		if a.brought[path] || a.own[path] {
			continue
		}
		a.brought[path] = true
		p := l.listed[path]
		if p == nil && !requested[path] {
			unknown = append(unknown, path)
		}
		if p == nil {
			continue
		}
		more, err := l.importedBy(p.GoFiles)
		if err != nil {
			return nil, err
		}
		queue = append(queue, more...)
	}
	return unknown, nil
}

// directed reports whether a package may hold directives.
func (l *loader) directed(p *packages.Package) bool {
	return p != nil && slices.ContainsFunc(p.GoFiles, func(name string) bool {
		content, err := l.read(name)
		return err == nil && annotations.Scan(content)
	})
}

// Directed reports whether a struct of a package outside of the application has fields with directives. The standard
// library has none.
func (a *App) Directed(path, name string) bool {
	l := a.loader
	p := l.listed[path]
	if p == nil || p.Module == nil && !l.ours(p) {
		return false
	}
	for _, file := range p.GoFiles {
		content, err := l.read(file)
		if err != nil || !annotations.Scan(content) {
			continue
		}
		fset := token.NewFileSet()
		f, _ := parse(fset, file, content)
		found, _ := annotations.Collect(fset, f, content, annotations.Default())
		if slices.ContainsFunc(found, func(d *annotations.Declaration) bool {
			return d.Place == annotations.OnField && d.Type.Name.Name == name
		}) {
			return true
		}
	}
	return false
}

// fillComponents hands over what the application's configuration imports.
func (l *loader) fillComponents(a *app, seen map[string]bool) error {
	for _, path := range slices.Sorted(maps.Keys(a.brought)) {
		component := &Component{Path: path}
		a.Components = append(a.Components, component)
		p := l.listed[path]
		if p == nil || len(p.GoFiles) == 0 {
			component.Missing = "package " + path + " was not found"
			if p != nil {
				component.Missing, component.Hint = l.notFound(p)
			}
			continue
		}
		c := l.checked[path]
		if c == nil {
			continue
		}
		component.Package = c.Package
		l.report(a, path, seen)
		l.excluded(a, p)
		name := filepath.Join(filepath.Dir(p.GoFiles[0]), DefaultsName)
		content, err := l.read(name)
		switch {
		case err == nil:
			component.Defaults, component.Content = name, content
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return nil
}

// readDefaults reads the defaults of the components in the workspace, on which the outcome depends.
func (t *Tree) readDefaults() error {
	done := map[string]bool{}
	for i := range len(t.Files) {
		f := &t.Files[i]
		folder := filepath.Dir(f.Path)
		if done[folder] || t.folders[folder] || f.Test() || !bytes.Contains(f.Content, []byte(configurationWord)) {
			continue
		}
		done[folder] = true
		name := filepath.Join(folder, DefaultsName)
		if info, err := os.Stat(name); err != nil || info.IsDir() {
			continue
		}
		if err := t.read(name, false); err != nil {
			return err
		}
	}
	slices.SortFunc(t.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return nil
}
