package flags

import "strconv"

type kind int8

const (
	none kind = iota
	boolean
	text
	number
)

// String is the word of a kind in errors.
func (k kind) String() string {
	return [...]string{"nothing", "true or false", "a text", "a number"}[k]
}

// Value is a bool, a text or a number.
type Value struct {
	kind   kind
	truth  bool
	text   string
	number float64
}

// Bool is the value if it is a bool.
func (v Value) Bool() (b, ok bool) { return v.truth, v.kind == boolean }

// Text is the value if it is a text.
func (v Value) Text() (s string, ok bool) { return v.text, v.kind == text }

// Float is the value if it is a number.
func (v Value) Float() (f float64, ok bool) { return v.number, v.kind == number }

// maxInt is how far whole numbers are exact.
const maxInt = 1 << 53

// Int is the value if it is a whole number, of 53 bits at most.
func (v Value) Int() (n int64, ok bool) {
	if v.kind != number || v.number < -maxInt || v.number > maxInt || v.number != float64(int64(v.number)) {
		return 0, false
	}
	return int64(v.number), true
}

// String is the value as rules have it.
func (v Value) String() string {
	switch v.kind {
	case boolean:
		return strconv.FormatBool(v.truth)
	case text:
		return strconv.Quote(v.text)
	case number:
		return strconv.FormatFloat(v.number, 'g', -1, 64)
	}
	return ""
}

// Attribute is what is known of an invocation.
type Attribute struct {
	// Name is what conditions call it.
	Name string
	// Value is what they compare.
	Value Value
}

// Bool returns an attribute that is true or false.
func Bool(name string, v bool) Attribute { return Attribute{name, Value{kind: boolean, truth: v}} }

// String returns an attribute that is a text.
func String(name, v string) Attribute { return Attribute{name, Value{kind: text, text: v}} }

// Int returns an attribute that is a number.
func Int(name string, v int64) Attribute { return Float(name, float64(v)) }

// Float returns an attribute that is a number.
func Float(name string, v float64) Attribute { return Attribute{name, Value{kind: number, number: v}} }
