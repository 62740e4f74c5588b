package faastest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestEverythingPublicIsInAnExample looks for each exported function, type and method in the bodies of the examples.
func TestEverythingPublicIsInAnExample(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	public, shown := map[string]token.Position{}, map[string]bool{}
	fset := token.NewFileSet()
	for _, name := range names {
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		test := strings.HasSuffix(name, "_test.go")
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if !test && d.Name.IsExported() && (d.Recv == nil || exported(d.Recv.List[0].Type)) {
					public[d.Name.Name] = fset.Position(d.Pos())
				}
				if test && strings.HasPrefix(d.Name.Name, "Example") {
					ast.Inspect(d.Body, func(n ast.Node) bool {
						if s, ok := n.(*ast.SelectorExpr); ok {
							shown[s.Sel.Name] = true
						}
						return true
					})
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if ts, ok := s.(*ast.TypeSpec); ok && !test && ts.Name.IsExported() {
						public[ts.Name.Name] = fset.Position(ts.Pos())
					}
				}
			}
		}
	}
	if len(public) < 30 {
		t.Fatalf("found only %d", len(public))
	}
	// What an example has without naming it: results of functions and the interface of the options.
	for _, name := range []string{"App", "FakeClock", "Logs", "Record", "Option", "String"} {
		shown[name] = true
	}
	for name, pos := range public {
		if !shown[name] {
			t.Errorf("%s: %s is in no example", pos, name)
		}
	}
}

// exported reports whether a receiver's type is.
func exported(e ast.Expr) bool {
	if p, ok := e.(*ast.StarExpr); ok {
		e = p.X
	}
	name, ok := e.(*ast.Ident)
	return ok && name.IsExported()
}
