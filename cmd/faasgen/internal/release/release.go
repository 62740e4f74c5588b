// Package release keeps the last deployments of an application as they were: the files that the cloud's own tool was given, with the
// packages that they name. It ends where something is deployed: it knows of files and of their order alone.
package release

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Kept is how many deployments are kept: the last one, and those that a rollback can go back to.
const Kept = 3

// next is the folder of a deployment that has not succeeded yet.
const next = "next"

// Store is the folder of the deployments of an application on one target at one stage, in folders called 1, 2 and so on. Only one
// process at a time may write there.
type Store struct{ dir string }

// Beside is the store of what is built in a folder: next to it, as some tools deploy all that is below a folder.
func Beside(dist string) Store { return Store{dist + ".releases"} }

// Dir is where the store is, whether there is one or not.
func (s Store) Dir() string { return s.dir }

// Release is one deployment.
type Release struct {
	// Number counts the deployments of the store.
	Number int
	// Dir has its files, each at the path that it had where it was built.
	Dir string
}

// List returns the deployments that succeeded and are kept, the last one first.
func (s Store) List() ([]Release, error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Release
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && n > 0 && e.IsDir() && strconv.Itoa(n) == e.Name() {
			list = append(list, Release{n, filepath.Join(s.dir, e.Name())})
		}
	}
	slices.SortFunc(list, func(a, b Release) int { return b.Number - a.Number })
	return list, nil
}

// Unfinished is the folder of a deployment that was begun and did not succeed, empty if there is none.
func (s Store) Unfinished() string {
	dir := filepath.Join(s.dir, next)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}

// Pending is a deployment that is about to be made.
type Pending struct {
	store Store
	// Dir is where its files are.
	Dir string
}

// Prepare copies what is about to be deployed out of a folder: files by their paths below it. Those of a package, which nothing writes
// to once they have their name, are not copied but linked, where the file system can. An earlier deployment that did not succeed
// gives way. Nobody but the owner can read what is kept: it may hold values of variables.
func (s Store) Prepare(from string, files, packages []string) (*Pending, error) {
	p := &Pending{s, filepath.Join(s.dir, next)}
	if err := os.RemoveAll(p.Dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, err
	}
	for i, name := range slices.Concat(files, packages) {
		if !filepath.IsLocal(name) {
			return nil, fmt.Errorf("found the path %q, expected one below %s", name, from)
		}
		source, to := filepath.Join(from, name), filepath.Join(p.Dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return nil, err
		}
		if i >= len(files) && os.Link(source, to) == nil {
			continue
		}
		if err := copyFile(source, to); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Add adds a file that is not among what was built.
func (p *Pending) Add(name string, content []byte) error {
	return os.WriteFile(filepath.Join(p.Dir, name), content, 0o600)
}

// Discard forgets a deployment that was not begun.
func (p *Pending) Discard() error { return os.RemoveAll(p.Dir) }

// Commit makes it the last deployment, and removes those that are too many. It returns the one before, if there is one.
func (p *Pending) Commit() (before *Release, err error) {
	list, err := p.store.List()
	if err != nil {
		return nil, err
	}
	number := 1
	if len(list) > 0 {
		number, before = list[0].Number+1, &list[0]
	}
	if err := os.Rename(p.Dir, filepath.Join(p.store.dir, strconv.Itoa(number))); err != nil {
		return nil, err
	}
	for _, old := range list[min(len(list), Kept-1):] {
		if err := os.RemoveAll(old.Dir); err != nil {
			return before, err
		}
	}
	return before, nil
}

// ReturnTo makes a deployment the last one again: those after it are removed, and one that did not succeed.
func (s Store) ReturnTo(r Release) error {
	list, err := s.List()
	if err != nil {
		return err
	}
	for _, later := range list {
		if later.Number > r.Number {
			err = errors.Join(err, os.RemoveAll(later.Dir))
		}
	}
	return errors.Join(err, os.RemoveAll(filepath.Join(s.dir, next)))
}

func copyFile(from, to string) (err error) {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Close())
}
