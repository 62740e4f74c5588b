package load

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
)

const parserMode = parser.ParseComments | parser.SkipObjectResolution | parser.AllErrors

// parse reads one Go file. A mistake within a function body does not count: the file is then parsed with its bodies
// blanked, positions unchanged. The first mistake elsewhere is returned, with as much
// of the file as could be read.
func parse(fset *token.FileSet, name string, content []byte) (*ast.File, annotations.Diagnostics) {
	f, ds := Syntax(fset, name, content)
	if ds == nil {
		return f, nil
	}
	if blank := blankBodies(content); !bytes.Equal(blank, content) {
		if f, err := parser.ParseFile(fset, name, blank, parserMode); err == nil {
			return f, nil
		}
	}
	return f, ds
}

// blankBodies replaces the bodies of functions by spaces, going by the layout gofmt gives: a body begins at the end of a
// line that starts with "func " and ends before the next line that starts with "}".
func blankBodies(content []byte) []byte {
	out := bytes.Clone(content)
	in := false
	for at := 0; at < len(content); {
		end := at + bytes.IndexByte(content[at:], '\n')
		if end < at {
			end = len(content)
		}
		text := strings.TrimRight(string(content[at:end]), " \t\r")
		switch {
		case in && strings.HasPrefix(text, "}"):
			in = false
		case in && !strings.HasPrefix(text, "func "):
			for i := at; i < end; i++ {
				out[i] = ' '
			}
		case strings.HasSuffix(text, "{") && (strings.HasPrefix(text, "func ") || strings.HasPrefix(text, ")")):
			in = true // the second is the end of a signature of several lines
		default:
			in = false
		}
		at = end + 1
	}
	return out
}

// line returns the text of a line, counted from 1.
func line(content []byte, n int) string {
	for ; n > 1; n-- {
		i := bytes.IndexByte(content, '\n')
		if i < 0 {
			return ""
		}
		content = content[i+1:]
	}
	if i := bytes.IndexByte(content, '\n'); i >= 0 {
		content = content[:i]
	}
	return strings.TrimRight(string(content), "\r")
}

// wordAt is the length of the identifier or number at a column, counted from 1 in bytes.
func wordAt(text string, column int) int {
	if column < 1 || column > len(text) {
		return 1
	}
	end := slices.IndexFunc([]byte(text[column-1:]), func(c byte) bool {
		letter := c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
		return !letter
	})
	if end < 0 {
		end = len(text) - column + 1
	}
	return max(1, end)
}
