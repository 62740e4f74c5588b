// Package jsonbytes is how the events of faasgen carry bytes in JSON: text as text, any other JSON as what it is, and what
// is not text as base64, which a member isBase64Encoded next to it says. It knows nothing of the events themselves.
package jsonbytes

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Text reports whether all of the values can be carried as text.
func Text(values ...[]byte) bool {
	for _, v := range values {
		if !utf8.Valid(v) {
			return false
		}
	}
	return true
}

// Encode writes b as a JSON text, in base64 if encoded is set.
func Encode(b []byte, encoded bool) string {
	if encoded {
		return base64.StdEncoding.EncodeToString(b)
	}
	return string(b)
}

// Decode reads what Encode wrote, and any other JSON value as its own bytes. Nothing and null are nil. The name is for
// the error.
func Decode(name string, raw json.RawMessage, encoded bool) ([]byte, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if raw[0] != '"' {
		if encoded {
			return nil, fmt.Errorf("%s: expected a text of base64, as isBase64Encoded is true", name)
		}
		return bytes.Clone(raw), nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if !encoded {
		return []byte(s), nil
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("%s is not base64, though isBase64Encoded is true", name)
	}
	return b, nil
}
