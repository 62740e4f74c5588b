package annotations

import (
	"go/ast"
	"go/token"
	"strings"
)

// Format writes each directive of one file as Print does and leaves the rest byte for byte, line ends too. The file must have been
// parsed with comments from src. Left as they are, too, are lines that cannot be read, which Collect reports, and what only looks
// like a directive: in strings, in blocks of comments, in the examples of a comment. It returns src itself if nothing changes.
func Format(fset *token.FileSet, file *ast.File, src []byte) []byte {
	if file == nil || !Scan(src) {
		return src
	}
	source := Source{Fset: fset, Bytes: src}
	var out []byte
	written := 0
	for _, group := range file.Comments {
		for _, comment := range group.List {
			at, ok := source.offset(comment.Pos())
			if !ok || !strings.HasPrefix(comment.Text, prefix) {
				continue
			}
			end := source.lineEnd(at)
			was := string(src[at:end])
			d, problems, ok := Parse(comment.Pos(), was)
			if !ok || len(problems) > 0 || strings.Contains(was, "\r") { // which a tree does not have, and a line end it is not
				continue
			}
			if text := Print(d); text != was {
				out = append(append(out, src[written:at]...), text...)
				written = end
			}
		}
	}
	if written == 0 {
		return src
	}
	return append(out, src[written:]...)
}
