package serve

import (
	"log/slog"
	"sync"
)

// maxSaid is how many names of dropped headers are logged and remembered, as a function may make names up.
const maxLogged = 100

// Drop is the DropHeaders of package nethttp for a vendor that refuses responses with certain headers: refused reports
// them, in any case of the letters. The log has one line for each name that a function set, the first time.
func Drop(log *slog.Logger, refused func(name string) bool) func(name string) bool {
	d := &dropper{log: log, refused: refused, logged: map[string]bool{}}
	return d.drop
}

type dropper struct {
	log     *slog.Logger
	refused func(string) bool
	mu      sync.Mutex
	logged  map[string]bool
}

func (d *dropper) drop(name string) bool {
	if !d.refused(name) {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.logged[name] && len(d.logged) < maxLogged {
		d.logged[name] = true
		d.log.Warn("response header dropped: the vendor does not allow it", "header", name)
	}
	return true
}
