package draw_test

import (
	"encoding/json"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/draw"
	"github.com/faasgen/faasgen/gen/inspect"
)

func path(name string) string { return strings.TrimPrefix(name, "/app/") }

func render(t *testing.T, format string, graphs ...*inspect.Graph) string {
	t.Helper()
	content, err := draw.Formats()[format](graphs, path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func at(line int) token.Position { return token.Position{Filename: "/app/a.go", Line: line, Column: 2} }

// grouped is an application with a unit of two functions, one of which is a unit of its own as well.
func grouped() *inspect.Graph {
	one := &inspect.Node{Kind: inspect.FunctionNode, ID: "function/one", Name: "one", Pos: at(1)}
	two := &inspect.Node{Kind: inspect.FunctionNode, ID: "function/two", Name: "two", Pos: at(2), Triggers: []inspect.GraphTrigger{{Kind: "event"}}}
	store := &inspect.Node{Kind: inspect.ProviderNode, ID: "provider/store", Name: "a.Store", Type: "*a.Store", Pos: at(3)}
	logger := &inspect.Node{Kind: inspect.BuiltinNode, ID: "builtin/logger", Name: "logger"}
	return &inspect.Graph{
		Dir: "/app/x", Service: "app",
		Units: []inspect.GraphUnit{{Name: "api", Functions: []*inspect.Node{one, two}}, {Name: "two", Functions: []*inspect.Node{two}}},
		Nodes: []*inspect.Node{one, two, store, logger},
		Edges: []*inspect.Edge{
			{From: one, To: store},
			{From: two, To: store, Name: "Store", Type: "*a.Store", Lazy: true},
			{From: store, To: logger, Name: "Log", Type: "*slog.Logger", Pos: at(4)},
			{From: store, Name: "Meter", Type: "a.Meter", Optional: true, Pos: at(5)},
		},
	}
}

// TestUnits draws units of several functions.
func TestUnits(t *testing.T) {
	tests := map[string]string{
		"text": `app  x

unit api
├── function one  a.go:1
│   └── a.Store  a.go:3
│       ├── Log *slog.Logger = builtin logger  a.go:4
│       └── Meter a.Meter = nothing [optional]  a.go:5
└── function two (event)  a.go:2
    └── Store ioc.Lazy[*a.Store] = a.Store (see above)  a.go:3

function two (event) (see above)  a.go:2
`,
		"dot": `digraph "app" {
	rankdir=LR;
	node [shape=box];
	subgraph "cluster_unit/api" {
		label="unit api";
		"function/one" [label="one", shape=oval];
		"function/two" [label="two\nevent", shape=oval];
	}
	"provider/store" [label="a.Store"];
	"builtin/logger" [label="builtin logger", shape=plaintext];
	"function/one" -> "provider/store";
	"function/two" -> "provider/store" [label="Store ioc.Lazy[*a.Store]", style=dashed];
	"provider/store" -> "builtin/logger" [label="Log *slog.Logger"];
}
`,
		"mermaid": `flowchart LR
	subgraph s1["unit api"]
		n1(["one"])
		n2(["two<br/>event"])
	end
	n3["a.Store"]
	n4("builtin logger")
	n1 --> n3
	n2 -.->|"Store ioc.Lazy[#42;a.Store]"| n3
	n3 -->|"Log #42;slog.Logger"| n4
`,
	}
	for format, want := range tests {
		if diff := cmp.Diff(want, render(t, format, grouped())); diff != "" {
			t.Errorf("%s: -want +got:\n%s", format, diff)
		}
	}
}

// odd are names that mean something to one of the formats.
var odd = []string{
	`plain`, `"quoted"`, `back\`, `back\"quote`, `\N\G\l`, `a;b`, `a -> b`, `{x|y}`, `[x]`, `<b>bold</b>`, `&lt;`, `#35;`, "`tick`",
	"two\nlines", "tab\tnul\x00", "bad\xff utf8", `%%{init: {}}%%`, `end`, `graph`, `"]`, `])`, `|`, `--`, `*/`, `//`, "\u202eltr", `订单`, `$(x)`, `'`, ``,
}

// oddGraph has each odd name wherever there is one.
func oddGraph() *inspect.Graph {
	g := &inspect.Graph{Dir: `/app/"dir\`, Service: `"]};`}
	for i, name := range odd {
		f := &inspect.Node{Kind: inspect.FunctionNode, ID: "function/" + name, Name: name, Handler: name, Triggers: []inspect.GraphTrigger{{Kind: name, Text: name}}}
		p := &inspect.Node{Kind: inspect.ProviderNode, ID: "provider/" + name, Name: name, Type: name, As: []string{name}, ProvideID: name, Pos: at(i)}
		c := &inspect.Node{Kind: inspect.ConfigNode, ID: "config/" + name, Name: name}
		m := &inspect.Node{Kind: inspect.GuardNode, ID: "guard/" + name, Name: name, Handler: name, Unused: true}
		l := &inspect.Node{Kind: inspect.GroupNode, ID: "group/" + name, Name: name, Type: name}
		g.Nodes = append(g.Nodes, f, p, c, m, l)
		g.Units = append(g.Units, inspect.GraphUnit{Name: name + "s", Functions: []*inspect.Node{f}})
		g.Edges = append(g.Edges, &inspect.Edge{From: f, To: p}, &inspect.Edge{From: p, To: c, Name: name, Type: name, Default: &name})
	}
	return g
}

// The statements that are written, token by token: a name that gets out of its quotes fits none of them.
var (
	dotID        = `"(?:[^"\\]|\\.)*"`
	dotAttribute = `(?:label=` + dotID + `|(?:shape|style|color|fontcolor)=[a-z]+)`
	dotLine      = regexp.MustCompile(`^\t*(?:digraph ` + dotID + ` \{|subgraph ` + dotID + ` \{|\}|rankdir=LR;|node \[shape=box\];|label=` + dotID + `;|` +
		dotID + `(?: -> ` + dotID + `)?(?: \[` + dotAttribute + `(?:, ` + dotAttribute + `)*\])?;)$`)
	mermaidText = `"(?:[\pL\pN .,:/=()\[\]{}-]|<br/>|#[0-9]+;)*"`
	mermaidLine = regexp.MustCompile(`^(?:flowchart LR|\t+(?:end|subgraph s[0-9]+\[` + mermaidText + `\]|n[0-9]+(?:\[` + mermaidText + `\]|\(\[` +
		mermaidText + `\]\)|\(` + mermaidText + `\)|\[\[` + mermaidText + `\]\]|\{\{` + mermaidText + `\}\}|\[/` + mermaidText + `/\])|n[0-9]+ (?:-->|-\.->)(?:\|` + mermaidText + `\|)? n[0-9]+))$`)
)

// TestOddNames checks that no name gets out of its place.
func TestOddNames(t *testing.T) {
	g := oddGraph()
	for format, line := range map[string]*regexp.Regexp{"dot": dotLine, "mermaid": mermaidLine} {
		for _, graphs := range [][]*inspect.Graph{{g}, {g, grouped()}} {
			out := render(t, format, graphs...)
			for got := range strings.Lines(out) {
				if !line.MatchString(strings.TrimSuffix(got, "\n")) {
					t.Errorf("%s: %s", format, got)
				}
			}
			if opened, closed := count(out, `(\{|subgraph .*\])$`), count(out, `^\t*(\}|end)$`); opened != closed {
				t.Errorf("%s: %d blocks are opened and %d closed", format, opened, closed)
			}
		}
	}
	// Each unit, function, provider, key, guard and group has a line: a name with a line end would make more.
	text := render(t, "text", g)
	if got, want := strings.Count(strings.ReplaceAll(text, "\n\n", "\n"), "\n"), 1+6*len(odd); got != want {
		t.Errorf("text: %d lines, want %d:\n%s", got, want, text)
	}
	var list []struct {
		Nodes []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(render(t, "json", g)), &list); err != nil {
		t.Fatal(err)
	}
	for i, name := range odd {
		if got, want := list[0].Nodes[5*i].Name, strings.ToValidUTF8(name, "\uFFFD"); got != want {
			t.Errorf("json: %q, want %q", got, want)
		}
	}
}

func count(text, pattern string) int {
	return len(regexp.MustCompile("(?m)"+pattern).FindAllString(text, -1))
}

// TestLabels checks what reaches the reader of a drawing.
func TestLabels(t *testing.T) {
	tests := []struct{ name, dot, mermaid string }{
		{`a "b"`, `a \"b\"`, `a #34;b#34;`},
		{`a\n`, `a\\n`, `a#92;n`},
		{`&lt;`, `&amp;lt;`, `#38;lt#59;`},
		{"a\nb", `a b`, `a b`},
		{`/books/{id}`, `/books/{id}`, `/books/{id}`},
		{`订单-1`, `订单-1`, `订单-1`},
	}
	for _, tt := range tests {
		g := &inspect.Graph{Nodes: []*inspect.Node{{Kind: inspect.FunctionNode, ID: "x", Name: tt.name}}}
		if got, want := render(t, "dot", g), `[label="`+tt.dot+`", shape=oval]`; !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, want := render(t, "mermaid", g), `(["`+tt.mermaid+`"])`; !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestEmpty writes what has nothing in it.
func TestEmpty(t *testing.T) {
	empty := &inspect.Graph{Dir: "/app/x", Service: "app"}
	tests := map[string]string{
		"text": "app  x\n", "mermaid": "flowchart LR\n", "dot": "digraph \"app\" {\n\trankdir=LR;\n\tnode [shape=box];\n}\n",
		"json": "[\n  {\n    \"service\": \"app\",\n    \"dir\": \"x\",\n    \"units\": [],\n    \"nodes\": [],\n    \"edges\": []\n  }\n]\n",
	}
	for format, want := range tests {
		if got := render(t, format, empty); got != want {
			t.Errorf("%s: got %q, want %q", format, got, want)
		}
	}
	if got := render(t, "json"); got != "[]\n" {
		t.Errorf("json: %q", got)
	}
}
