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
	// fixed says why no variable of the environment may stand here, "" where one may.
	fixed string
}

func (w where) child(key string) where {
	path := key
	if w.path != "" {
		path = w.path + "." + key
	}
	fixed := w.fixed
	if fixed == "" {
		fixed = fixedAt(path)
	}
	return where{path: path, key: key, stage: w.stage || slices.Contains(stageKeys(), key), fixed: fixed}
}

// fixedAt is why no variable may stand at a path and below it: it says what the application consists of, or where a secret is.
func fixedAt(path string) string {
	words := strings.Split(path, ".")
	for len(words) > 2 && (words[0] == "targets" || words[0] == "stages") {
		words = words[2:]
	}
	switch {
	case len(words) == 1 && slices.Contains([]string{"scan", "groups", "layers"}, words[0]),
		len(words) == 3 && words[0] == "functions" && (words[2] == "events" || words[2] == "config"):
		return "the generated code depends on this value, which cannot come from the environment"
	case len(words) == 1 && words[0] == "secrets":
		return "this is the reference to a secret, which cannot come from the environment"
	}
	return ""
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
