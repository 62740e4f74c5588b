package load

import (
	"go/ast"
	"go/parser"
	"go/token"

	"github.com/faasgen/faasgen/annotations"
)

// testDirectives reports the directives of a test file: a test is not part of any unit, so they could only be ignored.
func testDirectives(f *File) annotations.Diagnostics {
	fset := token.NewFileSet()
	syntax, _ := parser.ParseFile(fset, f.Path, f.Content, parserMode)
	if syntax == nil {
		return nil
	}
	var ds annotations.Diagnostics
	for _, group := range syntax.Comments {
		for _, c := range group.List {
			d, ok := ast.ParseDirective(c.Pos(), c.Text)
			if !ok || d.Tool != "faas" {
				continue
			}
			pos := fset.Position(c.Pos())
			ds = append(ds, annotations.Diagnostic{
				Pos: pos, Length: len("//faas:" + d.Name), Code: "directive-place",
				Message: "//faas:" + d.Name + " in a test file, which is part of no unit",
				Line:    line(f.Content, pos.Line),
				Hint:    "move the declaration to a file that is not a test, or drop the directive",
			})
		}
	}
	return ds
}
