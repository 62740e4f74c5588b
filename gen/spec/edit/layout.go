package edit

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// step is the indentation of a level below the one around it.
const step = 2

// document lays out the whole file.
func (l *layout) document() *obstacle {
	g := l.gap()
	for l.follows("%") && l.columnAt(l.at) == 0 {
		l.begin(g, 0)
		text, _, _ := strings.Cut(l.source[l.at:], "\n")
		l.put(strings.TrimRight(text, " \t"))
		l.at += len(text)
		g = l.gap()
	}
	marker := l.marker("---")
	if marker {
		l.begin(g, 0)
		l.put("---")
		l.at += len("---")
		g = l.gap()
	}
	if l.root != nil {
		if marker && g.breaks == 0 {
			l.space()
		} else {
			l.begin(g, 0)
		}
		if o := l.node(l.root, 0); o != nil {
			return o
		}
		g = l.gap()
	}
	if l.marker("...") {
		l.begin(g, 0)
		l.put("...")
		l.at += len("...")
		g = l.gap()
	}
	if l.at < len(l.source) && l.root == nil {
		return &obstacle{1, noKeys}
	}
	if l.at < len(l.source) {
		return l.stuck("expected the end of the file")
	}
	l.end(g)
	return nil
}

// marker reports whether a line that begins or ends a document comes next.
func (l *layout) marker(text string) bool {
	rest, ok := strings.CutPrefix(l.source[l.at:], text)
	return ok && l.columnAt(l.at) == 0 && (rest == "" || strings.IndexByte(" \t\n", rest[0]) >= 0)
}

// node lays out one node, whose lines are indented by so much.
func (l *layout) node(n *yaml.Node, indent int) *obstacle {
	if n.Kind == yaml.AliasNode {
		return l.word("*" + n.Value)
	}
	block := (n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode) && n.Style&yaml.FlowStyle == 0
	end := len(l.source)
	if block {
		end = l.offset(n.Content[0]) // where what is of the first key begins
	}
	anchor, tag := true, true
	for l.at < end && (anchor && l.follows("&") || tag && l.follows("!")) {
		word := "&" + n.Anchor
		if l.follows("&") {
			anchor = false
		} else {
			tag, word = false, l.tag()
		}
		if o := l.word(word); o != nil {
			return o
		}
		if empty(n) && !l.more(n, anchor, tag) {
			l.space() // a comma or colon would be part of it
			return nil
		}
		l.apart(l.gap(), indent)
	}
	switch {
	case n.Kind == yaml.ScalarNode:
		return l.scalar(n, indent)
	case !block:
		return l.flow(n, indent)
	case n.Kind == yaml.SequenceNode:
		return l.sequence(n, indent)
	}
	return l.mapping(n, indent)
}

// tag is the tag that comes next, which ends at a space.
func (l *layout) tag() string {
	if end := strings.IndexAny(l.source[l.at:], " \t\n"); end >= 0 {
		return l.source[l.at : l.at+end]
	}
	return l.source[l.at:]
}

// more reports whether an anchor or a tag comes next, of which the node may still have these.
func (l *layout) more(n *yaml.Node, anchor, tag bool) bool {
	if anchor && n.Anchor != "" || tag && n.Style&yaml.TaggedStyle != 0 {
		return true
	}
	at := l.at
	defer func() { l.at = at }()
	l.gap()
	return tag && l.follows("!") && (len(l.brackets) > 0 || l.columnAt(l.at) > l.top().source) // otherwise it is that of the next key
}

// bare reports whether a node has no text at all.
func (l *layout) bare(n *yaml.Node) bool {
	if !empty(n) || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		return false
	}
	return !strings.HasPrefix(l.source[l.offset(n):], "!") // a tag that is in the text alone
}

// empty reports whether a node has no text but an anchor or a tag.
func empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&^yaml.TaggedStyle == 0
}

// word writes a text that has to come next.
func (l *layout) word(text string) *obstacle {
	if !strings.HasPrefix(l.source[l.at:], text) {
		return l.stuck("expected %q", text)
	}
	l.put(text)
	l.at += len(text)
	return nil
}

// apart writes a gap: a new line where the source has one, otherwise a space.
func (l *layout) apart(g gap, indent int) {
	switch {
	case g.breaks == 0:
		l.space()
	case len(l.brackets) > 0:
		l.beginInside(g, 0)
	default:
		l.begin(g, indent)
	}
}

// value lays out what is behind a key's colon or a dash.
func (l *layout) value(n *yaml.Node, indent int) *obstacle {
	if l.bare(n) {
		return nil
	}
	g := l.gap()
	l.apart(g, indent)
	return l.node(n, indent)
}

func (l *layout) mapping(n *yaml.Node, indent int) *obstacle {
	l.push(level{l.columnAt(l.at), indent})
	defer l.pop()
	for i := 0; i+1 < len(n.Content); i += 2 {
		if i > 0 {
			g := l.gap()
			if g.breaks == 0 {
				return l.stuck("expected a key in a line of its own")
			}
			l.begin(g, indent)
		}
		if l.indicator('?') {
			return l.stuck("expected a key without a question mark")
		}
		key := n.Content[i]
		if !l.bare(key) {
			if o := l.node(key, indent); o != nil {
				return o
			}
		}
		if o := l.colon(key); o != nil {
			return o
		}
		if o := l.value(n.Content[i+1], indent+step); o != nil {
			return o
		}
	}
	return nil
}

// colon writes the colon behind a key.
func (l *layout) colon(key *yaml.Node) *obstacle {
	g := l.gap()
	switch {
	case g.breaks > 0 && len(l.brackets) > 0:
		l.beginInside(g, 0)
	case g.breaks > 0:
		return l.stuck("expected a colon in the line of the key")
	case key.Kind == yaml.AliasNode:
		l.space() // the colon would be part of the name
	}
	return l.take(':')
}

func (l *layout) sequence(n *yaml.Node, indent int) *obstacle {
	l.push(level{l.columnAt(l.at), indent})
	defer l.pop()
	for i, item := range n.Content {
		if i > 0 {
			g := l.gap()
			if g.breaks == 0 {
				return l.stuck("expected an item in a line of its own")
			}
			l.begin(g, indent)
		}
		if o := l.take('-'); o != nil {
			return o
		}
		l.base = indent + step
		if o := l.value(item, indent+step); o != nil {
			return o
		}
	}
	return nil
}

// flow lays out a list or map in brackets.
func (l *layout) flow(n *yaml.Node, indent int) *obstacle {
	opening, closing := byte('['), byte(']')
	if n.Kind == yaml.MappingNode {
		opening, closing = '{', '}'
	}
	if o := l.take(opening); o != nil {
		return o
	}
	b := bracket{base: l.base, inner: l.base + step, first: level{-1, -1}}
	g := l.gap()
	if g.breaks == 0 {
		b.first = level{l.columnAt(l.at), l.column()}
	}
	l.brackets = append(l.brackets, b)
	steps := 1
	if n.Kind == yaml.MappingNode {
		steps = 2
	}
	for i := 0; i+steps <= len(n.Content); i += steps {
		if i > 0 {
			l.inside(l.gap(), false)
			if o := l.take(','); o != nil {
				return o
			}
			l.inside(l.gap(), true)
		} else {
			l.inside(g, false)
		}
		var o *obstacle
		switch item := n.Content[i]; {
		case l.follows("?"):
			o = l.stuck("expected a key without a question mark")
		case steps == 2:
			o = l.pair(item, n.Content[i+1], indent)
		case item.Kind == yaml.MappingNode && len(item.Content) == 2 && item.Line == item.Content[0].Line && item.Column == item.Content[0].Column:
			o = l.pair(item.Content[0], item.Content[1], indent) // [key: value]
		default:
			o = l.node(item, indent)
		}
		if o != nil {
			return o
		}
	}
	if len(n.Content) > 0 {
		g = l.gap()
		if l.follows(",") {
			l.inside(g, false)
			if o := l.take(','); o != nil {
				return o
			}
			g = l.gap()
		}
	}
	l.brackets = l.brackets[:len(l.brackets)-1]
	if g.breaks > 0 {
		l.brackets = append(l.brackets, b) // for the comments ahead of it
		l.beginInside(g, -step)
		l.brackets = l.brackets[:len(l.brackets)-1]
	}
	return l.take(closing)
}

// inside writes a gap between brackets: a new line where the source has one, otherwise a space if wanted.
func (l *layout) inside(g gap, spaced bool) {
	if g.breaks > 0 {
		l.beginInside(g, 0)
	} else if spaced {
		l.space()
	}
}

// pair lays out a key between brackets with its value, if it has one.
func (l *layout) pair(key, value *yaml.Node, indent int) *obstacle {
	if !l.bare(key) {
		if o := l.node(key, indent); o != nil {
			return o
		}
	}
	if l.bare(value) {
		at := l.at
		if l.gap(); !l.follows(":") {
			l.at = at
			return nil
		}
		l.at = at
	}
	if o := l.colon(key); o != nil {
		return o
	}
	if l.bare(value) {
		l.space() // behind a comma or a bracket the colon would be part of the key
		return nil
	}
	if g := l.gap(); g.breaks > 0 {
		l.beginInside(g, step)
	} else {
		l.space()
	}
	return l.node(value, indent)
}
