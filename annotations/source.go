package annotations

import (
	"bytes"
	"go/token"
)

// Source is one parsed file: it turns positions into diagnostics with the line they are about.
type Source struct {
	// Fset is the file set that the file was parsed with.
	Fset *token.FileSet
	// Bytes is the text of the file.
	Bytes []byte
}

// Diagnostic makes an error that points at the text from pos to end. An end that is not behind pos underlines one character.
// Positions are those of the file itself: //line comments do not move them.
func (s Source) Diagnostic(pos, end token.Pos, code, message, hint string) Diagnostic {
	d := Diagnostic{Pos: s.position(pos), Code: code, Message: message, Hint: hint, Length: 1}
	d.Line = s.line(pos)
	if end > pos {
		d.Length = min(int(end-pos), max(1, len(d.Line)-d.Pos.Column+1))
	}
	return d
}

// Problem turns a problem of a directive into a diagnostic.
func (s Source) Problem(p Problem) Diagnostic {
	d := s.Diagnostic(p.Pos, p.End, p.Code, p.Message, p.Hint)
	if p.Other.IsValid() {
		d.Chain = append(d.Chain, Link{Pos: s.position(p.Other), Message: p.OtherMessage})
	}
	return d
}

func (s Source) position(pos token.Pos) token.Position {
	return s.Fset.PositionFor(pos, false)
}

// offset is where a position is in Bytes, false if it is not of this file.
func (s Source) offset(pos token.Pos) (int, bool) {
	file := s.Fset.File(pos)
	if file == nil || file.Size() != len(s.Bytes) {
		return 0, false
	}
	return file.Offset(pos), true
}

// line is the whole line of a position, without its end.
func (s Source) line(pos token.Pos) string {
	at, ok := s.offset(pos)
	if !ok {
		return ""
	}
	start := bytes.LastIndexByte(s.Bytes[:at], '\n') + 1
	return string(s.Bytes[start:s.lineEnd(at)])
}

// lineEnd is the offset of the end of the line at an offset: before "\n" or "\r\n".
func (s Source) lineEnd(at int) int {
	end := len(s.Bytes)
	if i := bytes.IndexByte(s.Bytes[at:], '\n'); i >= 0 {
		end = at + i
	}
	if end > at && s.Bytes[end-1] == '\r' {
		end--
	}
	return end
}
