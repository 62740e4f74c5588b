package client

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// names are those that are taken.
type names map[string]bool

// reserve is a set with some names in it.
func reserve(list ...string) names {
	n := names{}
	for _, name := range list {
		n[name] = true
	}
	return n
}

// unique is a name, or the name with the first number that makes it another than all before.
func (n names) unique(name string) string {
	free := name
	for i := 2; n[free]; i++ {
		free = name + strconv.Itoa(i)
	}
	n[free] = true
	return free
}

// words are what of a name is letters and digits.
func words(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// pascal is a name with a capital at the begin of each word: order-create is OrderCreate. There is a capital first, whatever it was.
func pascal(name string) string { return join(name, func(word string) string { return word }) }

// join puts the words of a name together, each made another first.
func join(name string, each func(word string) string) string {
	var b strings.Builder
	for _, word := range words(name) {
		r, size := utf8.DecodeRuneInString(word)
		if made := each(word); made != word {
			b.WriteString(made)
			continue
		}
		b.WriteRune(unicode.ToUpper(r))
		b.WriteString(word[size:])
	}
	if r, _ := utf8.DecodeRuneInString(b.String()); !unicode.IsUpper(r) {
		return "X" + b.String()
	}
	return b.String()
}

// camel is a name with a capital at the begin of each word but the first.
func camel(name string) string {
	p := pascal(name)
	r, size := utf8.DecodeRuneInString(p)
	return string(unicode.ToLower(r)) + p[size:]
}

// exported is a name as Go has it: pascal, with initialisms of lower-case words in capitals.
func exported(name string) string {
	return join(name, func(word string) string {
		switch word {
		case "id", "url", "uri", "http", "https", "json", "api", "uuid", "ip", "html", "xml", "sql", "isbn", "ttl", "utc":
			return strings.ToUpper(word)
		}
		return word
	})
}

// lower is a sentence that another one comes before: its first letter is small, unless the word is an abbreviation.
func lower(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[size:]); unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToLower(r)) + s[size:]
}

// upper is a sentence that begins a comment.
func upper(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
