package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/framework"
)

const (
	maxWrong   = 20      // more are of no help
	maxDecoded = 4 << 20 // bytes that are decoded to find them
)

// wrongFields lists the fields that do not fit, of which first is one. encoding/json reports one error a call; so the value
// that it names is replaced by null, which fits every type, and the payload is decoded again.
func wrongFields(payload []byte, dst any, first *json.UnmarshalTypeError) []framework.FieldError {
	var fields []framework.FieldError
	known := map[int64]bool{}
	for wrong := first; wrong != nil; {
		found, _, _ := strings.Cut(wrong.Value, " ") // "number 1.5" carries the value
		field := framework.FieldError{In: "body", Name: wrong.Field, Message: "found " + found + ", expected " + kind(wrong)}
		if !slices.Contains(fields, field) { // as of another item of the same list
			fields = append(fields, field)
		}
		start, end, ok := valueAt(payload, wrong.Offset)
		if !ok || known[start] || len(known) == maxWrong-1 || len(payload)*(len(known)+1) > maxDecoded {
			return fields
		}
		known[start] = true
		// Padded, so that a value does not come to stand where another one was.
		null := append([]byte("null"), bytes.Repeat([]byte(" "), max(0, int(end-start)-len("null")))...)
		payload = bytes.Join([][]byte{payload[:start], null, payload[end:]}, nil)
		wrong = nil
		if err := json.Unmarshal(payload, dst); !errors.As(err, &wrong) {
			return fields // it is right now, or wrong in a way that has no place
		}
	}
	return fields
}

// valueAt finds the value that an error of encoding/json is about: the scalar that ends at the offset, or the object or list
// whose first byte does.
func valueAt(payload []byte, offset int64) (start, end int64, ok bool) {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	depth := 0
	for {
		before := d.InputOffset()
		token, err := d.Token()
		if err != nil {
			return 0, 0, false
		}
		delim, opens := token.(json.Delim)
		opens = opens && (delim == '{' || delim == '[')
		switch {
		case ok && opens:
			depth++
		case ok && isDelim(token):
			if depth--; depth == 0 {
				return start, d.InputOffset(), true
			}
		case ok, d.InputOffset() != offset || isDelim(token) && !opens:
		default:
			for start = before; strings.IndexByte(" \t\r\n,:", payload[start]) >= 0; start++ {
			}
			if !opens {
				return start, offset, true
			}
			ok, depth = true, 1
		}
	}
}

func isDelim(token json.Token) bool {
	_, is := token.(json.Delim)
	return is
}
