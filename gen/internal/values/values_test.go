package values_test

import (
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen/internal/values"
)

const source = `package p

import "time"

type Level string

type Text struct{ hidden int }

func (*Text) UnmarshalText([]byte) error { return nil }

type Base struct{ Idle time.Duration }

type T struct {
	Max     int8
	Hosts   []string ` + "`yaml:\"hosts,omitempty\"`" + `
	ByName  map[Level]*T
	Text    Text
	Any     any
	Skipped chan int ` + "`yaml:\"-\"`" + `
	hidden  chan int
	Base
	More struct{ URL string } ` + "`yaml:\",inline\"`" + `
	Deep struct{ HTTPPort uint16 }
}
`

func typeT(t *testing.T) types.Type {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: importer.ForCompiler(fset, "source", nil)}).Check("p", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg.Scope().Lookup("T").Type()
}

func TestMembers(t *testing.T) {
	var keys []string
	for _, m := range values.Members(typeT(t), "x") {
		keys = append(keys, m.Key)
	}
	if got, want := strings.Join(keys, " "), "x.max x.hosts x.byName x.text x.any x.idle x.url x.deep x.deep.httpPort"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCheck(t *testing.T) {
	typ := typeT(t)
	for _, c := range []struct{ key, text, want string }{
		{"x.max", "5", ""},
		{"x.Max", "5", ""},
		{"x.max", "300", "key x.Max: the number does not fit into int8"},
		{"x.hosts", "[a, b]", ""},
		{"x.Hosts", "[a]", values.ErrUnknown.Error()},
		{"x.byName.eu.max", "1", ""},
		{"x.byName.eu.max", "many", "key x.byName.eu.max: expected a whole number, found a text"},
		{"x.byName.eu.mx", "1", values.ErrUnknown.Error()},
		{"x.text", "anything", ""},
		{"x.text.hidden", "1", values.ErrUnknown.Error()},
		{"x.any.thing", "1", ""},
		{"x.skipped", "1", values.ErrUnknown.Error()},
		{"x.hidden", "1", values.ErrUnknown.Error()},
		{"x.idle", "soon", "key x.idle: expected a duration such as 5s or a number of seconds, found a text"},
		{"x.url", "a", ""},
		{"x.deep.httpPort", "70000", "the number does not fit into uint16"},
		{"x", "{max: 5}", ""},
		{"x", "5", "key x: expected a mapping, found a whole number"},
	} {
		err := values.Check(typ, "x", c.key, c.text)
		switch {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.want))):
			t.Errorf("%s = %s: %v, want %q", c.key, c.text, err, c.want)
		case c.want == values.ErrUnknown.Error() && !errors.Is(err, values.ErrUnknown):
			t.Errorf("%s: %v", c.key, err)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"5", `"5"`, "a: [1, {b: c}]", "|\n  a\n  b\n", "2020-01-01", "~", "'#'", "!!str 5", "- \"\\u2028\"", "? a\n: - b", "0:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		var doc yaml.Node
		if yaml.Unmarshal([]byte(source), &doc) != nil || len(doc.Content) == 0 || strings.ContainsAny(source, "&*<!") {
			return
		}
		text, err := values.Text(doc.Content[0])
		if err != nil {
			return
		}
		var a, b any
		if doc.Decode(&a) != nil {
			return
		}
		if strings.Contains(text, "\n") {
			t.Fatalf("%q has several lines", text)
		}
		if err := yaml.Unmarshal([]byte(text), &b); err != nil {
			t.Fatalf("%q is written %q: %v", source, text, err)
		}
		x, _ := yaml.Marshal(a)
		y, _ := yaml.Marshal(b)
		if string(x) != string(y) {
			t.Fatalf("%q is written %q, which is\n%s, not\n%s", source, text, y, x)
		}
	})
}
