package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework"
)

// Payload is one raw event. Its members are looked at by several codecs, so what they learn is kept.
type Payload struct {
	// Raw is the body as the vendor sent it.
	Raw []byte
	// Invocation is what the loop knows of the call; Function and Event are not set yet.
	Invocation framework.Invocation
	// Runtime holds the facts of the process. It is nil only in tests that have none.
	Runtime *framework.Runtime

	members []member
	parsed  bool
	outcome outcome
}

type member struct {
	name  []byte // without quotes; decoded if it had escapes
	value json.RawMessage
}

// Log returns the logger for what a codec has to say of the call.
func (p *Payload) Log() *slog.Logger {
	if p.Runtime != nil && p.Runtime.Logger != nil {
		return p.Runtime.Logger
	}
	return slog.Default()
}

// Memory is the function's memory limit in MB, zero if unknown: what the vendor says with the call, if it does, by a method
// MemoryLimit of the vendor's invocation, else what it said at start.
func (p *Payload) Memory() int {
	if v, ok := p.Invocation.Vendor.(interface{ MemoryLimit() int }); ok && v.MemoryLimit() > 0 {
		return v.MemoryLimit()
	}
	if p.Runtime != nil {
		return p.Runtime.Memory
	}
	return 0
}

// Field returns one member of the payload's top-level JSON object, nil if it has none or is not an object. Only the outline
// of the payload has been checked: the value itself may still prove to be no JSON when it is decoded.
func (p *Payload) Field(name string) json.RawMessage {
	if !p.parsed {
		p.parsed = true
		p.members = make([]member, 0, 16)
		if scanObject(p.Raw, func(m member) error { p.members = append(p.members, m); return nil }) != nil {
			p.members = nil
		}
	}
	for i := len(p.members) - 1; i >= 0; i-- { // of two members with one name the last counts, as in encoding/json
		if string(p.members[i].name) == name {
			return p.members[i].value
		}
	}
	return nil
}

// Has reports whether the payload is a JSON object with all of the given members.
func (p *Payload) Has(names ...string) bool {
	for _, n := range names {
		if p.Field(n) == nil {
			return false
		}
	}
	return len(names) > 0
}

// Member returns one member of a JSON object, nil if it has none or is not an object.
func Member(object json.RawMessage, name string) json.RawMessage {
	var found json.RawMessage
	err := scanObject(object, func(m member) error {
		if string(m.name) == name {
			found = m.value
		}
		return nil
	})
	if err != nil {
		return nil
	}
	return found
}

// Members calls visit for each member of a JSON object, in order, repeated names included, until visit returns an
// error. What names the object for the error that says that it is none; nothing and null have no members.
func Members(what string, object json.RawMessage, visit func(name string, value json.RawMessage) error) error {
	if len(object) == 0 || object[0] == 'n' {
		return nil
	}
	err := scanObject(object, func(m member) error { return visit(string(m.name), m.value) })
	if err == errOutline {
		return InvalidEvent("%.80s: found %s, expected an object", what, broken(object, '{'))
	}
	return err
}

// Elements calls visit for each element of a JSON array, in order, until visit returns an error. What names the array
// for the error that says that it is none; nothing and null have no elements.
func Elements(what string, array json.RawMessage, visit func(value json.RawMessage) error) error {
	if len(array) == 0 || array[0] == 'n' {
		return nil
	}
	err := scanArray(array, visit)
	if err == errOutline {
		return InvalidEvent("%.80s: found %s, expected an array", what, broken(array, '['))
	}
	return err
}

// First returns the first element of a JSON array, nil if it has none or is not an array. The rest has not been looked at.
func First(array json.RawMessage) json.RawMessage {
	var found json.RawMessage
	if len(array) == 0 {
		return nil
	}
	_ = scanArray(array, func(value json.RawMessage) error { // ends at once
		found = value
		return errOutline
	})
	return found
}

func broken(raw json.RawMessage, first byte) string {
	if raw[0] == first {
		return "broken JSON"
	}
	return JSONType(raw)
}

// errOutline says that something is not a JSON object or array, as far as its outline shows.
var errOutline = errors.New("not of the expected JSON type")

// scanObject finds the members of a JSON object without decoding them: one pass, no copies. Events are decoded once
// more, member by member, so it checks no more than it needs to find where values end.
func scanObject(raw []byte, visit func(member) error) error {
	i := space(raw, 0)
	if i == len(raw) || raw[i] != '{' {
		return errOutline
	}
	i = space(raw, i+1)
	if i < len(raw) && raw[i] == '}' {
		return end(raw, i+1)
	}
	for {
		nameEnd := stringEnd(raw, i)
		if nameEnd < 0 {
			return errOutline
		}
		name := raw[i+1 : nameEnd-1]
		if !plain(name) {
			var s string
			if json.Unmarshal(raw[i:nameEnd], &s) != nil {
				return errOutline
			}
			name = []byte(s)
		}
		i = space(raw, nameEnd)
		if i == len(raw) || raw[i] != ':' {
			return errOutline
		}
		i = space(raw, i+1)
		valueEnd := valueEnd(raw, i)
		if valueEnd < 0 {
			return errOutline
		}
		if err := visit(member{name, raw[i:valueEnd:valueEnd]}); err != nil {
			return err
		}
		if i = space(raw, valueEnd); i == len(raw) {
			return errOutline
		}
		switch raw[i] {
		case ',':
			i = space(raw, i+1)
		case '}':
			return end(raw, i+1)
		default:
			return errOutline
		}
	}
}

func scanArray(raw []byte, visit func(json.RawMessage) error) error {
	i := space(raw, 0)
	if i == len(raw) || raw[i] != '[' {
		return errOutline
	}
	i = space(raw, i+1)
	if i < len(raw) && raw[i] == ']' {
		return end(raw, i+1)
	}
	for {
		valueEnd := valueEnd(raw, i)
		if valueEnd < 0 {
			return errOutline
		}
		if err := visit(raw[i:valueEnd:valueEnd]); err != nil {
			return err
		}
		if i = space(raw, valueEnd); i == len(raw) {
			return errOutline
		}
		switch raw[i] {
		case ',':
			i = space(raw, i+1)
		case ']':
			return end(raw, i+1)
		default:
			return errOutline
		}
	}
}

// end checks that nothing but white space follows.
func end(raw []byte, i int) error {
	if space(raw, i) != len(raw) {
		return errOutline
	}
	return nil
}

func space(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns the index after the string that begins at i, -1 if there is none.
func stringEnd(raw []byte, i int) int {
	if i >= len(raw) || raw[i] != '"' {
		return -1
	}
	for i++; ; {
		n := bytes.IndexByte(raw[i:], '"')
		if n < 0 {
			return -1
		}
		i += n + 1
		escapes := 0
		for j := i - 2; raw[j] == '\\'; j-- { // ends at the opening quote at the latest
			escapes++
		}
		if escapes%2 == 0 {
			return i
		}
	}
}

// valueEnd returns the index after the value that begins at i, -1 if there is none.
func valueEnd(raw []byte, i int) int {
	if i >= len(raw) {
		return -1
	}
	switch raw[i] {
	case '"':
		return stringEnd(raw, i)
	case '{', '[':
		for depth := 0; i < len(raw); {
			switch raw[i] {
			case '"':
				if i = stringEnd(raw, i); i < 0 {
					return -1
				}
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
		return -1
	}
	begin := i
	for i < len(raw) && raw[i] != ',' && raw[i] != '}' && raw[i] != ']' && space(raw, i) == i {
		i++
	}
	if !json.Valid(raw[begin:i]) {
		return -1
	}
	return i
}

// plain reports whether the inside of a JSON string is its own decoding.
func plain(s []byte) bool {
	for _, b := range s {
		if b == '\\' || b < ' ' {
			return false
		}
	}
	return utf8.Valid(s)
}
