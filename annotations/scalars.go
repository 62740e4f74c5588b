package annotations

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// valueError is a value that cannot be read, with what to write instead.
type valueError struct{ message, hint string }

func (e *valueError) Error() string { return e.message }

// Hint returns what to do about an error of this package, empty if there is nothing to say beyond its text.
func Hint(err error) string {
	if e, ok := errors.AsType[*valueError](err); ok {
		return e.hint
	}
	return ""
}

const durationHint = "write a number of seconds, or a number with a unit: 500ms, 60s, 5m, 1h30m"

// UnmarshalText reads a duration: a bare number is seconds, otherwise Go's form (500ms, 60s, 1h30m). Zero is refused,
// because the zero value of a setting means that it is not set.
func (d *Duration) UnmarshalText(text []byte) error {
	s := string(text)
	bare := s
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789.+-", r) }) {
		bare = ""
	}
	with := s
	if bare != "" {
		with += "s"
	}
	v, err := time.ParseDuration(with)
	switch {
	case err != nil && durationShaped(with):
		return &valueError{fmt.Sprintf("duration %q is too large, expected at most 290 years", s), ""}
	case err != nil:
		return &valueError{fmt.Sprintf("%q is not a duration", s), durationHint}
	case v < 0:
		return &valueError{fmt.Sprintf("duration %q is negative, expected more than zero", s), ""}
	case v == 0:
		return &valueError{fmt.Sprintf("duration %q is zero, expected more than zero", s), ""}
	}
	*d = Duration(v)
	return nil
}

// durationShaped tells a duration that overflows from a text that is none: time.ParseDuration has one error for both.
func durationShaped(s string) bool {
	s = strings.TrimLeft(s, "+-")
	if s == "" {
		return false
	}
	for s != "" {
		rest := strings.TrimLeft(s, "0123456789.")
		number := s[:len(s)-len(rest)]
		if strings.Trim(number, ".") == "" || strings.Count(number, ".") > 1 {
			return false
		}
		unit := rest[:len(rest)-len(strings.TrimLeft(rest, "nuµμmsh"))]
		if !slices.Contains([]string{"ns", "us", "µs", "μs", "ms", "s", "m", "h"}, unit) {
			return false
		}
		s = rest[len(unit):]
	}
	return true
}

// MarshalText writes Go's form without trailing zero units: 5m, not 5m0s.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String is Go's form without trailing zero units: 5m, not 5m0s.
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// WholeSeconds is what vendors' files count in; a part of a second is dropped.
func (d Duration) WholeSeconds() int { return int(time.Duration(d) / time.Second) }

// maxMemory keeps an amount inside an int of 32 bits; no vendor comes near.
const maxMemory = math.MaxInt32

const memoryHint = "write a number of MB, or a number with a unit: 512MB, 1GB, 1GiB"

// UnmarshalText reads an amount of memory: a bare number is MB; MB, MiB, GB and GiB are understood, 1GB being 1024 MB as
// the vendors count. A fraction must come out at whole MB.
func (m *Memory) UnmarshalText(text []byte) error {
	s := string(text)
	digits := strings.TrimLeft(s, "0123456789.")
	number := s[:len(s)-len(digits)]
	factor := 0.0
	switch strings.ToLower(digits) {
	case "", "mb", "mib":
		factor = 1
	case "gb", "gib":
		factor = 1024
	}
	v, err := strconv.ParseFloat(number, 64)
	switch {
	case strings.HasPrefix(s, "-"):
		return &valueError{fmt.Sprintf("memory %q is negative, expected more than zero", s), ""}
	case factor == 0 || number == "" || err != nil && !errors.Is(err, strconv.ErrRange):
		return &valueError{fmt.Sprintf("%q is not an amount of memory", s), memoryHint}
	case v*factor > maxMemory:
		return &valueError{fmt.Sprintf("memory %q is too large, expected at most %d MB", s, maxMemory), ""}
	case v == 0:
		return &valueError{fmt.Sprintf("memory %q is zero, expected more than zero", s), ""}
	case v*factor != math.Trunc(v*factor):
		return &valueError{fmt.Sprintf("memory %q is not a whole number of MB", s), memoryHint}
	}
	*m = Memory(v * factor)
	return nil
}

// MarshalText writes whole GB as such and everything else as MB.
func (m Memory) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// String is 1GB for whole GB, 512MB for everything else.
func (m Memory) String() string {
	if m != 0 && m%1024 == 0 {
		return strconv.Itoa(int(m/1024)) + "GB"
	}
	return strconv.Itoa(int(m)) + "MB"
}

// maxDays is about 270 years; no vendor comes near.
const maxDays = 100_000

const daysHint = "write a number of days, or a number with a unit: 30d, 4w"

// UnmarshalText reads a span of days: a bare number is days, and d and w are understood.
func (d *Days) UnmarshalText(text []byte) error {
	s := string(text)
	number, factor := strings.TrimSuffix(s, "d"), 1
	if weeks, ok := strings.CutSuffix(s, "w"); ok {
		number, factor = weeks, 7
	}
	v, err := strconv.Atoi(number)
	switch {
	case errors.Is(err, strconv.ErrRange) || err == nil && v > maxDays/factor:
		return &valueError{fmt.Sprintf("span %q is too large, expected at most %d days", s, maxDays), ""}
	case err != nil || strings.HasPrefix(s, "+"):
		return &valueError{fmt.Sprintf("%q is not a number of days", s), daysHint}
	case v < 0:
		return &valueError{fmt.Sprintf("span %q is negative, expected more than zero", s), ""}
	case v == 0:
		return &valueError{fmt.Sprintf("span %q is zero, expected more than zero", s), ""}
	}
	*d = Days(v * factor)
	return nil
}

// MarshalText writes days: 28d, not 4w.
func (d Days) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String is a number of days: 28d, not 4w.
func (d Days) String() string { return strconv.Itoa(int(d)) + "d" }

// UnmarshalText splits at commas. Spaces around an item are dropped; an empty and a repeated item are refused.
func (l *List) UnmarshalText(text []byte) error {
	var items List
	for item := range strings.SplitSeq(string(text), ",") {
		item = strings.TrimSpace(item)
		switch {
		case item == "" && len(text) == 0:
			return &valueError{"the list is empty", ""}
		case item == "":
			return &valueError{fmt.Sprintf("the list %q has an empty item", text), "separate items by one comma: a,b,c"}
		case slices.Contains(items, item):
			return &valueError{fmt.Sprintf("the list names %q twice", item), ""}
		}
		items = append(items, item)
	}
	*l = items
	return nil
}

// UnmarshalText splits at commas. A repeated status, and what is none, is refused.
func (s *Statuses) UnmarshalText(text []byte) error {
	var list List
	if err := list.UnmarshalText(text); err != nil {
		return err
	}
	var statuses Statuses
	for _, item := range list {
		n, err := strconv.Atoi(item)
		if err != nil || n < 200 || n > 599 {
			return &valueError{fmt.Sprintf("found %s, expected 200 to 599", item), ""}
		}
		if slices.Contains(statuses, n) { // spelled in another way
			return &valueError{fmt.Sprintf("the list names %d twice", n), ""}
		}
		statuses = append(statuses, n)
	}
	*s = statuses
	return nil
}

// MarshalText joins with commas.
func (s Statuses) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String joins with commas.
func (s Statuses) String() string {
	words := make([]string, len(s))
	for i, n := range s {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ",")
}

// First is the status of a successful response, 0 for the default.
func (s Statuses) First() int {
	if len(s) == 0 {
		return 0
	}
	return s[0]
}

// MarshalText joins with commas.
func (l List) MarshalText() ([]byte, error) { return []byte(strings.Join(l, ",")), nil }

// UnmarshalText accepts the three scopes.
func (s *Scope) UnmarshalText(text []byte) error {
	scopes := []string{string(Singleton), string(Request), string(Prototype)}
	if !slices.Contains(scopes, string(text)) {
		return unknownValue("scope", string(text), scopes)
	}
	*s = Scope(text)
	return nil
}

// MarshalText writes the scope, singleton for the zero value.
func (s Scope) MarshalText() ([]byte, error) {
	if s == "" {
		s = Singleton
	}
	return []byte(s), nil
}

// unknownValue is the error for a word that is not one of a few.
func unknownValue(what, found string, known []string) error {
	e := &valueError{message: fmt.Sprintf("unknown %s %q, expected %s", what, found, Join(known, "or"))}
	if s := Suggest(found, known); s != "" {
		e.hint = fmt.Sprintf("did you mean %q?", s)
	}
	return e
}

// Join writes words as English does: "a", "a or b", "a, b or c".
func Join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}
