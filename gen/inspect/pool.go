package inspect

import (
	"cmp"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
)

// Pool is a pool of connections in a process of a unit.
type Pool struct {
	// Unit is the unit's name.
	Unit string
	// Key is the configuration key that limits it.
	Key string
	// MaxOpen is how many connections it opens at most; zero and less are no limit. It means nothing unless Known: the value may come
	// from where only a deployment knows it, or be a mistake, which [Application.CheckConfig] reports.
	MaxOpen int64
	Known   bool
	// Pos is where the application says so, nowhere for the default of a component and what comes from elsewhere.
	Pos token.Position
}

// Pools are the pools of a resource of f.yml in one process of each unit, in the environment that the units start in: a function with
// a value of its own has one of its own. Units without any are left out.
func (a *Application) Pools(units []Unit, resource string) []Pool {
	var pools []Pool
	for _, u := range units {
		found := a.graph.Pools(u.Functions, resource)
		if len(found) == 0 {
			continue
		}
		st := starting{app: a, Start: Start{Env: u.Settings.Environment[spec.StageVariable]}, reading: a.reading(a.graph.App.Functions), worlds: map[string]*world{}}
		w := st.world(u)
		for _, p := range found {
			pools = append(pools, w.pool(u, p, wiring.PoolKey(resource)))
		}
	}
	return pools
}

// pool reads the size of a pool as generated code does.
func (w *world) pool(u Unit, p wiring.Pool, key string) Pool {
	pool, d := Pool{Unit: u.Name, Key: key}, p.Dep
	if w.config == nil || w.gives(d.Key, trimKey(key, d.Key)) {
		return pool
	}
	c, member := w.view(p.Function), trimKey(key, d.Key)
	def := d.Default
	if i := slices.IndexFunc(d.Values, func(m model.ConfigMember) bool { return m.Key == member }); i >= 0 {
		def = cmp.Or(def, d.Values[i].Default)
	}
	set := c.Has(key) || member != "" && c.RequireBelow(d.Key, member) == nil
	if !set && def != nil {
		n, err := strconv.ParseInt(*def, 10, 64)
		pool.MaxOpen, pool.Known = n, err == nil
		return pool
	}
	v, _, err := c.Decode(d.Key, values.Type(d.Value()), "")
	if err == nil {
		pool.MaxOpen, pool.Known = values.Int(v, d.Key, key)
	}
	pool.Pos = w.written(c, p.Function, key, d.Key)
	return pool
}

// trimKey is what follows a key in one that is at or below it.
func trimKey(key, at string) string {
	if key == at {
		return ""
	}
	return key[len(at)+1:]
}

// written is where the application has the value of a key, or of a struct between it and the key at that it is read with: a variable of
// either wins over files.
func (w *world) written(c *config.Config, function, key, at string) token.Position {
	for k := key; ; k = k[:strings.LastIndexByte(k, '.')] {
		if s := c.Source(k); s.Variable != "" {
			return w.places[s.Variable]
		}
		if k == at {
			break
		}
	}
	for _, k := range []string{key, at} {
		switch s := c.Source(k); {
		case s.File == load.SpecName:
			return w.ofFunction(key, function)
		case slices.Contains(w.config.Files(), s.File):
			return token.Position{Filename: s.File, Line: s.Line, Column: s.Column}
		case s.File != "":
			return token.Position{} // that of a component
		}
	}
	return token.Position{}
}
