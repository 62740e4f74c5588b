package edit

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Format lays an f.yml out in the one form that all of them can have, and changes nothing but spaces and blank lines: keys keep their
// order, lists and maps in brackets stay in them, and every line break stays where it is. Levels are indented by two, and so are the
// dashes of a list below its key; a comment behind a line stands one space after it, and those of lines next to each other that were
// below each other stay so. Texts of several lines keep theirs. What was in the form already comes back as it was.
//
// An error that is a [Refusal] is about a file that is right, and cannot be formatted; any other is about one that is no YAML.
func Format(source []byte) ([]byte, error) {
	text, mark := strings.CutPrefix(string(source), byteOrderMark)
	if !utf8.ValidString(text) {
		return nil, &Refusal{Why: "found bytes that are not UTF-8, expected UTF-8"}
	}
	windows := strings.Contains(text, "\n") && strings.Count(text, "\n") == strings.Count(text, "\r\n")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if i := strings.IndexAny(text, otherLineEnds); i >= 0 {
		return nil, &Refusal{Line: 1 + strings.Count(text[:i], "\n"), Why: foreignLineEnd}
	}
	out, before, err := lay(text)
	if err != nil {
		return nil, err
	}
	if problem := same(before, text, out); problem != "" {
		return nil, &Refusal{Why: "found a form of YAML that cannot be formatted (" + problem + ")"}
	}
	if windows {
		out = strings.ReplaceAll(out, "\n", "\r\n")
	}
	if mark {
		out = byteOrderMark + out
	}
	return []byte(out), nil
}

// lay formats a text with the line ends of Unix.
func lay(text string) (string, *layout, error) {
	root, err := parse(text)
	if err != nil {
		return "", nil, err
	}
	if root != nil && root.Kind != yaml.MappingNode {
		return "", nil, &Refusal{Line: root.Line, Why: noKeys}
	}
	l := &layout{source: text, root: root}
	if o := l.document(); o != nil {
		return "", nil, &Refusal{Line: o.line, Why: o.why}
	}
	return l.print(), l, nil
}

// same compares a text with the formatted one and says in what they differ: in more than spaces, in what the yaml reader makes of
// them, in their comments, or because to format once more would change it again.
func same(before *layout, source, out string) string {
	again, after, err := lay(out)
	switch {
	case err != nil:
		return "the result would be wrong: " + err.Error()
	case (before.root == nil) != (after.root == nil) || before.root != nil && shape(before.root) != shape(after.root):
		return "a value would change"
	case !slices.Equal(before.remarks, after.remarks):
		return "a comment would change"
	case compact(source) != compact(out):
		return "more than spaces would change"
	case again != out:
		return "the result would not be final"
	}
	return ""
}

// compact is a text without its white space.
func compact(text string) string {
	return strings.NewReplacer(" ", "", "\t", "", "\n", "").Replace(text)
}

// level is a list or map with one item or key a line: the column of its dashes or keys, before and after.
type level struct{ source, indent int }

// place is an offset of the source with its column.
type place struct{ at, column int }

// bracket is a list or map in brackets that is not at its end yet.
type bracket struct {
	// base is the indentation of the line that it begins in, which its closing bracket gets, and inner that of lines inside of it.
	base, inner int
	// first is the column of what follows the opening bracket in its line, before and after; lines that began below it still do.
	first level
}

// layout walks along the text and its tree at once, and collects the lines of the result.
type layout struct {
	source string
	at     int // offset of what has not been read yet
	root   *yaml.Node
	starts []int // of the lines of source
	// found and counted are what offset, in this line, and columnAt returned last.
	foundIn        int
	found, counted place

	lines []line
	// base is the indentation of the current line, that of an item's content behind its dash.
	base     int
	levels   []level
	brackets []bracket
	// left are the levels of what was written last, if some have ended since.
	left []level
	// spaced is set if a space is ahead of what comes next in the line.
	spaced bool
	// remarks are the comments as they are compared.
	remarks []string
	// unended is set for a text at the end of the file whose last line has no end, which is part of its value.
	unended bool
}

// line is one line of the result.
type line struct {
	indent int
	text   []byte
	width  int // of text, in characters
	// kept lines are those of texts, written as they are.
	kept bool
	// comment is the comment behind text or, without any, the only one. It was in this column, and apart from the text by this
	// many spaces.
	comment       string
	column, apart int
	// below is set for a comment alone in its line that continues the one behind the line above.
	below bool
}

// alone reports whether there is nothing but a comment.
func (l line) alone() bool { return len(l.text) == 0 && !l.kept && l.comment != "" }

// current is the line that is being written.
func (l *layout) current() *line {
	if len(l.lines) == 0 {
		l.lines = append(l.lines, line{})
	}
	return &l.lines[len(l.lines)-1]
}

// put writes at the end of the current line.
func (l *layout) put(text string) {
	c := l.current()
	if l.spaced {
		c.text = append(c.text, ' ')
		c.width++
	}
	c.text = append(c.text, text...)
	c.width += utf8.RuneCountInString(text)
	l.left, l.spaced = nil, false
}

// space separates what comes next in the line, if anything does.
func (l *layout) space() { l.spaced = true }

// column is where the current line ends.
func (l *layout) column() int {
	c := l.current()
	column := c.indent + c.width
	if l.spaced {
		column++
	}
	return column
}

// offset is where a node begins in the source.
func (l *layout) offset(n *yaml.Node) int {
	if l.starts == nil {
		l.starts = []int{0}
		for i := range len(l.source) {
			if l.source[i] == '\n' {
				l.starts = append(l.starts, i+1)
			}
		}
	}
	start := l.starts[min(n.Line, len(l.starts))-1]
	// Nodes come in their order, so that what was found last is near, also in a line that is the whole file.
	if l.foundIn != n.Line || l.found.column > n.Column-1 {
		l.foundIn, l.found = n.Line, place{at: start}
	}
	for l.found.column < n.Column-1 && l.found.at < len(l.source) {
		_, size := utf8.DecodeRuneInString(l.source[l.found.at:])
		l.found.at += size
		l.found.column++
	}
	return l.found.at
}

// columnAt is the column of an offset of the source, in characters from 0.
func (l *layout) columnAt(at int) int {
	if at < l.counted.at {
		l.counted = place{at: strings.LastIndexByte(l.source[:at], '\n') + 1}
	}
	between := l.source[l.counted.at:at]
	if i := strings.LastIndexByte(between, '\n'); i >= 0 {
		between, l.counted.column = between[i+1:], 0
	}
	l.counted = place{at, l.counted.column + utf8.RuneCountInString(between)}
	return l.counted.column
}

func (l *layout) push(v level) { l.levels = append(l.levels, v) }

func (l *layout) pop() {
	if l.left == nil {
		l.left = slices.Clone(l.levels)
	}
	l.levels = l.levels[:len(l.levels)-1]
}

// top is the level that the current line belongs to.
func (l *layout) top() level {
	if len(l.levels) == 0 {
		return level{}
	}
	return l.levels[len(l.levels)-1]
}

// follows reports whether one of the characters comes next.
func (l *layout) follows(characters string) bool {
	return l.at < len(l.source) && strings.IndexByte(characters, l.source[l.at]) >= 0
}

// indicator reports whether a character comes next that stands for itself: a space or the end of the line is behind it.
func (l *layout) indicator(c byte) bool {
	return l.follows(string(c)) && (l.at+1 == len(l.source) || strings.IndexByte(" \t\n", l.source[l.at+1]) >= 0)
}

// take writes the next character, which has to be this one.
func (l *layout) take(c byte) *obstacle {
	if !l.follows(string(c)) {
		return l.stuck("expected %c", c)
	}
	l.put(string(c))
	l.at++
	return nil
}

// stuck is the obstacle where the text is not what the tree lets expect.
func (l *layout) stuck(format string, args ...any) *obstacle {
	found := "the end of the file"
	if rest := l.source[l.at:]; rest != "" {
		word, _, _ := strings.Cut(rest, "\n")
		if r := []rune(word); len(r) > 20 {
			word = string(r[:20])
		}
		found = fmt.Sprintf("%q", word)
	}
	return &obstacle{1 + strings.Count(l.source[:l.at], "\n"), "found " + found + ", " + fmt.Sprintf(format, args...)}
}
