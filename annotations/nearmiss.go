package annotations

import (
	"fmt"
	"go/ast"
	"strings"
	"unicode"
	"unicode/utf8"
)

// miss is a comment that was meant as a directive.
type miss struct {
	// from and to enclose it in the text that was looked at.
	from, to int
	// reason says why it is none.
	reason string
	// name is the directive that was meant, empty if it is anybody's guess; rest are its arguments as written.
	name, rest string
}

// fixed is the line as it has to be, of a miss with a name.
func (m miss) fixed() string { return strings.TrimSpace(prefix + m.name + " " + m.rest) }

// wideColon is what Chinese and Japanese keyboards give for a colon.
const wideColon = "："

// nearMiss looks at one line of a comment, without its comment marks, that is not a directive. It is a near miss when it starts
// with the tool's name and a colon in any case, with spaces where people put them, and is not plainly something else:
//
//   - a code block of a doc comment (a tab, or four spaces and more) is documentation;
//   - "FaaS: functions as a service" is prose. Only //faas: itself, or a colon with the name directly behind it, or the
//     name of a known directive with arguments that it could have, is meant as a directive.
//
// A false error can be reworded; a directive that nothing reads is a function that is missing in production.
func (r *Registry) nearMiss(text string, line bool) (miss, bool) {
	trimmed := strings.TrimLeftFunc(text, func(r rune) bool { return r != '\t' && unicode.IsSpace(r) })
	spaces := len(text) - len(trimmed)
	if utf8.RuneCountInString(text[:spaces]) >= 4 || strings.HasPrefix(trimmed, "\t") {
		return miss{}, false
	}
	body := trimmed
	if body != "" && strings.IndexByte("+@", body[0]) >= 0 {
		body = strings.TrimLeft(body[1:], " ")
	}
	if len(body) < len(tool) || !strings.EqualFold(body[:len(tool)], tool) {
		return r.misspeltTool(text, line)
	}
	spelling := body[:len(tool)]
	behind := body[len(tool):]
	if len(behind) >= 3 && strings.EqualFold(behind[:3], "gen") {
		spelling, behind = body[:len(tool)+3], behind[3:]
	}
	colon := strings.TrimLeftFunc(behind, unicode.IsSpace)
	args, narrow := strings.CutPrefix(colon, ":")
	if !narrow {
		var wide bool
		if args, wide = strings.CutPrefix(colon, wideColon); !wide {
			return r.misspeltTool(text, line)
		}
	}
	word := strings.TrimLeftFunc(args, unicode.IsSpace)
	n := strings.IndexFunc(word, unicode.IsSpace)
	if n < 0 {
		n = len(word)
	}
	m := miss{from: spaces, to: len(text) - len(word) + n, rest: strings.TrimSpace(word[n:])}
	m.name = r.meant(word[:n])
	known := m.name != "" && strings.EqualFold(m.name, word[:n])
	glued := word == args && word != "" && letter(word[0]) // a letter of ASCII: Chinese has no space behind a colon
	switch {
	case line && strings.HasPrefix(text, tool+":"):
	case !narrow:
		if !known {
			return miss{}, false
		}
	case len(spelling) > len(tool):
		if m.name == "" {
			return miss{}, false
		}
	case glued && (m.name != "" || spelling == tool || spaces == 0):
	case known && word != args && r.plausible(m):
	default:
		return miss{}, false
	}
	switch {
	case !line:
		m.reason = "a directive is a line comment"
	case body != trimmed:
		m.reason = fmt.Sprintf("found %q before the tool's name", trimmed[:1])
	case spaces > 0:
		m.reason = `found a space behind "//"`
	case len(spelling) > len(tool):
		m.reason = fmt.Sprintf("found %q, expected %q", spelling, tool)
	case spelling != tool:
		m.reason = "a directive is lower case"
	case !narrow:
		m.reason = fmt.Sprintf(`found %q, expected ":"`, wideColon)
	case colon != behind, word != args:
		m.reason = `found a space next to ":"`
	case word == "":
		m.reason = `found no name behind ":"`
	case letter(word[0]):
		m.reason = "a directive is lower case"
	default:
		m.reason = "a name starts with a lower-case letter"
	}
	return m, true
}

// misspeltTool finds the directive form with another tool's name, one letter from ours, and the exact name of one of our
// directives. It is looked for only in files that have a right one as well, which Scan decides.
func (r *Registry) misspeltTool(text string, line bool) (miss, bool) {
	d, ok := ast.ParseDirective(0, "//"+text)
	if !ok || !line || d.Tool == tool || Suggest(d.Tool, []string{tool}) == "" {
		return miss{}, false
	}
	if _, known := r.Lookup(d.Name); !known {
		return miss{}, false
	}
	return miss{
		to: len(d.Tool) + 1 + len(d.Name), name: d.Name, rest: d.Args, reason: fmt.Sprintf("found %q, expected %q", d.Tool, tool),
	}, true
}

// meant is the known directive that a word stands for, the word itself in lower case when it could become one, else empty.
func (r *Registry) meant(word string) string {
	lower := strings.ToLower(word)
	if _, ok := r.Lookup(lower); ok {
		return lower
	}
	return Suggest(word, r.Names())
}

// plausible reports whether the rest of the line reads as arguments, so that "FaaS: event driven" stays prose.
func (r *Registry) plausible(m miss) bool {
	if m.rest == "" || strings.Contains(m.rest, "=") {
		return true
	}
	if m.name == "" {
		return false
	}
	d, problems, ok := Parse(0, m.fixed())
	if !ok || len(problems) > 0 {
		return false
	}
	_, _, problems = r.Decode(d)
	return len(problems) == 0
}

// hidden finds a directive in the middle of a trailing comment: "// the store //faas:inject". It is one only when the rest of
// the line reads as a directive that fields have.
func (r *Registry) hidden(text string) (miss, bool) {
	i := strings.LastIndex(text, " "+prefix)
	if i < 0 {
		return miss{}, false
	}
	d, problems, ok := Parse(0, text[i+1:])
	if !ok || len(problems) > 0 {
		return miss{}, false
	}
	_, definition, problems := r.Decode(d)
	if definition == nil || definition.Places&OnField == 0 || len(problems) > 0 {
		return miss{}, false
	}
	return miss{
		from: i + 1, to: i + 1 + int(d.NameEnd()), reason: "it stands inside of another comment", name: d.Name, rest: strings.TrimSpace(text[i+1+int(d.NameEnd()):]),
	}, true
}
