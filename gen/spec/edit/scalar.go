package edit

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// scalar lays out one text, number or the like.
func (l *layout) scalar(n *yaml.Node, indent int) *obstacle {
	switch n.Style &^ yaml.TaggedStyle {
	case yaml.LiteralStyle, yaml.FoldedStyle:
		return l.blockText(indent)
	case yaml.SingleQuotedStyle:
		return l.quoted('\'')
	case yaml.DoubleQuotedStyle:
		return l.quoted('"')
	}
	return l.plain(n.Value, indent)
}

// plain lays out a text without quotes, which ends where its value does: it differs from that in nothing but white space.
func (l *layout) plain(value string, indent int) *obstacle {
	const space = " \t\n"
	at := l.at
	for i := range len(value) {
		if strings.IndexByte(space, value[i]) >= 0 {
			continue
		}
		for at < len(l.source) && strings.IndexByte(space, l.source[at]) >= 0 {
			at++
		}
		if at == len(l.source) || l.source[at] != value[i] {
			return l.stuck("expected %q", value)
		}
		at++
	}
	first := []level{{l.columnAt(l.at), l.column()}}
	if n := len(l.brackets); n > 0 {
		indent = l.brackets[n-1].inner
		first = append(first, l.brackets[n-1].first)
	}
	for i, text := range strings.Split(l.source[l.at:at], "\n") {
		if i > 0 {
			inner := strings.TrimLeft(text, " \t")
			column := l.columnAt(l.at + len(text) - len(inner))
			margin := indent
			for _, v := range first {
				if v.source == column {
					margin = v.indent
					break
				}
			}
			if inner == "" {
				margin = 0
			}
			l.keep(margin)
			l.put(strings.TrimRight(inner, " \t"))
		} else {
			l.put(strings.TrimRight(text, " \t"))
		}
		l.at += len(text) + 1
	}
	l.at = at
	return nil
}

// keep begins a further line of a text.
func (l *layout) keep(indent int) {
	base := l.base
	l.line(false, indent)
	l.base = base
	l.current().kept = true
}

// lineAt is the rest of the line.
func (l *layout) lineAt() string {
	text, _, _ := strings.Cut(l.source[l.at:], "\n")
	return text
}

// quoted lays out a text in quotes. Its further lines stay as they are, and move along with the level that they are in.
func (l *layout) quoted(quote byte) *obstacle {
	if !l.follows(string(quote)) {
		return l.stuck("expected a quote")
	}
	end := l.at + 1
	for ; end < len(l.source); end++ {
		switch c := l.source[end]; {
		case c == '\\' && quote == '"':
			end++
			continue
		case c != quote:
			continue
		case quote == '\'' && end+1 < len(l.source) && l.source[end+1] == quote:
			end++
			continue
		}
		break
	}
	if end >= len(l.source) {
		return l.stuck("expected the end of the quotes")
	}
	end++
	top, least := l.top(), 0
	if len(l.levels) > 0 {
		least = top.indent + 1
	}
	for i, text := range strings.Split(l.source[l.at:end], "\n") {
		if i == 0 {
			l.put(text)
			continue
		}
		l.keep(0)
		if rest := strings.TrimLeft(text, " "); strings.TrimLeft(rest, "\t ") != "" {
			margin := max(least, len(text)-len(rest)+top.indent-top.source)
			l.put(strings.Repeat(" ", margin) + rest)
		}
	}
	l.at = end
	return nil
}

// blockText lays out a text behind | or >. Its lines are indented by so much or, where it says so itself, by that.
func (l *layout) blockText(indent int) *obstacle {
	header := l.lineAt()
	if i := strings.IndexAny(header, " \t#"); i >= 0 {
		header = header[:i]
	}
	if header == "" || strings.Trim(header[1:], "+-0123456789") != "" {
		return l.stuck("expected | or >")
	}
	if o := l.word(header); o != nil {
		return o
	}
	rest := l.lineAt()
	if sign := strings.IndexByte(rest, '#'); sign >= 0 {
		l.at += sign
		l.comments([]remark{{text: strings.TrimRight(rest[sign:], " \t"), column: l.columnAt(l.at), apart: sign}}, nil)
		l.at += len(rest) - sign
	} else if strings.Trim(rest, " \t") != "" {
		return l.stuck("expected the end of the line")
	} else {
		l.at += len(rest)
	}
	top := l.top()
	margin := 0
	if i := strings.IndexAny(header, "123456789"); i >= 0 {
		margin = top.source + int(header[i]-'0')
		indent = top.indent + int(header[i]-'0')
	}
	l.blockLines(margin, indent, strings.Contains(header, "+"), strings.Contains(header, "-"))
	return nil
}

// blockLines writes the lines of such a text: without the margin that they have, or that of the first of them, and with another.
func (l *layout) blockLines(margin, indent int, keep, strip bool) {
	least := l.top().source + 1
	if margin == 0 {
		margin = l.margin(least)
	}
	var blank []string
	write := func(lines []string) {
		for _, text := range lines {
			l.keep(0)
			l.put(text)
		}
	}
	// Behind the last line that counts comes its end, which begins the gap that follows.
	end := l.at
	for at := l.at; at < len(l.source); {
		text, _, ended := strings.Cut(l.source[at+1:], "\n")
		at += 1 + len(text)
		inner := strings.TrimLeft(text, " ")
		spaces := len(text) - len(inner)
		switch {
		case inner == "" && spaces <= margin:
			if ended {
				blank = append(blank, "")
			}
			if keep {
				write(blank)
				blank, end = nil, at
			}
			continue
		case spaces < margin:
			l.at = end
			return
		}
		write(append(blank, strings.Repeat(" ", indent)+text[margin:]))
		blank, end = nil, at
		l.unended = !ended && !strip
	}
	l.at = end
}

// margin is the indentation of the first line of a text, by the rule of the yaml reader: blank lines above it count.
func (l *layout) margin(least int) int {
	if l.at == len(l.source) {
		return least
	}
	for text := range strings.SplitSeq(l.source[l.at+1:], "\n") {
		inner := strings.TrimLeft(text, " ")
		spaces := len(text) - len(inner)
		if inner != "" && spaces < least {
			break
		}
		least = max(least, spaces)
		if inner != "" {
			break
		}
	}
	return least
}
