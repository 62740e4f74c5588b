package faasgen_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/kind"
)

// What is known of a kind of trigger is said in gen/kind/<kind>.go and framework/trigger/<kind>. Code elsewhere that names
// three or more kinds is a table of its own, which the next kind would have to be added to.

// TestKindsAreSaidOnce finds the declarations that name three or more kinds: by their words in switches, comparisons and
// tables, by their markers, or by the types of their packages.
func TestKindsAreSaidOnce(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || tableOfKinds(f) {
			continue
		}
		for _, d := range f.syntax.Decls {
			if named := kindsIn(f, d); len(named) > 2 {
				t.Errorf("%s: %s names the kinds %s: loop over kind.All(), or ask the kind of the marker", f.path, declared(d), strings.Join(named, ", "))
			}
		}
	}
}

// tableOfKinds reports whether a file is one of the few places where kinds are listed.
func tableOfKinds(f file) bool {
	switch {
	case f.dir == "gen/kind", f.path == "annotations/registry.go":
		return true
	case child(f.dir, "gen/target") != "" && !shared("gen/target", child(f.dir, "gen/target")):
		return true // a cloud's own
	case child(f.dir, "framework/platform/sim") != "":
		return true
	case child(f.dir, "framework/platform") != "" && !shared("framework/platform", child(f.dir, "framework/platform")):
		return true
	}
	return false
}

// kindsIn are the kinds that a declaration names, sorted.
func kindsIn(f file, d ast.Decl) []string {
	packages := map[string]string{} // by the name in the file
	for _, spec := range f.syntax.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		dir, own := ours(path)
		if !own {
			continue
		}
		name := dir[strings.LastIndexByte(dir, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		packages[name] = dir
	}
	byPackage, byMarker := map[string]string{}, map[string]string{}
	for k := range kind.All() {
		dir, _ := ours(k.Package())
		byPackage[dir] = k.Word
		byMarker[markerName(k)] = k.Word
	}
	var found []string
	ast.Inspect(d, func(n ast.Node) bool {
		word := ""
		switch n := n.(type) {
		case *ast.Field:
			if n.Tag != nil {
				ast.Inspect(n.Type, func(ast.Node) bool { return true })
			}
			return true
		case *ast.BasicLit:
			if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && kind.Lookup(s) != nil {
				word = s
			}
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if !ok || x.Obj != nil { // a variable of that name
				return true
			}
			if dir := packages[x.Name]; dir == "annotations" {
				word = byMarker[n.Sel.Name]
			} else if dir != "" {
				word = byPackage[dir]
			}
		}
		if word == "apigw" {
			word = "http" // which are one at run time
		}
		if word != "" && !slices.Contains(found, word) {
			found = append(found, word)
		}
		return true
	})
	slices.Sort(found)
	return found
}

func markerName(k *kind.Kind) string {
	name := strings.TrimPrefix(typeName(k.Marker()), "*annotations.")
	return name
}

func declared(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Name.Name
	case *ast.GenDecl:
		return "a " + d.Tok.String()
	}
	return ""
}

func typeName(v any) string { return fmt.Sprintf("%T", v) }
