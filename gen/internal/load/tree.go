package load

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/regular"
	"github.com/faasgen/faasgen/gen/spec"
)

// SpecName is the name of the file that makes a folder an application.
const SpecName = "f.yml"

// Options says what to load.
type Options struct {
	// Dir is inside an application, an application's folder, or a folder above several. Empty is the working directory.
	Dir string
	// Env is the environment of the go command; nil is that of the process. GOOS, GOARCH and CGO_ENABLED are set on top.
	Env []string
	// Arch is the GOARCH to load for; empty is amd64. The GOOS is always linux, where functions run.
	Arch string
	// Tags are the build tags.
	Tags []string
	// FromSource type-checks the standard library and all dependencies from source too, which needs no build cache.
	FromSource bool
}

// File is one file that the outcome depends on.
type File struct {
	// Path is absolute.
	Path string
	// Content is the whole file.
	Content []byte
	// Directives says that a Go file may carry directives: it holds their prefix, or something near it.
	Directives bool
}

// Test reports whether it is a Go test file.
func (f *File) Test() bool { return strings.HasSuffix(f.Path, "_test.go") }

// Tree is what generation reads of the file system, found without the go command.
type Tree struct {
	// Dir is Options.Dir, absolute.
	Dir string
	// Root is the folder the go command runs in: that of go.work, or that of go.mod.
	Root string
	// Modules are those read from source, sorted by folder.
	Modules []Module
	// Apps are the folders of the applications that Dir selects, sorted.
	Apps []string
	// Files are all that the outcome depends on, except for modules outside the workspace, which go.sum pins: the Go files
	// of the modules without generated ones, each f.yml, go.mod, go.sum, go.work. Sorted by path. Test files are there when
	// they may hold directives.
	Files []File
	// Diagnostics says why there is no application.
	Diagnostics annotations.Diagnostics

	opts    Options
	folders map[string]bool // folders with an f.yml
	almost  []string        // files that may be meant as one
}

// Scan finds the modules and the applications. An error means that a file could not be read.
func Scan(opts Options) (*Tree, error) {
	dir, err := filepath.Abs(cmp.Or(opts.Dir, "."))
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", dir)
	}
	if opts.Env == nil {
		opts.Env = os.Environ()
	}
	if dir, err = unlinked(dir); err != nil {
		return nil, err
	}
	t := &Tree{Dir: dir, opts: opts, folders: map[string]bool{}}
	ok, err := t.findModules()
	if err != nil || !ok {
		return t, err
	}
	for _, m := range t.Modules {
		err := t.walk(m, m.Dir)
		if err == nil && !m.Main {
			err = t.vendored(m)
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(t.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	t.Files = slices.CompactFunc(t.Files, func(a, b File) bool { return a.Path == b.Path })
	if err := t.readDefaults(); err != nil {
		return nil, err
	}
	t.findApps()
	return t, nil
}

// findModules fills Root and Modules. It reports false when there is no module to work in.
func (t *Tree) findModules() (bool, error) {
	mod, work := findUp(t.Dir, "go.mod"), t.workspace()
	if mod == "" && work == "" {
		t.Diagnostics = append(t.Diagnostics, annotations.Diagnostic{
			Pos: token.Position{Filename: t.Dir}, Code: "no-module",
			Message: "no go.mod found here or in a folder above",
			Hint:    "run: go mod init example.com/yours",
		})
		return false, nil
	}
	dirs := map[string]bool{} // folder -> Main
	if work != "" {
		t.Root = work
		f, err := t.readMod(filepath.Join(work, "go.work"))
		if err != nil {
			return false, err
		}
		for _, u := range f.use {
			dirs[abs(work, u)] = true
		}
		for _, name := range []string{"go.work.sum", filepath.Join("vendor", "modules.txt")} {
			if err := t.read(filepath.Join(work, name), true); err != nil {
				return false, err
			}
		}
		for _, r := range f.replace {
			dirs[abs(work, r)] = dirs[abs(work, r)]
		}
	}
	if work == "" {
		t.Root = mod
		dirs[mod] = true
	} else if mod != "" && !dirs[mod] {
		t.Diagnostics = append(t.Diagnostics, annotations.Diagnostic{
			Pos: token.Position{Filename: filepath.Join(mod, "go.mod")}, Code: "no-module",
			Message: "this module is not in the workspace of " + filepath.Join(work, "go.work"),
			Hint:    "run: go work use " + mod,
		})
		return false, nil
	}
	var queue []string
	for d := range dirs {
		queue = append(queue, d)
	}
	slices.Sort(queue)
	for i := 0; i < len(queue); i++ {
		d := queue[i]
		f, err := t.readMod(filepath.Join(d, "go.mod"))
		if errors.Is(err, fs.ErrNotExist) {
			continue // the go command explains a folder that is missing
		}
		if err != nil {
			return false, err
		}
		t.Modules = append(t.Modules, Module{Dir: d, Path: f.module, Main: dirs[d], ignore: f.ignore})
		if !dirs[d] {
			continue // only the replace directives of main modules count
		}
		if err := t.read(filepath.Join(d, "go.sum"), true); err != nil {
			return false, err
		}
		if err := t.read(filepath.Join(d, "vendor", "modules.txt"), true); err != nil {
			return false, err
		}
		for _, r := range f.replace {
			r = abs(d, r)
			if _, known := dirs[r]; !known {
				dirs[r] = false
				queue = append(queue, r)
			}
		}
	}
	slices.SortFunc(t.Modules, func(a, b Module) int { return cmp.Compare(a.Dir, b.Dir) })
	return true, nil
}

// workspace returns the folder of the go.work that governs Dir, by the go command's own rules, or "".
func (t *Tree) workspace() string {
	switch v := t.env("GOWORK"); v {
	case "off":
		return ""
	case "":
		return findUp(t.Dir, "go.work")
	default:
		return filepath.Dir(v)
	}
}

func (t *Tree) env(name string) string {
	v, _ := t.lookup(name)
	return v
}

// lookup is os.LookupEnv for the environment of the options.
func (t *Tree) lookup(name string) (string, bool) {
	for _, e := range slices.Backward(t.opts.Env) {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			return v, true
		}
	}
	return "", false
}

func abs(dir, p string) string {
	p = filepath.FromSlash(p)
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(dir, p)
}

func (t *Tree) readMod(name string) (modFile, error) {
	content, err := regular.Read(name, maxSource)
	if err != nil {
		return modFile{}, err
	}
	t.Files = append(t.Files, File{Path: name, Content: content})
	return parseMod(content), nil
}

// maxSource bounds what is read of a Go file, of go.mod and what belongs to it.
const maxSource = 64 << 20

func (t *Tree) read(name string, optional bool) error {
	return t.readUpTo(name, optional, maxSource)
}

func (t *Tree) readUpTo(name string, optional bool, limit int64) error {
	content, err := regular.Read(name, limit)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	t.Files = append(t.Files, File{Path: name, Content: content})
	return nil
}

// walk reads the Go files and the f.yml files below root, which is the folder of a module or an application that is linked
// into it.
func (t *Tree) walk(m Module, root string) error {
	return walkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if p != root && t.skip(m, p, name) {
				return fs.SkipDir
			}
			return nil
		}
		if d.Type()&fs.ModeSymlink != 0 && root == m.Dir && linkedApp(p) && !t.skip(m, p, name) {
			return t.walk(m, p)
		}
		switch {
		case name == SpecName:
			t.folders[filepath.Dir(p)] = true
			return t.readUpTo(p, false, spec.MaxSize)
		case strings.EqualFold(name, "f.yaml") || strings.EqualFold(name, SpecName):
			t.almost = append(t.almost, p)
		case strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "."):
			if !d.Type().IsRegular() {
				if info, err := os.Stat(p); err != nil || !info.Mode().IsRegular() {
					return nil // nor does the go command read it
				}
			}
			content, err := regular.Read(p, maxSource)
			if err != nil {
				return err
			}
			f := File{Path: p, Content: content, Directives: annotations.Scan(content)}
			if f.Directives || !f.Test() {
				t.Files = append(t.Files, f)
			}
		}
		return nil
	})
}

// vendored reads the copy of a replaced module in the vendor folder, which is what is built and which no sum pins. Its
// directives are those of the module.
func (t *Tree) vendored(m Module) error {
	dir := filepath.Join(t.Root, "vendor", filepath.FromSlash(m.Path))
	return walkDir(dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case p == dir && errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		return t.read(p, false)
	})
}

// skip leaves out what the go command leaves out, other modules, and what was generated.
func (t *Tree) skip(m Module, p, name string) bool {
	if name == "vendor" || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return true
	}
	if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil {
		return true
	}
	if name == "faasgen" && filepath.Base(filepath.Dir(p)) == "internal" {
		// WalkDir is in lexical order, so the f.yml of this folder has been seen: f.yml comes before internal.
		if t.folders[filepath.Dir(filepath.Dir(p))] {
			return true
		}
	}
	rel, err := filepath.Rel(m.Dir, p)
	if err != nil {
		return false
	}
	rel = filepath.ToSlash(rel)
	return slices.ContainsFunc(m.ignore, func(pattern string) bool {
		if rooted, ok := strings.CutPrefix(pattern, "./"); ok {
			return path.Clean(rooted) == rel
		}
		return rel == pattern || strings.HasSuffix(rel, "/"+pattern)
	})
}

// findApps selects the applications at or below Dir, else the nearest above it.
func (t *Tree) findApps() {
	for d := range t.folders {
		_, m := importPath(t.Modules, d)
		if below(d, t.Dir) && m != nil && m.Main {
			t.Apps = append(t.Apps, d)
		}
	}
	slices.Sort(t.Apps)
	if len(t.Apps) == 0 {
		if d := t.owner(t.Dir); d != "" {
			t.Apps = []string{d}
		}
	}
	if t.misnamed() || len(t.Apps) > 0 {
		return
	}
	t.Diagnostics = append(t.Diagnostics, annotations.Diagnostic{
		Pos: token.Position{Filename: t.Dir}, Code: "no-application",
		Message: "no " + SpecName + " found here, below or in a folder above",
		Hint:    "an application is the folder of a " + SpecName + "; the shortest one is: service: name",
	})
}

// Whole reports whether Apps are all the applications that there are.
func (t *Tree) Whole() bool {
	for d := range t.folders {
		if _, m := importPath(t.Modules, d); m != nil && m.Main && !slices.Contains(t.Apps, d) {
			return false
		}
	}
	return true
}

// misnamed reports the files that are called almost like f.yml, in folders that have none: an error where there is no
// application, and then the only one.
func (t *Tree) misnamed() bool {
	found := false
	for _, name := range t.almost {
		dir := filepath.Dir(name)
		if _, m := importPath(t.Modules, dir); t.folders[dir] || !below(dir, t.Dir) || m == nil || !m.Main {
			continue
		}
		found = true
		d := annotations.Diagnostic{
			Pos: token.Position{Filename: name}, Code: "no-application",
			Message: "found " + filepath.Base(name) + ", expected the file of an application to be called " + SpecName,
			Hint:    "rename it",
		}
		if len(t.Apps) > 0 { // then it may be anything else
			d.Severity = annotations.SeverityNote
		}
		t.Diagnostics = append(t.Diagnostics, d)
	}
	return found
}

// owner returns the folder of the application that dir belongs to: the nearest f.yml at or above it in its module.
func (t *Tree) owner(dir string) string {
	_, m := importPath(t.Modules, dir)
	if m == nil {
		return ""
	}
	for below(dir, m.Dir) {
		if t.folders[dir] {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return ""
}
