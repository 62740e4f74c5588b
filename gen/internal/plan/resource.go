package plan

import (
	"maps"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// codeResource is an entry of resources that no trigger needs.
const codeResource = "unused-resource"

// unusedResources notes the entries of resources that no trigger names and, of databases, those that nothing opens connections to.
func unusedResources(g *wiring.Graph) annotations.Diagnostics {
	m := g.App
	used := map[string]bool{}
	for _, f := range m.Functions {
		for _, t := range slices.Concat(f.Triggers, f.Elsewhere) {
			for _, n := range target.Needs(t.Marker) {
				used[n.Name] = true
			}
		}
	}
	for name, r := range m.Spec.Resources {
		if used[name] && r.Instance != "" {
			used[r.Instance] = true
		}
	}
	_, whole := keysOf(g, m.Functions)
	var ds annotations.Diagnostics
	report := func(prefix string, resources map[string]*spec.Resource) {
		for _, name := range slices.Sorted(maps.Keys(resources)) {
			limit := prefix + "resources." + name + ".maxConnections"
			switch _, database := m.Spec.Places[limit]; {
			case used[name] || m.Spec.Failed(limit):
			case database:
				if len(g.Pools(m.Functions, name)) == 0 && !whole {
					ds = append(ds, m.Spec.Places[limit].Notef(codeResource, "no function reads the configuration key %s, which says how many connections it opens", wiring.PoolKey(name)))
				}
			default:
				ds = append(ds, m.Spec.Places[prefix+"resources."+name].Notef(codeResource, "no trigger names the resource %s", name))
			}
		}
	}
	report("", m.Spec.Resources)
	for o := range m.Spec.Overlays() {
		report(o.Path, o.Resources)
	}
	return ds
}
