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
	l.comments(g.comments, l.around(level{l.columnAt(l.at), indent}))
	l.line(g.blank, indent)
}

// end writes what is behind the last word.
func (l *layout) end(g gap) {
	next := level{-1, 0}
	if open := l.open(); len(open) > 0 {
		next = open[0]
	}
	l.comments(g.comments, l.around(next))
}

// open are the levels of what was written last.
func (l *layout) open() []level {
	if l.left != nil {
		return l.left
	}
	return l.levels
}

// around says where comments go that are alone in their line, ahead of what is in the next level. Each stays with what it was in one
// column with, first of all the next line, but an item with items. One in the first column stays there, as editors put it to take a
// line out. Otherwise the place is not sure.
func (l *layout) around(next level) func(remark) (indent int, sure bool) {
	levels := append(slices.Clone(l.open()), next)
	type found struct{ same, around int }
	columns := map[int]found{}
	return func(r remark) (indent int, sure bool) {
		f, ok := columns[r.column]
		if !ok {
			f.same = -1
			for _, v := range levels {
				if v.source == r.column {
					f.same = max(f.same, v.indent)
				}
				if v.source >= 0 && v.source <= r.column {
					f.around = max(f.around, v.indent)
				}
			}
			columns[r.column] = f
		}
		item := strings.HasPrefix(strings.TrimLeft(r.text, "# "), "- ")
		switch {
		case r.column == next.source && !item:
			return next.indent, true
		case f.same >= 0:
			return f.same, true
		case r.column == 0:
			return 0, true
		}
		return f.around, false
	}
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
			below = above.comment != "" && above.column == r.column && (!above.alone() || above.below)
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
			margin := c.indent
			switch {
			case c.below:
				margin = column
			case len(c.text) == 0 && c.comment == "":
				margin = 0
			}
			b.WriteString(strings.Repeat(" ", margin))
			b.Write(c.text)
			if c.comment != "" && !c.alone() {
				b.WriteString(strings.Repeat(" ", max(1, column-c.indent-c.width)))
			}
			b.WriteString(c.comment + "\n")
		}
		i += n
	}
	if l.unended {
		return strings.TrimSuffix(b.String(), "\n")
	}
	return b.String()
}

// aligned counts the lines from one on whose comments were below each other, and the column that they get. It is 0, for a space
// ahead of each, unless they were on purpose, that is with more than one space ahead of one of them.
func (l *layout) aligned(from int) (n, column int) {
	purpose := false
	for _, c := range l.lines[from:] {
		if c.comment == "" || c.alone() && !c.below || c.column != l.lines[from].column {
			break
		}
		n++
		purpose = purpose || c.below || c.apart > 1
		if !c.alone() {
			column = max(column, c.indent+c.width+1)
		}
	}
	if !purpose {
		column = 0
	}
	return max(1, n), column
}

// spaceComments puts a space behind the sign of each comment, except where that would move what was taken out by it: lines that are
// indented below one without a space move along with it.
func (l *layout) spaceComments() {
	moved := false
	for i := range l.lines {
		c := &l.lines[i]
		alone := c.alone() && !c.below
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
	return next.alone() && len(next.comment) > 2 && next.comment[1] == ' ' && next.comment[2] != ' '
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
