package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"math/big"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/faasgen/faasgen/gen/inspect/schema"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// source is this package's types, read as the generator reads an application.
var source = sync.OnceValues(func() (*types.Package, *schema.Set) {
	content, err := os.ReadFile("types_test.go")
	if err != nil {
		panic(err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "types_test.go", content, parser.ParseComments)
	if err != nil {
		panic(err)
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil), Error: func(error) {}} // what is not used there
	pkg, _ := conf.Check("example.com/test/books", fset, []*ast.File{file}, nil)
	return pkg, schema.NewSet("example.com/test", fset, map[string][]byte{"types_test.go": content})
})

func typeOf(t *testing.T, expression string) types.Type {
	t.Helper()
	pkg, _ := source()
	v, err := types.Eval(token.NewFileSet(), pkg, token.NoPos, expression)
	if err != nil {
		t.Fatal(err)
	}
	return v.Type
}

func TestGolden(t *testing.T) {
	_, set := source()
	at := schema.Place{Pos: token.Position{Filename: "shop.go", Line: 1, Column: 1}, Length: 4}
	refs := map[string]*schema.Schema{}
	for _, expression := range []string{"All", "*Book", "Page[*Book]", "[]Kind", "Impossible", "map[string]any", "interface{ Read() }", "chan int"} {
		refs[expression] = set.Of(typeOf(t, expression), false, at)
	}
	for _, expression := range []string{"Ruled", "Numbers"} {
		refs[expression+" with rules"] = set.Of(typeOf(t, expression), true, at)
	}
	refs["Ruled"] = set.Of(typeOf(t, "Ruled"), false, at)
	refs["Book without title"] = set.Object(typeOf(t, "*Book"), func(path string) bool { return path == "Title" }, false, at)
	definitions := map[string]*schema.Schema{}
	for _, d := range set.Definitions() {
		definitions[d.Name] = d.Schema
	}
	var findings []string
	for _, f := range set.Findings() {
		findings = append(findings, fmt.Sprintf("%s (%d): %s", f.Pos, f.Length, f.Message))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(map[string]any{"definitions": definitions, "schemas": refs, "findings": findings}); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/schemas.json"
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("%s is another; go test -update writes it, and git diff shows what changed\n%s", golden, &b)
	}
}

// TestEncodedValuesSatisfy: whatever encoding/json writes of a type satisfies its schema, and the members are those of the schema.
func TestEncodedValuesSatisfy(t *testing.T) {
	for expression, zero := range map[string]any{
		"All": All{}, "*Book": (*Book)(nil), "Page[Book]": Page[Book]{}, "Tree": Tree{}, "Catalogue": Catalogue{}, "Embedding": Embedding{}, "Options": Options{},
		"Tagged": Tagged{}, "Figures": Figures{}, "Numbers": Numbers{}, "Texts": Texts{}, "[]Kind": []Kind{}, "map[Kind][]Level": map[Kind][]Level{},
	} {
		t.Run(expression, func(t *testing.T) {
			pkg, _ := source()
			set := schema.NewSet(pkg.Path(), token.NewFileSet(), nil)
			check := compiled(t, set, typeOf(t, expression), false)
			r := rand.New(rand.NewPCG(1, 2))
			for range 200 {
				v := reflect.New(reflect.TypeOf(zero)).Elem()
				fill(r, v, 0)
				text, err := json.Marshal(v.Interface())
				if err != nil {
					t.Fatal(err)
				}
				if err := check(text); err != nil {
					t.Fatalf("%s\n%v", text, err)
				}
			}
		})
	}
}

// TestRulesRefuseNothingThatPasses: what package validator lets through satisfies the schema, and what the rules say at least fails.
func TestRulesRefuseNothingThatPasses(t *testing.T) {
	pkg, _ := source()
	check := compiled(t, schema.NewSet(pkg.Path(), token.NewFileSet(), nil), typeOf(t, "Edges"), true)
	valid := func() map[string]any {
		return map[string]any{"sport": "skydive", "pair": "a,b", "choice": "a", "given": "g", "words": []string{"dive", "run"}}
	}
	for _, tt := range []struct {
		member string
		value  any
		passes bool
	}{
		{"sport", "skydive", true}, {"sport", "swim", true}, {"sport", "sky", false},
		{"pair", "a,b", true}, {"pair", "a0x2Cb", false},
		{"choice", nil, true}, {"choice", "b", true}, {"choice", "c", false},
		{"given", "", true}, {"given", nil, false},
		{"words", []string{}, true}, {"words", []string{"dive"}, true}, {"words", []string{"swim"}, false},
	} {
		v := valid()
		v[tt.member] = tt.value
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := check(text); (err == nil) != tt.passes {
			t.Errorf("%s = %v: want it to pass: %t; %v", tt.member, tt.value, tt.passes, err)
		}
	}
}

// compiled is a validator of the schema of a type. Objects with other members than the schema names fail.
func compiled(t *testing.T, set *schema.Set, typ types.Type, rules bool) func([]byte) error {
	t.Helper()
	of := set.Of(typ, rules, schema.Place{})
	members := []schema.ObjectMember{}
	for _, d := range set.Definitions() {
		members = append(members, schema.Member(d.Name, d.Schema, true))
	}
	schemas, err := schema.Object(members...)
	if err != nil {
		t.Fatal(err)
	}
	text, err := schema.Object(schema.Member("components", map[string]any{"schemas": json.RawMessage(schemas)}, true), schema.Member("anyOf", []any{of}, true))
	if err != nil {
		t.Fatal(err)
	}
	closed := strings.ReplaceAll(string(text), `"properties":`, `"unevaluatedProperties":false,"properties":`)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(closed))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatalf("%v\n%s", err, closed)
	}
	return func(text []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		return s.Validate(v)
	}
}

// fill makes a value up. Enumerations have one of their values, as an application has them.
func fill(r *rand.Rand, v reflect.Value, depth int) {
	switch p := v.Addr().Interface().(type) {
	case *Kind:
		*p = []Kind{Paper, Sound}[r.IntN(2)]
		return
	case *Level:
		*p = Level(r.IntN(2))
		return
	case *time.Time:
		*p = time.Unix(r.Int64N(1e9), 0).UTC()
		return
	case *json.RawMessage:
		*p = json.RawMessage(`{"raw":1}`)
		return
	case **big.Int:
		*p = big.NewInt(r.Int64())
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.IntN(100) - 50))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(r.IntN(100)))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(r.NormFloat64())
	case reflect.String:
		v.SetString([]string{"", "text", "<é>"}[r.IntN(3)])
	case reflect.Pointer:
		if depth < 4 && r.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem(), depth+1)
		}
	case reflect.Slice:
		if n := r.IntN(4) - 1; n >= 0 && depth < 4 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(r, v.Index(i), depth+1)
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(r, v.Index(i), depth+1)
		}
	case reflect.Map:
		if n := r.IntN(4) - 1; n >= 0 && depth < 4 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				fill(r, key, depth+1)
				fill(r, value, depth+1)
				v.SetMapIndex(key, value)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				fill(r, f, depth+1)
			}
		}
	}
}

// check type-checks packages of one file each, by their import paths; later ones may import earlier ones.
func check(t *testing.T, sources [][2]string) map[string]*types.Package {
	t.Helper()
	fset, checked := token.NewFileSet(), map[string]*types.Package{}
	for _, s := range sources {
		file, err := parser.ParseFile(fset, s[0]+".go", s[1], 0)
		if err != nil {
			t.Fatal(err)
		}
		conf := types.Config{Importer: packages(checked)}
		if checked[s[0]], err = conf.Check(s[0], fset, []*ast.File{file}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return checked
}

type packages map[string]*types.Package

func (p packages) Import(path string) (*types.Package, error) {
	if found := p[path]; found != nil {
		return found, nil
	}
	return nil, fmt.Errorf("no package %s", path)
}

// TestNamesOfSeveralPackages: types of one name have their package's in front, or its path.
func TestNamesOfSeveralPackages(t *testing.T) {
	checked := check(t, [][2]string{
		{"shop/books", "package books\ntype Item struct{ A int }\ntype Only struct{}\n"}, {"shop/games", "package games\ntype Item struct{ B int }\n"},
		{"old/games", "package games\ntype Item struct{ C int }\n"},
		{"shop", "package shop\nimport (\n\"shop/books\"\n\"shop/games\"\nold \"old/games\"\n)\ntype All struct {\n\tX books.Item\n\tY games.Item\n\tZ old.Item\n\tO books.Only\n\tP Page[books.Item]\n\tQ Page[games.Item]\n}\ntype Page[T any] struct{ Of T }\n"},
	})
	set := schema.NewSet("shop", token.NewFileSet(), nil)
	set.Of(checked["shop"].Scope().Lookup("All").Type(), false, schema.Place{})
	var names []string
	for _, d := range set.Definitions() {
		names = append(names, d.Name)
	}
	const want = "All Only books.Item old.games.Item shop.Page_books.Item shop.Page_games.Item shop.games.Item"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("found %s\nexpected %s", got, want)
	}
}

// TestManyTypes: ten thousand types are described in one document.
func TestManyTypes(t *testing.T) {
	const n = 10000
	var b strings.Builder
	b.WriteString("package many\n")
	for i := range n {
		fmt.Fprintf(&b, "type T%d struct { Next *T%d `json:\"next\"`; Of []T%d `json:\"of\"` }\n", i, (i+1)%n, (i+7)%n)
	}
	checked := check(t, [][2]string{{"many", b.String()}})
	set := schema.NewSet("many", token.NewFileSet(), nil)
	set.Of(checked["many"].Scope().Lookup("T0").Type(), false, schema.Place{})
	definitions := set.Definitions()
	if len(definitions) != n || len(set.Findings()) > 0 {
		t.Fatalf("%d definitions, %d findings", len(definitions), len(set.Findings()))
	}
	for _, d := range definitions {
		if _, err := json.Marshal(d.Schema); err != nil || len(d.Schema.Properties) != 2 {
			t.Fatalf("%s: %v, %+v", d.Name, err, d.Schema)
		}
	}
}
