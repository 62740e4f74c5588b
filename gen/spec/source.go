package spec

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"io"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/faasgen/faasgen/annotations"
	"gopkg.in/yaml.v3"
)

// MaxSize is how many bytes f.yml may have, far above any real one; it bounds what a wrong path can cost.
const MaxSize = 1 << 20

// source is the text of one f.yml, and turns places of yaml nodes into places of its lines.
type source struct {
	path  string
	text  []byte
	lines []string
}

func newSource(path string, text []byte) *source {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	return &source{path: path, text: text, lines: splitLines(string(text))}
}

// splitLines ends lines where the yaml reader does, so that its line numbers fit.
func splitLines(text string) []string {
	var lines []string
	for text != "" {
		i := strings.IndexAny(text, "\n\r\u0085\u2028\u2029")
		if i < 0 {
			return append(lines, text)
		}
		lines = append(lines, text[:i])
		_, n := utf8.DecodeRuneInString(text[i:])
		if strings.HasPrefix(text[i:], "\r\n") {
			n = 2
		}
		text = text[i+n:]
	}
	return lines
}

func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

// at is a place of a line; column and length are in bytes, from 1.
func (s *source) at(line, column, length int) Place {
	return Place{Pos: token.Position{Filename: s.path, Line: line, Column: column}, Length: length, Line: s.line(line)}
}

// node is the place of a yaml node, whose columns count characters.
func (s *source) node(n *yaml.Node) Place {
	line := s.line(n.Line)
	column := 1
	for i := range line {
		if column == n.Column {
			return s.at(n.Line, i+1, extent(line[i:], n))
		}
		column++
	}
	return s.at(n.Line, len(line)+1, 1)
}

// extent is how many bytes of the line, which starts at the node, belong to it.
func extent(line string, n *yaml.Node) int {
	if n.Kind != yaml.ScalarNode {
		if n.Kind == yaml.AliasNode {
			return len("*" + n.Value)
		}
		return 1
	}
	switch n.Style &^ yaml.TaggedStyle {
	case yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle:
		quote := line[0]
		for i := 1; i < len(line); i++ {
			if line[i] == '\\' && quote == '"' {
				i++
			} else if line[i] == quote {
				return i + 1
			}
		}
		return len(strings.TrimRight(line, " \t"))
	case yaml.LiteralStyle, yaml.FoldedStyle:
		return 1
	}
	if strings.HasPrefix(line, n.Value) {
		return max(1, len(n.Value))
	}
	return 1 // a tag or an anchor stands in front, or the value goes on in the next line
}

// offset is the place of a piece of a scalar, if it stands in the line as it reads; otherwise the place of the scalar.
func (s *source) offset(n *yaml.Node, at, length int) Place {
	p := s.node(n)
	start := p.Pos.Column - 1
	if n.Style == yaml.DoubleQuotedStyle || n.Style == yaml.SingleQuotedStyle {
		start++
	}
	if at+length <= len(n.Value) && start <= len(p.Line) && strings.HasPrefix(p.Line[start:], n.Value) {
		return s.at(p.Pos.Line, start+at+1, length)
	}
	return p
}

// parse reads the file's one document. It returns nil for an empty one.
func (s *source) parse() (*yaml.Node, annotations.Diagnostics) {
	if len(s.text) > MaxSize {
		p := Place{Pos: token.Position{Filename: s.path}}
		return nil, annotations.Diagnostics{p.Errorf(CodeSyntax, "found %d bytes, expected at most %d", len(s.text), MaxSize)}
	}
	if d, ok := s.encoding(); !ok {
		return nil, annotations.Diagnostics{d}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(s.text))
	var document, further yaml.Node
	err := decoder.Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err == nil {
		err = decoder.Decode(&further)
		if errors.Is(err, io.EOF) {
			return document.Content[0], nil
		}
	}
	if err != nil {
		return nil, annotations.Diagnostics{s.syntax(err)}
	}
	return nil, annotations.Diagnostics{s.node(&further).Errorf(CodeSyntax, "found a second document, expected one")}
}

// Syntax says where, and why, a text is not one document of YAML. Nothing that it returns quotes the text but the lines of the
// diagnostics, of which the caller knows whether they may be shown. The path is for their positions.
func Syntax(path string, text []byte) annotations.Diagnostics {
	_, ds := newSource(path, text).parse()
	return ds
}

// encoding refuses what the yaml reader would refuse without saying where.
func (s *source) encoding() (annotations.Diagnostic, bool) {
	for i, line := range s.lines {
		for j, r := range line {
			_, n := utf8.DecodeRuneInString(line[j:])
			place := s.at(i+1, j+1, n)
			switch {
			case r == utf8.RuneError && n == 1:
				place.Line = strings.ToValidUTF8(place.Line[:j], "?") // the rest may be anything
				return place.Errorf(CodeSyntax, "found the byte 0x%02x, expected text in UTF-8", line[j]), false
			case r < ' ' && r != '\t' || r == 0x7f:
				place.Line = ""
				return place.Errorf(CodeSyntax, "found the control character %U", r), false
			}
		}
	}
	return annotations.Diagnostic{}, true
}

// syntax says where the yaml reader stopped. Its own line numbers are now those of the mistake, now those of what the
// mistake is in, and it has no columns; the first line up to which the file fails in the same way is more use.
func (s *source) syntax(err error) annotations.Diagnostic {
	lines := regexp.MustCompile(`line \d+: `)
	message := func(err error) string {
		return lines.ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "")
	}
	want := message(err)
	at := 1 + sort.Search(max(0, len(s.lines)-1), func(i int) bool {
		decoder := yaml.NewDecoder(strings.NewReader(strings.Join(s.lines[:i+1], "\n") + "\n"))
		for {
			if err := decoder.Decode(new(yaml.Node)); err != nil {
				return message(err) == want
			}
		}
	})
	text := s.line(at)
	indent := len(text) - len(strings.TrimLeft(text, " \t"))
	place := s.at(at, indent+1, len(strings.TrimSpace(text)))
	if tab := strings.IndexByte(text[:indent], '\t'); tab >= 0 {
		return s.at(at, tab+1, 1).Errorf(CodeSyntax, "found a tab in the indentation, expected spaces")
	}
	d := place.Errorf(CodeSyntax, "invalid yaml: %s", want)
	switch {
	case strings.Contains(want, "mapping values are not allowed"):
		d.Hint = "a value that holds a colon and a space needs quotes, and keys of one map start in the same column"
	case strings.Contains(want, "did not find expected"):
		d.Hint = "inside { } and [ ] a value with braces, brackets or commas needs quotes; keys of one map start in the same column"
	case strings.Contains(want, "cannot start any token"):
		d.Hint = "put the value in quotes"
	}
	return d
}

// describe says what a node is, for "found ...". Its text is the source's, never a substituted value: that may be secret.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!bool":
		return n.Value
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!str", "!!timestamp":
		return fmt.Sprintf("the text %q", clip(n.Value))
	}
	return "a value with the tag " + n.Tag
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return s
}
