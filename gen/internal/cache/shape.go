package cache

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/load"
)

// shape hashes a Go file without the bodies of its functions. A body that may hold a directive stays in, because that is
// a mistake to report; and so does everything of a file that does not parse, and of a file that is not a Go file.
func shape(f *load.File, content string) string {
	if !strings.HasSuffix(f.Path, ".go") {
		return content
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", f.Content, parser.SkipObjectResolution)
	if err != nil {
		return content
	}
	var kept []string
	last := 0
	at := func(p token.Pos) int { return fset.PositionFor(p, false).Offset }
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		from, to := at(fn.Body.Lbrace), at(fn.Body.Rbrace)
		if f.Directives && annotations.Scan(f.Content[from:to]) {
			continue
		}
		kept = append(kept, string(f.Content[last:from]))
		last = to
	}
	return hash(append(kept, string(f.Content[last:]))...)
}
