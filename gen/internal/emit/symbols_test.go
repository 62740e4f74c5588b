package emit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestSymbolsExist looks for every name that generated code uses in the source of the framework.
func TestSymbolsExist(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "symbols.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	var eval func(e ast.Expr) string
	eval = func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BasicLit:
			s, _ := strconv.Unquote(e.Value)
			return s
		case *ast.Ident:
			return values[e.Name]
		case *ast.BinaryExpr:
			return eval(e.X) + eval(e.Y)
		}
		return ""
	}
	checked := 0
	for _, d := range f.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, s := range gen.Specs {
			v := s.(*ast.ValueSpec)
			name, value := v.Names[0].Name, eval(v.Values[0])
			values[name] = value
			if strings.HasPrefix(name, "sym") && strings.HasPrefix(value, module) {
				checked++
				if !exists(t, value) {
					t.Errorf("%s: there is no %s", name, value)
				}
			}
		}
	}
	if checked < 30 {
		t.Errorf("only %d symbols were looked at", checked)
	}
	// The parsers of parameters are named by the model; the fields and methods of generated code are compiled by other tests.
	for _, name := range []string{"String", "Bool", "Int", "Uint", "Float", "Duration", "Bytes", "Text"} {
		if !exists(t, pathWeb+"."+name) {
			t.Errorf("there is no parser %s", name)
		}
	}
}

func exists(t *testing.T, symbol string) bool {
	t.Helper()
	i := strings.LastIndexByte(symbol, '.')
	dir := filepath.Join("..", "..", "..", strings.TrimPrefix(symbol[:i], "github.com/faasgen/faasgen"))
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if f.Scope.Lookup(symbol[i+1:]) != nil {
			return true
		}
	}
	return false
}

func TestNames(t *testing.T) {
	tests := []struct{ in, camel string }{
		{"book-create", "bookCreate"},
		{"hello", "hello"},
		{"a_b.c", "aBC"},
		{"HTTPServer", "httpServer"},
		{"2nd-try", "function2ndTry"},
		{"type", "type"},
		{"main", "main"},
		{"init", "init"},
		{"--", "function"},
	}
	for _, tt := range tests {
		if got := camel(tt.in); got != tt.camel {
			t.Errorf("camel(%q) = %q, want %q", tt.in, got, tt.camel)
		}
	}
	s := newSpace("a", "a2")
	if got := []string{s.take("a"), s.inner("b").take("a"), s.take("func"), s.take("free")}; strings.Join(got, " ") != "a3 a4 func2 free" {
		t.Errorf("take: got %v", got)
	}
}
