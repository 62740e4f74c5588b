package wiring

import (
	"fmt"
	"go/types"
	"path/filepath"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// unmarkedHint names what implements an interface and has no directive that says so. Its places are relative to the folder
// of the application.
func (s *solver) unmarkedHint(dep *model.Dep, iface *types.Interface) string {
	if s.app.Implementations == nil {
		return ""
	}
	const limit = 3
	var found []string
	for _, i := range s.app.Implementations(iface) {
		if len(found) == limit {
			break
		}
		place := i.Pos.Filename
		if rel, err := filepath.Rel(s.app.Dir, place); err == nil {
			place = filepath.ToSlash(rel)
		}
		what := "implements it"
		if i.Constructor != "" {
			what = "returns " + typeString(i.Type) + ", which implements it"
		}
		found = append(found, fmt.Sprintf("%s in %s:%d %s", i.Name(), place, i.Pos.Line, what))
	}
	if len(found) == 0 {
		return ""
	}
	mark := "mark it with //faas:provide"
	if len(found) > 1 {
		mark = "mark one of them with //faas:provide"
	}
	if dep.ID != "" {
		mark += " id=" + dep.ID
	}
	return strings.Join(found, ", ") + ": " + mark
}
