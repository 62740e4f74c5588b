package image

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/faasgen/faasgen/gen/target/bundle"
)

const (
	indexName = "index.json"
	markName  = "oci-layout"
	blobs     = "blobs/sha256"
)

// Is reports whether a folder is an image layout.
func Is(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, markName))
	return err == nil && info.Mode().IsRegular()
}

// layout is a folder with blobs by their hash.
type layout struct{ dir string }

func (l layout) blobs() string { return filepath.Join(l.dir, filepath.FromSlash(blobs)) }

// layer writes entries as a compressed archive. The id is the digest of the archive before it was compressed.
func (l layout) layer(ctx context.Context, entries []entry) (d descriptor, id string, err error) {
	f, err := os.CreateTemp(l.blobs(), "layer-")
	if err != nil {
		return d, "", err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	packed, plain := sha256.New(), sha256.New()
	z := gzip.NewWriter(io.MultiWriter(f, packed))
	if err = pack(ctx, io.MultiWriter(z, plain), entries); err == nil {
		err = z.Close()
	}
	info, wrong := f.Stat()
	if err = errors.Join(err, wrong, f.Chmod(0o644), f.Close()); err != nil {
		return d, "", err
	}
	d = descriptor{MediaType: typeLayer, Digest: digest(packed), Size: info.Size()}
	return d, digest(plain), os.Rename(f.Name(), filepath.Join(l.blobs(), hex.EncodeToString(packed.Sum(nil))))
}

// json writes a value as a blob.
func (l layout) json(mediaType string, v any) (descriptor, error) {
	content, err := encode(v)
	if err != nil {
		return descriptor{}, err
	}
	h := sha256.New()
	h.Write(content)
	d := descriptor{MediaType: mediaType, Digest: digest(h), Size: int64(len(content))}
	return d, os.WriteFile(filepath.Join(l.blobs(), hex.EncodeToString(h.Sum(nil))), content, 0o644)
}

func digest(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }

// dockerEntry is what releases of Docker look for that do not know the layout.
type dockerEntry struct {
	Config   string   `json:"Config"`
	RepoTags []string `json:"RepoTags"`
	Layers   []string `json:"Layers"`
}

// Archive writes the image that [Write] made in dir as one file for "docker load" and "podman load".
func Archive(ctx context.Context, w io.Writer, dir string, c Config) error {
	docker, err := describe(dir, c)
	if err != nil {
		return fmt.Errorf("read the image in %s: %w", dir, err)
	}
	entries := []entry{{name: "manifest.json", mode: 0o644, content: docker}, {name: "blobs", mode: 0o755, folder: true}, {name: blobs, mode: 0o755, folder: true}}
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		entries = append(entries, entry{name: name, mode: 0o644, source: &bundle.File{Name: name, Dir: dir, Source: name}})
		return nil
	})
	if err != nil {
		return err
	}
	return pack(ctx, w, entries)
}

// describe is the file manifest.json of the archive.
func describe(dir string, c Config) ([]byte, error) {
	var top index
	if err := read(filepath.Join(dir, indexName), &top); err != nil {
		return nil, err
	}
	if len(top.Manifests) != 1 {
		return nil, fmt.Errorf("found %d manifests, expected one", len(top.Manifests))
	}
	file := func(d descriptor) string { return blobs + "/" + strings.TrimPrefix(d.Digest, "sha256:") }
	var m manifest
	if err := read(filepath.Join(dir, filepath.FromSlash(file(top.Manifests[0]))), &m); err != nil {
		return nil, err
	}
	e := dockerEntry{Config: file(m.Config), RepoTags: []string{c.reference()}}
	for _, l := range m.Layers {
		e.Layers = append(e.Layers, file(l))
	}
	return encode([]dockerEntry{e})
}

func read(name string, v any) error {
	content, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, v)
}
