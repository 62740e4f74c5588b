// Package cuttest checks what has to be true of every cut. It is for the tests of gen.
package cuttest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/cut"
)

// T is the part of *testing.T that this package uses.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// Cut cuts a package and holds what is left against what is committed: each declaration is the same text, but for those that
// a cut may change, and each line is one of the file that it is in.
func Cut(t T, committed []cut.File, functions, components []string) []cut.File {
	t.Helper()
	p, err := cut.Parse(committed, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Cut(functions, components)
	if err != nil {
		t.Fatal(err)
	}
	all := Declarations(t, committed)
	for key, text := range Declarations(t, got) {
		_, name, _ := strings.Cut(key, " ")
		if !inside(name) && text != all[key] {
			t.Errorf("%v: %s is\n%s\nand was\n%s", functions, key, text, all[key])
		}
	}
	for _, f := range got {
		was := committed[slices.IndexFunc(committed, func(c cut.File) bool { return c.Name == f.Name })].Content
		lines := map[string]bool{"import (\n": true, ")\n": true}
		for line := range strings.Lines(string(was)) {
			lines[line] = true
			lines["\t"+strings.TrimPrefix(line, "import ")] = true // of a file with one
			lines[strings.TrimSuffix(line, ",\n")+")\n"] = true    // the last argument of some
		}
		for line := range strings.Lines(string(f.Content)) {
			if !lines[line] && !strings.HasPrefix(line, "\tc := &container{") {
				t.Errorf("%v: %s has a line that is not committed: %s", functions, f.Name, line)
			}
		}
	}
	return got
}

// Declarations returns the text of each declaration by what it declares.
func Declarations(t T, files []cut.File) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range files {
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, f.Name, f.Content, parser.ParseComments)
		if err != nil {
			t.Fatalf("%v\n%s", err, f.Content)
		}
		text := func(n ast.Node, doc *ast.CommentGroup) string {
			from := n.Pos()
			if doc != nil {
				from = doc.Pos()
			}
			return string(f.Content[fset.Position(from).Offset:fset.Position(n.End()).Offset])
		}
		for _, d := range syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					name = text(d.Recv.List[0].Type, nil) + "." + name
				}
				out[f.Name+" "+name] = text(d, d.Doc)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						out[f.Name+" "+spec.Name.Name] = text(spec, spec.Doc)
					case *ast.ValueSpec:
						key := spec.Names[0].Name
						if key == "_" {
							key = text(spec, spec.Doc)
						}
						out[f.Name+" "+key] = text(spec, spec.Doc)
					}
				}
			}
		}
	}
	return out
}

// inside reports whether a cut may change a declaration, by its name: the container, the list of functions, and what reads the
// configuration of components.
func inside(name string) bool {
	return strings.HasPrefix(name, "*container.functions") ||
		slices.Contains([]string{"container", "newContainer", "*container.app", "*container.start", "*container.settings"}, name)
}
