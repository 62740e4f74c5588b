package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

const (
	aggregationKey = "aggregation"
	targetsKey     = "targets"
	byteOrderMark  = "\ufeff"
	// otherLineEnds are those that the yaml reader knows, too.
	otherLineEnds  = "\r\u0085\u2028\u2029"
	noKeys         = "found no keys, expected those of f.yml"
	foreignLineEnd = "found a line end that is neither that of Unix nor that of Windows, expected one of these"
)

// document is the text of an f.yml with what the yaml reader makes of it.
type document struct {
	mark  bool     // it begins with a byte order mark
	lines []string // with their line ends
	// limit is the index of the first line that is no longer part of the document.
	limit int
	root  *yaml.Node // nil if there is nothing but comments
	// aggregation is nil if the file has no such key.
	aggregation *entry
	groups      []*group
}

// entry is one key of a block mapping, with the lines that it takes: those from first to the one before end. Comments that are
// indented deeper than the key belong to it, blank lines and other comments after it do not.
type entry struct {
	key, value *yaml.Node
	first, end int
}

// obstacle is what cannot be edited; line is 0 if it has no place.
type obstacle struct {
	line int
	why  string
}

func at(n *yaml.Node, format string, args ...any) *obstacle {
	return &obstacle{n.Line, fmt.Sprintf(format, args...)}
}

// wrong is the error for an f.yml that faasgen check refuses, too.
func wrong(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", n.Line, fmt.Sprintf(format, args...))
}

// read reads the text.
func read(source []byte) (*document, error) {
	d := &document{}
	text := string(source)
	text, d.mark = strings.CutPrefix(text, byteOrderMark)
	// The yaml reader ends lines at these, too, and columns would be those of other lines.
	if strings.ContainsAny(strings.ReplaceAll(text, "\r\n", "\n"), otherLineEnds) {
		return nil, errors.New(foreignLineEnd)
	}
	d.lines = strings.SplitAfter(text, "\n")
	if d.lines[len(d.lines)-1] == "" {
		d.lines = d.lines[:len(d.lines)-1]
	}
	for i, line := range d.lines {
		if indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; strings.Contains(indent, "\t") && !blank(line) {
			return nil, fmt.Errorf("line %d: found a tab in the indentation, expected spaces", i+1)
		}
	}
	var err error
	if d.root, err = parse(text); err != nil {
		return nil, err
	}
	d.limit = len(d.lines)
	if d.root == nil {
		return d, nil
	}
	if d.root.Kind != yaml.MappingNode {
		return nil, wrong(d.root, noKeys)
	}
	for i, line := range d.lines {
		if i >= d.root.Line && strings.HasPrefix(line, "...") && strings.TrimSpace(line[3:]) == "" {
			d.limit = i // the end of the document
			break
		}
	}
	entries, err := d.entries(d.root, d.limit)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.key.Value == aggregationKey {
			d.aggregation = e
		}
	}
	if d.aggregation != nil {
		d.groups, err = d.readGroups()
	}
	return d, err
}

// parse returns the mapping of the only document, nil if it is empty.
func parse(text string) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	var document, further yaml.Node
	err := decoder.Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := decoder.Decode(&further); err == nil {
		return nil, wrong(&further, "found a second document, expected one")
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	root := document.Content[0]
	if null(root) && root.Value == "" {
		return nil, nil
	}
	return root, nil
}

// entries lists the keys of a mapping whose lines end before limit.
func (d *document) entries(mapping *yaml.Node, limit int) ([]*entry, error) {
	var list []*entry
	seen := map[string]int{}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key := mapping.Content[i]
		if first, ok := seen[key.Value]; ok && key.Kind == yaml.ScalarNode {
			return nil, wrong(key, "key %q is already in line %d", key.Value, first)
		}
		seen[key.Value] = key.Line
		list = append(list, &entry{key: key, value: mapping.Content[i+1], first: key.Line - 1})
	}
	for i, e := range list {
		stop := limit
		if i+1 < len(list) {
			stop = list[i+1].first
		}
		e.end = e.first + 1
		for j := e.end; j < stop; j++ {
			if line := d.lines[j]; !blank(line) && (!comment(line) || indent(line) >= e.key.Column) {
				e.end = j + 1
			}
		}
	}
	return list, nil
}

// editable says what keeps the lines of an entry, whose key must stand alone in front of its line, from being added and dropped.
func (d *document) editable(e *entry) *obstacle {
	switch before := d.lines[e.first]; {
	case e.key.Kind == yaml.AliasNode:
		return at(e.key, "found an alias as a key, expected a word")
	case e.key.Anchor != "":
		return at(e.key, "found an anchor at the key %s, expected none in what is edited", e.key.Value)
	case e.key.Style&yaml.TaggedStyle != 0:
		return at(e.key, "found a tag at the key %s, expected none in what is edited", e.key.Value)
	case indent(before) != e.key.Column-1:
		return at(e.key, "found the key %s behind something else in its line, expected a line of its own", e.key.Value)
	}
	return nil
}

// editableMap says what keeps keys from being added to the value of an entry, and dropped.
func editableMap(e *entry) *obstacle {
	switch v := e.value; {
	case v.Kind == yaml.AliasNode:
		return at(e.key, "found an alias for %s, expected the keys themselves in what is edited", e.key.Value)
	case v.Anchor != "":
		return at(e.key, "found an anchor at %s, expected none in what is edited", e.key.Value)
	case v.Style&yaml.TaggedStyle != 0:
		return at(e.key, "found a tag at %s, expected none in what is edited", e.key.Value)
	case null(v) && v.Value != "":
		return at(e.key, "found %s for %s, expected keys below it", v.Value, e.key.Value)
	case v.Kind == yaml.MappingNode && v.Style&yaml.FlowStyle != 0:
		return at(e.key, "found %s in braces, expected one key a line in what is edited", e.key.Value)
	case merges(v):
		return at(e.key, "found a merge key (<<) in %s, expected none in what is edited", e.key.Value)
	}
	return nil
}

func merges(mapping *yaml.Node) bool {
	if mapping.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i < len(mapping.Content); i += 2 {
		if merge(mapping.Content[i]) {
			return true
		}
	}
	return false
}

func merge(key *yaml.Node) bool { return key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge" }

// anchored finds an anchor at a node or below it.
func anchored(n *yaml.Node) *yaml.Node {
	if n.Anchor != "" {
		return n
	}
	for _, c := range n.Content {
		if found := anchored(c); found != nil {
			return found
		}
	}
	return nil
}

func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func blank(line string) bool { return strings.TrimSpace(line) == "" }

func comment(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " "), "#") }

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
