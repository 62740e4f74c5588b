package wiring

import (
	"slices"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
)

// PoolKey is the configuration key that limits a pool of connections in one process: maxOpen below the key that the pool has its
// configuration from. That key is what resources of f.yml call the database: sqldb, for the component of that name.
func PoolKey(resource string) string { return resource + ".maxOpen" }

// Pool is what reads the size of a pool, for the variant of one function or, with an empty Function, for all others: each
// variant has a pool of its own.
type Pool struct {
	Function string
	Dep      *model.Dep
}

// Pools are the pools of a resource in a process that serves the functions, one for each variant.
func (g *Graph) Pools(functions []*model.Function, resource string) []Pool {
	var pools []Pool
	for _, n := range g.Reach(functions) {
		if slices.ContainsFunc(pools, func(p Pool) bool { return p.Function == n.Provider.Variant }) {
			continue // which is the same pool, looked at twice
		}
		i := slices.IndexFunc(n.Provider.Deps, func(d *model.Dep) bool {
			return d.Kind == model.FromConfig && (d.Key == PoolKey(resource) || slices.ContainsFunc(values.Members(d.Value(), d.Key), func(m values.Member) bool {
				return m.Key == PoolKey(resource)
			}))
		})
		if i >= 0 {
			pools = append(pools, Pool{n.Provider.Variant, n.Provider.Deps[i]})
		}
	}
	return pools
}
