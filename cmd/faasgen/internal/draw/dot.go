package draw

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/faasgen/faasgen/gen/inspect"
)

// DOT writes one digraph in the language of Graphviz. Several applications are a cluster each, and so are units of
// several functions. What nothing provides is left out.
func DOT(graphs []*inspect.Graph, path func(string) string) ([]byte, error) {
	d := &dot{}
	name := "faasgen"
	if len(graphs) == 1 {
		name = graphs[0].Service
	}
	d.open("digraph %s {", quoted(name))
	d.line("rankdir=LR;")
	d.line("node [shape=box];")
	for _, g := range graphs {
		if len(graphs) == 1 {
			d.graph(g)
			continue
		}
		dir := path(g.Dir)
		d.prefix = dir + "/"
		d.open("subgraph %s {", quoted("cluster_"+dir))
		d.line("label=%s;", label(g.Service+" "+dir))
		d.graph(g)
		d.close()
	}
	d.close()
	return d.out.Bytes(), nil
}

// dot writes indented lines.
type dot struct {
	out    bytes.Buffer
	indent int
	// prefix makes the IDs of several applications differ.
	prefix string
}

func (d *dot) line(format string, args ...any) {
	d.out.WriteString(strings.Repeat("\t", d.indent))
	fmt.Fprintf(&d.out, format, args...)
	d.out.WriteByte('\n')
}

func (d *dot) open(format string, args ...any) {
	d.line(format, args...)
	d.indent++
}

func (d *dot) close() {
	d.indent--
	d.line("}")
}

func (d *dot) graph(g *inspect.Graph) {
	inUnit := map[*inspect.Node]bool{}
	for _, u := range g.Units {
		if single(u) {
			continue
		}
		d.open("subgraph %s {", quoted("cluster_"+d.prefix+"unit/"+u.Name))
		d.line("label=%s;", label("unit "+u.Name))
		for _, f := range u.Functions {
			if !inUnit[f] { // a node is drawn in one cluster at most
				inUnit[f] = true
				d.node(f)
			}
		}
		d.close()
	}
	for _, n := range g.Nodes {
		if !inUnit[n] {
			d.node(n)
		}
	}
	for _, e := range g.Edges {
		if e.To != nil {
			d.edge(e)
		}
	}
}

func (d *dot) node(n *inspect.Node) {
	attributes := "label=" + label(lines(n)...)
	switch n.Kind {
	case inspect.FunctionNode:
		attributes += ", shape=oval"
	case inspect.MiddlewareNode, inspect.GuardNode, inspect.AspectNode, inspect.LayerNode:
		attributes += ", shape=hexagon"
	case inspect.ConfigurationNode, inspect.ComponentNode:
		attributes += ", shape=component"
	case inspect.DecoratorNode:
		attributes += ", peripheries=2"
	case inspect.CallNode:
		attributes += ", shape=cds"
	case inspect.GroupNode:
		attributes += ", shape=folder"
	case inspect.ConfigNode:
		attributes += ", shape=note"
	case inspect.BuiltinNode:
		attributes += ", shape=plaintext"
	}
	if n.Unused {
		attributes += ", color=gray, fontcolor=gray"
	}
	d.line("%s [%s];", quoted(d.prefix+n.ID), attributes)
}

func (d *dot) edge(e *inspect.Edge) {
	var attributes []string
	if text := requirement(e) + bracketed(remarks(e)); text != "" {
		attributes = append(attributes, "label="+label(text))
	}
	switch {
	case e.Call:
		attributes = append(attributes, "style=bold")
	case e.Lazy:
		attributes = append(attributes, "style=dashed")
	}
	d.line("%s -> %s%s;", quoted(d.prefix+e.From.ID), quoted(d.prefix+e.To.ID), bracketed(attributes))
}

// lines are the lines of a node's label.
func lines(n *inspect.Node) []string {
	list := append([]string{title(n)}, triggers(n)...)
	if words := tags(n); len(words) > 0 {
		list = append(list, strings.Join(words, ", "))
	}
	return list
}

// quoted is an ID: within quotes only a quote ends it, and a backslash in front of one does not let it.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(plain(s)) + `"`
}

// label is a quoted text of several lines, in which a backslash and an ampersand would mean something.
func label(lines ...string) string {
	escaped := make([]string, len(lines))
	for i, line := range lines {
		escaped[i] = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;").Replace(plain(line))
	}
	return `"` + strings.Join(escaped, `\n`) + `"`
}
