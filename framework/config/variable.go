package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// Variable is the environment variable that wins over key, and is read as it is: order.maxItems is ORDER_MAX_ITEMS, db.poolURL is
// DB_POOL_URL, and every character that is not a letter or digit is an underscore. A key of one word gets a prefix, path is
// CONFIG_PATH: without it PATH, HOME or PORT of the process would be read as configuration.
func Variable(key string) string {
	var b strings.Builder
	rs := []rune(key)
	for i, r := range rs {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			b.WriteByte('_')
			continue
		}
		if i > 0 && unicode.IsUpper(r) && wordEnds(rs[i-1], rs[i+1:]) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	name := b.String()
	if name != "" && !strings.Contains(name, "_") {
		return "CONFIG_" + name
	}
	return name
}

// ReferenceVariable is the environment variable with a [Reference] to the value of key: ORDER_MAX_ITEMS_FROM of order.maxItems.
func ReferenceVariable(key string) string { return Variable(key) + "_FROM" }

// Instead reports whether lookup has another variable than name for the value of the same key: the reference to it, or the value where
// name is a reference. Where there are several sources of variables, the first that has either wins.
func Instead(name string, lookup func(name string) (string, bool)) bool {
	_, set := lookup(name + "_FROM")
	if value, isReference := strings.CutSuffix(name, "_FROM"); isReference && !set {
		_, set = lookup(value)
	}
	return set
}

// variable is the value that the environment gives a key of a type, nil for none: the text of its variable as it is, or what its
// reference leads to. v is what the files have.
func (c *Config) variable(key string, v *value, t reflect.Type) (*value, error) {
	env, name := c.environment(), Variable(key)
	text, set := env(name)
	from := name + "_FROM"
	reference, referred := env(from)
	if referred && isMember(from, key, v, t) {
		referred = false
	}
	switch {
	case set && referred:
		return nil, fmt.Errorf("key %s: found environment variables %s and %s, expected one of them", key, name, from)
	case set:
		return &value{from: name, loose: true, text: text, tag: "!!str"}, nil
	case !referred:
		return nil, nil
	}
	text, err := c.follow(reference)
	if err != nil {
		return nil, fmt.Errorf("environment variable %s: key %s: %w", from, key, err)
	}
	return &value{from: from, loose: true, text: text, tag: "!!str"}, nil
}

// isMember reports whether a variable is that of a member of what has type t, such as ORDER_MAIL_FROM of order.mail.from. t may be
// unknown.
func isMember(variable, key string, v *value, t reflect.Type) bool {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var members []string
	if v != nil && (t == nil || t.Kind() == reflect.Map || t.Kind() == reflect.Interface) {
		members = v.keys
	}
	if t != nil && t.Kind() == reflect.Struct && !isWhole(reflect.New(t).Elem()) {
		members = memberKeys(t, FieldKey)
	}
	return slices.ContainsFunc(members, func(m string) bool { return Variable(below(key, m)) == variable })
}

// wordEnds reports whether an upper-case letter between before and after begins a word: maxItems, s3Bucket, HTTPPort.
func wordEnds(before rune, after []rune) bool {
	if unicode.IsLower(before) || unicode.IsDigit(before) {
		return true
	}
	return unicode.IsUpper(before) && len(after) > 0 && unicode.IsLower(after[0])
}
