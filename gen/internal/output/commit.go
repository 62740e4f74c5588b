package output

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/pmezard/go-difflib/difflib"
)

// Commit writes what changed and deletes what is stale. It returns the paths below Dir that it touched. When ctx ends before
// the first file is replaced, all is as it was; after that it goes on to the last one.
func (s *State) Commit(ctx context.Context) ([]string, error) {
	if s.UpToDate() {
		return nil, nil
	}
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	c := &commit{State: s, root: root, made: map[string]bool{}}
	defer c.discard()
	for _, name := range s.rubbish {
		_ = root.Remove(name)
	}
	err = c.stage(ctx)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, s.explain(err)
	}
	if err := c.replace(); err != nil {
		return c.touched, s.explain(err)
	}
	return c.touched, nil
}

// commit is one Commit.
type commit struct {
	*State
	root    *os.Root
	staged  map[string]string // temporary file by path
	touched []string
	made    map[string]bool // folders that are there
}

// stage writes all content next to its place.
func (c *commit) stage(ctx context.Context) error {
	c.staged = map[string]string{}
	for _, name := range c.Changed {
		if err := ctx.Err(); err != nil {
			return err
		}
		content, err := c.content(name)
		if err != nil {
			return err
		}
		if err := c.write(name, content); err != nil {
			return err
		}
	}
	return nil
}

func (c *commit) write(name string, content []byte) error {
	if dir := path.Dir(name); !c.made[dir] {
		if err := c.root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		c.made[dir] = true
	}
	tmp := path.Join(path.Dir(name), temporary+rand.Text())
	f, err := c.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	c.staged[name] = tmp
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// replace moves everything into place. From the first step to the last the manifest accepts both states.
func (c *commit) replace() error {
	list := Folder + "/" + ManifestName
	both := c.after
	both.Previous = map[string]string{}
	for _, m := range []map[string]string{c.before.Previous, c.before.Files} {
		for name, hash := range m {
			both.Previous[name] = hash
		}
	}
	content, err := both.encode()
	if err != nil {
		return err
	}
	final := c.staged[list]
	if err := c.write(list, content); err != nil {
		return err
	}
	if err := c.move(list); err != nil {
		return err
	}
	for _, name := range c.Changed {
		if name == list {
			continue
		}
		if err := c.move(name); err != nil {
			return err
		}
		c.touched = append(c.touched, name)
	}
	for _, name := range c.Stale {
		if err := c.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		c.touched = append(c.touched, name)
		c.prune(path.Dir(name))
	}
	if final == "" { // only the list was as it should be, which cannot be when something changed; write it all the same
		if content, err = c.content(list); err != nil {
			return err
		}
		if err := c.write(list, content); err != nil {
			return err
		}
	} else {
		c.staged[list] = final
	}
	if err := c.move(list); err != nil {
		return err
	}
	c.touched = append(c.touched, list)
	return nil
}

func (c *commit) move(name string) error {
	err := c.root.Rename(c.staged[name], name)
	if err == nil {
		delete(c.staged, name)
	}
	return err
}

// prune removes folders that are empty now.
func (c *commit) prune(dir string) {
	for strings.HasPrefix(dir, Folder+"/") && c.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
}

// discard removes what was staged and never moved, with the folders that were made for it.
func (c *commit) discard() {
	for _, tmp := range c.staged {
		_ = c.root.Remove(tmp)
		c.prune(path.Dir(tmp))
	}
	if len(c.staged) > 0 && c.root.Remove(Folder) == nil {
		_ = c.root.Remove(path.Dir(Folder))
	}
}

// explain says what a failure to write means for the user.
func (s *State) explain(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = fmt.Errorf("%s: %w", strings.ReplaceAll(p.Path, temporary, ""), p.Err)
		if errors.Is(p.Err, fs.ErrPermission) || strings.Contains(p.Err.Error(), "read-only") {
			return fmt.Errorf("generated code cannot be written below %s: the folder is not writable: %w", s.Dir, p.Err)
		}
	}
	return fmt.Errorf("write generated code below %s: %w", s.Dir, err)
}

// Diff returns the unified difference between the disk and what was generated, with paths below prefix.
func (s *State) Diff(prefix string) (string, error) {
	var b strings.Builder
	write := func(name string, from, to []byte) error {
		d := difflib.UnifiedDiff{
			A: lines(from), B: lines(to), Context: 3,
			FromFile: path.Join("a", prefix, name), ToFile: path.Join("b", prefix, name),
		}
		if from == nil {
			d.FromFile = os.DevNull
		}
		if to == nil {
			d.ToFile = os.DevNull
		}
		return difflib.WriteUnifiedDiff(&b, d)
	}
	for _, name := range s.Changed {
		if name == Folder+"/"+ManifestName && len(s.Changed)+len(s.Stale) > 1 {
			continue // it follows from the others
		}
		content, err := s.content(name)
		if err != nil {
			return "", err
		}
		if err := write(name, s.existing[name], content); err != nil {
			return "", err
		}
	}
	for _, name := range s.Stale {
		if err := write(name, s.existing[name], nil); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func lines(content []byte) []string {
	if content == nil {
		return nil
	}
	return difflib.SplitLines(strings.TrimSuffix(string(content), "\n"))
}
