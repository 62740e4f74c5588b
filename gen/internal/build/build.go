// Package build makes what is deployed to a target: the binaries and zips of its units, the deployment files next to
// them, and a manifest of all. What has not changed is not built again: the go command's own build IDs of everything that
// a binary is linked from decide. Files are replaced at the very end, all at once, after all of them were made and checked.
package build

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/bundle"
)

// Options says what to build.
type Options struct {
	// Target is the cloud, App the application as it sees it.
	Target target.Target
	App    *target.App
	// Dir is the application's folder. Module is that of its module, with links resolved, and Named is how the user calls it.
	Dir, Module, Named string
	// Programs are what to build. A unit of App that none of them serves is left as it is.
	Programs []Program
	// Overlay is the folder that the files of programs are written to, where they may stay; "" is one that does not.
	Overlay string
	// Dist is the folder that the target's folder goes into, and Folder the name of that one, by default the target's.
	Dist, Folder string
	// Description is what the manifest says of the whole deployment, as JSON.
	Description json.RawMessage
	// Files go into each zip with the binary.
	Files []bundle.File
	// Deploy returns the files next to the zips, when the units of App know theirs. Nil leaves those files as they are.
	Deploy func() ([]target.File, error)
	// Env is the environment of the go command.
	Env []string
	// Relative is the folder that compile errors name files relative to.
	Relative string
	// Parallel is how many packages are compiled, linked or packed at once; zero is the number of processors.
	Parallel int
}

// Unit is one unit that was built.
type Unit struct {
	// Zip is the absolute path of the package.
	Zip string
	Entry
	// Reused says that nothing had changed.
	Reused bool
}

// CompileError is what the compiler says, with file names relative to Options.Relative.
type CompileError struct{ Output string }

// Error returns the output.
func (e *CompileError) Error() string { return e.Output }

// Run builds. It returns the units and the deployment files' paths, sorted.
func Run(ctx context.Context, o Options) (units []Unit, files []string, err error) {
	b := &builder{Options: o, out: filepath.Join(o.Dist, cmp.Or(o.Folder, o.Target.Name()))}
	made := missing(b.out)
	defer func() {
		for _, dir := range made {
			if err != nil {
				_ = os.Remove(dir) // which fails if anything is in it
			}
		}
	}()
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return nil, nil, b.explain(err)
	}
	b.before = readManifest(b.out)
	if err := b.begin(); err != nil {
		return nil, nil, b.explain(err)
	}
	defer func() { _ = os.RemoveAll(b.work) }()
	if units, err = b.units(ctx); err != nil {
		return nil, nil, err
	}
	deployment, err := b.deployment(units)
	if err != nil {
		return nil, nil, err
	}
	if files, err = b.place(units, deployment); err != nil {
		return nil, nil, b.explain(err)
	}
	return units, files, nil
}

// missing are a folder and those above it that are not there, the innermost first.
func missing(dir string) []string {
	var list []string
	for {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			return list
		}
		list, dir = append(list, dir), filepath.Dir(dir)
	}
}

type builder struct {
	Options
	out, work string
	before    manifest
	source    *Revision       // of what is made
	copied    map[string]bool // the hashes of zips that another stage's folder had
	ready     []move          // what is made, in the order in which it takes its place
}

// move is a file in the work folder and its place, or an old file that has none any more.
type move struct{ from, to string }

const temporary = ".faasgen-tmp-"

// begin makes the folder that everything is made in, and removes those of runs that died.
func (b *builder) begin() (err error) {
	left, err := filepath.Glob(filepath.Join(b.out, temporary+"*"))
	for _, dir := range left {
		_ = os.RemoveAll(dir)
	}
	if err == nil {
		b.work, err = os.MkdirTemp(b.out, temporary)
	}
	if b.Overlay == "" {
		b.Overlay = filepath.Join(b.work, "overlay")
	}
	return err
}

// units builds all programs that have changed, and returns their units by name.
func (b *builder) units(ctx context.Context) ([]Unit, error) {
	o, err := b.overlay()
	if err != nil {
		return nil, b.explain(err)
	}
	keys, err := b.keys(ctx, o)
	if err != nil {
		return nil, err
	}
	made := make([][]Unit, len(b.Programs))
	var changed []*Program
	for i := range b.Programs {
		if made[i] = b.reuse(ctx, &b.Programs[i], keys[i]); made[i] == nil {
			changed = append(changed, &b.Programs[i])
		}
	}
	if len(changed) > 0 {
		b.source = b.revision(ctx)
	}
	if err := b.compile(ctx, o, changed); err != nil {
		return nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cmp.Or(b.Parallel, runtime.GOMAXPROCS(0)))
	for i := range b.Programs {
		if made[i] != nil {
			continue
		}
		group.Go(func() (err error) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if made[i], err = b.pack(ctx, &b.Programs[i], keys[i]); err != nil {
				err = fmt.Errorf("package unit %s for %s: %w", b.Programs[i].Name, b.Target.Name(), err)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	units := slices.Concat(made...)
	slices.SortFunc(units, func(a, b Unit) int { return strings.Compare(a.Name, b.Name) })
	return units, nil
}

// pack zips and checks a program whose binary is in the work folder.
func (b *builder) pack(ctx context.Context, p *Program, key string) ([]Unit, error) {
	file := p.binary()
	binary, err := os.Open(filepath.Join(b.work, file))
	if err != nil {
		return nil, err
	}
	info, err := binary.Stat()
	if err == nil {
		err = bundle.CheckBinary(binary, p.Entry.GOARCH)
	}
	if err = errors.Join(err, binary.Close()); err != nil {
		return nil, err
	}
	name := filepath.Join(b.work, p.Name+".tmp")
	zip, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	files := append(slices.Clone(b.Files), bundle.Binary(p.Entry.Command, b.work, file))
	for _, s := range p.Entry.Starters {
		files = append(files, bundle.File{Name: s.Path, Content: s.Content, Executable: true})
	}
	err = bundle.Write(ctx, zip, files)
	if err == nil {
		var size int64
		if size, err = zip.Seek(0, 2); err == nil {
			e := p.Entry
			err = bundle.Check(zip, size, bundle.Wanted{Command: e.Command, GOARCH: e.GOARCH, MaxZip: e.MaxZip, MaxUnpacked: e.MaxUnpacked})
		}
	}
	if err = errors.Join(err, zip.Close()); err != nil {
		return nil, err
	}
	made := Entry{Key: key, Binary: info.Size(), Revision: b.source}
	if made.Size, made.Hash, err = hashFile(ctx, name); err == nil {
		err = made.trace(ctx, filepath.Join(b.work, file), files)
	}
	if err != nil {
		return nil, err
	}
	return b.describe(p, made), os.Rename(name, b.packed(made.Hash))
}

// packed is where a zip with that hash is made.
func (b *builder) packed(hash string) string { return filepath.Join(b.work, artefact(hash)+".zip") }

// deployment tells the units of App their zips, those of an earlier build for units that are not built, and returns the
// files that name them.
func (b *builder) deployment(units []Unit) ([]target.File, error) {
	if b.Deploy == nil {
		return nil, nil
	}
	hashes := map[string]string{}
	for name, e := range b.before.Units {
		if e.known() {
			hashes[name] = e.Hash
		}
	}
	for _, u := range units {
		hashes[u.Name] = u.Hash
	}
	for _, u := range b.App.Units {
		if h := hashes[u.Name]; h != "" {
			u.Artefact = artefact(h)
		}
	}
	return b.Deploy()
}

// place moves everything to where it belongs and removes what is stale. All that takes time, or may fail for want of room,
// is done before the first file is replaced.
func (b *builder) place(units []Unit, deployment []target.File) ([]string, error) {
	after := manifest{Service: b.App.Spec.Service, Target: b.Target.Name(), Stage: b.App.Stage, Units: map[string]Entry{}, Files: map[string]string{}, Deployment: b.Description}
	for _, u := range b.App.Units {
		if old, ok := b.before.Units[u.Name]; ok {
			after.Units[u.Name] = old // another unit was selected
		}
	}
	placed := map[string]bool{}
	for _, u := range units {
		after.Units[u.Name] = u.Entry
		if u.Reused && !b.copied[u.Hash] || placed[u.Zip] {
			continue
		}
		placed[u.Zip] = true
		b.ready = append(b.ready, move{b.packed(u.Hash), u.Zip})
	}
	wanted := map[string]bool{}
	for _, u := range after.Units {
		wanted[u.Artefact] = true
	}
	var files []string
	for _, f := range deployment {
		name := filepath.Join(b.out, filepath.FromSlash(f.Path))
		after.Files[f.Path] = hash(f.Content)
		files = append(files, name)
		if err := b.write(name, f.Content, fs.FileMode(f.Mode)&private); err != nil {
			return nil, err
		}
	}
	if b.Deploy == nil {
		after.Files = b.before.Files
	}
	for _, name := range slices.Sorted(maps.Keys(b.before.Units)) {
		if old := b.before.Units[name]; !wanted[old.Artefact] {
			wanted[old.Artefact] = true // once
			b.remove(old.Artefact, old.Hash)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.before.Files)) {
		if _, ok := after.Files[name]; !ok {
			b.remove(name, b.before.Files[name])
		}
	}
	content, err := after.encode()
	if err == nil {
		err = b.write(filepath.Join(b.out, manifestName), content, 0o644)
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	return files, b.replace()
}

// replace moves what is ready to where it belongs, and removes what goes nowhere.
func (b *builder) replace() error {
	for _, m := range b.ready {
		if m.to == "" {
			_ = os.Remove(m.from)
			continue
		}
		if err := os.MkdirAll(filepath.Dir(m.to), 0o755); err != nil {
			return err
		}
		if err := os.Rename(m.from, m.to); err != nil {
			return err
		}
	}
	return nil
}

// private is what is left of the mode of a file that may hold values of environment variables: its owner reads it.
const private = 0o700

// write makes a file in the work folder, to be moved to its name, if it differs from what is there.
func (b *builder) write(name string, content []byte, mode fs.FileMode) error {
	if _, old, err := hashFile(context.Background(), name); err == nil && old == hash(content) {
		info, err := os.Stat(name)
		if err == nil && info.Mode().Perm()&^(mode|0o200) != 0 {
			err = os.Chmod(name, info.Mode().Perm()&(mode|0o200))
		}
		return err
	}
	made := filepath.Join(b.work, fmt.Sprintf("file-%d", len(b.ready)))
	b.ready = append(b.ready, move{made, name})
	return os.WriteFile(made, content, mode|0o200)
}

// remove lets a file go that an earlier build made, unless it has been changed since.
func (b *builder) remove(name, was string) {
	if !filepath.IsLocal(name) {
		return
	}
	name = filepath.Join(b.out, filepath.FromSlash(name))
	if _, now, err := hashFile(context.Background(), name); err == nil && now == was {
		b.ready = append(b.ready, move{from: name})
	}
}

// explain says what a failure to write means for the user.
func (b *builder) explain(err error) error {
	if errors.Is(err, fs.ErrPermission) || strings.Contains(err.Error(), "read-only") {
		return fmt.Errorf("packages cannot be written to %s: the folder is not writable: %w", b.out, err)
	}
	return fmt.Errorf("write packages to %s: %w", b.out, err)
}
