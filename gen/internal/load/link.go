package load

import (
	"io/fs"
	"os"
	"path/filepath"
)

// walkDir is filepath.WalkDir that goes into dir also where that is a symbolic link. Links below it are not followed.
func walkDir(dir string, visit fs.WalkDirFunc) error {
	return filepath.WalkDir(dir+string(filepath.Separator), func(p string, d fs.DirEntry, err error) error {
		return visit(filepath.Clean(p), d, err)
	})
}

// unlinked is the folder that dir leads to when a symbolic link below its module leads into a module: that is where the
// packages are that its code imports. A module that is itself linked stays what it is called, as it does for the go command,
// and so does a folder of no module, which is a package of the module that has the link.
func unlinked(dir string) (string, error) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	root := findUp(dir, "go.mod")
	if root != "" {
		realRoot, err := filepath.EvalSymlinks(root)
		if err != nil {
			return "", err
		}
		rel, err := filepath.Rel(root, dir)
		if err != nil {
			return "", err
		}
		if filepath.Join(realRoot, rel) == real {
			return dir, nil
		}
	}
	if !inModule(real) {
		return dir, nil
	}
	return real, nil
}

func inModule(dir string) bool { return findUp(dir, "go.mod") != "" || findUp(dir, "go.work") != "" }

// linkedApp reports whether a symbolic link leads to an application that is in no module of its own.
func linkedApp(link string) bool {
	if info, err := os.Stat(filepath.Join(link, SpecName)); err != nil || info.IsDir() {
		return false
	}
	real, err := filepath.EvalSymlinks(link)
	return err == nil && !inModule(real)
}
