package gen_test

import (
	"path"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/cut"
	"github.com/faasgen/faasgen/gen/internal/cut/cuttest"
)

// unit returns the code of the unit of one function, which links the components of these import paths.
func unit(t *testing.T, a *gen.App, function string, components ...string) string {
	t.Helper()
	var files []cut.File
	for _, f := range a.Files {
		if path.Dir(f.Path) == "internal/faasgen/app" {
			files = append(files, cut.File{Name: path.Base(f.Path), Content: f.Content})
		}
	}
	var code strings.Builder
	for _, f := range cuttest.Cut(t, files, []string{function}, components) {
		code.Write(f.Content)
	}
	return code.String()
}
