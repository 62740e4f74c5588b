package draw

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/faasgen/faasgen/gen/inspect"
)

// Text writes a tree: each function with what it needs, and below that what that needs. What comes a second time is not
// taken apart again.
func Text(graphs []*inspect.Graph, path func(string) string) ([]byte, error) {
	var b bytes.Buffer
	for i, g := range graphs {
		if i > 0 {
			b.WriteByte('\n')
		}
		p := &tree{out: &b, path: path, edges: map[*inspect.Node][]*inspect.Edge{}, done: map[*inspect.Node]bool{}}
		needed := map[*inspect.Node]bool{}
		for _, e := range g.Edges {
			if !e.Call { // the function has a tree of its own
				p.edges[e.From] = append(p.edges[e.From], e)
			}
			needed[e.To] = true
		}
		p.line("", g.Service, path(g.Dir))
		p.units(g.Units)
		// What is left is needed by no function here: first what nothing needs, then what goes round in circles.
		for _, n := range g.Nodes {
			if !p.done[n] && !needed[n] {
				p.root(n)
			}
		}
		for _, n := range g.Nodes {
			if !p.done[n] {
				p.root(n)
			}
		}
	}
	return b.Bytes(), nil
}

// tree writes one graph.
type tree struct {
	out   *bytes.Buffer
	path  func(string) string
	edges map[*inspect.Node][]*inspect.Edge
	done  map[*inspect.Node]bool
}

func (p *tree) line(indent, text, place string) {
	text = plain(text)
	if place != "" {
		text += "  " + plain(place)
	}
	fmt.Fprintf(p.out, "%s%s\n", indent, text)
}

// units writes the functions. A unit of one function of the same name is that function.
func (p *tree) units(units []inspect.GraphUnit) {
	for _, u := range units {
		if single(u) {
			p.root(u.Functions[0])
			continue
		}
		p.line("\n", "unit "+u.Name, "")
		for i, f := range u.Functions {
			first, rest := branch("", i == len(u.Functions)-1)
			p.node(first, rest, nil, f)
		}
	}
}

func (p *tree) root(n *inspect.Node) {
	p.out.WriteByte('\n')
	p.node("", "", nil, n)
}

// node writes a node and what it needs. The edge that led to it is nil at a root.
func (p *tree) node(first, rest string, by *inspect.Edge, n *inspect.Node) {
	edges := p.edges[n]
	text, place := p.label(by, n)
	if p.done[n] && len(edges) > 0 {
		p.line(first, text+" (see above)", place)
		return
	}
	p.done[n] = true
	p.line(first, text, place)
	for i, e := range edges {
		first, rest := branch(rest, i == len(edges)-1)
		if e.To == nil {
			p.line(first, requirement(e)+" = nothing"+bracketed(remarks(e)), where(e.Pos, p.path))
			continue
		}
		p.node(first, rest, e, e.To)
	}
}

// label is what a line says, and the place: that of the declaration, or of the field for what is declared nowhere.
func (p *tree) label(by *inspect.Edge, n *inspect.Node) (text, place string) {
	text, place = title(n), where(n.Pos, p.path)
	if n.Kind == inspect.FunctionNode {
		text = "function " + text
	}
	if n.Handler != "" {
		text += " = " + n.Handler
	}
	if list := triggers(n); len(list) > 0 {
		text += " (" + strings.Join(list, "; ") + ")"
	}
	words := tags(n)
	if by != nil {
		if what := requirement(by); what != "" {
			text = what + " = " + text
		}
		words = append(words, remarks(by)...)
		if place == "" {
			place = where(by.Pos, p.path)
		}
	}
	return text + bracketed(words), place
}

// branch is what stands in front of a child's line, and in front of the lines below it.
func branch(indent string, last bool) (first, rest string) {
	if last {
		return indent + "└── ", indent + "    "
	}
	return indent + "├── ", indent + "│   "
}
