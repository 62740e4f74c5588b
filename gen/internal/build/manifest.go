package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/target"
	"github.com/faasgen/faasgen/gen/target/bundle"
)

const manifestName = "manifest.json"

// manifest describes dist/<target>, for people, tools and the next build.
type manifest struct {
	Service string            `json:"service"`
	Target  string            `json:"target"`
	Stage   string            `json:"stage,omitempty"`
	Units   map[string]Entry  `json:"units"`
	Files   map[string]string `json:"files"`
	// Deployment describes the whole, for plan.
	Deployment json.RawMessage `json:"deployment,omitempty"`
}

// Entry is one unit in the manifest.
type Entry struct {
	// Name is the unit's, Function the name it is deployed under.
	Name     string `json:"name"`
	Function string `json:"function"`
	// Artefact is the path of the zip below dist/<target>, with slashes. Units whose zips are equal have one.
	Artefact string `json:"artefact"`
	// Command is the executable in the package.
	Command string `json:"command"`
	// GOARCH is the processor it was built for.
	GOARCH string `json:"architecture"`
	// Size and Hash (SHA-256) are those of the zip, Binary is the size of the executable.
	Size   int64  `json:"size"`
	Hash   string `json:"sha256"`
	Binary int64  `json:"binary"`
	// Key is the hash of everything that went into the zip.
	Key string `json:"key"`
	// Go is the version of Go that the executable was built by, Module the module it is of, and Modules are the others that it has
	// code of, sorted.
	Go      string   `json:"go"`
	Module  string   `json:"module"`
	Modules []Module `json:"modules"`
	// Revision is that of the source at which the package was made, nil if it is not known. What is the same at another revision is not
	// made again, and keeps it.
	Revision *Revision `json:"revision,omitempty"`
	// Contents are the files of the zip by name, with their SHA-256.
	Contents map[string]string `json:"contents"`
	// Settings are those of the unit, all defaults filled in.
	Settings Settings `json:"settings"`
	// Group is the aggregation that the unit was made of, Merged says where its settings come from.
	Group  string   `json:"group,omitempty"`
	Merged []Merged `json:"merged,omitempty"`
	// Functions are the functions of the unit.
	Functions []Function `json:"functions"`
}

// Module is a module that an executable has code of.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version,omitempty"`
	// Sum is the hash of go.sum; a module in a folder of this machine has none.
	Sum string `json:"sum,omitempty"`
	// Replaced is the path of the module that stands in for it, if go.mod says so.
	Replaced string `json:"replaced,omitempty"`
}

// Merged is where one setting of a group comes from, in the manifest.
type Merged struct {
	Key     string   `json:"key"`
	Value   string   `json:"value"`
	Rule    string   `json:"rule"`
	Members []string `json:"members,omitempty"`
}

// Settings are what a unit is deployed with.
type Settings struct {
	// Memory is in MB.
	Memory      int    `json:"memorySize"`
	Timeout     string `json:"timeout"`
	InitTimeout string `json:"initTimeout"`
	Concurrency int    `json:"concurrency"`
	Role        string `json:"role,omitempty"`
}

// made notes what is known of a zip when it is there.
func (e *Entry) made(size int64, hash string, binary int64) {
	e.Size, e.Hash, e.Binary = size, hash, binary
	e.Artefact = (&target.Unit{Artefact: artefact(hash)}).Zip()
}

// artefact is the name of a zip with that hash: long enough that two of one application never have the same.
func artefact(hash string) string { return hash[:16] }

// known reports whether the entry is of a zip, with what is in it, and not of what the file has become since.
func (e Entry) known() bool { return len(e.Hash) == 2*sha256.Size && e.Contents != nil }

// Function is one function in the manifest, whose JSON has to stay as it is whatever the other types become.
type Function struct {
	Name     string    `json:"name"`
	Triggers []Trigger `json:"triggers,omitempty"`
}

// Trigger is one trigger in the manifest.
type Trigger struct {
	Kind string `json:"kind"`
	// Route is method and path of an http or apigw trigger; Schedule is the expression of a timer, and Name the timer's.
	Route    string `json:"route,omitempty"`
	Name     string `json:"name,omitempty"`
	Schedule string `json:"schedule,omitempty"`
	// Sources are the real names of what else events come from: a bucket, a queue, a topic, a log store.
	Sources []string `json:"sources,omitempty"`
}

// describe fills in what is known before the build.
func describe(app *target.App, u *target.Unit, e target.Entry) Entry {
	s := u.Settings
	out := Entry{Name: u.Name, Function: app.FunctionName(u), Command: e.Command, GOARCH: e.GOARCH, Group: u.Group, Settings: Settings{
		Memory: int(s.MemorySize), Timeout: s.Timeout.String(), InitTimeout: s.InitTimeout.String(), Concurrency: s.Concurrency, Role: s.Role,
	}}
	for _, m := range u.Merged {
		out.Merged = append(out.Merged, Merged(m))
	}
	for _, f := range u.Functions {
		fn := Function{Name: f.Name}
		for _, t := range f.Triggers {
			trigger := Trigger{Kind: t.Kind}
			if m := annotations.HTTPOf(t.Marker); m != nil {
				trigger.Route = strings.Join(m.Method, ",") + " " + m.Path
			}
			for _, n := range target.Needs(t.Marker) {
				trigger.Sources = append(trigger.Sources, app.Resource(t, n).Real())
			}
			if m, ok := t.Marker.(*annotations.Timer); ok {
				trigger.Name, trigger.Schedule = t.Name, m.Cron
				if m.Every != 0 {
					trigger.Schedule = "every " + m.Every.String()
				}
			}
			fn.Triggers = append(fn.Triggers, trigger)
		}
		out.Functions = append(out.Functions, fn)
	}
	return out
}

// readManifest reads that of the last build; one that is missing or broken makes everything be built.
func readManifest(dir string) manifest {
	var m manifest
	content, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil || json.Unmarshal(content, &m) != nil {
		return manifest{}
	}
	return m
}

func (m manifest) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "\t")
	e.SetEscapeHTML(false)
	err := e.Encode(m)
	return b.Bytes(), err
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func hashContent(ctx context.Context, f bundle.File) (string, error) {
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, bundle.Reader(ctx, r))
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, r.Close())
}

func hashFile(ctx context.Context, name string) (size int64, sum string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, "", err
	}
	h := sha256.New()
	size, err = io.Copy(h, bundle.Reader(ctx, f))
	_ = f.Close()
	return size, hex.EncodeToString(h.Sum(nil)), err
}
