package inspect

import (
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/regular"
	"github.com/faasgen/faasgen/gen/spec"
)

// maxConfig bounds a configuration file, as the run time does.
const maxConfig = 16 << 20

// broken is an error of the reader about a file as a whole, which one of files may be.
func broken(err error, files []string, r reading) annotations.Diagnostic {
	text, pos := inFile(err.Error(), files)
	d := annotations.Diagnostic{Pos: pos, Code: CodeFile, Message: text}
	file := pos.Filename
	if file == "" {
		for _, f := range files {
			if rest, ok := strings.CutPrefix(text, f+": "); ok {
				file, text = f, rest
			} else if strings.Contains(text, f) || strings.Contains(text, strings.TrimSuffix(f, ".yml")+".yaml") {
				file = f
			}
		}
		if file == "" {
			return d
		}
		d.Message = strings.ReplaceAll(text, filepath.Dir(file)+string(filepath.Separator), "")
		d.Pos = token.Position{Filename: file}
	}
	if name := filepath.Base(file); !strings.HasPrefix(name, "config.") {
		return d // nothing of a file of secrets is shown
	}
	content, err := regular.Read(file, maxConfig)
	if err != nil {
		return d
	}
	if found := spec.Syntax(file, content); len(found) > 0 && strings.Contains(found[0].Message, "anchor") {
		d.Pos, d.Length, d.Line = found[0].Pos, found[0].Length, found[0].Line // its message has the name of the anchor
	} else if len(found) > 0 {
		// Which knows the column, and the line better.
		d.Pos, d.Length, d.Message, d.Hint, d.Line = found[0].Pos, found[0].Length, found[0].Message, found[0].Hint, found[0].Line
	} else if lines := strings.Split(string(content), "\n"); d.Pos.Line > 0 && d.Pos.Line <= len(lines) {
		d.Line = strings.TrimSuffix(lines[d.Pos.Line-1], "\r")
	}
	d.Line = masked(d.Line, r)
	return d
}

// masked is a line of a configuration file without what may be a secret: only names of keys in use, and what YAML is made of, are left
// of it. Each other character is a dot, so that places in the line are what they were.
func masked(line string, r reading) string {
	known := map[string]bool{}
	for key := range r.types {
		for name := range strings.SplitSeq(key, ".") {
			known[name] = true
		}
	}
	var b strings.Builder
	for line != "" {
		word := line
		if i := strings.IndexFunc(line, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' }); i >= 0 {
			word = line[:i]
		}
		if word == "" {
			c := line[0]
			if slices.Contains([]byte(" \t:,{}[]\"'&*|>#-"), c) {
				b.WriteByte(c)
			} else {
				b.WriteByte('.')
			}
			line = line[1:]
			continue
		}
		rest := strings.TrimLeft(line[len(word):], "\"' ")
		if known[word] && strings.HasPrefix(rest, ":") {
			b.WriteString(word)
		} else {
			b.WriteString(strings.Repeat(".", len(word)))
		}
		line = line[len(word):]
	}
	return b.String()
}
