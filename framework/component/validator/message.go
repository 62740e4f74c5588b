package validator

import (
	"reflect"
	"slices"
	"strings"
	"time"

	playground "github.com/go-playground/validator/v10"
)

// message says what is wrong with a field.
func (v *Validator) message(f playground.FieldError) string {
	if rule := v.rules[f.Tag()]; rule != nil {
		return "expected " + rule.Expected(f.Param())
	}
	switch tag := f.ActualTag(); {
	case strings.HasPrefix(tag, "required"):
		return "found nothing, expected a value"
	case strings.HasPrefix(tag, "excluded"), tag == "isdefault":
		return "found a value, expected nothing"
	}
	return "expected " + v.expected(f)
}

// expected is what would have been right.
func (v *Validator) expected(f playground.FieldError) string {
	tag, param := f.ActualTag(), f.Param()
	if alternatives := strings.Split(tag, "|"); len(alternatives) > 1 {
		for i, a := range alternatives {
			name, param, _ := strings.Cut(a, "=")
			alternatives[i] = v.one(f, name, param)
		}
		return strings.Join(slices.Compact(alternatives), " or ")
	}
	return v.one(f, tag, param)
}

func (v *Validator) one(f playground.FieldError, tag, param string) string {
	if rule := v.rules[tag]; rule != nil {
		return rule.Expected(param)
	}
	if text := compared(tag); text != "" {
		return measure(f, text, tag, param)
	}
	if text := related(tag); text != "" {
		return text + " " + param
	}
	switch tag {
	case "oneof", "oneofci":
		return "one of " + list(param)
	case "noneof", "noneofci":
		return "none of " + list(param)
	case "contains", "containsany", "containsrune":
		return "a text that contains " + quote(param)
	case "excludes", "excludesall", "excludesrune":
		return "a text without " + quote(param)
	case "startswith":
		return "a text that begins with " + quote(param)
	case "startsnotwith":
		return "a text that does not begin with " + quote(param)
	case "endswith":
		return "a text that ends with " + quote(param)
	case "endsnotwith":
		return "a text that does not end with " + quote(param)
	case "datetime":
		return "a time such as " + param
	}
	if text := known(tag); text != "" {
		return text
	}
	if param != "" {
		tag += "=" + param
	}
	return "a value that is " + tag
}

// compared begins the text of a rule that measures a value.
func compared(tag string) string {
	switch tag {
	case "len":
		return "exactly"
	case "min", "gte":
		return "at least"
	case "max", "lte":
		return "at most"
	case "gt":
		return "more than"
	case "lt":
		return "less than"
	case "eq", "eq_ignore_case":
		return "the value"
	case "ne", "ne_ignore_case":
		return "another value than"
	}
	return ""
}

// measure completes the text of a rule that measures a value, with what is measured.
func measure(f playground.FieldError, text, tag, param string) string {
	t := f.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[time.Time]() {
		switch tag {
		case "gt", "gte":
			return "a time in the future"
		case "lt", "lte":
			return "a time in the past"
		}
	}
	unit := ""
	switch t.Kind() {
	case reflect.String:
		unit = "character"
	case reflect.Slice, reflect.Array:
		unit = "element"
	case reflect.Map:
		unit = "entry"
	}
	equals := strings.HasPrefix(tag, "eq") || strings.HasPrefix(tag, "ne")
	switch {
	case equals && unit == "character":
		return text + " " + quote(param)
	case equals && unit != "":
		text = map[bool]string{true: "exactly", false: "another number than"}[strings.HasPrefix(tag, "eq")]
	}
	if unit == "" {
		return text + " " + param
	}
	if param != "1" {
		unit = strings.TrimSuffix(unit, "y") + map[bool]string{true: "ies", false: "s"}[unit == "entry"]
	}
	return text + " " + param + " " + unit
}

// related begins the text of a rule that compares a value with another field, whose Go name follows.
func related(tag string) string {
	switch tag {
	case "eqfield", "eqcsfield":
		return "the value of"
	case "nefield", "necsfield":
		return "another value than that of"
	case "gtfield", "gtcsfield":
		return "more than"
	case "gtefield", "gtecsfield":
		return "at least the value of"
	case "ltfield", "ltcsfield":
		return "less than"
	case "ltefield", "ltecsfield":
		return "at most the value of"
	case "fieldcontains":
		return "a text that contains the value of"
	case "fieldexcludes":
		return "a text without the value of"
	}
	return ""
}

// list makes "a, b" of the values that a tag separates by spaces.
func list(param string) string {
	var values []string
	for param = strings.TrimSpace(param); param != ""; param = strings.TrimSpace(param) {
		end := strings.IndexByte(param, ' ')
		if param[0] == '\'' {
			if end = strings.IndexByte(param[1:], '\''); end >= 0 {
				values, param = append(values, param[1:1+end]), param[end+2:]
				continue
			}
		}
		if end < 0 {
			end = len(param)
		}
		values, param = append(values, param[:end]), param[end:]
	}
	return strings.Join(values, ", ")
}

func quote(s string) string { return `"` + s + `"` }
