package edit

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// write returns the text with all changes in it.
func (e *editing) write() ([]byte, *obstacle) {
	p := e.patch()
	if o := e.writeAll(p); o != nil {
		return nil, o
	}
	return p.apply(), nil
}

func (e *editing) writeAll(p *patch) *obstacle {
	if e.root != nil && e.root.Style&yaml.FlowStyle != 0 {
		return at(e.root, "found the whole file in braces, expected one key a line")
	}
	if e.aggregation == nil {
		return e.begin(p)
	}
	if o := e.editable(e.aggregation); o != nil {
		return o
	}
	if o := editableMap(e.aggregation); o != nil {
		return o
	}
	left := 0
	for _, s := range e.states {
		if !s.removed {
			left++
		}
	}
	if left == 0 {
		return e.end(p)
	}
	for i, s := range e.states {
		var o *obstacle
		switch {
		case !s.changed() || s.removed && s.old == nil:
		case s.old == nil:
			e.add(p, s)
		case s.removed:
			o = e.remove(p, i)
		default:
			o = e.change(p, s)
		}
		if o != nil {
			return o
		}
	}
	return nil
}

// begin writes an aggregation into a file that has none, at its end.
func (e *editing) begin(p *patch) *obstacle {
	margin := 0
	if e.root != nil {
		if merges(e.root) {
			return at(e.root, "found a merge key (<<) at the top of the file, which may bring an %s, expected none", aggregationKey)
		}
		margin = e.root.Content[0].Column - 1
	}
	style := e.style()
	lines := []string{strings.Repeat(" ", margin) + aggregationKey + ":"}
	for _, s := range e.states {
		if !s.removed {
			lines = append(lines, style.group(margin+style.step, s)...)
		}
	}
	p.insert(e.limit, insertion{lines: lines, apart: true})
	return nil
}

// end removes the whole aggregation.
func (e *editing) end(p *patch) *obstacle {
	if n := anchored(e.aggregation.value); n != nil {
		return at(n, "found an anchor in what is removed, expected none")
	}
	p.remove(e.aggregation, e.aggregation.end >= e.limit, false)
	return nil
}

// add writes a new group after the last one.
func (e *editing) add(p *patch, s *state) {
	style := e.style()
	before, margin, apart := e.aggregation.end, e.aggregation.key.Column-1+style.step, false
	if n := len(e.groups); n > 0 {
		last := e.groups[n-1]
		before, margin = last.end, last.key.Column-1
		if n > 1 {
			apart = blank(e.lines[last.first-e.above(last.entry)-1])
		}
	}
	p.insert(before, insertion{lines: style.group(margin, s), apart: apart})
}

// remove drops the group with an index.
func (e *editing) remove(p *patch, index int) *obstacle {
	g := e.states[index].old
	if o := e.editable(g.entry); o != nil {
		return o
	}
	if n := anchored(g.value); n != nil {
		return at(n, "found an anchor in what is removed, expected none")
	}
	p.remove(g.entry, index == len(e.groups)-1, index == 0)
	return nil
}

// remove drops an entry with the comment right above it, and blank lines that would be left over.
func (p *patch) remove(e *entry, last, first bool) {
	from, to := e.first-p.above(e), e.end
	before := from > 0 && blank(p.lines[from-1])
	after := to >= len(p.lines) || blank(p.lines[to])
	switch {
	case before && after:
		for from > 0 && blank(p.lines[from-1]) {
			from--
		}
	case first && !last && after:
		for to < len(p.lines) && blank(p.lines[to]) {
			to++
		}
	}
	p.drop(from, to)
}

// above counts the lines of the comment right above an entry. One that begins the file is about the file, and one below the items of
// a list whose dashes are in the same column may be about these.
func (d *document) above(e *entry) int {
	n := 0
	for n < e.first {
		line := d.lines[e.first-n-1]
		if indent(line) != e.key.Column-1 || !comment(line) {
			if n > 0 && indent(line) == e.key.Column-1 && strings.HasPrefix(strings.TrimSpace(line), "-") {
				return 0
			}
			return n
		}
		n++
	}
	return 0
}

// change writes the lists of a group that stays.
func (e *editing) change(p *patch, s *state) *obstacle {
	g := s.old
	if o := e.editable(g.entry); o != nil {
		return o
	}
	if o := editableMap(g.entry); o != nil {
		return o
	}
	keys := listKeys()
	for kind := range s.lists {
		l := &list{document: e.document, before: g.lists[kind], after: s.lists[kind]}
		for _, own := range g.own {
			if own.key.Value == keys[kind] {
				l.entry = own
			}
		}
		if !l.changed() {
			continue
		}
		if l.entry != nil {
			if o := l.write(p); o != nil {
				return o
			}
			continue
		}
		style := e.style()
		margin := g.key.Column - 1 + style.step
		if len(g.own) > 0 {
			margin = g.own[0].key.Column - 1
		}
		p.insert(g.first+1, insertion{lines: style.items(margin, keys[kind], s.lists[kind])})
	}
	return nil
}
