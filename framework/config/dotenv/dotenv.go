// Package dotenv reads the file .env of an application's folder: the environment variables of one machine, for "faasgen dev", "faasgen
// invoke" and tests. No function that is deployed links it, and the file is part of no package.
//
//	# a comment
//	GREETING=hello there          # the text up to a comment, without the spaces around it
//	export PATTERN='$1 \n "x"'    # as it is; it may have several lines
//	MESSAGE="two\nlines, a \" and a \\"
//
// Nothing is expanded: a $ is a $.
package dotenv

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Name is that of the file.
const Name = ".env"

// maxSize is how many bytes the file may have.
const maxSize = 1 << 20

// File is what a file sets. A nil File sets nothing.
type File struct {
	// Path is that of the file.
	Path string
	// Variables are in the order of the file, each name once.
	Variables []Variable
}

// Variable is one environment variable. Its value must not be shown.
type Variable struct {
	Name, Value string
	// Line and Column are where its name is, from 1. A column counts bytes.
	Line, Column int
}

// Lookup has the form of os.LookupEnv.
func (f *File) Lookup(name string) (string, bool) {
	if f != nil {
		for _, v := range f.Variables {
			if v.Name == name {
				return v.Value, true
			}
		}
	}
	return "", false
}

// Error is a mistake in a file. It does not show the file's text, but for the name of a variable.
type Error struct {
	// File is its path; Line is 0 where the mistake is that of the whole file. A column counts bytes, from 1.
	File         string
	Line, Column int
	Message      string
}

// Error is file:line:column: message.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Load reads the file of a folder, nil if there is none. A mistake in it is an [*Error].
func Load(dir string) (*File, error) {
	path := filepath.Join(dir, Name)
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, &Error{File: path, Message: "this is not a regular file"}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxSize {
		return nil, &Error{File: path, Message: fmt.Sprintf("the file has more than %d KiB", maxSize>>10)}
	}
	return Parse(path, string(content))
}

// Parse reads the text of a file; the path is for its errors, which are an [*Error] each.
func Parse(path, text string) (*File, error) {
	p := parser{path: path, rest: strings.TrimPrefix(text, "\ufeff"), line: 1}
	p.whole = p.rest
	f := &File{Path: path}
	lines := map[string]int{}
	for {
		p.blank()
		if p.rest == "" {
			return f, nil
		}
		v, err := p.variable()
		if err != nil {
			return nil, err
		}
		if first := lines[v.Name]; first > 0 {
			return nil, &Error{path, v.Line, v.Column, fmt.Sprintf("variable %s is already set in line %d", v.Name, first)}
		}
		lines[v.Name] = v.Line
		f.Variables = append(f.Variables, v)
	}
}

// parser reads a text from its start.
type parser struct {
	path, whole, rest string
	line              int
}

// column is that of the next byte.
func (p *parser) column() int {
	at := len(p.whole) - len(p.rest)
	return at - strings.LastIndexByte(p.whole[:at], '\n')
}

func (p *parser) errorf(format string, args ...any) error {
	return &Error{p.path, p.line, p.column(), fmt.Sprintf(format, args...)}
}

// take goes on behind n bytes.
func (p *parser) take(n int) (taken string) {
	taken, p.rest = p.rest[:n], p.rest[n:]
	p.line += strings.Count(taken, "\n")
	return taken
}

// spaces goes on behind spaces of a line.
func (p *parser) spaces() (found bool) {
	n := len(p.rest) - len(strings.TrimLeft(p.rest, " \t"))
	p.take(n)
	return n > 0
}

// ended reports whether the line is at its end, and goes on behind that, and behind a comment.
func (p *parser) ended() bool {
	if strings.HasPrefix(p.rest, "#") {
		p.take(len(p.untilBreak()))
	}
	switch {
	case p.rest == "":
	case strings.HasPrefix(p.rest, "\n"):
		p.take(1)
	case strings.HasPrefix(p.rest, "\r\n"):
		p.take(2)
	default:
		return false
	}
	return true
}

// untilBreak is the rest of the line.
func (p *parser) untilBreak() string {
	line, _, _ := strings.Cut(p.rest, "\n")
	return strings.TrimSuffix(line, "\r")
}

// blank goes on behind lines that say nothing.
func (p *parser) blank() {
	for p.rest != "" {
		p.spaces()
		if !p.ended() {
			return
		}
	}
}

// variable reads one. The spaces before it are gone.
func (p *parser) variable() (v Variable, err error) {
	if strings.HasPrefix(p.rest, "export ") || strings.HasPrefix(p.rest, "export\t") {
		p.take(len("export"))
		p.spaces()
	}
	v.Line, v.Column = p.line, p.column()
	n := 0
	for n < len(p.rest) && named(p.rest[n], n) {
		n++
	}
	if n == 0 {
		return v, p.errorf("expected NAME=VALUE, with a name of letters, digits and _")
	}
	v.Name = p.take(n)
	p.spaces()
	if !strings.HasPrefix(p.rest, "=") {
		return v, p.errorf("after the name: expected =") // the line may be the rest of a secret
	}
	p.take(1)
	spaced := p.spaces()
	switch {
	case p.rest == "":
	case p.rest[0] == '\'':
		v.Value, err = p.single(v.Name)
	case p.rest[0] == '"':
		v.Value, err = p.double(v.Name)
	default:
		v.Value, err = p.bare(v.Name, spaced)
		return v, err
	}
	if err != nil {
		return v, err
	}
	p.spaces()
	if !p.ended() {
		return v, p.errorf("after the value of %s: expected the end of the line", v.Name)
	}
	return v, nil
}

func named(c byte, at int) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || '0' <= c && c <= '9' && at > 0
}

// bare reads a value without quotes. Spaced says that a space is in front of it.
func (p *parser) bare(name string, spaced bool) (string, error) {
	line := p.untilBreak()
	for i := range len(line) {
		if line[i] == '#' && (i == 0 && spaced || i > 0 && (line[i-1] == ' ' || line[i-1] == '\t')) {
			line = line[:i]
			break
		}
	}
	if err := p.plain(name, line, false); err != nil {
		return "", err
	}
	p.take(len(line))
	if !p.ended() {
		return "", p.errorf("after the value of %s: expected the end of the line", name)
	}
	return strings.TrimRight(line, " \t"), nil
}

// single reads a value in single quotes.
func (p *parser) single(name string) (string, error) {
	value, _, found := strings.Cut(p.rest[1:], "'")
	if !found {
		return "", p.errorf("the value of %s has no closing '", name)
	}
	p.take(1)
	if err := p.plain(name, value, true); err != nil {
		return "", err
	}
	p.take(len(value) + 1)
	return value, nil
}

// double reads a value in double quotes.
func (p *parser) double(name string) (string, error) {
	start := *p
	p.take(1)
	var b strings.Builder
	for {
		i := strings.IndexAny(p.rest, "\"\\")
		if i < 0 {
			return "", start.errorf("the value of %s has no closing \"", name)
		}
		if err := p.plain(name, p.rest[:i], true); err != nil {
			return "", err
		}
		b.WriteString(p.take(i))
		if p.rest[0] == '"' {
			p.take(1)
			return b.String(), nil
		}
		if len(p.rest) < 2 {
			return "", start.errorf("the value of %s has no closing \"", name)
		}
		at := strings.IndexByte(`nrt"\$`, p.rest[1])
		if at < 0 {
			return "", p.errorf(`in the value of %s: expected \n, \r, \t, \", \\ or \$ after a backslash`, name)
		}
		b.WriteByte("\n\r\t\"\\$"[at])
		p.take(2)
	}
}

// plain refuses what no environment variable, or no text of several lines, has.
func (p *parser) plain(name, value string, lines bool) error {
	for i, r := range value {
		bad := r < ' ' && r != '\t' && !(lines && (r == '\n' || r == '\r')) || r == 0x7f
		if _, n := utf8.DecodeRuneInString(value[i:]); r == utf8.RuneError && n == 1 {
			bad = true
		}
		if bad {
			p.take(i)
			return p.errorf("in the value of %s: expected text in UTF-8 without control characters", name)
		}
	}
	return nil
}
