package plan

import (
	"maps"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/target"
)

// codeResource is an entry of resources that no trigger needs.
const codeResource = "unused-resource"

// unusedResources notes the entries of resources that no trigger names.
func unusedResources(m *model.App) annotations.Diagnostics {
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
	var ds annotations.Diagnostics
	report := func(prefix string, names []string) {
		for _, name := range names {
			if !used[name] {
				ds = append(ds, m.Spec.Places[prefix+"resources."+name].Notef(codeResource, "no trigger names the resource %s", name))
			}
		}
	}
	report("", slices.Sorted(maps.Keys(m.Spec.Resources)))
	for o := range m.Spec.Overlays() {
		report(o.Path, slices.Sorted(maps.Keys(o.Resources)))
	}
	return ds
}
