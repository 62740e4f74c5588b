package gen

import (
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/cache"
)

// OpenAPI is the OpenAPI document of one of the applications, with notes on what it does not say. It is remembered for as long as nothing changes.
func (r *Result) OpenAPI(a *App) ([]byte, annotations.Diagnostics, error) {
	i := -1
	if r.entry != nil && a.stage == "" { // domains, which are servers of it, may differ by stage
		i = slices.IndexFunc(r.entry.Apps, func(kept cache.App) bool { return kept.Dir == a.Dir })
	}
	if i >= 0 && r.entry.Apps[i].Contract != nil {
		return r.entry.Apps[i].Contract, r.entry.Apps[i].Open, nil
	}
	inspected, err := a.Inspect()
	if err != nil {
		return nil, nil, err
	}
	document, notes, err := inspected.OpenAPI()
	if err == nil && i >= 0 && r.cache != nil {
		r.entry.Apps[i].Contract, r.entry.Apps[i].Open = document, notes
		r.cache.Save(*r.entry)
	}
	return document, notes, err
}
