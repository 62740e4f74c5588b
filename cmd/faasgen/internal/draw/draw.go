// Package draw writes graphs of applications: as a tree for people, as DOT and mermaid for other programs to draw, as
// JSON for tools. It writes what it is given; which part of a graph that is, is the business of gen.
package draw

import (
	"cmp"
	"go/token"
	"strconv"
	"strings"
	"unicode"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/inspect"
)

// Format writes graphs. Path shortens the name of a file for the reader.
type Format func(graphs []*inspect.Graph, path func(string) string) ([]byte, error)

// Formats are the known ones by name.
func Formats() map[string]Format {
	return map[string]Format{"text": Text, "dot": DOT, "mermaid": Mermaid, "json": JSON}
}

// title is what a node is called, with what it is a node of where that is not clear.
func title(n *inspect.Node) string {
	switch {
	case n.Kind == inspect.ProviderNode && n.Type != "*"+n.Name && n.Type != "":
		return n.Name + " (" + n.Type + ")"
	case n.Kind != inspect.FunctionNode && n.Kind != inspect.ProviderNode:
		return string(n.Kind) + " " + n.Name
	}
	return n.Name
}

// tags are what else there is to say of a node, in words.
func tags(n *inspect.Node) []string {
	var words []string
	if n.ProvideID != "" {
		words = append(words, "id="+n.ProvideID)
	}
	if n.Scope != annotations.Singleton && n.Scope != "" {
		words = append(words, string(n.Scope))
	}
	if len(n.As) > 0 {
		words = append(words, "as="+strings.Join(n.As, ","))
	}
	if n.Timeout > 0 {
		words = append(words, "timeout="+annotations.Duration(n.Timeout).String())
	}
	if n.Tries > 0 {
		words = append(words, "retries="+strconv.Itoa(n.Tries-1))
	}
	for _, t := range []struct {
		set  bool
		word string
	}{{n.Async, "async"}, {n.Lazy, "lazy"}, {n.Eager, "eager"}, {n.Unused, "unused"}} {
		if t.set {
			words = append(words, t.word)
		}
	}
	return words
}

// triggers are what calls a function, a text each.
func triggers(n *inspect.Node) []string {
	var list []string
	if n.Task {
		list = append(list, "task")
	}
	for _, t := range n.Triggers {
		list = append(list, strings.TrimSpace(t.Kind+" "+t.Text))
	}
	return list
}

// requirement is what an edge requires: a field or parameter with its type.
func requirement(e *inspect.Edge) string {
	t := e.Type
	if e.Lazy {
		t = "ioc.Lazy[" + t + "]"
	}
	return strings.TrimSpace(e.Name + " " + t)
}

// remarks are what else there is to say of an edge, in words.
func remarks(e *inspect.Edge) []string {
	var words []string
	if e.Default != nil {
		words = append(words, "default="+strconv.Quote(*e.Default))
	}
	if e.Optional {
		words = append(words, "optional")
	}
	return words
}

func bracketed(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return " [" + strings.Join(words, ", ") + "]"
}

// plain is text on one line, without what would not be seen.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// single reports whether a unit is one function of the same name, which needs no mention of its own.
func single(u inspect.GraphUnit) bool {
	return len(u.Functions) == 1 && u.Functions[0].Name == u.Name
}

// where is a place as file:line, empty if there is none.
func where(p token.Position, path func(string) string) string {
	if p.Filename == "" {
		return ""
	}
	return path(p.Filename) + ":" + strconv.Itoa(cmp.Or(p.Line, 1))
}
