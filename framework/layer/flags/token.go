package flags

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// token is a word, a quoted text or a sign; the last of a line is the empty one.
type token struct {
	text   string
	quoted bool
	word   bool
	line   int
	column int
}

// String is how errors name it.
func (t token) String() string {
	if t.text == "" && !t.quoted {
		return "the end of the line"
	}
	if len(t.text) > maxName {
		return strconv.Quote(t.text[:maxName] + "...")
	}
	return strconv.Quote(t.text)
}

// isWord reports whether words have a character.
func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("._-+@:/", c) >= 0 || c >= utf8.RuneSelf
}

// split makes tokens of a line. It reports false where there are none for what it has.
func (p *parser) split(line string) bool {
	p.tokens, p.next = p.tokens[:0], 0
	add := func(text string, at int, word, quoted bool) {
		p.tokens = append(p.tokens, token{text, quoted, word, p.line, at + 1})
	}
	i := 0
	for i < len(line) && line[i] != '#' {
		switch c := line[i]; {
		case c == ' ' || c == '\t':
			i++
		case isWord(c):
			from := i
			for i < len(line) && isWord(line[i]) {
				i++
			}
			if !utf8.ValidString(line[from:i]) {
				p.errorf(token{line: p.line, column: from + 1}, "found bytes that are not UTF-8")
				return false
			}
			add(line[from:i], from, true, false)
		case c == '"':
			from, b := i, strings.Builder{}
			for i++; i < len(line) && line[i] != '"'; i++ {
				if line[i] == '\\' && i+1 < len(line) && (line[i+1] == '"' || line[i+1] == '\\') {
					i++
				}
				b.WriteByte(line[i])
			}
			if i == len(line) {
				p.errorf(token{line: p.line, column: from + 1}, "found a text without an end, expected \" in this line")
				return false
			}
			i++
			if !utf8.ValidString(b.String()) {
				p.errorf(token{line: p.line, column: from + 1}, "found bytes that are not UTF-8")
				return false
			}
			add(b.String(), from, false, true)
		case strings.IndexByte("=!<>", c) >= 0 && i+1 < len(line) && line[i+1] == '=':
			add(line[i:i+2], i, false, false)
			i += 2
		case strings.IndexByte("=<>,[]%", c) >= 0:
			add(line[i:i+1], i, false, false)
			i++
		default:
			r, _ := utf8.DecodeRuneInString(line[i:])
			p.errorf(token{line: p.line, column: i + 1}, "found %q, expected words, \"texts\" and signs such as == or %%", r)
			return false
		}
	}
	add("", i, false, false)
	return true
}

// peek is the next token, and take moves behind it.
func (p *parser) peek() token { return p.tokens[p.next] }

func (p *parser) take() token {
	t := p.tokens[p.next]
	if p.next < len(p.tokens)-1 {
		p.next++
	}
	return t
}

// takes moves behind a sign or a word, if it is the next.
func (p *parser) takes(text string) bool {
	t := p.peek()
	if t.quoted || t.text != text {
		return false
	}
	p.take()
	return true
}

// isName reports whether a word may be a name.
func isName(t token) bool {
	if !t.word || len(t.text) > maxName {
		return false
	}
	for i := range len(t.text) {
		if c := t.text[i]; (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

const nameShape = "of letters, digits and . _ -, 64 at most"
