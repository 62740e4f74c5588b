package gen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// placeless are the codes of diagnostics about something that has no line: a folder, a file as a whole, a command.
func placeless() []string {
	return []string{
		"changed", "directive-excluded", "generated-edited", "generated-folder", "generated-foreign", "generated-stale", "go-command", "injector",
		"no-application", "no-function", "no-module", "spec-read",
	}
}

// unheard are the codes that no test can provoke.
func unheard() []string {
	return []string{
		"target-extension", // a value of f.yml that YAML can be read as, but not written
	}
}

// TestEveryCodeHasAGolden finds the codes of diagnostics in the sources of the generator, and a line of an expected output
// for each: file:line:col, or the file alone for the codes of placeless.
func TestEveryCodeHasAGolden(t *testing.T) {
	codes := diagnosticCodes(t)
	if len(codes) < 50 {
		t.Fatalf("found only %d codes", len(codes))
	}
	line := regexp.MustCompile(`^(?:\S+?(:\d+:\d+)?: )?.* \[([a-z]+(?:-[a-z]+)*)\]$`)
	placed, named := map[string]bool{}, map[string]bool{}
	walk(t, func(name string) bool {
		return strings.Contains(name, "testdata") && (strings.HasSuffix(name, ".txt") || strings.HasSuffix(name, ".txtar"))
	}, func(name string, content []byte) {
		for text := range strings.Lines(string(content)) {
			if m := line.FindStringSubmatch(strings.TrimSuffix(text, "\n")); m != nil {
				named[m[2]] = true
				placed[m[2]] = placed[m[2]] || m[1] != ""
			}
		}
	})
	for code, pos := range codes {
		switch {
		case slices.Contains(unheard(), code):
		case !named[code]:
			t.Errorf("%s: no testdata file expects a diagnostic with the code [%s]", pos, code)
		case !placed[code] && !slices.Contains(placeless(), code):
			t.Errorf("%s: no testdata file expects a diagnostic with the code [%s] at a line and column", pos, code)
		}
	}
	for _, code := range slices.Concat(placeless(), unheard()) {
		if _, ok := codes[code]; !ok {
			t.Errorf("there is no code %s any more", code)
		}
	}
}

// walk calls visit with the files below the folders that report diagnostics.
func walk(t *testing.T, wanted func(string) bool, visit func(name string, content []byte)) {
	t.Helper()
	for _, root := range []string{"annotations", "gen", "cmd"} {
		err := filepath.WalkDir(filepath.Join("..", root), func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !wanted(filepath.ToSlash(p)) {
				return err
			}
			content, err := os.ReadFile(p)
			if err == nil {
				visit(p, content)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// diagnosticCodes finds codes where they are written down: as a constant named code..., as the field Code of a literal, and as
// the argument of a function whose parameter is called code.
func diagnosticCodes(t *testing.T) map[string]token.Position {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	walk(t, func(name string) bool {
		return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.Contains(name, "testdata")
	}, func(name string, content []byte) {
		f, err := parser.ParseFile(fset, name, content, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	})
	takers := map[string]int{} // functions, and which of their arguments is a code
	for _, f := range files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				at := 0
				for _, field := range fn.Type.Params.List {
					for _, name := range field.Names {
						if name.Name == "code" {
							takers[fn.Name.Name] = at
						}
						at++
					}
				}
			}
		}
	}
	word := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	codes := map[string]token.Position{}
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			code, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			if word.MatchString(code) { // another function of that name may take another text there
				codes[code] = fset.Position(lit.Pos())
			}
		}
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, name := range n.Names {
					rest, ok := strings.CutPrefix(strings.ToLower(name.Name[:1])+name.Name[1:], "code")
					if ok && ast.IsExported(rest) && i < len(n.Values) {
						add(n.Values[i])
					}
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Code" {
					add(n.Value)
				}
			case *ast.CallExpr:
				name := ""
				switch fun := n.Fun.(type) {
				case *ast.Ident:
					name = fun.Name
				case *ast.SelectorExpr:
					name = fun.Sel.Name
				}
				if at, ok := takers[name]; ok && at < len(n.Args) {
					add(n.Args[at])
				}
			}
			return true
		})
	}
	return codes
}
