package tencent

import (
	"encoding/json"
	"reflect"
	"strconv"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
)

// Number is a whole number, which some of the vendor's events write as text; an empty text is 0.
type Number int64

// UnmarshalJSON reads a number or a text that holds one.
func (n *Number) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
	}
	if text == "" || text == "null" {
		*n = 0
		return nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return &json.UnmarshalTypeError{Value: words(raw), Type: reflect.TypeFor[int64]()}
	}
	*n = Number(v)
	return nil
}

// Text is text, which some of the vendor's events write as a number.
type Text string

// UnmarshalJSON reads text or a number.
func (t *Text) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '"':
		return json.Unmarshal(raw, (*string)(t))
	case '{', '[', 't', 'f':
		return &json.UnmarshalTypeError{Value: words(raw), Type: reflect.TypeFor[string]()}
	case 'n':
		*t = ""
	default:
		*t = Text(raw)
	}
	return nil
}

// words names the type of a value as encoding/json does.
func words(raw []byte) string {
	switch raw[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	}
	return "number"
}

// moment reads a time: text such as 2006-01-02T15:04:05Z, or a number, also in text, of the given units since 1970.
func moment(what string, value Text, unit time.Duration) (time.Time, error) {
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return platform.DecodeTime(what, string(value))
	}
	const most = 253402300799 // seconds, the end of the year 9999
	per := int64(time.Second / unit)
	if n <= 0 || n/per > most {
		return time.Time{}, nil
	}
	return time.Unix(n/per, n%per*int64(unit)).UTC(), nil
}

// record is the first element of Records, which says what all of them are.
func record(p *platform.Payload) json.RawMessage { return platform.First(p.Field("Records")) }

// walk decodes the records of a payload one by one, and keeps the bytes of each.
func walk[R any](p *platform.Payload, member string, use func(record *R, raw json.RawMessage) error) error {
	return platform.Elements("Records", p.Field("Records"), func(raw json.RawMessage) error {
		if platform.Member(raw, member) == nil {
			return platform.InvalidEvent("Records: found a record without %s among those that have it", member)
		}
		r := new(R)
		if err := platform.DecodeJSON("Records", raw, r); err != nil {
			return err
		}
		return use(r, raw)
	})
}
