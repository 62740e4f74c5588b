package edit

import (
	"slices"
	"strings"
	"unicode"
)

// gap is what stands between two words of the text: spaces, line ends and comments.
type gap struct {
	// breaks are the line ends.
	breaks   int
	comments []remark
	// blank is set if a blank line is ahead of the next word.
	blank bool
}

// remark is one comment.
type remark struct {
	text string // without the spaces behind it
	// column is where it begins, and apart the spaces ahead of it.
	column, apart int
	// alone is set if nothing but spaces is ahead of it in its line, blank if a blank line is above it.
	alone, blank bool
}

// gap reads up to the next word.
func (l *layout) gap() gap {
	var g gap
	start, since := l.at, 0
	for l.at < len(l.source) {
		switch l.source[l.at] {
		case ' ', '\t':
			l.at++
		case '\n':
			l.at++
			g.breaks++
			since++
		case '#':
			text, _, _ := strings.Cut(l.source[l.at:], "\n")
			r := remark{text: strings.TrimRight(text, " \t"), column: l.columnAt(l.at), apart: l.at - start}
			r.alone = g.breaks > 0 || r.column == 0 || len(l.lines) == 0
			r.blank = since > 1
			g.comments = append(g.comments, r)
			l.at += len(text)
			since = 0
		default:
			g.blank = since > 1
			return g
		}
	}
	return g
}

// begin begins a line behind a gap, outside of brackets.
func (l *layout) begin(g gap, indent int) {
	next := level{l.columnAt(l.at), indent}
	open := l.levels
	if l.left != nil {
		open = l.left
	}
	l.comments(g.comments, func(r remark) (int, bool) { return r.indent(open, next) })
	l.line(g.blank, indent)
}

// end writes what is behind the last word.
func (l *layout) end(g gap) {
	open := l.levels
	if l.left != nil {
		open = l.left
	}
	next := level{-1, 0}
	if len(open) > 0 {
		next = open[0]
	}
	l.comments(g.comments, func(r remark) (int, bool) { return r.indent(open, next) })
}

// indent is where a comment goes that is alone in its line: it stays with what it was in one column with, first of all the next line,
// but an item with items. One in the first column stays there, as editors put it to take a line out. Otherwise the place is not sure.
func (r remark) indent(open []level, next level) (indent int, sure bool) {
	same, around := -1, 0
	for _, v := range append(slices.Clone(open), next) {
		if v.source == r.column {
			same = max(same, v.indent)
		}
		if v.source >= 0 && v.source <= r.column {
			around = max(around, v.indent)
		}
	}
	item := strings.HasPrefix(strings.TrimLeft(r.text, "# "), "- ")
	switch {
	case r.column == next.source && !item:
		return next.indent, true
	case same >= 0:
		return same, true
	case r.column == 0:
		return 0, true
	}
	return around, false
}

// beginInside begins a line behind a gap between brackets, indented by so much more than others there.
func (l *layout) beginInside(g gap, more int) {
	b := l.brackets[len(l.brackets)-1]
	l.comments(g.comments, func(r remark) (int, bool) {
		switch r.column {
		case 0:
			return 0, true
		case b.first.source:
			return b.first.indent, true
		}
		return b.inner, false
	})
	indent := b.inner + more
	if more >= 0 && l.columnAt(l.at) == b.first.source {
		indent = b.first.indent
	}
	l.line(g.blank, indent)
}

// comments writes the comments of a gap.
func (l *layout) comments(list []remark, indent func(remark) (int, bool)) {
	for i, r := range list {
		l.remarks = append(l.remarks, strings.TrimLeft(r.text[1:], " \t"))
		if !r.alone {
			c := l.current()
			c.comment, c.column, c.apart = r.text, r.column, r.apart
			continue
		}
		margin, sure := indent(r)
		below := false
		if !sure && !r.blank && len(l.lines) > 0 {
			above := l.current()
			below = above.comment != "" && above.column == r.column && (above.text != "" || above.below)
		}
		l.line(r.blank && (i > 0 || len(l.lines) > 0), margin)
		c := l.current()
		c.comment, c.column, c.below = r.text, r.column, below
	}
}

// line begins a line.
func (l *layout) line(blank bool, indent int) {
	if blank && len(l.lines) > 0 {
		l.lines = append(l.lines, line{})
	}
	l.lines = append(l.lines, line{indent: indent})
	l.base = indent
	l.left, l.spaced = nil, false
}

// print writes the lines.
func (l *layout) print() string {
	l.spaceComments()
	var b strings.Builder
	for i := 0; i < len(l.lines); {
		n, column := l.aligned(i)
		for _, c := range l.lines[i : i+n] {
			text := strings.Repeat(" ", c.indent) + c.text
			width := len([]rune(text))
			switch {
			case c.comment == "" && (c.kept || c.text == ""):
				if !c.kept {
					text = ""
				}
			case c.comment == "":
			case c.below:
				text = strings.Repeat(" ", column) + c.comment
			case c.text == "" && !c.kept:
				text += c.comment
			default:
				text += strings.Repeat(" ", max(1, column-width)) + c.comment
			}
			b.WriteString(text + "\n")
		}
		i += n
	}
	if l.open {
		return strings.TrimSuffix(b.String(), "\n")
	}
	return b.String()
}

// aligned counts the lines from one on whose comments were below each other on purpose, that is with more than one space ahead of
// one of them, and the column that they get. It is 1 for a line by itself.
func (l *layout) aligned(from int) (n, column int) {
	purpose := false
	for n = 0; from+n < len(l.lines); n++ {
		c := l.lines[from+n]
		behind := c.comment != "" && (c.text != "" || c.kept)
		if !behind && !c.below || c.column != l.lines[from].column {
			break
		}
		purpose = purpose || c.below || c.apart > 1
		if behind {
			column = max(column, c.indent+len([]rune(c.text))+1)
		}
	}
	switch {
	case n == 0:
		return 1, 0
	case !purpose:
		return 1, l.lines[from].indent + len([]rune(l.lines[from].text)) + 1
	}
	return n, column
}

// spaceComments puts a space behind the sign of each comment, except where that would move what was taken out by it: lines that are
// indented below one without a space move along with it.
func (l *layout) spaceComments() {
	moved := false
	for i := range l.lines {
		c := &l.lines[i]
		alone := c.comment != "" && c.text == "" && !c.kept && !c.below
		if !alone {
			moved = false
		}
		if c.comment == "" || strings.HasPrefix(c.comment, "##") || strings.HasPrefix(c.comment, "#!") || !strings.ContainsFunc(c.comment, letter) {
			continue
		}
		text := c.comment[1:]
		switch spaces := len(text) - len(strings.TrimLeft(text, " \t")); {
		case spaces == 0:
			if alone && strings.HasSuffix(text, ":") && l.childOf(i) {
				continue
			}
			c.comment, moved = "# "+text, alone
		case spaces == 1:
			moved = false
		case moved && text[0] == ' ':
			c.comment = "# " + text
		}
	}
}

// childOf reports whether the comment below one is indented by one space, so that a space more for the upper would end that.
func (l *layout) childOf(i int) bool {
	if i+1 == len(l.lines) {
		return false
	}
	next := l.lines[i+1]
	return next.text == "" && !next.kept && len(next.comment) > 2 && next.comment[1] == ' ' && next.comment[2] != ' '
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
