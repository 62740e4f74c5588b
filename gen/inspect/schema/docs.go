package schema

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// docs are the comments of declarations, read from source when they are first asked for.
type docs struct {
	fset    *token.FileSet
	sources map[string][]byte
	files   map[string]map[place]string
}

// place is where a name is declared in its file.
type place struct{ line, column int }

// of is the doc comment of a declared type, field or constant, "" if it has none or its source is not at hand.
func (d *docs) of(o types.Object) string {
	pos := d.fset.Position(o.Pos())
	content, ok := d.sources[pos.Filename]
	if !ok {
		return ""
	}
	file, known := d.files[pos.Filename]
	if !known {
		file = read(content)
		d.files[pos.Filename] = file
	}
	return file[place{pos.Line, pos.Column}]
}

func read(content []byte) map[place]string {
	fset, found := token.NewFileSet(), map[place]string{}
	file, err := parser.ParseFile(fset, "", content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil { // it has been reported where it matters
		return found
	}
	note := func(at token.Pos, groups ...*ast.CommentGroup) {
		for _, group := range groups {
			if text := strings.TrimSpace(group.Text()); text != "" { // without directives
				p := fset.Position(at)
				found[place{p.Line, p.Column}] = text
				return
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			for _, spec := range n.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok && !n.Lparen.IsValid() {
					note(t.Name.Pos(), t.Doc, n.Doc)
				}
			}
		case *ast.TypeSpec:
			note(n.Name.Pos(), n.Doc, n.Comment)
		case *ast.Field:
			for _, name := range n.Names {
				note(name.Pos(), n.Doc, n.Comment)
			}
		}
		return true
	})
	return found
}

// deprecated reports whether a doc comment says so, as Go's convention has it.
func deprecated(doc string) bool {
	return strings.HasPrefix(doc, "Deprecated: ") || strings.Contains(doc, "\n\nDeprecated: ")
}
