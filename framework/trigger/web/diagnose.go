package web

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
)

const (
	maxBodyErrors   = 50       // more are of no help
	diagnosisBudget = 4 << 20  // bytes decoded again to find them, and four times the body: 50 ms at most
	bisectLimit     = 64 << 10 // bytes of a body in which an error without a place is looked for
)

// diagnosis finds all that is wrong with a body that encoding/json has refused. Unmarshal reports one error a call; so
// the value it names is replaced by null, which fits every type, and the body decoded again, until it is accepted.
type diagnosis struct {
	dst    any
	budget int // bytes that may still be decoded
	found  []finding
	cuts   []cut // ascending
}

type finding struct {
	at    int // in the body as it came
	field framework.FieldError
}

// cut is a value of less than four bytes that has become null: what follows it stands so many bytes further on than in
// the body as it came.
type cut struct{ at, longer int }

func (d *diagnosis) run(body []byte, err error) []framework.FieldError {
	more := true
	for more && len(d.found) < maxBodyErrors {
		p, gone, next, nextErr := d.blame(body, err)
		at := d.origin(p.start)
		if slices.ContainsFunc(d.found, func(f finding) bool { return f.at == at && f.field.Name == p.path }) {
			break // null does not please it either
		}
		d.found = append(d.found, finding{at, bodyError(p.path, bodyMessage(body, p, err))})
		more = nextErr != nil
		if next == nil {
			break
		}
		d.record(gone)
		body, err = next, nextErr
	}
	slices.SortStableFunc(d.found, func(a, b finding) int { return a.at - b.at })
	fields := make([]framework.FieldError, 0, len(d.found)+1)
	for _, f := range d.found {
		fields = append(fields, f.field)
	}
	if more {
		fields = append(fields, bodyError("", "the rest of the body was not checked"))
	}
	return fields
}

// origin is where the byte at an index of the body stood before the cuts.
func (d *diagnosis) origin(at int) int {
	for _, c := range slices.Backward(d.cuts) {
		if c.at < at {
			at -= c.longer
		}
	}
	return at
}

// record keeps cuts by where they stand now.
func (d *diagnosis) record(gone place) {
	longer := max(0, len("null")-(gone.end-gone.start))
	if longer == 0 {
		return
	}
	for i, c := range d.cuts {
		if c.at > gone.start {
			d.cuts[i].at += longer
		}
	}
	d.cuts = append(d.cuts, cut{gone.start, longer})
	slices.SortFunc(d.cuts, func(a, b cut) int { return a.at - b.at })
}

// blame finds the value p that err is about, and what must go to be rid of err: p or, if p is a key, its object. It
// returns the body without that and what is wrong with it then. A nil body means that the search ends here.
func (d *diagnosis) blame(body []byte, err error) (p, gone place, next []byte, nextErr error) {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		if p, ok := locate(body, int(mismatch.Offset)); ok && fits(body[p.start:p.end], mismatch, p.isKey) {
			gone := p
			if p.isKey {
				gone = parentOf(body, p)
			}
			next, nextErr := d.without(body, gone)
			if next == nil || !sameError(err, nextErr) {
				return p, gone, next, nextErr
			}
		}
	}
	// An UnmarshalJSON or UnmarshalText method has refused its value, without saying where, or something that is
	// relative to its own part of the body.
	if p, ok := d.bisect(body, err); ok {
		next, nextErr := d.without(body, p)
		return p, p, next, nextErr
	}
	if mismatch != nil {
		p.path = mismatch.Field
	}
	return p, p, nil, err
}

// decode decodes a changed body. It returns false when the budget is used up.
func (d *diagnosis) decode(body []byte) (error, bool) {
	if d.budget -= len(body); d.budget < 0 {
		return nil, false
	}
	return json.Unmarshal(body, d.dst), true
}

var errBudget = errors.New("the body is too large to look for more")

// without returns the body with null in place of p, padded so that nothing moves to where an error was before, and what
// is wrong with it then. The body is nil when the budget is used up.
func (d *diagnosis) without(body []byte, p place) ([]byte, error) {
	next := make([]byte, 0, len(body)+4)
	next = append(next, body[:p.start]...)
	next = append(next, "null"...)
	for len(next) < p.end {
		next = append(next, ' ')
	}
	next = append(next, body[p.end:]...)
	err, ok := d.decode(next)
	if !ok {
		return nil, errBudget
	}
	return next, err
}

func sameError(a, b error) bool {
	return a != nil && b != nil && a.Error() == b.Error() && offsetOf(a) == offsetOf(b)
}

func offsetOf(err error) int64 {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return mismatch.Offset
	}
	return -1
}

// bisect finds the first value, in the order of the text, up to which the body must be kept for err to come: all after it
// are null.
func (d *diagnosis) bisect(body []byte, err error) (place, bool) {
	if len(body) > bisectLimit {
		return place{}, false
	}
	list := values(body)
	low, high := 0, len(list)-1 // err comes with all up to high
	for low < high {
		middle := (low + high) / 2
		got, ok := d.decode(keep(body, list, middle))
		if !ok {
			return place{}, false
		}
		if got != nil && got.Error() == err.Error() {
			high = middle
		} else {
			low = middle + 1
		}
	}
	p := list[low]
	offset := p.end
	if c := body[p.start]; c == '{' || c == '[' {
		offset = p.start + 1
	}
	return locate(body, offset)
}

// keep returns body with every value after list[last] replaced by null.
func keep(body []byte, list []place, last int) []byte {
	out := make([]byte, 0, len(body))
	at := 0
	for _, p := range list[last+1:] {
		if p.start < at {
			continue // inside one that is gone
		}
		out = append(out, body[at:p.start]...)
		out = append(out, "null"...)
		at = p.end
	}
	return append(out, body[at:]...)
}

// parentOf returns the object that a key is in: a key that does not fit a map can only go with it.
func parentOf(body []byte, key place) place {
	list := values(body)
	parent := list[0]
	for _, p := range list {
		if p.start < key.start && key.end < p.end && body[p.start] == '{' {
			parent = p
		}
	}
	return parent
}

// fits reports whether the value is one that the error can be about.
func fits(value []byte, err *json.UnmarshalTypeError, isKey bool) bool {
	kind, number, _ := strings.Cut(err.Value, " ")
	switch {
	case isKey:
		return kind == "number" && keyText(value) == number
	case number != "":
		return string(value) == number
	}
	return kind == jsonKind(value)
}

func jsonKind(value []byte) string {
	switch value[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	}
	return "number"
}

// bodyMessage says what was found at p and what was expected.
func bodyMessage(body []byte, p place, err error) string {
	found := "found a value that does not fit"
	switch {
	case p.isKey:
		found = "found the key " + quote(keyText(body[p.start:p.end]))
	case p.end > p.start:
		found = "found " + showJSON(body[p.start:p.end])
	}
	var mismatch *json.UnmarshalTypeError
	var encoding base64.CorruptInputError
	switch {
	case errors.As(err, &mismatch):
		return found + ", expected " + describeType(mismatch)
	case errors.As(err, &encoding):
		return found + ", expected base64"
	case strings.HasPrefix(err.Error(), "json: invalid use of ,string"):
		return found + ", expected a string that holds the value: \"1\" instead of 1"
	}
	if expected, ok := expectedBy(err); ok {
		return found + ", expected " + expected
	}
	return found + ": " + strings.TrimPrefix(err.Error(), "json: ")
}

func showJSON(value []byte) string {
	switch value[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return quote(keyText(value))
	}
	return string(value[:min(len(value), 40)])
}

// describeType names the JSON that the Go type takes.
func describeType(err *json.UnmarshalTypeError) string {
	t := err.Type
	if t == nil {
		return "another value"
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		if t == reflect.TypeFor[time.Time]() {
			return timeText
		}
		return "a string"
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "base64"
		}
		return "an array"
	case reflect.Array:
		return "an array"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		_, number, _ := strings.Cut(err.Value, " ")
		if _, e := strconv.ParseInt(number, 10, t.Bits()); e != nil {
			return integerOf(t.Bits(), e)
		}
		return "an integer"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return naturalOf(t.Bits())
	}
	return "another type"
}
