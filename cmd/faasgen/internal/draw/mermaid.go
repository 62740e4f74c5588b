package draw

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/faasgen/faasgen/gen/inspect"
)

// Mermaid writes one flowchart. Several applications are a subgraph each, and so are units of several functions. What
// nothing provides is left out.
func Mermaid(graphs []*inspect.Graph, path func(string) string) ([]byte, error) {
	m := &mermaid{}
	m.line("flowchart LR")
	m.indent++
	for _, g := range graphs {
		if len(graphs) == 1 {
			m.graph(g)
			continue
		}
		m.subgraph(g.Service + " " + path(g.Dir))
		m.graph(g)
		m.end()
	}
	return m.out.Bytes(), nil
}

// mermaid writes indented lines. Nodes and subgraphs are numbered: what an ID of mermaid may hold is little.
type mermaid struct {
	out           bytes.Buffer
	indent        int
	nodes, groups int
}

func (m *mermaid) line(format string, args ...any) {
	m.out.WriteString(strings.Repeat("\t", m.indent))
	fmt.Fprintf(&m.out, format, args...)
	m.out.WriteByte('\n')
}

func (m *mermaid) subgraph(title string) {
	m.groups++
	m.line("subgraph s%d[%s]", m.groups, escaped(title))
	m.indent++
}

func (m *mermaid) end() {
	m.indent--
	m.line("end")
}

func (m *mermaid) graph(g *inspect.Graph) {
	ids := make(map[*inspect.Node]string, len(g.Nodes))
	for _, n := range g.Nodes {
		m.nodes++
		ids[n] = fmt.Sprintf("n%d", m.nodes)
	}
	inUnit := map[*inspect.Node]bool{}
	for _, u := range g.Units {
		if single(u) {
			continue
		}
		m.subgraph("unit " + u.Name)
		for _, f := range u.Functions {
			if !inUnit[f] { // a node is drawn in one subgraph at most
				inUnit[f] = true
				m.node(ids[f], f)
			}
		}
		m.end()
	}
	for _, n := range g.Nodes {
		if !inUnit[n] {
			m.node(ids[n], n)
		}
	}
	for _, e := range g.Edges {
		if e.To != nil {
			m.edge(ids[e.From], ids[e.To], e)
		}
	}
}

func (m *mermaid) node(id string, n *inspect.Node) {
	before, after := "[", "]"
	switch n.Kind {
	case inspect.FunctionNode:
		before, after = "([", "])"
	case inspect.MiddlewareNode, inspect.GuardNode, inspect.AspectNode, inspect.LayerNode:
		before, after = "{{", "}}"
	case inspect.ConfigurationNode, inspect.ComponentNode, inspect.GroupNode, inspect.DecoratorNode:
		before, after = "[[", "]]"
	case inspect.CallNode:
		before, after = ">", "]"
	case inspect.ConfigNode:
		before, after = "[/", "/]"
	case inspect.BuiltinNode:
		before, after = "(", ")"
	}
	m.line("%s%s%s%s", id, before, escaped(lines(n)...), after)
}

func (m *mermaid) edge(from, to string, e *inspect.Edge) {
	arrow := "-->"
	switch {
	case e.Call:
		arrow = "==>"
	case e.Lazy:
		arrow = "-.->"
	}
	if text := requirement(e) + bracketed(remarks(e)); text != "" {
		arrow += "|" + escaped(text) + "|"
	}
	m.line("%s %s %s", from, arrow, to)
}

// escaped is a quoted text of several lines. Everything that mermaid, markdown or HTML might take for more than a
// letter is written as its number.
func escaped(lines ...string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteString("<br/>")
		}
		for _, r := range plain(line) {
			if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" .,:/=-()[]{}", r) {
				b.WriteRune(r)
			} else {
				fmt.Fprintf(&b, "#%d;", r)
			}
		}
	}
	return `"` + b.String() + `"`
}
