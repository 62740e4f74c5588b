package faasgen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// cloudNames are the folders of the clouds, and local, which is this machine.
func cloudNames(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("framework/platform/sim")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if len(names) < 4 {
		t.Fatalf("found only the clouds %q", names)
	}
	return names
}

// ofCloud reports whether a folder is a cloud's own.
func ofCloud(dir string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return below(dir, "framework/platform/"+name) || below(dir, "framework/platform/sim/"+name) || below(dir, "gen/target/"+name)
	})
}

// lists are the files that list the clouds. They may name them, and may not ask for them either.
func lists() []string {
	return []string{"cmd/faasgen/cli/clouds.go", "framework/faastest/clouds.go"}
}

// TestNothingAsksWhichCloud: outside of the clouds' own folders nothing compares with the name of a cloud, switches over names or has a
// table by them, and no package but the lists, and those that are made for one cloud, imports one.
func TestNothingAsksWhichCloud(t *testing.T) {
	names := cloudNames(t)
	importers := map[string]int{}
	files := sources(t)
	named := constants(files)
	for _, f := range files {
		if f.test || ofCloud(f.dir, names) {
			continue
		}
		for _, found := range comparisons(f, names, named) {
			t.Errorf("%s: %s; it belongs in framework/platform/sim/<name>/cloud.go or gen/target/<name>", f.path, found)
		}
		for _, imported := range f.imports {
			if dir, own := ours(imported); own && ofCloud(dir, names) && !strings.HasPrefix(dir, "framework/platform/local") {
				importers[f.path]++
			}
		}
	}
	if got, want := slices.Sorted(maps.Keys(importers)), lists(); !slices.Equal(got, want) {
		t.Errorf("clouds are imported by %q, expected the lists %q", got, want)
	}
}

// constants are the texts that packages have names for, by package and name, and by folder and name for their own files.
func constants(files []file) map[string]string {
	found := map[string]string{}
	for _, f := range files {
		for _, d := range f.syntax.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				for i, name := range v.Names {
					if i < len(v.Values) {
						if s := literal(v.Values[i]); s != "" {
							found[f.syntax.Name.Name+"."+name.Name], found[f.dir+" "+name.Name] = s, s
						}
					}
				}
			}
		}
	}
	return found
}

func literal(e ast.Expr) string {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(l.Value)
	if err != nil {
		return ""
	}
	return s
}

// comparisons finds where code looks for one of the names: a comparison, a case, or a key.
func comparisons(f file, names []string, constants map[string]string) (found []string) {
	text := func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.Ident:
			return constants[f.dir+" "+e.Name]
		case *ast.SelectorExpr:
			if x, ok := e.X.(*ast.Ident); ok {
				return constants[x.Name+"."+e.Sel.Name]
			}
		}
		return literal(e)
	}
	is := func(e ast.Expr) bool { s := text(e); return s != "" && slices.Contains(names, s) }
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (is(n.X) || is(n.Y)) {
				found = append(found, "a comparison with "+text(n.X)+text(n.Y))
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				if is(e) {
					found = append(found, "a case "+text(e))
				}
			}
		case *ast.KeyValueExpr:
			if is(n.Key) {
				found = append(found, "a key "+text(n.Key))
			}
		case *ast.IndexExpr:
			if is(n.Index) {
				found = append(found, "an index "+text(n.Index))
			}
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "EqualFold" || s.Sel.Name == "HasPrefix" || s.Sel.Name == "Contains") && slices.ContainsFunc(n.Args, is) {
				found = append(found, "a call of "+s.Sel.Name)
			}
		}
		return true
	})
	return found
}

// The rule is tested itself: one that finds nothing would pass unnoticed.
func TestAsksFindsEachForm(t *testing.T) {
	for src, want := range map[string]string{
		`func f(s string) bool { return s == "aws" }`:                           "a comparison with aws",
		`const home = "aws"; func f(s string) bool { return home != s }`:        "a comparison with aws",
		`func f(s string) { switch s { case "x", "tencent": } }`:                "a case tencent",
		`func f() map[string]int { return map[string]int{"aws": 1} }`:           "a key aws",
		`func f(m map[string]int) int { return m["aws"] }`:                      "an index aws",
		`func f(s string) bool { return s == faastest.AWS }`:                    "a comparison with aws",
		`func f(s string) bool { return strings.EqualFold(s, "aws") }`:          "a call of EqualFold",
		`func f() []string { return []string{"aws", "tencent"} }`:               "",
		`func f(s string) bool { return s == "other" || s == "" }`:              "",
		`func f(flags *set) { flags.StringVar(&p, "target", "aws", "a name") }`: "",
	} {
		syntax, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+src, 0)
		if err != nil {
			t.Fatal(err)
		}
		f := file{dir: "x", syntax: syntax}
		known := constants([]file{f})
		known["faastest.AWS"] = "aws"
		if got := strings.Join(comparisons(f, []string{"aws", "tencent"}, known), "; "); got != want {
			t.Errorf("%s\ngot  %q\nwant %q", src, got, want)
		}
	}
}
