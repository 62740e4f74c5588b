package dev

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// stamp tells two states of a file apart.
type stamp struct {
	size int64
	time int64
	mode fs.FileMode
}

// snapshot is the state of all watched files.
type snapshot map[string]stamp

// take looks at the files of an application below roots, and at the single files and folders in extra. What is generated,
// hidden or a test is not part of it. Polling sees every file system, needs no descriptors and costs a stat a file.
func take(roots, extra []string) snapshot {
	s := snapshot{}
	for _, root := range roots {
		// With the separator behind it, a root that is a symbolic link is gone into.
		_ = filepath.WalkDir(root+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil // it was deleted meanwhile: that is the change
			}
			if d.IsDir() {
				if path = filepath.Clean(path); path != root && skipped(path) {
					return fs.SkipDir
				}
				return nil
			}
			s.add(path, relevant(d.Name()))
			return nil
		})
	}
	for _, path := range extra {
		entries, err := os.ReadDir(path)
		if err != nil {
			s.add(path, true)
			continue
		}
		for _, e := range entries {
			s.add(filepath.Join(path, e.Name()), !e.IsDir() && relevant(e.Name()))
		}
	}
	return s
}

func (s snapshot) add(path string, wanted bool) {
	if !wanted {
		return
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		s[path] = stamp{info.Size(), info.ModTime().UnixNano(), info.Mode()}
	}
}

// skipped reports whether a folder holds nothing that the application is made from.
func skipped(dir string) bool {
	name := filepath.Base(dir)
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "node_modules" || name == "testdata" || name == "dist" ||
		name == "faasgen" && filepath.Base(filepath.Dir(dir)) == "internal"
}

// relevant reports whether a file of that name can change what is built or how it starts.
func relevant(name string) bool {
	switch name {
	case "f.yml", ".env", "go.mod", "go.sum", "go.work", "go.work.sum":
		return true
	}
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return false // editors keep their unsaved text in such files
	}
	return (strings.HasPrefix(name, "config.") || strings.HasPrefix(name, "secrets.")) && strings.HasSuffix(name, ".yml") ||
		strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

// difference lists the files that were changed, added or deleted, sorted.
func (s snapshot) difference(before snapshot) []string {
	var changed []string
	for path, st := range s {
		if then, ok := before[path]; !ok || then != st {
			changed = append(changed, path)
		}
	}
	for path := range before {
		if _, ok := s[path]; !ok {
			changed = append(changed, path)
		}
	}
	slices.Sort(changed)
	return changed
}

// settle is how long files have to stay as they are before a change counts as complete: editors and "git checkout" write
// several files one after the other.
const settle = 30 * time.Millisecond

// wait looks at the files at each tick until they differ from before and have settled. It returns nil when done is closed
// first.
func wait(done <-chan struct{}, tick <-chan time.Time, look func() snapshot, before snapshot) (now snapshot, changed []string) {
	for {
		select {
		case <-done:
			return nil, nil
		case <-tick:
		}
		now = look()
		if maps.Equal(now, before) {
			continue
		}
		for {
			select {
			case <-done:
				return nil, nil
			case <-time.After(settle):
			}
			next := look()
			if maps.Equal(next, now) {
				break
			}
			now = next
		}
		if changed = now.difference(before); len(changed) > 0 {
			return now, changed
		}
	}
}
