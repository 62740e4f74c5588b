// Package image makes an OCI image of one program without Docker and without a network: a folder in the OCI image layout, and an
// archive of it that tools load. What is in the image is the program with its files, and the few things that programs expect
// of a system: users, a folder for temporary files, root certificates. The same input makes the same bytes. It builds no
// program and sends no image anywhere.
package image

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/gen/target/bundle"
)

const (
	// Folder is where the program and its files are in the image; it is the working directory, too.
	Folder = "/app"
	// User is the number of the user, and of its group, that the program runs as.
	User = 65532
	// Tag is the tag of every image: its other names are given when it is pushed.
	Tag = "latest"

	// epoch is when everything was made: what is built must not depend on when.
	epoch = "1970-01-01T00:00:00Z"
)

// Config says what an image is called and how it starts.
type Config struct {
	// Name is the repository, such as shop. It is written in small letters.
	Name string
	// GOARCH is the processor of the program, which runs on Linux.
	GOARCH string
	// Command is the file that is started, one of the image's files.
	Command string
	// Port is the TCP port that the program listens on, 0 for none.
	Port int
	// Env are the variables that are set.
	Env map[string]string
	// Labels describe the image.
	Labels map[string]string
	// Roots are certificates that the program trusts, as PEM; nil is none.
	Roots []byte
}

// The media types of the OCI image specification.
const (
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// descriptor refers to a blob.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Platform    *platform         `json:"platform,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

type index struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Manifests     []descriptor `json:"manifests"`
}

type manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	Config        descriptor        `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

type file struct {
	platform
	Created string    `json:"created"`
	Config  execution `json:"config"`
	RootFS  rootFS    `json:"rootfs"`
	History []step    `json:"history"`
}

type execution struct {
	User         string              `json:"User"`
	ExposedPorts map[string]struct{} `json:"ExposedPorts,omitempty"`
	Env          []string            `json:"Env,omitempty"`
	Entrypoint   []string            `json:"Entrypoint"`
	WorkingDir   string              `json:"WorkingDir"`
	Labels       map[string]string   `json:"Labels,omitempty"`
	StopSignal   string              `json:"StopSignal"`
}

type rootFS struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

type step struct {
	Created   string `json:"created"`
	CreatedBy string `json:"created_by"`
}

// Write makes the image as a folder in the OCI image layout, which must be empty or missing, and returns the digest of its
// manifest.
func Write(ctx context.Context, dir string, c Config, files []bundle.File) (digest string, err error) {
	if !slices.ContainsFunc(files, func(f bundle.File) bool { return f.Name == c.Command && f.Executable }) {
		return "", fmt.Errorf("the image has no executable %s, by which it is started", c.Command)
	}
	for _, f := range files {
		if err := bundle.CheckName(f.Name); err != nil {
			return "", err
		}
	}
	l := layout{dir}
	if err := os.MkdirAll(l.blobs(), 0o755); err != nil {
		return "", err
	}
	f := file{platform: platform{c.GOARCH, "linux"}, Created: epoch, Config: c.execution(), RootFS: rootFS{Type: "layers"}}
	m := manifest{SchemaVersion: 2, MediaType: typeManifest}
	for _, part := range []struct {
		what    string
		entries []entry
	}{{"users, root certificates, folders", base(c)}, {"the program and its files", program(files)}} {
		layer, id, err := l.layer(ctx, part.entries)
		if err != nil {
			return "", err
		}
		m.Layers = append(m.Layers, layer)
		f.RootFS.DiffIDs = append(f.RootFS.DiffIDs, id)
		f.History = append(f.History, step{epoch, "faasgen: " + part.what})
	}
	if m.Config, err = l.json(typeConfig, f); err != nil {
		return "", err
	}
	d, err := l.json(typeManifest, m)
	if err != nil {
		return "", err
	}
	d.Platform = &f.platform
	d.Annotations = map[string]string{
		"org.opencontainers.image.ref.name": Tag,
		"io.containerd.image.name":          "docker.io/library/" + c.reference(),
	}
	top, err := encode(index{SchemaVersion: 2, MediaType: typeIndex, Manifests: []descriptor{d}})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, indexName), top, 0o644)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, markName), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o644)
	}
	return d.Digest, err
}

// reference is name and tag.
func (c Config) reference() string { return strings.ToLower(c.Name) + ":" + Tag }

func (c Config) execution() execution {
	e := execution{
		User: fmt.Sprintf("%d:%d", User, User), Entrypoint: []string{Folder + "/" + c.Command}, WorkingDir: Folder,
		Labels: c.Labels, StopSignal: "SIGTERM",
	}
	if c.Port != 0 {
		e.ExposedPorts = map[string]struct{}{strconv.Itoa(c.Port) + "/tcp": {}}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Env)) {
		e.Env = append(e.Env, name+"="+c.Env[name])
	}
	return e
}

// encode writes JSON without a new line at the end and without escapes for HTML: its hash is its name.
func encode(v any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}
