package web

import (
	"encoding"
	"errors"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

// Parser reads the text of a path wildcard, query parameter, header or cookie. Its error is an *ExpectedError, or one
// whose text may be shown.
type Parser[T any] func(text string) (T, error)

// ExpectedError says what a text should have been.
type ExpectedError struct {
	// Expected completes the words "found ..., expected".
	Expected string
}

// Error returns what was expected.
func (e *ExpectedError) Error() string { return "expected " + e.Expected }

// String takes any text.
func String[T ~string](text string) (T, error) { return T(text), nil }

// Bytes takes the text's bytes as they are; base64 is for JSON, which has no other way.
func Bytes[T ~[]byte](text string) (T, error) { return T(text), nil }

// Bool takes what strconv.ParseBool takes: true, false, 1, 0, t, f.
func Bool[T ~bool](text string) (T, error) {
	v, err := strconv.ParseBool(text)
	if err != nil {
		return false, &ExpectedError{"true or false"}
	}
	return T(v), nil
}

// Int takes a decimal integer that fits T.
func Int[T ~int | ~int8 | ~int16 | ~int32 | ~int64](text string) (T, error) {
	bits := int(unsafe.Sizeof(T(0))) * 8
	v, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		return 0, &ExpectedError{integerOf(bits, err)}
	}
	return T(v), nil
}

// integerOf says which integers a type of that many bits takes, where that is what was wrong.
func integerOf(bits int, err error) string {
	if !errors.Is(err, strconv.ErrRange) {
		return "an integer"
	}
	largest := int64(1)<<(bits-1) - 1
	return "an integer from " + strconv.FormatInt(-largest-1, 10) + " to " + strconv.FormatInt(largest, 10)
}

// Uint takes a decimal integer from zero that fits T.
func Uint[T ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr](text string) (T, error) {
	bits := int(unsafe.Sizeof(T(0))) * 8
	v, err := strconv.ParseUint(text, 10, bits)
	if err != nil {
		return 0, &ExpectedError{naturalOf(bits)}
	}
	return T(v), nil
}

func naturalOf(bits int) string {
	return "an integer from 0 to " + strconv.FormatUint(1<<bits-1, 10)
}

// Float takes a decimal number that fits T. Infinities and NaN are refused: JSON has none to answer with.
func Float[T ~float32 | ~float64](text string) (T, error) {
	v, err := strconv.ParseFloat(text, int(unsafe.Sizeof(T(0)))*8)
	if err != nil || v-v != 0 {
		return 0, &ExpectedError{"a number"}
	}
	return T(v), nil
}

// Duration takes what time.ParseDuration takes: 1h30m, 250ms.
func Duration[T ~int64](text string) (T, error) {
	v, err := time.ParseDuration(text)
	if err != nil {
		return 0, &ExpectedError{"a duration such as 1h30m or 250ms"}
	}
	return T(v), nil
}

// Text takes what the type's UnmarshalText takes.
func Text[T any, P interface {
	*T
	encoding.TextUnmarshaler
}](text string) (T, error) {
	var v T
	if err := P(&v).UnmarshalText([]byte(text)); err != nil {
		var zero T
		if message, ok := expectedBy(err); ok {
			return zero, &ExpectedError{message}
		}
		return zero, err
	}
	return v, nil
}

const timeText = "an RFC 3339 time such as 2006-01-02T15:04:05Z"

// expectedBy translates errors of the standard library that are written for programmers.
func expectedBy(err error) (string, bool) {
	var t *time.ParseError
	if errors.As(err, &t) || strings.HasPrefix(err.Error(), "Time.UnmarshalJSON: ") {
		return timeText, true
	}
	return "", false
}
