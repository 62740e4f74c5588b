package build

import (
	"context"
	"debug/buildinfo"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/target/bundle"
)

// reuse returns the units of a program of which a zip is there that was made from the same, whichever unit and stage had it; nil if
// it has to be built. What was tested at another stage is taken as it is, byte for byte.
func (b *builder) reuse(ctx context.Context, p *Program, key string) []Unit {
	if old, ok := b.before.made(ctx, b.out, key); ok {
		return reused(b.describe(p, old))
	}
	for _, dir := range b.stages() {
		old, ok := readManifest(dir).made(ctx, dir, key)
		if !ok || b.copyZip(ctx, filepath.Join(dir, filepath.FromSlash(old.Artefact)), b.packed(old.Hash), old.Hash) != nil {
			continue
		}
		if b.copied == nil {
			b.copied = map[string]bool{}
		}
		b.copied[old.Hash] = true
		return reused(b.describe(p, old))
	}
	return nil
}

func reused(units []Unit) []Unit {
	for i := range units {
		units[i].Reused = true
	}
	return units
}

// made is the entry of a zip in a target's folder that was made from the same and is still what it was.
func (m manifest) made(ctx context.Context, dir, key string) (Entry, bool) {
	for _, name := range slices.Sorted(maps.Keys(m.Units)) {
		old := m.Units[name]
		if old.Key != key || !old.known() || !filepath.IsLocal(filepath.FromSlash(old.Artefact)) {
			continue
		}
		if _, hash, err := hashFile(ctx, filepath.Join(dir, filepath.FromSlash(old.Artefact))); err == nil && hash == old.Hash {
			return old, true
		}
	}
	return Entry{}, false
}

// stages are the folders of the same target for other stages, sorted.
func (b *builder) stages() []string {
	entries, err := os.ReadDir(b.Dist)
	if err != nil {
		return nil
	}
	var dirs []string
	for _, e := range entries {
		name, dir := e.Name(), filepath.Join(b.Dist, e.Name())
		if e.IsDir() && dir != b.out && (name == b.Target.Name() || strings.HasPrefix(name, b.Target.Name()+"-")) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// copyZip copies a zip that has that hash.
func (b *builder) copyZip(ctx context.Context, from, to, wanted string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, bundle.Reader(ctx, r))
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	if _, hash, err := hashFile(ctx, to); err != nil || hash != wanted {
		return errors.Join(err, errors.New("it has changed in the meantime"))
	}
	return nil
}

// describe returns a program's units with their zip, which made describes.
func (b *builder) describe(p *Program, made Entry) []Unit {
	units := make([]Unit, len(p.Units))
	for i, u := range p.Units {
		e := describe(b.App, u, b.Target.Entry(u))
		e.Key, e.Go, e.Module, e.Modules, e.Revision, e.Contents = made.Key, made.Go, made.Module, made.Modules, made.Revision, made.Contents
		e.made(made.Size, made.Hash, made.Binary)
		units[i] = Unit{Zip: filepath.Join(b.out, filepath.FromSlash(e.Artefact)), Entry: e}
	}
	return units
}

// trace notes what is in a zip: the executable's Go version and modules, and the hash of each file.
func (e *Entry) trace(ctx context.Context, binary string, files []bundle.File) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	e.Go, e.Module, e.Modules, e.Contents = info.GoVersion, info.Main.Path, []Module{}, map[string]string{}
	for _, m := range info.Deps {
		used := Module{Path: m.Path, Version: m.Version, Sum: m.Sum}
		if m.Replace != nil {
			used.Replaced, used.Version, used.Sum = m.Replace.Path, m.Replace.Version, m.Replace.Sum
		}
		if filepath.IsAbs(used.Replaced) {
			used.Replaced = "" // where it lies on this machine is of no use elsewhere
		}
		e.Modules = append(e.Modules, used)
	}
	for _, f := range files {
		if e.Contents[f.Name], err = hashContent(ctx, f); err != nil {
			return err
		}
	}
	return nil
}
