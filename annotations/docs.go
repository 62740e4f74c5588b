package annotations

import (
	_ "embed" // the help is read from the source of the markers
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"strings"
)

//go:embed markers.go
var markersSource string

// Docs holds the doc comments of the types in a Go source file, and those of their fields.
type Docs struct {
	types  map[string]string
	fields map[string]string
}

// ParseDocs reads the doc comments of source, which is a whole Go file. gen/spec and those who add markers of their own
// embed their source file and hand it in, so that help and code cannot drift apart.
func ParseDocs(source string) (Docs, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return Docs{}, fmt.Errorf("read doc comments: %w", err)
	}
	docs := Docs{types: map[string]string{}, fields: map[string]string{}}
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			if spec, ok := spec.(*ast.TypeSpec); ok {
				docs.add(gen, spec)
			}
		}
	}
	return docs, nil
}

func (d Docs) add(gen *ast.GenDecl, spec *ast.TypeSpec) {
	group := spec.Doc
	if group == nil && !gen.Lparen.IsValid() {
		group = gen.Doc
	}
	d.types[spec.Name.Name] = docText(group)
	st, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range st.Fields.List {
		group := field.Doc
		if group == nil {
			group = field.Comment
		}
		for _, name := range fieldNames(field) {
			d.fields[spec.Name.Name+"."+name.Name] = docText(group)
		}
	}
}

// docText is a doc comment as one paragraph a line, without directives.
func docText(group *ast.CommentGroup) string {
	var paragraphs []string
	for p := range strings.SplitSeq(group.Text(), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			paragraphs = append(paragraphs, p)
		}
	}
	return strings.Join(paragraphs, "\n")
}

// MarkerDocs are the doc comments of the markers of this package.
func MarkerDocs() Docs {
	docs, err := ParseDocs(markersSource)
	if err != nil {
		panic("annotations: " + err.Error()) // the compiler has read the same bytes
	}
	return docs
}

// Type is the doc comment of a type, paragraphs separated by line ends, empty if it has none.
func (d Docs) Type(name string) string { return d.types[name] }

// Field is the doc comment of a field of a struct, by the Go names of both: Field.GoType and Field.GoName.
func (d Docs) Field(goType, goName string) string { return d.fields[goType+"."+goName] }

// Synopsis is the first sentence of a doc comment.
func Synopsis(text string) string { return new(doc.Package).Synopsis(text) }

// fieldNames are the names of a struct field; an embedded one is called after its type.
func fieldNames(field *ast.Field) []*ast.Ident {
	if len(field.Names) > 0 {
		return field.Names
	}
	if id := embeddedName(field.Type); id != nil {
		return []*ast.Ident{id}
	}
	return nil
}

func embeddedName(t ast.Expr) *ast.Ident {
	switch t := t.(type) {
	case *ast.Ident:
		return t
	case *ast.StarExpr:
		return embeddedName(t.X)
	case *ast.ParenExpr:
		return embeddedName(t.X)
	case *ast.SelectorExpr:
		return t.Sel
	case *ast.IndexExpr:
		return embeddedName(t.X)
	case *ast.IndexListExpr:
		return embeddedName(t.X)
	}
	return nil
}
