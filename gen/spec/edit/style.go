package edit

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// style is how a file indents.
type style struct {
	step int // a key below the key that it belongs to
	list int // the dash of an item below the key of its list
}

// style looks at the groups first, then at the whole file.
func (d *document) style() style {
	s := style{list: -1}
	if d.aggregation != nil {
		// The step to the groups is that of the first level; what is below a group tells more of what is added.
		for _, g := range d.groups {
			s.look(g.entry.key, g.entry.value, d)
		}
		s.look(d.aggregation.key, d.aggregation.value, d)
	}
	if d.root != nil {
		for i := 0; i+1 < len(d.root.Content); i += 2 {
			s.look(d.root.Content[i], d.root.Content[i+1], d)
		}
	}
	if s.step == 0 {
		s.step = 2
	}
	if s.list < 0 {
		s.list = s.step
	}
	return s
}

// look takes over what is not known yet from a key and what is below it.
func (s *style) look(key, value *yaml.Node, d *document) {
	if value.Kind != yaml.MappingNode && value.Kind != yaml.SequenceNode || value.Style&yaml.FlowStyle != 0 || len(value.Content) == 0 {
		return
	}
	first := value.Content[0]
	offset := indent(d.line(first)) - indent(d.line(key))
	if value.Kind == yaml.SequenceNode {
		if s.list < 0 && offset >= 0 && strings.HasPrefix(strings.TrimLeft(d.line(first), " "), "-") {
			s.list = offset
		}
		return
	}
	if s.step == 0 && offset > 0 {
		s.step = offset
	}
	for i := 0; i+1 < len(value.Content) && (s.step == 0 || s.list < 0); i += 2 {
		s.look(value.Content[i], value.Content[i+1], d)
	}
}

// line is the line of a node.
func (d *document) line(n *yaml.Node) string { return d.lines[n.Line-1] }

// group writes the lists of a group, whose key is indented by so much.
func (s style) group(indent int, of *state) []string {
	lines := []string{strings.Repeat(" ", indent) + plain(of.name) + ":"}
	keys := listKeys()
	for kind, items := range of.lists {
		if len(items) > 0 {
			lines = append(lines, s.items(indent+s.step, keys[kind], items)...)
		}
	}
	return lines
}

// items writes one list with its key.
func (s style) items(indent int, key string, items []string) []string {
	lines := []string{strings.Repeat(" ", indent) + key + ":"}
	for _, item := range items {
		lines = append(lines, strings.Repeat(" ", indent+s.list)+"- "+plain(item))
	}
	return lines
}

// plain writes text without quotes if it reads as text then.
func plain(text string) string {
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !word(r) }) {
		n := yaml.Node{Kind: yaml.ScalarNode, Value: text}
		switch strings.ToLower(text) {
		case "yes", "no", "on", "off", "y", "n": // true and false to older readers
		default:
			if n.ShortTag() == "!!str" && text[0] != '-' {
				return text
			}
		}
	}
	return quoted(text, '"')
}

// word holds for what needs no quotes: letters, digits, dashes.
func word(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-'
}

func quoted(text string, quote byte) string {
	if quote == '\'' {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// like writes text with the quotes of another item of the list.
func like(text string, other *yaml.Node) string {
	switch other.Style {
	case yaml.SingleQuotedStyle:
		return quoted(text, '\'')
	case yaml.DoubleQuotedStyle:
		return quoted(text, '"')
	}
	return plain(text)
}
