package annotations

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenizer splits the arguments of one directive. It differs from ast.Directive.ParseArgs in that key="a b" is one
// argument, and in that it goes on behind a mistake.
type tokenizer struct {
	text string    // all arguments
	pos  token.Pos // of text
	at   int       // offset of the next character

	arguments []Argument
	problems  []Problem
}

func (t *tokenizer) run() {
	for t.space(); t.at < len(t.text); t.space() {
		switch rest := t.text[t.at:]; {
		case strings.HasPrefix(rest, "//"), rest[0] == '#':
			t.comment()
		case rest[0] == '=':
			t.equals()
		case rest[0] == '"', rest[0] == '`':
			t.quotedArgument()
		default:
			if n := keyLength(rest); n > 0 && n < len(rest) && rest[n] == '=' {
				t.keyed(rest[:n])
			} else {
				t.word()
			}
		}
	}
}

// space skips what separates arguments.
func (t *tokenizer) space() {
	t.at = len(t.text) - len(strings.TrimLeftFunc(t.text[t.at:], unicode.IsSpace))
}

// wordEnd is the offset of the next space at or behind an offset.
func (t *tokenizer) wordEnd(from int) int {
	if i := strings.IndexFunc(t.text[from:], unicode.IsSpace); i >= 0 {
		return from + i
	}
	return len(t.text)
}

func (t *tokenizer) posOf(offset int) token.Pos { return t.pos + token.Pos(offset) }

func (t *tokenizer) report(from, to int, message, hint string) {
	t.problems = append(t.problems, Problem{Pos: t.posOf(from), End: t.posOf(to), Code: CodeSyntax, Message: message, Hint: hint})
}

// add appends the argument between two offsets and goes on behind it.
func (t *tokenizer) add(key, value string, from, valueFrom, to int, bad bool) {
	t.arguments = append(t.arguments, Argument{
		Key: key, Value: value, Bad: bad, start: t.posOf(from), end: t.posOf(to), value: t.posOf(valueFrom),
	})
	t.at = to
}

// keyLength is the length of the key at the start of s, 0 if there is none. Keys that no marker has, such as Memory or
// memory-size, are keys too: they deserve "unknown argument" and not something about words.
func keyLength(s string) int {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		case i > 0 && ('0' <= c && c <= '9' || c == '-'):
		default:
			return i
		}
	}
	return len(s)
}

// comment refuses a remark behind the arguments: Go has no comments in comments, so it would be arguments.
func (t *tokenizer) comment() {
	hint := "put the remark on a line of its own"
	if strings.HasPrefix(t.text[t.at:], prefix) {
		hint = "put each directive on a line of its own"
	}
	t.report(t.at, len(t.text), "a directive ends with its line and has no comment behind it", hint)
	t.at = len(t.text)
}

// equals refuses "key = value" and "key =value".
func (t *tokenizer) equals() {
	from, key := t.at, ""
	if n := len(t.arguments); n > 0 {
		if last := t.arguments[n-1]; last.Key == "" && !last.Bad && keyLength(last.Value) == len(last.Value) &&
			int(last.end-last.start) == len(last.Value) { // not quoted
			from, key = int(last.start-t.pos), last.Value
			t.arguments = t.arguments[:n-1]
		}
	}
	t.at++
	t.space()
	value := t.at
	to := t.skipValue()
	if key == "" {
		t.report(from, to, `found "=" without a key before it`, "write key=value")
		t.add("", "", from, from, to, true)
		return
	}
	t.report(from, to, fmt.Sprintf(`found spaces around the "=" of %q`, key), fmt.Sprintf("write %s=%s", key, t.text[value:to]))
	t.add(key, t.text[value:to], from, min(value, to), to, true)
}

// skipValue is the offset behind the value that starts here, however malformed.
func (t *tokenizer) skipValue() int {
	if t.at < len(t.text) && (t.text[t.at] == '"' || t.text[t.at] == '`') {
		return t.wordEnd(t.at + t.quoteLength(t.at))
	}
	return t.wordEnd(t.at)
}

// quoteLength is the length of the quoted string at an offset with both its quotes, or of the rest if it has no end.
func (t *tokenizer) quoteLength(from int) int {
	s := t.text[from:]
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return i + 1
		case s[i] == '\\' && s[0] == '"':
			i++
		}
	}
	return len(s)
}

// quoted reads the Go string at an offset and reports what is wrong with it: to is the offset behind it.
func (t *tokenizer) quoted(from int) (value string, to int, ok bool) {
	raw, err := strconv.QuotedPrefix(t.text[from:])
	if err == nil {
		value, _ = strconv.Unquote(raw) // QuotedPrefix has checked it
		return value, from + len(raw), true
	}
	if t.unterminated(from) {
		t.report(from, len(t.text), "found a quoted string without its end", fmt.Sprintf("add the closing %c", t.text[from]))
		return t.text[from+1:], len(t.text), false
	}
	to = from + t.quoteLength(from)
	t.report(from, to, t.text[from:to]+" is not a valid Go string", "a backslash starts an escape such as \\n; write `...` to keep it as it is")
	return t.text[from+1 : to-1], to, false
}

// unterminated tells a string that never ends from one with a wrong escape.
func (t *tokenizer) unterminated(from int) bool {
	n := t.quoteLength(from)
	closed := t.text[from : from+n]
	if n < 2 || closed[n-1] != closed[0] {
		return true
	}
	// The last quote may be escaped, as in "a\": an odd number of backslashes before it.
	body := closed[1 : n-1]
	return closed[0] == '"' && (len(body)-len(strings.TrimRight(body, `\`)))%2 == 1
}

// quotedArgument reads "word" and "key=a b".
func (t *tokenizer) quotedArgument() {
	from := t.at
	value, to, ok := t.quoted(from)
	key, valueFrom := "", from
	if n := keyLength(value); n > 0 && n < len(value) && value[n] == '=' {
		key, value = value[:n], value[n+1:]
		// Written without escapes, as it practically always is, the value starts behind quote, key and "=".
		if strings.HasPrefix(t.text[from+1:], key+"=") {
			valueFrom = from + 1 + n + 1
		}
	}
	ok, to = t.behindQuote(to, ok)
	t.add(key, value, from, valueFrom, to, !ok)
}

// behindQuote checks that a space follows a quoted string. It returns where the argument ends.
func (t *tokenizer) behindQuote(to int, ok bool) (bool, int) {
	end := t.wordEnd(to)
	if end == to {
		return ok, to
	}
	rest := t.text[to:end]
	if ok {
		hint := "put spaces between arguments"
		switch rest[0] {
		case '=':
			hint = `put the quotes around the value only: key="value"`
		case '.':
			hint = `a name in another package is written "full/path".Name`
		}
		r, size := utf8.DecodeRuneInString(rest)
		t.report(to, to+size, fmt.Sprintf("found %q behind a quoted string, expected a space", string(r)), hint)
	}
	if n := keyLength(rest); n > 0 && n < len(rest) && rest[n] == '=' {
		return ok, to // only the space is missing: what follows is read as the next argument
	}
	return false, t.afterWord(to)
}

// afterWord is the offset behind a malformed word, quoted parts with their spaces included.
func (t *tokenizer) afterWord(from int) int {
	for from < len(t.text) {
		r, size := utf8.DecodeRuneInString(t.text[from:])
		switch {
		case unicode.IsSpace(r):
			return from
		case r == '"', r == '`':
			size = t.quoteLength(from)
		}
		from += size
	}
	return from
}

// keyed reads key=value.
func (t *tokenizer) keyed(key string) {
	from, valueFrom := t.at, t.at+len(key)+1
	switch rest := t.text[valueFrom:]; {
	case t.wordEnd(valueFrom) == valueFrom:
		t.noValue(key, from, valueFrom)
	case t.wrongQuotes(key, from, valueFrom):
	case (rest[0] == '"' || rest[0] == '`') && !t.qualified(valueFrom):
		value, to, ok := t.quoted(valueFrom)
		ok, to = t.behindQuote(to, ok)
		t.add(key, value, from, valueFrom, to, !ok)
	default:
		t.unquoted(key, from, valueFrom)
	}
}

// noValue refuses "key= value" and "key=".
func (t *tokenizer) noValue(key string, from, to int) {
	t.at = to
	t.space()
	next := t.text[t.at:]
	if n := keyLength(next); next != "" && !strings.HasPrefix(next, "//") && (n == 0 || n == len(next) || next[n] != '=') {
		value := t.at
		end := t.skipValue()
		t.report(from, end, fmt.Sprintf(`found spaces around the "=" of %q`, key), fmt.Sprintf("write %s=%s", key, t.text[value:end]))
		t.add(key, t.text[value:end], from, value, end, true)
		return
	}
	t.report(from, to, fmt.Sprintf("argument %q has no value", key), fmt.Sprintf(`an empty one is written %s=""`, key))
	t.add(key, "", from, to, to, true)
}

// otherQuotes finds text in quotes that are none in Go, at an offset: 'a b' as in a shell, “a b” from a word processor. The
// latter are a mistake only where they hold a space: elsewhere they are part of the text.
func (t *tokenizer) otherQuotes(from int) (value string, to int, ok bool) {
	first, size := utf8.DecodeRuneInString(t.text[from:])
	if !strings.ContainsRune("'“”＂", first) {
		return "", 0, false
	}
	start := from + size
	if i := strings.IndexAny(t.text[start:], "'“”＂"); i >= 0 {
		value = t.text[start : start+i]
		_, size = utf8.DecodeRuneInString(t.text[start+i:])
		return value, t.wordEnd(start + i + size), first == '\'' || strings.ContainsFunc(value, unicode.IsSpace)
	}
	to = t.wordEnd(start)
	return t.text[start:to], to, first == '\''
}

// wrongQuotes refuses what otherQuotes found.
func (t *tokenizer) wrongQuotes(key string, from, valueFrom int) bool {
	value, to, ok := t.otherQuotes(valueFrom)
	if ok {
		open, _ := utf8.DecodeRuneInString(t.text[valueFrom:])
		t.report(valueFrom, to, fmt.Sprintf("found %c as a quote, expected \" or a backquote", open), "write "+strconv.Quote(value))
		t.add(key, value, from, valueFrom, to, true)
	}
	return ok
}

// qualified reports whether a quoted string is the package of a name: "full/path".Iface.
func (t *tokenizer) qualified(from int) bool {
	raw, err := strconv.QuotedPrefix(t.text[from:])
	if err != nil {
		return false
	}
	rest, ok := strings.CutPrefix(t.text[from+len(raw):], ".")
	r, _ := utf8.DecodeRuneInString(rest)
	return ok && (r == '_' || unicode.IsLetter(r))
}

// unquoted reads the value of key= up to the next space. The quotes of qualified names stay in it: as=Store,"a/b".Iface.
func (t *tokenizer) unquoted(key string, from, valueFrom int) {
	to := valueFrom
	for to < len(t.text) {
		r, size := utf8.DecodeRuneInString(t.text[to:])
		if unicode.IsSpace(r) {
			break
		}
		if r == '"' || r == '`' {
			if to > valueFrom && t.text[to-1] != ',' || !t.qualified(to) {
				t.strayQuote(key, from, valueFrom, to)
				return
			}
			size = t.quoteLength(to)
		}
		to += size
	}
	t.at = to
	if !t.comma(key, from, valueFrom, to) {
		t.add(key, t.text[valueFrom:to], from, valueFrom, to, false)
	}
}

// strayQuote refuses a quote that is neither at the start of a value nor that of a package: a"b, or JSON as it is.
func (t *tokenizer) strayQuote(key string, from, valueFrom, at int) {
	to := t.afterWord(at)
	if strings.IndexByte("{[", t.text[valueFrom]) >= 0 {
		to = t.afterBrackets(valueFrom)
	}
	hint := "write the whole argument in quotes"
	if written := t.text[valueFrom:to]; key != "" && !strings.Contains(written, "`") {
		hint = fmt.Sprintf("write %s=`%s`", key, written)
	}
	t.report(at, to, "found a quote inside of a word", hint)
	t.add(key, t.text[valueFrom:to], from, valueFrom, to, true)
}

// afterBrackets is the offset behind a JSON object or array, its spaces included; behind the word if it has no end.
func (t *tokenizer) afterBrackets(from int) int {
	depth := 0
	for i := from; i < len(t.text); i++ {
		switch t.text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"', '`':
			i += t.quoteLength(i) - 1
		}
		if depth == 0 {
			return t.wordEnd(min(i, len(t.text)))
		}
	}
	return t.afterWord(from)
}

// comma refuses "a, b", which is either a list with a space in it or arguments separated as in a call.
func (t *tokenizer) comma(key string, from, valueFrom, to int) bool {
	if !strings.HasSuffix(t.text[valueFrom:to], ",") {
		return false
	}
	t.space()
	next := t.text[t.at:]
	if next == "" || strings.HasPrefix(next, "//") {
		t.at = to
		return false // a trailing comma; the value says what is wrong with it
	}
	if n := keyLength(next); n > 0 && n < len(next) && next[n] == '=' {
		t.report(to-1, to, "arguments are separated by spaces alone", "drop the comma")
		t.add(key, t.text[valueFrom:to-1], from, valueFrom, to, true)
		return true
	}
	list := t.text[valueFrom:to]
	for strings.HasSuffix(list, ",") && t.at < len(t.text) {
		to = t.wordEnd(t.at)
		list += t.text[t.at:to]
		t.at = to
		t.space()
	}
	written := list
	if key != "" {
		written = key + "=" + list
	}
	t.report(from, to, "found a space behind the comma of a list", "write "+written)
	t.add(key, list, from, valueFrom, to, true)
	return true
}

// word reads an argument without a key.
func (t *tokenizer) word() {
	if t.wrongQuotes("", t.at, t.at) {
		return
	}
	from, to := t.at, t.wordEnd(t.at)
	if i := strings.IndexAny(t.text[from:to], "\"`"); i >= 0 {
		t.strayQuote("", from, from, from+i)
		return
	}
	t.at = to
	if !t.comma("", from, from, to) {
		t.add("", t.text[from:to], from, from, to, false)
	}
}
