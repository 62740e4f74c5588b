package web

import (
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PatternError says what is wrong with a pattern, and where.
type PatternError struct {
	// Offset and Length are the bytes of the pattern that are meant. Offset is -1 when it is the method that is wrong.
	Offset, Length int
	// Message says what was found and what was expected.
	Message string
}

// Error returns the message with its place.
func (e *PatternError) Error() string {
	if e.Offset < 0 {
		return e.Message
	}
	return fmt.Sprintf("at byte %d: %s", e.Offset, e.Message)
}

// segment is one part of a pattern between slashes.
type segment struct {
	text string // the decoded literal, or the wildcard's name, which is empty after a trailing slash
	kind segmentKind
}

type segmentKind uint8

const (
	literal  segmentKind = iota
	wildcard             // {name}: one whole path segment
	rest                 // {name...} or a trailing slash: all that is left
	end                  // {$}: a trailing slash and nothing after it
)

// ParsePattern reads a method and a pattern as a user writes them and returns the canonical route. It is the language of
// net/http.ServeMux without hosts, with two spellings more: :id for {id}, and a last * for {rest...}. ANY, or no method,
// is every method. What ServeMux would accept but never match is refused. The error is a *PatternError.
func ParsePattern(method, pattern string) (Route, error) {
	r := Route{Method: strings.ToUpper(method)}
	switch {
	case r.Method == "ANY" || r.Method == "ALL":
		r.Method = ""
	case r.Method != "" && !validName(r.Method):
		return Route{}, &PatternError{Offset: -1, Message: fmt.Sprintf("found %q, expected a method such as GET, or ANY", method)}
	}
	segs, err := parseSegments(pattern)
	if err != nil {
		return Route{}, err
	}
	r.Pattern = format(pattern, segs)
	return r, nil
}

// format writes the pattern canonically. Literals stay as they were written: an escape such as %3A may be what keeps
// one from being read as a wildcard.
func format(pattern string, segs []segment) string {
	if !strings.ContainsAny(pattern, ":*") {
		return pattern
	}
	var b strings.Builder
	source := strings.Split(pattern[1:], "/")
	for i, s := range segs {
		b.WriteByte('/')
		switch {
		case s.kind == wildcard:
			b.WriteString("{" + s.text + "}")
		case s.kind == rest && s.text != "":
			b.WriteString("{" + s.text + "...}")
		default:
			b.WriteString(source[i])
		}
	}
	return b.String()
}

// parseSegments reads either spelling.
func parseSegments(pattern string) ([]segment, error) {
	if pattern == "" || pattern[0] != '/' {
		return nil, &PatternError{Length: len(pattern), Message: fmt.Sprintf("found %q, expected a path that starts with /", pattern)}
	}
	if i := strings.IndexFunc(pattern, notInPath); i >= 0 {
		c, n := utf8.DecodeRuneInString(pattern[i:])
		return nil, &PatternError{i, n, fmt.Sprintf("found %q, which a path cannot have; a literal one is written %s", c, url.PathEscape(pattern[i:i+n]))}
	}
	if err := checkClean(pattern); err != nil {
		return nil, err
	}
	segs := make([]segment, 0, strings.Count(pattern, "/"))
	for at := 1; ; {
		text, _, more := strings.Cut(pattern[at:], "/")
		s, err := parseSegment(text, at, !more)
		if err != nil {
			return nil, err
		}
		for _, seen := range segs {
			if s.text != "" && s.text == seen.text && s.named() && seen.named() {
				return nil, &PatternError{at, len(text), fmt.Sprintf("found a second wildcard named %s, expected each name once", s.text)}
			}
		}
		segs = append(segs, s)
		if !more {
			return segs, nil
		}
		at += len(text) + 1
	}
}

func (s segment) named() bool { return s.kind == wildcard || s.kind == rest }

func notInPath(c rune) bool {
	return c <= ' ' || c == 0x7f || c == '?' || c == '#' || c == '\\' || c == utf8.RuneError
}

// checkClean refuses empty, "." and ".." segments: a request with such a path matches nothing.
func checkClean(pattern string) error {
	for at := 1; ; {
		text, _, more := strings.Cut(pattern[at:], "/")
		switch {
		case text == "" && more:
			return &PatternError{at - 1, 2, "found //, expected one slash"}
		case text == "." || text == "..":
			return &PatternError{at, len(text), fmt.Sprintf("found %s, expected a path without it: %s", text, path.Clean(pattern))}
		}
		if !more {
			return nil
		}
		at += len(text) + 1
	}
}

func parseSegment(text string, at int, last bool) (segment, error) {
	fail := func(offset, length int, format string, args ...any) (segment, error) {
		return segment{}, &PatternError{at + offset, length, fmt.Sprintf(format, args...)}
	}
	switch {
	case text == "": // only the last one can be
		return segment{kind: rest}, nil
	case text[0] == '*':
		if text != "*" {
			return fail(0, len(text), "found %q, expected a whole segment: {%s...}", text, strings.Trim(text, "*"))
		}
		if !last {
			return fail(0, 1, "found * before the end; it takes all that is left of a path: for one segment write {name}")
		}
		return segment{text: "rest", kind: rest}, nil
	case text[0] == ':':
		if n := nameLength(text[1:]); n != len(text)-1 || n == 0 {
			return fail(0, len(text), "found %q, expected a colon and a name: :id", text)
		}
		return segment{text: text[1:], kind: wildcard}, nil
	}
	open := strings.IndexByte(text, '{')
	if open < 0 {
		if i := strings.IndexAny(text, "}*"); i >= 0 {
			return fail(i, 1, "found %q inside a segment, expected a wildcard to be a whole segment; a literal one is written %s", text[i], url.PathEscape(text[i:i+1]))
		}
		decoded, err := url.PathUnescape(text)
		if err != nil {
			i := strings.Index(text, escapeIn(err))
			return fail(max(i, 0), min(3, len(text)-max(i, 0)), "found %q, expected %% and two hexadecimal digits; a literal one is written %%25", escapeIn(err))
		}
		if decoded == "/" {
			return fail(0, len(text), "found %s, which ServeMux does not tell from a trailing slash; write {$} for that", text)
		}
		return segment{text: decoded, kind: literal}, nil
	}
	name, closed := strings.CutSuffix(text[open+1:], "}")
	if open > 0 || !closed {
		return fail(0, len(text), "found %q, expected a wildcard to be a whole segment such as {id}", text)
	}
	if name == "$" {
		if !last {
			return fail(0, len(text), "found {$} before the end; it ends a path")
		}
		return segment{text: "/", kind: end}, nil
	}
	name, multi := strings.CutSuffix(name, "...")
	switch {
	case multi && !last:
		return fail(0, len(text), "found %s before the end; it takes all that is left of a path: for one segment write {%s}", text, name)
	case name == "":
		return fail(0, len(text), "found %s, expected a name in it: {id}", text)
	case nameLength(name) != len(name):
		return fail(1, len(name), "found %q, expected a name of letters, digits and _ that starts with no digit", name)
	case multi:
		return segment{text: name, kind: rest}, nil
	}
	return segment{text: name, kind: wildcard}, nil
}

// escapeIn returns the escape that net/url refused.
func escapeIn(err error) string {
	if e, ok := err.(url.EscapeError); ok {
		return string(e)
	}
	return "%"
}

// nameLength returns how many bytes of s are a Go identifier.
func nameLength(s string) int {
	for i, c := range s {
		if !unicode.IsLetter(c) && c != '_' && (i == 0 || !unicode.IsDigit(c)) {
			return i
		}
	}
	return len(s)
}
