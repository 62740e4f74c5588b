package faasgen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/kind"
)

// What is known of a kind of trigger stands in gen/kind/<kind>.go and framework/trigger/<kind>, and what a cloud does with
// it in the cloud's own folders. Any other declaration that names three kinds is a table of its own, which the next kind would
// have to be added to. What differs by the form of delivery (raw, request, tick, batch) switches over trigger.Delivery and
// names no kind.

func TestKindsAreSaidOnce(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || listsKinds(f) {
			continue
		}
		for _, d := range f.syntax.Decls {
			named := kindsIn(f, d)
			if len(named) < 3 {
				continue
			}
			t.Errorf("%s: %s names the kinds %s: loop over kind.All(), ask the kind of the marker, or switch over the form of delivery", f.path, declared(d), strings.Join(named, ", "))
		}
	}
}

// TestWhatAKindTouches counts by example what CONTRIBUTING says of a new kind. The kind cdn is carried by one cloud; two more
// say that they have no such events.
func TestWhatAKindTouches(t *testing.T) {
	var touched []string
	for _, f := range sources(t) {
		names := func(d ast.Decl) bool { return slices.Contains(kindsIn(f, d), "cdn") }
		if !f.test && (slices.ContainsFunc(f.syntax.Decls, names) || f.syntax.Name.Name == "cdn") {
			touched = append(touched, f.path)
		}
	}
	want := []string{
		"annotations/registry.go", // the list of markers, with the marker in markers.go
		"framework/platform/aliyun/cdn.go", "framework/platform/sim/aliyun/cloud.go", "gen/target/aliyun/cdn.go", "gen/target/aliyun/source.go",
		"framework/platform/sim/local/cloud.go",           // this machine
		"framework/trigger/cdn/cdn.go", "gen/kind/cdn.go", // with its line in all.go
		"gen/target/aws/cdn.go", "gen/target/aws/source.go", "gen/target/tencent/cdn.go", "gen/target/tencent/source.go",
	}
	slices.Sort(want)
	if slices.Sort(touched); !slices.Equal(touched, want) {
		t.Errorf("cdn is named in\n%s\nwant\n%s", strings.Join(touched, "\n"), strings.Join(want, "\n"))
	}
}

// listsKinds reports whether a file is one of the places where kinds are listed.
func listsKinds(f file) bool {
	if f.dir == "gen/kind" || f.path == "annotations/registry.go" {
		return true
	}
	for _, root := range []string{"gen/target", "framework/platform", "framework/platform/sim"} { // a cloud's own
		if cloud := child(f.dir, root); cloud != "" && !shared(root, cloud) {
			return true
		}
	}
	return false
}

// kindsIn are the kinds that a declaration names, sorted: by their words, by their markers, or by what their run-time
// packages declare. The kinds of one package, http and apigw, are one.
func kindsIn(f file, d ast.Decl) []string {
	imports := map[string]string{} // folders by the name that the file gives the package
	for _, spec := range f.syntax.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if dir, own := ours(imported); own && spec.Name != nil {
			imports[spec.Name.Name] = dir
		} else if own {
			imports[path.Base(dir)] = dir
		}
	}
	named := map[string]string{} // by word, by marker and by folder
	for k := range kind.All() {
		dir, _ := ours(k.Package())
		named[k.Word], named[dir] = k.Trigger.Kind(), k.Trigger.Kind()
		named["annotations."+reflect.TypeOf(k.Marker()).Elem().Name()] = k.Trigger.Kind()
	}
	var found []string
	ast.Inspect(d, func(n ast.Node) bool {
		word := ""
		switch n := n.(type) {
		case *ast.BasicLit:
			if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && kind.Lookup(s) != nil {
				word = named[s]
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Obj == nil { // an object would be a variable of that name
				if word = named[imports[x.Name]]; imports[x.Name] == "annotations" {
					word = named["annotations."+n.Sel.Name]
				}
			}
		}
		if word != "" && !slices.Contains(found, word) {
			found = append(found, word)
		}
		return true
	})
	slices.Sort(found)
	return found
}

// declared is the name of a declaration.
func declared(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Name.Name
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				return s.Name.Name
			case *ast.ValueSpec:
				return s.Names[0].Name
			}
		}
	}
	return "a declaration"
}

// The search is tested, too: one that finds nothing would pass unnoticed.
func TestKindsInFindsEachForm(t *testing.T) {
	const source = `package p

import (
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	storage "github.com/faasgen/faasgen/framework/trigger/os"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func words(kind string) { switch kind { case "mq", "os": case "timer": } }

var table = map[string]int{"kafka": 1, "log": 2, "cdn": 3}

func markers(m any) { switch m.(type) { case *annotations.Event, *annotations.Raw, *annotations.List: } }

func types(e any) { switch e.(type) { case []mq.Message, storage.Event: case web.Route: } }

func once(kind string) bool { return kind == "http" || kind == "apigw" || kind == "http " }

func local(mq struct{ Message int }) int { return mq.Message }
`
	want := map[string]string{"words": "mq os timer", "table": "cdn kafka log", "markers": "event raw", "types": "http mq os", "once": "http", "local": ""}
	syntax, err := parser.ParseFile(token.NewFileSet(), "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range syntax.Decls {
		if name := declared(d); name != "a declaration" {
			if got := strings.Join(kindsIn(file{syntax: syntax}, d), " "); got != want[name] {
				t.Errorf("%s: %s, want %s", name, got, want[name])
			}
			delete(want, name)
		}
	}
	if len(want) > 0 {
		t.Errorf("not looked at: %v", want)
	}
}
