package annotations

import (
	"fmt"
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

// fixed is the line as it has to be.
func (m miss) fixed() string {
	name := m.name
	if name == "" {
		name = "name"
	}
	return strings.TrimSpace(prefix + name + " " + m.rest)
}

// nearMiss looks at one line of a comment, without its comment marks, that is no directive. It is a near miss when it starts
// with the tool's name and a colon in any case, with spaces where people put them, and is not plainly something else:
//
//   - a code block of a doc comment (a tab, or four spaces and more) is documentation;
//   - "FaaS: functions as a service" is prose. Only //faas: itself, or a colon with the name directly behind it, or the
//     name of a known directive with arguments that it could have, is meant as a directive.
//
// A false error can be reworded; a directive that nothing reads is a function that is missing in production.
func (r *Registry) nearMiss(text string, line bool) (miss, bool) {
	trimmed := strings.TrimLeft(text, " ")
	spaces := len(text) - len(trimmed)
	if spaces >= 4 || strings.HasPrefix(trimmed, "\t") {
		return miss{}, false
	}
	body := trimmed
	if body != "" && strings.IndexByte("+@", body[0]) >= 0 {
		body = strings.TrimLeft(body[1:], " ")
	}
	if len(body) < len(tool) || !strings.EqualFold(body[:len(tool)], tool) {
		return miss{}, false
	}
	spelling := body[:len(tool)]
	behind := body[len(tool):]
	if len(behind) >= 3 && strings.EqualFold(behind[:3], "gen") {
		spelling, behind = body[:len(tool)+3], behind[3:]
	}
	args, ok := strings.CutPrefix(strings.TrimLeft(behind, " \t"), ":")
	if !ok {
		return miss{}, false
	}
	exact := line && strings.HasPrefix(text, tool+":")
	word := strings.TrimLeft(args, " \t")
	n := strings.IndexFunc(word, func(r rune) bool { return unicode.IsSpace(r) })
	if n < 0 {
		n = len(word)
	}
	m := miss{from: spaces, to: len(text) - len(word) + n, rest: strings.TrimSpace(word[n:])}
	m.name = r.meant(word[:n])
	glued := word == args
	first, _ := utf8.DecodeRuneInString(word)
	switch {
	case exact:
	case len(spelling) > len(tool) && m.name == "": // the colon form of some other tool called like ours
		return miss{}, false
	case glued && (unicode.IsLetter(first) || first == '_'):
	case !glued && m.name != "" && strings.EqualFold(m.name, word[:n]) && r.plausible(m):
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
	case !strings.HasPrefix(behind, ":"), !glued && word != "":
		m.reason = `found a space beside ":"`
	case word == "":
		m.reason = `found no name behind ":"`
	case unicode.IsUpper(first):
		m.reason = "a directive is lower case"
	default:
		m.reason = "a name starts with a lower-case letter"
	}
	return m, true
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
