package wiring

import (
	"go/token"
	"path/filepath"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// Libraries leaves out the notes on what no function needs of a library, a package outside of the folder of an application,
// where another application has the library and needs it. The diagnostics are those of Solve, by application. Whole says that apps
// are all the applications of the repository: when they are not, what the others need is unknown, and nothing is noted.
func Libraries(apps []*model.App, solved []annotations.Diagnostics, whole bool) []annotations.Diagnostics {
	type place struct {
		pos     token.Position
		message string
	}
	has := make([]map[string]bool, len(apps)) // the files of the application's declarations
	unused := make([]map[place]bool, len(apps))
	for i, app := range apps {
		has[i], unused[i] = map[string]bool{}, map[place]bool{}
		for _, p := range app.Providers {
			has[i][p.Pos.Filename] = true
		}
		for _, g := range app.Generics {
			has[i][g.Declared.Pos.Filename] = true
		}
		for _, m := range app.Middleware {
			has[i][m.Pos.Filename] = true
		}
		for _, d := range solved[i] {
			if d.Code == codeUnused {
				unused[i][place{d.Pos, d.Message}] = true
			}
		}
	}
	needed := func(d annotations.Diagnostic) bool {
		for i := range apps {
			if has[i][d.Pos.Filename] && !unused[i][place{d.Pos, d.Message}] {
				return true
			}
		}
		return !whole
	}
	out := make([]annotations.Diagnostics, len(apps))
	for i, app := range apps {
		for _, d := range solved[i] {
			own := strings.HasPrefix(d.Pos.Filename, app.Dir+string(filepath.Separator))
			if own || d.Code != codeUnused || !needed(d) {
				out[i] = append(out[i], d)
			}
		}
	}
	return out
}
