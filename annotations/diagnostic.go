package annotations

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// Severity says whether a diagnostic stops generation.
type Severity int

const (
	// SeverityError stops generation.
	SeverityError Severity = iota
	// SeverityNote is printed and stops nothing.
	SeverityNote
)

// Diagnostic is one mistake, or one note, with the place it was made at.
type Diagnostic struct {
	// Pos is where to point. Line 0 means the whole file, an empty Filename no file at all.
	Pos token.Position
	// Length is how many bytes of the line to underline; zero or less underlines one.
	Length int
	// Severity is error unless set.
	Severity Severity
	// Code is a word fixed in the source, such as directive-argument or di-missing.
	Code string
	// Message is lower case: what was found, what was expected.
	Message string
	// Line is the text of the source line, without its line end; empty leaves out the excerpt.
	Line string
	// Chain says who needs what, from the mistake outwards.
	Chain []Link
	// Hint says what to do, empty if there is nothing to say.
	Hint string
}

// Link is one step of a chain.
type Link struct {
	Pos     token.Position
	Message string
}

// Error returns the first line of the diagnostic.
func (d Diagnostic) Error() string { return d.head("") }

// Diagnostics is a list of mistakes and notes.
type Diagnostics []Diagnostic

// Error returns the first line of each.
func (ds Diagnostics) Error() string {
	lines := make([]string, len(ds))
	for i, d := range ds {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

// Failed reports whether any of them is an error.
func (ds Diagnostics) Failed() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == SeverityError })
}

// Sort orders by file, line, column and code, and drops exact repetitions.
func (ds *Diagnostics) Sort() {
	slices.SortStableFunc(*ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.Filename, b.Pos.Filename),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
		)
	})
	*ds = slices.CompactFunc(*ds, func(a, b Diagnostic) bool {
		return a.Pos == b.Pos && a.Code == b.Code && a.Message == b.Message
	})
}

// Render prints the diagnostics with source excerpts, file names relative to dir.
func (ds Diagnostics) Render(dir string) string {
	var b strings.Builder
	for _, d := range ds {
		d.render(&b, dir)
	}
	return b.String()
}

func (d Diagnostic) render(b *strings.Builder, dir string) {
	b.WriteString(d.head(dir))
	b.WriteByte('\n')
	if d.Line != "" && d.Pos.Column > 0 && d.Pos.Column <= len(d.Line)+1 {
		text, marks := excerpt(d.Line, d.Pos.Column-1, d.Length)
		fmt.Fprintf(b, "\t%s\n\t%s\n", text, marks)
	}
	for _, l := range d.Chain {
		fmt.Fprintf(b, "\t%s", oneLine(l.Message))
		if l.Pos.Filename != "" {
			fmt.Fprintf(b, "  %s", position(l.Pos, dir))
		}
		b.WriteByte('\n')
	}
	if d.Hint != "" {
		fmt.Fprintf(b, "\thint: %s\n", oneLine(d.Hint))
	}
}

func (d Diagnostic) head(dir string) string {
	s := oneLine(d.Message)
	if d.Severity == SeverityNote {
		s = "note: " + s
	}
	if d.Pos.Filename != "" {
		s = position(d.Pos, dir) + ": " + s
	}
	if d.Code != "" {
		s += " [" + d.Code + "]"
	}
	return s
}

// position is file:line:col with the file relative to dir when it is below it.
func position(p token.Position, dir string) string {
	if dir != "" && filepath.IsAbs(p.Filename) {
		if rel, err := filepath.Rel(dir, p.Filename); err == nil && filepath.IsLocal(rel) {
			p.Filename = rel
		} else if err == nil && !strings.HasPrefix(rel, filepath.Join("..", "..", "..")) {
			p.Filename = rel
		}
	}
	p.Filename = filepath.ToSlash(p.Filename)
	return p.String()
}
