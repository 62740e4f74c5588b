package platform

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/faasgen/faasgen/framework"
)

// Text returns a member of the payload's top-level object that must be a string; missing and null are "".
func (p *Payload) Text(name string) (string, error) { return DecodeText(name, p.Field(name)) }

// DecodeText decodes a JSON string; no bytes and null are "". The name is for the error.
func DecodeText(name string, raw json.RawMessage) (string, error) {
	if len(raw) == 0 || raw[0] == 'n' {
		return "", nil
	}
	if n := len(raw) - 1; n > 0 && raw[0] == '"' && raw[n] == '"' && plain(raw[1:n]) && bytes.IndexByte(raw[1:n], '"') < 0 {
		return string(raw[1:n]), nil
	}
	var s string
	if raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return "", InvalidEvent("%.80s: found %s, expected a string", name, broken(raw, '"'))
	}
	return s, nil
}

// InvalidEvent is the error of a payload that is of a known form and broken. Its message reaches the caller, so the
// values in it should be cut short.
func InvalidEvent(format string, args ...any) error {
	return &framework.Error{Status: 400, Code: "invalid_event", Message: fmt.Sprintf(format, args...)}
}

// JSONType names the type of a valid JSON value, with its article.
func JSONType(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
