// Package cache knows whether anything that generation depends on has changed since the last time it ended with
// everything current. What counts of a Go file is its shape, the text without the bodies of its functions, so that
// editing a body, which most edits are, changes nothing.
//
// Everything is part of the key: each file that was read, faasgen itself, the Go toolchain, the environment of the go
// command, the variables that f.yml reads, and the generated files as they are on disk. A file that is new or gone, a
// new package, an edited or deleted output: each makes the key another one. When in doubt the answer is that something
// has changed, which costs a fraction of a second.
package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/load"
)

// Query is what generation depends on.
type Query struct {
	// Dir is the folder of the call, Options the rest of its arguments.
	Dir     string
	Options []string
	// Files are those that were read.
	Files []load.File
	// Env is the environment.
	Env []string
	// Outputs are the folders of generated files; all that is in them counts.
	Outputs []string
}

// Entry is what is remembered.
type Entry struct {
	// Apps is for the caller.
	Apps []App
	// Notes are the diagnostics of the last time, of which none was an error.
	Notes annotations.Diagnostics
	// Config is what is noted of configuration files, whose hash is Configured; it is empty where they have not been looked at.
	Config     annotations.Diagnostics
	Configured string

	// Key is the hash of everything but what follows.
	Key string
	// Noted is the hash of the whole files that the notes have positions in, which move with the lines of bodies.
	Noted string
	// Outputs is the hash of the generated files' sizes and times, as they were at the time Saved.
	Outputs string
	Saved   time.Time
	// Variables are the names of the variables that f.yml reads; Values is the hash of their values.
	Variables []string
	Values    string
}

// App is one application as an Entry remembers it: what can be written to a file, and no types of its code.
type App struct {
	Dir, Name, Provider string
	Functions           []Function
	// Contract is the OpenAPI document, empty until somebody asks for it; Open are the notes on what it does not say.
	Contract []byte
	Open     annotations.Diagnostics
}

// Function is one function as an Entry remembers it, for what lists functions when nothing has changed.
type Function struct {
	Name, Description string
	Timeout           time.Duration
	Task              bool
	Kinds             []string
}

// Cache is the memory of one folder.
type Cache struct {
	file, shapes string // paths in the user's cache
	query        Query
	key, tool    string
	known        map[string][2]string // content and shape by path, as they were
	now          map[string][2]string
}

// Open hashes the inputs. It returns nil, which remembers nothing, where there is no cache folder or where the go command
// is told to look at files that are not known here.
func Open(q Query) *Cache {
	dir, err := os.UserCacheDir()
	if err != nil || unknowable(q.Env) {
		return nil
	}
	tool, err := toolchain(q.Env)
	if err != nil {
		return nil
	}
	name := hash(q.Dir, strings.Join(q.Options, "\x00"))[:24]
	c := &Cache{
		file: filepath.Join(dir, "faasgen", "generate", name+".json"), shapes: filepath.Join(dir, "faasgen", "generate", name+".shapes"),
		query: q, tool: tool,
	}
	c.hashFiles()
	h := sha256.New()
	fmt.Fprintln(h, q.Dir, q.Options, tool)
	for _, f := range q.Files {
		fmt.Fprintf(h, "%q %s\n", f.Path, c.now[f.Path][1])
	}
	c.key = hex.EncodeToString(h.Sum(nil))
	return c
}

// Lookup returns what is remembered if nothing has changed.
func (c *Cache) Lookup() (*Entry, bool) {
	if c == nil {
		return nil, false
	}
	content, err := os.ReadFile(c.file)
	if err != nil {
		return nil, false
	}
	var e Entry
	if json.Unmarshal(content, &e) != nil || e.Key != c.key || e.Noted != c.noted(slices.Concat(e.Notes, e.Config)) {
		return nil, false
	}
	if e.Values != c.values(e.Variables) {
		return nil, false
	}
	outputs, err := c.outputs(e.Saved)
	if err != nil || outputs != e.Outputs {
		return nil, false
	}
	if !maps.Equal(c.known, c.now) {
		c.saveShapes() // those of files whose bodies were edited
	}
	return &e, true
}

// Save remembers that all is current. A failure is none: the next run does the work again.
func (c *Cache) Save(e Entry) {
	if c == nil {
		return
	}
	e.Saved = time.Now()
	outputs, err := c.outputs(e.Saved)
	if err != nil {
		return
	}
	e.Key, e.Noted, e.Outputs, e.Values = c.key, c.noted(slices.Concat(e.Notes, e.Config)), outputs, c.values(e.Variables)
	content, err := json.Marshal(e)
	if err != nil || os.MkdirAll(filepath.Dir(c.file), 0o700) != nil {
		return
	}
	if replace(c.file, content) == nil {
		c.saveShapes()
	}
}

// noted hashes the whole files that notes point at.
func (c *Cache) noted(notes annotations.Diagnostics) string {
	names := map[string]bool{}
	for _, n := range notes {
		names[n.Pos.Filename] = true
		for _, l := range n.Chain {
			names[l.Pos.Filename] = true
		}
	}
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprintf(h, "%q %s\n", name, c.now[name][0])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hashFiles fills now: two hashes for each file, the second taken from the last time where the first is the same.
func (c *Cache) hashFiles() {
	c.known = readShapes(c.shapes)
	c.now = make(map[string][2]string, len(c.query.Files))
	files := c.query.Files
	pairs := make([][2]string, len(files))
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(files); i += workers {
				content := hash(string(files[i].Content))
				pair := c.known[files[i].Path]
				if pair[0] != content {
					pair = [2]string{content, shape(&files[i], content)}
				}
				pairs[i] = pair
			}
		})
	}
	wait.Wait()
	for i := range files {
		c.now[files[i].Path] = pairs[i]
	}
}

// readShapes reads lines of content hash, shape hash and path.
func readShapes(name string) map[string][2]string {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	out := make(map[string][2]string, bytes.Count(content, []byte("\n")))
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSuffix(line, "\n")
		if len(line) > 130 && line[64] == ' ' && line[129] == ' ' {
			out[line[130:]] = [2]string{line[:64], line[65:129]}
		}
	}
	return out
}

func (c *Cache) saveShapes() {
	var b strings.Builder
	for _, f := range c.query.Files {
		pair := c.now[f.Path]
		if !strings.Contains(f.Path, "\n") {
			fmt.Fprintf(&b, "%s %s %s\n", pair[0], pair[1], f.Path)
		}
	}
	_ = replace(c.shapes, []byte(b.String()))
}

// grain is more than the clock of any file system is coarse.
const grain = 50 * time.Millisecond

// outputs hashes names, modes, sizes and times of everything in the output folders. A file that was written about when
// the entry was saved could have been written again at the same time by the clock, so its content counts too.
func (c *Cache) outputs(saved time.Time) (string, error) {
	h := sha256.New()
	for _, dir := range slices.Sorted(slices.Values(c.query.Outputs)) {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			content := ""
			if info.ModTime().After(saved.Add(-grain)) {
				text, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				content = hash(string(text))
			}
			fmt.Fprintf(h, "%q %d %d %v %s\n", name, info.Size(), info.ModTime().UnixNano(), info.Mode(), content)
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// values hashes the values of the variables that f.yml reads.
func (c *Cache) values(names []string) string {
	h := sha256.New()
	for _, n := range names {
		v, ok := lookup(c.query.Env, n)
		fmt.Fprintf(h, "%q %q %v\n", n, v, ok)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hash(parts ...string) string {
	h := sha256.New()
	for i, p := range parts {
		if i > 0 {
			h.Write([]byte{0})
		}
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// replace writes a file in one step.
func replace(name string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".tmp-")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
