package spec

import (
	"fmt"
	"go/token"

	"github.com/faasgen/faasgen/annotations"
)

// Place is a piece of source text: what a diagnostic points at.
type Place struct {
	// Pos is where it starts.
	Pos token.Position
	// Length is how many bytes of the line it covers.
	Length int
	// Line is the text of its line.
	Line string
}

// Valid reports whether the place is in a file.
func (p Place) Valid() bool { return p.Pos.Filename != "" }

// Or returns the place, or other if it is in no file.
func (p Place) Or(other Place) Place {
	if p.Valid() {
		return p
	}
	return other
}

// Errorf makes an error that points at the place.
func (p Place) Errorf(code, format string, args ...any) annotations.Diagnostic {
	return annotations.Diagnostic{
		Pos: p.Pos, Length: p.Length, Line: p.Line, Code: code, Message: fmt.Sprintf(format, args...),
	}
}

// Notef makes a note that points at the place.
func (p Place) Notef(code, format string, args ...any) annotations.Diagnostic {
	d := p.Errorf(code, format, args...)
	d.Severity = annotations.SeverityNote
	return d
}
