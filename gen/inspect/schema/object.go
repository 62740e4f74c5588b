package schema

import (
	"bytes"
	"encoding/json"
	"strings"
)

// ObjectMember is a member of a JSON object, in its place.
type ObjectMember struct {
	name  string
	value any
	given bool
}

// Member is a member of an [Object], if given says so.
func Member(name string, value any, given bool) ObjectMember { return ObjectMember{name, value, given} }

// Compare compares the names of members.
func Compare(a, b ObjectMember) int { return strings.Compare(a.name, b.name) }

// Object writes a JSON object with its members in the order in which they are given, without HTML escapes.
func Object(members ...ObjectMember) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('{')
	first := true
	for _, m := range members {
		if !m.given {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		for i, v := range []any{m.name, m.value} {
			if i == 1 {
				b.WriteByte(':')
			}
			if err := e.Encode(v); err != nil {
				return nil, err
			}
			b.Truncate(b.Len() - 1) // the line break that Encode adds
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Ordered is [Object] as a value of a member.
func Ordered(members ...ObjectMember) json.Marshaler { return ordered(members) }

type ordered []ObjectMember

// MarshalJSON keeps the order.
func (o ordered) MarshalJSON() ([]byte, error) { return Object(o...) }

// Document is an indented [Object] with a line break at the end.
func Document(members ...ObjectMember) ([]byte, error) {
	text, err := Object(members...)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
