package platform

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"time"
)

// DecodeJSON decodes JSON of a payload. What names its place for the error, which names the types and repeats no value.
func DecodeJSON(what string, raw json.RawMessage, to any) error {
	err := json.Unmarshal(raw, to)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		found, _, _ := strings.Cut(wrong.Value, " ")
		if wrong.Field != "" {
			what += "." + wrong.Field
		}
		return InvalidEvent("%.160s: found %s, expected %s", what, found, jsonType(wrong.Type))
	}
	if err != nil {
		return InvalidEvent("%.80s: found broken JSON", what)
	}
	return nil
}

// jsonType says what JSON a type is read from, as far as the type's own name does not.
func jsonType(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Struct, t.Kind() == reflect.Map:
		return "object"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return "string"
	case t.Kind() == reflect.Slice:
		return "array"
	}
	return t.String()
}

// DecodeTime reads a time in text, zero if there is none. It is in UTC.
func DecodeTime(what, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if t = t.UTC(); err != nil || t.Year() < 0 || t.Year() > 9999 { // what JSON has no form for
		return time.Time{}, InvalidEvent("%s: found %.40q, expected a time such as 2006-01-02T15:04:05Z", what, text)
	}
	return t, nil
}

// Milliseconds is a time since 1970 in UTC, zero if there is none or it is after the year 9999.
func Milliseconds(ms int64) time.Time {
	const last = 253402300799999
	if ms <= 0 || ms > last {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
