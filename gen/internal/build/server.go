package build

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/image"
	"github.com/faasgen/faasgen/gen/target/bundle"
)

// ImageFolder is the folder of the image next to the server.
const ImageFolder = "image"

// ServerOptions says which server to build. Of Options the target and what is deployed to it are not used; the first program is
// the server's.
type ServerOptions struct {
	Options
	// Name is what it is called where targets are.
	Name string
	// Unit is the unit that it serves, "" for all functions.
	Unit string
	// Environment are the variables that f.yml sets.
	Environment map[string]string
	// Image is the image that is made of it, nil for none. It is a folder next to the server, or the file Archive.
	Image   *image.Config
	Archive string
}

// Server is a server that was built.
type Server struct {
	// Binary is the absolute path of the executable, Files those of what lies next to it, sorted.
	Binary string   `json:"-"`
	Files  []string `json:"-"`
	// Image is the absolute path of the image, "" if none was made, and Digest that of its manifest.
	Image  string `json:"-"`
	Digest string `json:"-"`
	// Reused says that nothing had changed.
	Reused bool `json:"-"`

	Service string `json:"service"`
	Target  string `json:"target"`
	Stage   string `json:"stage,omitempty"`
	Unit    string `json:"unit,omitempty"`
	// Command is the file name of the executable, which runs on GOOS and GOARCH.
	Command string `json:"command"`
	GOOS    string `json:"os"`
	GOARCH  string `json:"architecture"`
	// Size and Hash (SHA-256) are those of the executable; Key is the hash of everything that it was made of.
	Size int64  `json:"size"`
	Hash string `json:"sha256"`
	Key  string `json:"key"`
	// Functions are those that it has.
	Functions []Function `json:"functions"`
	// Environment are the variables that f.yml sets, which an image has and the executable has not.
	Environment map[string]string `json:"environment,omitempty"`
	// Placed are the files next to the executable, with their hashes.
	Placed map[string]string `json:"files"`
	// Made is the image next to the executable.
	Made *madeImage `json:"image,omitempty"`
}

type madeImage struct {
	Path   string `json:"path"`
	Digest string `json:"digest"`
}

// RunServer builds a server with the files that it reads next to it, and an image of both if one is wanted.
func RunServer(ctx context.Context, o ServerOptions) (s *Server, err error) {
	b := &builder{Options: o.Options, out: filepath.Join(o.Dist, cmp.Or(o.Folder, o.Name))}
	made := missing(b.out)
	defer func() {
		for _, dir := range made {
			if err != nil {
				_ = os.Remove(dir) // which fails if anything is in it
			}
		}
	}()
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return nil, b.explain(err)
	}
	if err := b.begin(); err != nil {
		return nil, b.explain(err)
	}
	defer func() { _ = os.RemoveAll(b.work) }()
	before := readServer(b.out)
	s, err = b.server(ctx, o, before)
	if err != nil {
		return nil, err
	}
	archive, err := b.image(ctx, o, s, before)
	if archive != "" {
		defer func() {
			if err != nil {
				_ = os.Remove(archive)
			}
		}()
	}
	if err == nil {
		err = b.placeServer(ctx, s, before)
	}
	if err != nil {
		return nil, b.explain(err)
	}
	return s, nil
}

// server builds the executable, unless the one that is there was made of the same.
func (b *builder) server(ctx context.Context, o ServerOptions, before Server) (*Server, error) {
	p := &b.Programs[0]
	e := p.Entry
	d := describe(b.App, p.Units[0], e)
	s := &Server{
		Binary: filepath.Join(b.out, e.Command), Service: b.App.Spec.Service, Target: o.Name, Stage: b.App.Stage, Unit: o.Unit,
		Command: e.Command, GOOS: e.GOOS, GOARCH: e.GOARCH, Functions: d.Functions, Environment: o.Environment, Placed: map[string]string{},
	}
	over, err := b.overlay()
	if err != nil {
		return nil, b.explain(err)
	}
	keys, err := b.keys(ctx, over)
	if err != nil {
		return nil, err
	}
	s.Key = keys[0]
	if before.Key == s.Key && before.Command == s.Command {
		if s.Size, s.Hash, err = hashFile(ctx, s.Binary); err == nil && s.Hash == before.Hash {
			s.Reused = true
			return s, nil
		}
	}
	if err := b.compile(ctx, over, []*Program{p}); err != nil {
		return nil, err
	}
	name := filepath.Join(b.work, p.binary())
	if err := checkBinary(name, e.GOARCH); err != nil {
		return nil, err
	}
	if s.Size, s.Hash, err = hashFile(ctx, name); err != nil {
		return nil, b.explain(err)
	}
	b.ready = append(b.ready, move{name, s.Binary})
	return s, nil
}

func checkBinary(name, goarch string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(bundle.CheckBinary(f, goarch), f.Close())
}

// image makes the image in the work folder, and the archive next to its place, whose path is returned.
func (b *builder) image(ctx context.Context, o ServerOptions, s *Server, before Server) (archive string, err error) {
	place := filepath.Join(b.out, ImageFolder)
	if before.Made != nil && image.Is(place) { // the new one takes its place, or there is none any more
		b.ready = append(b.ready, move{place, filepath.Join(b.work, "old-image")})
	}
	if o.Image == nil {
		return "", nil
	}
	binary := bundle.Binary(s.Command, filepath.Dir(s.Binary), s.Command)
	if !s.Reused {
		binary = bundle.Binary(s.Command, b.work, filepath.ToSlash(b.Programs[0].binary()))
	}
	dir := filepath.Join(b.work, ImageFolder)
	if s.Digest, err = image.Write(ctx, dir, *o.Image, append(slices.Clone(b.Files), binary)); err != nil {
		return "", err
	}
	if o.Archive == "" {
		if _, err := os.Lstat(place); err == nil && (before.Made == nil || !image.Is(place)) {
			return "", fmt.Errorf("found %s, which no build has made; remove it, or name an archive", place)
		}
		if err := os.Chmod(dir, 0o755&o.mode()); err != nil {
			return "", err
		}
		s.Image, s.Made = place, &madeImage{ImageFolder, s.Digest}
		b.ready = append(b.ready, move{dir, place})
		return "", nil
	}
	s.Image = o.Archive
	f, err := os.CreateTemp(filepath.Dir(o.Archive), temporary)
	if err != nil {
		return "", err
	}
	err = image.Archive(ctx, f, dir, *o.Image)
	err = errors.Join(err, f.Chmod(0o644&o.mode()), f.Close())
	b.ready = append(b.ready, move{f.Name(), o.Archive})
	return f.Name(), err
}

// mode is what is left of the modes of an image, which has the variables that f.yml sets.
func (o ServerOptions) mode() fs.FileMode {
	if len(o.Environment) > 0 {
		return private
	}
	return 0o777
}

// placeServer moves everything to where it belongs and removes what is stale.
func (b *builder) placeServer(ctx context.Context, s *Server, before Server) error {
	for _, f := range b.Files {
		name := filepath.Join(b.out, filepath.FromSlash(f.Name))
		made, err := b.copy(f)
		if err != nil {
			return err
		}
		_, now, err := hashFile(ctx, made)
		if err != nil {
			return err
		}
		s.Placed[f.Name] = now
		s.Files = append(s.Files, name)
		b.ready = append(b.ready, move{made, name})
	}
	slices.Sort(s.Files)
	if before.Command != "" && before.Command != s.Command {
		b.remove(before.Command, before.Hash)
	}
	for _, name := range slices.Sorted(maps.Keys(before.Placed)) {
		if _, ok := s.Placed[name]; !ok && name != s.Command {
			b.remove(name, before.Placed[name])
		}
	}
	content, err := s.encode()
	if err == nil {
		err = b.write(filepath.Join(b.out, manifestName), content, 0o644&private) // it has the variables
	}
	if err != nil {
		return err
	}
	return b.replace()
}

// copy makes a file of the package in the work folder.
func (b *builder) copy(f bundle.File) (name string, err error) {
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	name = filepath.Join(b.work, fmt.Sprintf("file-%d", len(b.ready)))
	w, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Mode())
	if err != nil {
		return "", err
	}
	_, err = w.ReadFrom(r)
	return name, errors.Join(err, w.Chmod(f.Mode()|0o200), w.Close())
}

func readServer(dir string) Server {
	var s Server
	content, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil || json.Unmarshal(content, &s) != nil {
		return Server{}
	}
	return s
}

func (s *Server) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "\t")
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return b.Bytes(), err
}

// Collision is the name of a file that would lie where the server or what belongs to it does, "" if there is none.
func Collision(files []bundle.File, command string, withImage bool) string {
	reserved := []string{command, manifestName}
	if withImage {
		reserved = append(reserved, ImageFolder)
	}
	for _, f := range files {
		first, _, _ := strings.Cut(f.Name, "/")
		if slices.Contains(reserved, first) {
			return f.Name
		}
	}
	return ""
}
