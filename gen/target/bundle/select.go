package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/spec/glob"
)

// CodePackage is the code of what is wrong with package.include and package.exclude.
const CodePackage = "target-package"

// secrets are files that hold secrets more often than not. They travel only when a pattern without wildcards names them.
func secrets() []string {
	return []string{
		".env", ".env.*", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519",
		".netrc", ".npmrc", ".pgpass", ".htpasswd", "credentials", "credentials.json", "service-account*.json", "*.tfstate", "*.tfstate.*",
		"secrets.*.yml",
	}
}

// LocalConfig is the configuration file of the environment local, which is that of dev and invoke.
const LocalConfig = "config.local.yml"

// Variables is the file with the environment variables of one machine.
const Variables = ".env"

// ofMachine reports a file that is for one machine, and never part of a package, by whatever name it is reached.
func (x *selection) ofMachine(name string) bool {
	if name == LocalConfig || path.Base(name) == Variables {
		return true
	}
	info, err := x.root.Stat(name)
	if err != nil {
		return false
	}
	return slices.ContainsFunc([]string{LocalConfig, Variables}, func(own string) bool {
		other, err := x.root.Stat(own)
		return err == nil && os.SameFile(info, other)
	})
}

// foreign are folders that no wildcard reaches into: the history, what tools leave, and what we have built.
func foreign() []string {
	return []string{".git", ".hg", ".svn", ".aws", ".ssh", ".gnupg", "node_modules"}
}

// Select returns the files of the application's folder that go into each package: config.*.yml, and what package.include
// of s includes without package.exclude, by name. What is for this machine alone, config.local.yml and .env, never does. A pattern that
// finds nothing is an error, and so are one that names such a file and a link that leads out of the folder. Notes say which likely
// secrets were left out. A folder stands for all files below it.
func Select(dir string, s *spec.Spec) ([]File, annotations.Diagnostics) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		d := spec.Place{}.Errorf(CodePackage, "cannot open the folder of f.yml: %v", cause(err))
		return nil, annotations.Diagnostics{d}
	}
	defer root.Close()
	x := selection{dir: dir, root: root, spec: s, files: map[string]File{}}
	all, err := fs.Glob(root.FS(), "config.*.yml")
	if err == nil {
		for _, name := range all {
			if name != LocalConfig {
				x.add(name, spec.Place{}, true)
			}
		}
	}
	for i, pattern := range s.Package.Include {
		x.include(glob.Clean(pattern), s.Places[fmt.Sprintf("package.include.%d", i)])
	}
	files := make([]File, 0, len(x.files))
	for _, f := range x.files {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	x.diags.Sort()
	return files, x.diags
}

type selection struct {
	dir   string
	root  *os.Root
	spec  *spec.Spec
	files map[string]File
	diags annotations.Diagnostics
}

func (x *selection) report(d annotations.Diagnostic) { x.diags = append(x.diags, d) }

// include adds what one pattern of package.include matches.
func (x *selection) include(pattern string, place spec.Place) {
	if glob.Literal(pattern) {
		info, err := x.root.Stat(pattern)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			x.report(place.Errorf(CodePackage, "there is no %s", pattern))
			return
		case escapes(x.root, pattern):
			x.report(place.Errorf(CodePackage, "%s is a link that leads out of the folder of f.yml", pattern))
			return
		case err != nil:
			x.report(place.Errorf(CodePackage, "%s: %v", pattern, cause(err)))
			return
		case !info.IsDir():
			x.add(pattern, place, true)
			return
		}
	}
	found := false
	start := prefix(pattern)
	err := fs.WalkDir(x.root.FS(), start, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == start && errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case entry.IsDir():
			// The folder that the pattern itself names is wanted, whatever it is called.
			if name != start && slices.Contains(foreign(), path.Base(name)) || name == "dist" && start != "dist" {
				return fs.SkipDir
			}
			return nil
		}
		if glob.MatchBelow(pattern, name) {
			found = true
			x.add(name, place, false)
		}
		return nil
	})
	switch {
	case err != nil:
		x.report(place.Errorf(CodePackage, "%s: %v", pattern, cause(err)))
	case !found:
		x.report(place.Errorf(CodePackage, "no file matches %q", pattern))
	}
}

// prefix is the folder that all matches of a pattern are below.
func prefix(pattern string) string {
	var segments []string
	for segment := range strings.SplitSeq(pattern, "/") {
		if !glob.Literal(segment) {
			break
		}
		segments = append(segments, segment)
	}
	return path.Join(append([]string{"."}, segments...)...)
}

// add adds one file unless it is excluded. Named says that a pattern without wildcards is its path.
func (x *selection) add(name string, place spec.Place, named bool) {
	if slices.ContainsFunc(x.spec.Package.Exclude, func(p string) bool { return glob.MatchBelow(p, name) }) {
		return
	}
	if x.ofMachine(name) {
		d := place.Errorf(CodePackage, "%s is for this machine alone, and never part of a package", name)
		if !named {
			d = place.Notef(CodePackage, "%s is for this machine alone, and is left out", name)
		}
		if place.Valid() {
			d.Hint = "what the function needs in the cloud is in config.<env>.yml, or in environment of f.yml"
		}
		x.report(d)
		return
	}
	if pattern := path.Base(name); !named && slices.ContainsFunc(secrets(), func(s string) bool { return glob.Match(s, pattern) }) {
		d := place.Notef(CodePackage, "%s may hold secrets and is left out", name)
		d.Hint = "name it without a wildcard to package it, or exclude it"
		x.report(d)
		return
	}
	info, err := x.root.Stat(name) // follows links, but not out of the folder
	switch {
	case err != nil && escapes(x.root, name):
		x.report(place.Errorf(CodePackage, "%s is a link that leads out of the folder of f.yml", name))
	case err != nil:
		x.report(place.Errorf(CodePackage, "%s: %v", name, cause(err)))
	case info.IsDir():
		d := place.Errorf(CodePackage, "%s is a link to a folder", name)
		d.Hint = "include the folder itself"
		x.report(d)
	case !info.Mode().IsRegular():
		x.report(place.Errorf(CodePackage, "%s is not a file", name))
	default:
		// Programs that are packaged along have to stay programs.
		x.files[name] = File{Name: name, Executable: info.Mode()&0o111 != 0, Dir: x.dir, Source: name, Size: info.Size(), Place: place}
	}
}

// escapes tells a link out of the folder from one to nothing: os.Root has no error value for it.
func escapes(root *os.Root, name string) bool {
	info, err := root.Lstat(name)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return false
	}
	_, err = root.Stat(name)
	return err != nil && !errors.Is(err, fs.ErrNotExist)
}

// cause drops the path that the system puts in front of its errors: the message names it already.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
