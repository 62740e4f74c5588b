package annotations

import (
	"fmt"
	"strings"
)

// Help describes one directive: how it is written, what it does, where it stands, and its arguments. The text comes from the
// doc comments of its marker.
func (r *Registry) Help(name string) (string, error) {
	d, ok := r.Lookup(name)
	if !ok {
		e := &valueError{message: fmt.Sprintf("unknown directive %q", name), hint: r.known()}
		if s := Suggest(name, r.Names()); s != "" {
			e.hint = fmt.Sprintf("did you mean %q? %s", s, e.hint)
		}
		return "", e
	}
	docs, err := d.Docs()
	if err != nil {
		return "", err
	}
	fields := Fields(d.Marker)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", usage(d.Name, fields))
	wrap(&b, "", docs.Type(d.Marker.Name()))
	b.WriteByte('\n')
	wrap(&b, "", d.standing())
	if len(fields) > 0 {
		b.WriteByte('\n')
	}
	for _, f := range fields {
		fmt.Fprintf(&b, "  %s\n", f.Name)
		wrap(&b, "      ", docs.Field(f.GoType, f.GoName))
	}
	return b.String(), nil
}

// Docs are the doc comments of the file that declares the marker.
func (d *Definition) Docs() (Docs, error) {
	if d.Source == "" {
		return Docs{}, nil
	}
	return ParseDocs(d.Source)
}

// Synopsis is the first sentence about each directive, in the order of Names.
func (r *Registry) Synopsis() ([]string, error) {
	synopses := make([]string, len(r.definitions))
	for i, d := range r.definitions {
		docs, err := d.Docs()
		if err != nil {
			return nil, err
		}
		synopses[i] = Synopsis(docs.Type(d.Marker.Name()))
	}
	return synopses, nil
}

// standing says where a directive may stand.
func (d *Definition) standing() string {
	s := "It stands on " + d.Places.String()
	if len(d.RequiresAny) > 0 {
		var names []string
		for _, name := range d.RequiresAny {
			names = append(names, prefix+name)
		}
		s += ", next to " + Join(names, "or")
	}
	switch {
	case d.RepeatBy != "":
		s += fmt.Sprintf(", once for each %s", d.RepeatBy)
	case d.Repeat:
		s += ", also several times"
	}
	return s + "."
}

// wrap writes paragraphs in lines of at most 80 columns.
func wrap(b *strings.Builder, indent, text string) {
	for paragraph := range strings.Lines(text) {
		column := 0
		for word := range strings.FieldsSeq(paragraph) {
			switch {
			case column == 0:
				b.WriteString(indent)
				column = len(indent)
			case column+1+len(word) > 80:
				b.WriteString("\n" + indent)
				column = len(indent)
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += len(word)
		}
		if column > 0 {
			b.WriteByte('\n')
		}
	}
}
