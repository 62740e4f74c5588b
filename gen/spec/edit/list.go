package edit

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// list is one list of a group with its key.
type list struct {
	*document
	entry         *entry
	before, after []string
}

var dash = regexp.MustCompile(`^ *- +$`)

func (l *list) changed() bool { return !slices.Equal(l.before, l.after) }

// write changes the items, or drops the key if none is left.
func (l *list) write(p *patch) *obstacle {
	if o := l.editable(l.entry); o != nil {
		return o
	}
	name, value := l.entry.key.Value, l.entry.value
	if value.Kind == yaml.AliasNode {
		return at(l.entry.key, "found an alias for %s, expected the list itself in what is edited", name)
	}
	if n := anchored(value); n != nil {
		return at(n, "found an anchor in %s, expected none in what is edited", name)
	}
	for _, n := range append([]*yaml.Node{value}, value.Content...) {
		if n.Kind == yaml.AliasNode || n.Style&yaml.TaggedStyle != 0 {
			return at(n, "found an alias or a tag in %s, expected plain text in what is edited", name)
		}
	}
	dropped, added := l.difference()
	switch {
	case len(l.after) == 0:
		p.drop(l.entry.first, l.entry.end)
		return nil
	case value.Style&yaml.FlowStyle != 0:
		return l.inline(p, dropped, added)
	case len(value.Content) == 0 && value.Value == "":
		style := l.style()
		p.insert(l.entry.first+1, insertion{lines: style.items(l.entry.key.Column-1, name, added)[1:]})
		return nil
	}
	return l.lines(p, dropped, added)
}

// difference is which items go, by index, and which come.
func (l *list) difference() (dropped []int, added []string) {
	for i, item := range l.before {
		if !slices.Contains(l.after, item) {
			dropped = append(dropped, i)
		}
	}
	for _, item := range l.after {
		if !slices.Contains(l.before, item) {
			added = append(added, item)
		}
	}
	return dropped, added
}

// lines edits a list with one item a line.
func (l *list) lines(p *patch, dropped []int, added []string) *obstacle {
	items := l.entry.value.Content
	prefix := ""
	for _, item := range items {
		line := l.line(item)
		column := offset(line, item.Column)
		if prefix = line[:column]; !dash.MatchString(prefix) {
			return at(item, "found an item behind something else in its line, expected a line of its own")
		}
	}
	for _, i := range dropped {
		p.drop(items[i].Line-1, items[i].Line)
	}
	if len(added) == 0 {
		return nil
	}
	last := items[len(items)-1]
	var lines []string
	for _, text := range added {
		lines = append(lines, prefix+like(text, last))
	}
	p.insert(last.Line, insertion{lines: lines})
	return nil
}

// inline edits a list in brackets, which has to begin and end in one line.
func (l *list) inline(p *patch, dropped []int, added []string) *obstacle {
	value := l.entry.value
	line := strings.TrimRight(l.line(value), "\r\n")
	spans, end := l.spans(line)
	if end < 0 {
		return at(value, "found the brackets of %s in several lines, expected one line, or one item a line", l.entry.key.Value)
	}
	var kept []int
	for i := range spans {
		if !slices.Contains(dropped, i) {
			kept = append(kept, i)
		}
	}
	var b strings.Builder
	opened := offset(line, value.Column) + 1
	switch {
	case len(spans) == 0:
		b.WriteString(line[:opened])
		for i, text := range added {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(plain(text))
		}
	default:
		b.WriteString(line[:spans[0].from])
		for i, k := range kept {
			if i > 0 {
				// What stands between an item and the one before it goes with the item.
				b.WriteString(line[spans[k-1].to:spans[k].from])
			}
			b.WriteString(line[spans[k].from:spans[k].to])
		}
		for i, text := range added {
			if i > 0 || len(kept) > 0 {
				b.WriteString(", ")
			}
			b.WriteString(like(text, value.Content[len(value.Content)-1]))
		}
		b.WriteString(line[spans[len(spans)-1].to:end])
	}
	b.WriteString(line[end:])
	p.replaced[value.Line-1] = b.String()
	return nil
}

// span is the bytes of a line from one place to another.
type span struct{ from, to int }

// spans finds the items in a line, and the bracket that closes the list: -1 if it is not there.
func (l *list) spans(line string) ([]span, int) {
	value := l.entry.value
	var spans []span
	rest := offset(line, value.Column) + 1
	for _, item := range value.Content {
		if item.Line != value.Line || item.Kind != yaml.ScalarNode {
			return nil, -1
		}
		from := offset(line, item.Column)
		to := from + extent(line[from:], item)
		spans = append(spans, span{from, to})
		rest = to
	}
	tail := strings.TrimLeft(line[rest:], " ")
	if len(spans) > 0 {
		tail = strings.TrimLeft(strings.TrimPrefix(tail, ","), " ")
	}
	after, ok := strings.CutPrefix(tail, "]")
	if after = strings.TrimLeft(after, " "); !ok || after != "" && after[0] != '#' {
		return nil, -1
	}
	return spans, len(line) - len(tail)
}

// extent is how many bytes of a line, which starts at a scalar, belong to it.
func extent(line string, n *yaml.Node) int {
	switch n.Style {
	case yaml.DoubleQuotedStyle:
		for i := 1; i < len(line); i++ {
			switch line[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return len(line)
	case yaml.SingleQuotedStyle:
		for i := 1; i < len(line); i++ {
			if line[i] != '\'' {
				continue
			}
			if i+1 == len(line) || line[i+1] != '\'' {
				return i + 1
			}
			i++
		}
		return len(line)
	}
	if strings.HasPrefix(line, n.Value) {
		return len(n.Value)
	}
	return len(line)
}

// offset is the byte of a line at a column, which counts characters from 1.
func offset(line string, column int) int {
	n := 1
	for i := range line {
		if n == column {
			return i
		}
		n++
	}
	return len(line)
}
