package openapi

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// containment asks whether every value of one schema satisfies another one, which is in another document.
type containment struct {
	c            *comparison
	inner, outer *contract
	seen         map[[2]*form]bool
	// The words for what is found.
	verb, gone, missing string
	// response says that the inner one is the later.
	response bool
}

// in lists what values of x would not satisfy y.
func (k *containment) in(where string, x, y *form) {
	x, y = k.inner.form(x), k.outer.form(y)
	if k.seen[[2]*form{x, y}] {
		return
	}
	k.seen[[2]*form{x, y}] = true
	if len(x.AnyOf) > 0 {
		for _, one := range x.AnyOf {
			k.in(where, one, y)
		}
		return
	}
	if len(y.AnyOf) > 0 {
		for _, one := range y.AnyOf {
			if k.quiet(x, one) {
				return
			}
		}
		k.in(where, x, y.AnyOf[0]) // which says how it differs
		return
	}
	if !k.kinds(where, x, y) {
		return
	}
	for _, rule := range []struct{ name, x, y string }{
		{"format", x.Format, y.Format}, {"pattern", x.Pattern, y.Pattern}, {"content encoding", x.ContentEncoding, y.ContentEncoding},
	} {
		if rule.y != "" && rule.x != rule.y {
			k.differ(where, rule.name+" "+rule.x, rule.name+" "+rule.y)
		}
	}
	k.enum(where, x, y)
	k.bounds(where, x, y)
	k.members(where, x, y)
	if y.Items != nil {
		k.in(where+"[]", x.Items, y.Items)
	}
	if y.AdditionalProperties != nil {
		k.in(where+".*", x.AdditionalProperties, y.AdditionalProperties)
	}
}

// quiet reports whether all values of x satisfy y.
func (k *containment) quiet(x, y *form) bool {
	probe := *k
	probe.c, probe.seen = &comparison{}, maps.Clone(k.seen)
	probe.in("", x, y)
	return len(probe.c.changes) == 0
}

// differ reports two descriptions, in the order of time.
func (k *containment) differ(where, x, y string) {
	was, is := x, y
	if k.response {
		was, is = y, x
	}
	for _, s := range []*string{&was, &is} {
		if strings.HasSuffix(*s, " ") { // of nothing
			*s = "no " + strings.TrimSpace(*s)
		}
	}
	k.c.change("%s: was %s, %s %s now", where, was, k.verb, is)
}

// kinds compares the JSON types. It reports false where there is no sense in comparing more.
func (k *containment) kinds(where string, x, y *form) bool {
	if len(y.Type) == 0 { // it takes anything
		return false
	}
	if len(x.Type) == 0 {
		k.differ(where, "any value", strings.Join(y.Type, " or "))
		return false
	}
	for _, t := range x.Type {
		if !slices.Contains(y.Type, t) && !(t == "integer" && slices.Contains(y.Type, "number")) {
			k.differ(where, strings.Join(x.Type, " or "), strings.Join(y.Type, " or "))
			return t == "null" && len(x.Type) > 1 // the rest may be as it was
		}
	}
	return true
}

func (k *containment) enum(where string, x, y *form) {
	if len(y.Enum) == 0 {
		return
	}
	if len(x.Enum) == 0 {
		k.differ(where, "any "+strings.Join(x.Type, " or "), "one of "+listed(y.Enum))
		return
	}
	for _, v := range x.Enum {
		if !slices.ContainsFunc(y.Enum, func(w any) bool { return reflect.DeepEqual(v, w) }) {
			k.differ(where, "one of "+listed(x.Enum), "one of "+listed(y.Enum))
			return
		}
	}
}

func listed(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}

// bounds compares what is the least and the most.
func (k *containment) bounds(where string, x, y *form) {
	for _, b := range []struct {
		name string
		x, y *float64
		most bool
	}{
		{"minItems", x.MinItems, y.MinItems, false}, {"maxItems", x.MaxItems, y.MaxItems, true},
		{"minLength", x.MinLength, y.MinLength, false}, {"maxLength", x.MaxLength, y.MaxLength, true},
		{"minimum", x.Minimum, y.Minimum, false}, {"maximum", x.Maximum, y.Maximum, true},
		{"exclusiveMinimum", x.ExclusiveMinimum, y.ExclusiveMinimum, false}, {"exclusiveMaximum", x.ExclusiveMaximum, y.ExclusiveMaximum, true},
	} {
		if b.y == nil || b.x != nil && (*b.x == *b.y || (*b.x < *b.y) == b.most) {
			continue
		}
		k.differ(where, bound(b.name, b.x), bound(b.name, b.y))
	}
}

func bound(name string, v *float64) string {
	if v == nil {
		return name + " "
	}
	return fmt.Sprint(name, " ", *v)
}

// members compares objects. Members that only one of two documents has are a matter of taste to a schema, and not to a caller.
func (k *containment) members(where string, x, y *form) {
	was, is := x, y
	if k.response {
		was, is = y, x
	}
	for _, name := range slices.Sorted(maps.Keys(was.Properties)) {
		if is.Properties[name] == nil {
			k.c.change("%s.%s %s", where, name, k.gone)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(y.Properties)) {
		if x.Properties[name] == nil {
			if slices.Contains(y.Required, name) && !k.response {
				k.c.change("%s.%s %s", where, name, k.missing)
			}
			continue
		}
		if slices.Contains(y.Required, name) && !slices.Contains(x.Required, name) {
			k.c.change("%s.%s %s", where, name, k.missing)
		}
		k.in(where+"."+name, x.Properties[name], y.Properties[name])
	}
}
