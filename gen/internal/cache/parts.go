package cache

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Parts remembers of what each generated file was made, so that one whose origin is the same is taken from disk instead of
// being made again. It is safe to lose, and a nil Parts knows nothing.
type Parts struct {
	file, tool string
	known      map[string][2]string // hashes of origin and content, by path

	mu  sync.Mutex
	now map[string][2]string
}

// Parts returns the memory of the single files.
func (c *Cache) Parts() *Parts {
	if c == nil {
		return nil
	}
	file := strings.TrimSuffix(c.file, ".json") + ".parts"
	return &Parts{file: file, tool: c.tool, known: readShapes(file), now: map[string][2]string{}}
}

// Reuse returns the content of a file if it was made of origin and is on disk as it was made.
func (p *Parts) Reuse(path, origin string, disk []byte) ([]byte, bool) {
	if p == nil || disk == nil {
		return nil, false
	}
	if was, ok := p.known[path]; !ok || was[0] != hash(p.tool, origin) || was[1] != hash(string(disk)) {
		return nil, false
	}
	return disk, true
}

// Remember notes of what a file was made.
func (p *Parts) Remember(path, origin string, content []byte) {
	if p == nil {
		return
	}
	pair := [2]string{hash(p.tool, origin), hash(string(content))}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now[path] = pair
}

// Save keeps what was made.
func (p *Parts) Save() {
	if p == nil || maps.Equal(p.known, p.now) || os.MkdirAll(filepath.Dir(p.file), 0o700) != nil {
		return
	}
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(p.now)) {
		pair := p.now[path]
		b.WriteString(pair[0] + " " + pair[1] + " " + path + "\n")
	}
	_ = replace(p.file, []byte(b.String()))
}
