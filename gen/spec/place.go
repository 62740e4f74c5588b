package spec

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

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

// where is the place of a value in the document.
type where struct {
	// path is dotted, empty for the root.
	path string
	// key is the key that the value belongs to, for what messages call it; "" for the root.
	key string
	// enum lists the allowed values.
	enum []string
	// loose text may be written as a number or as true and false: the values of environment and tags.
	loose bool
	// item is set in a list, where nothing cannot mean "not set".
	item bool
	// stage is set below the keys in whose texts ${stage} may stand.
	stage bool
}

func (w where) child(key string) where {
	path := key
	if w.path != "" {
		path = w.path + "." + key
	}
	return where{path: path, key: key, stage: w.stage || slices.Contains(stageKeys(), key)}
}

// stageKeys are the keys below which ${stage} may stand.
func stageKeys() []string {
	return []string{"environment", "resources", "domains", "secrets", "alarms"}
}

// layerOverlay reports whether it is a layer in an overlay.
func (w where) layerOverlay() bool {
	words := strings.Split(w.path, ".")
	return len(words) > 2 && words[len(words)-2] == "layers" && (words[0] == "targets" || words[0] == "stages")
}
