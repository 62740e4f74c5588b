package collect

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
)

// read is a place that reads a key of configuration: a field, a parameter, or one of them for a member of its struct.
type read struct {
	key string
	// typ is what the key is read as.
	typ types.Type
	// value is the default that a directive says, nil if there is none.
	value *string
	dep   *model.Dep
}

// reads lists the keys that anything reads, in the order of the sources.
func (c *configDirective) reads() []read {
	providers := slices.Clone(c.app.Providers)
	for _, g := range c.app.Generics {
		providers = append(providers, g.Declared)
	}
	var list []read
	for _, p := range providers {
		for _, d := range p.Deps {
			if d.Kind != model.FromConfig {
				continue
			}
			list = append(list, read{d.Key, d.Value(), d.Default, d})
			for _, m := range values.Members(d.Value(), d.Key) {
				r := read{m.Key, m.Type, nil, d}
				for _, member := range d.Values {
					if dotted(d.Key, member.Key) == m.Key {
						r.value = member.Default
					}
				}
				list = append(list, r)
			}
		}
	}
	slices.SortStableFunc(list, func(x, y read) int { return comparePositions(x.dep.Pos, y.dep.Pos) })
	return list
}

func comparePositions(a, b token.Position) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Offset, b.Offset))
}

// reportVariables reports keys that one environment variable would set, or that the reference to another would.
func (c *configDirective) reportVariables() {
	first := map[string]read{}
	reported := map[string]bool{}
	reads := c.reads()
	for _, r := range reads {
		variable := config.Variable(r.key)
		other, known := first[variable]
		if !known {
			first[variable] = r
		}
		mistake := r.key
		if other.dep == r.dep { // then it is one of the struct, wherever that is read
			mistake = types.TypeString(r.dep.Value(), nil) + strings.TrimPrefix(r.key, r.dep.Key)
		}
		if !known || other.key == r.key || reported[mistake] {
			continue
		}
		reported[mistake] = true
		e := c.errorAt(r.dep.Pos, r.dep.Length, codeConfig, "the configuration keys %s and %s have one environment variable, %s", other.key, r.key, variable)
		c.also(e, other.dep.Pos, other.key+" is read here")
		e.Hint = "rename one of them: the variable would set both"
	}
	for _, r := range reads {
		variable := config.ReferenceVariable(r.key)
		other, known := first[variable]
		typ := r.typ
		for p := pointee(typ); p != nil; p = pointee(typ) {
			typ = p
		}
		_, isStruct := typ.Underlying().(*types.Struct)
		member := isStruct && strings.HasPrefix(other.key, r.key+".")
		if !known || reported[variable] || member { // which wins over its struct
			continue
		}
		reported[variable] = true
		e := c.errorAt(r.dep.Pos, r.dep.Length, codeConfig, "the variable %s is the configuration key %s, and a reference to %s", variable, other.key, r.key)
		c.also(e, other.dep.Pos, other.key+" is read here")
		e.Hint = "rename one of them"
	}
}

// reportReads reports keys that are read as types that no one value fits, and such with several defaults.
func (c *configDirective) reportReads() {
	first, valued := map[string]read{}, map[string]read{}
	reported := map[string]bool{}
	report := func(r, other read, as, otherAs, format string, args ...any) *annotations.Diagnostic {
		if mistake := r.key + " " + as; !reported[mistake] {
			reported[mistake] = true
			e := c.errorAt(r.dep.Pos, r.dep.Length, codeConfig, format, args...)
			c.also(e, other.dep.Pos, otherAs+" is here")
			return e
		}
		return &annotations.Diagnostic{}
	}
	for _, r := range c.reads() {
		other, known := first[r.key]
		if !known {
			first[r.key] = r
		} else if !alike(r.typ, other.typ, 0) {
			as, otherAs := typeString(r.typ), typeString(other.typ)
			e := report(r, other, as, otherAs, "the configuration key %s is read as %s and as %s", r.key, otherAs, as)
			e.Hint = "read it as one type, or give each a key of its own"
			if other.dep.Secret && !r.dep.Secret && r.value != nil {
				e.Line = "" // it may hold the secret
			}
			continue
		}
		if r.value == nil {
			continue
		}
		other, known = valued[r.key]
		if !known {
			valued[r.key] = r
		} else if !sameDefault(r.typ, *r.value, *other.value) {
			as, otherAs := strconv.Quote(*r.value), strconv.Quote(*other.value)
			report(r, other, as, otherAs, "the configuration key %s has the defaults %s and %s", r.key, otherAs, as).
				Hint = "write the same in both places, or give each a key of its own"
		}
	}
}

// maxDepth ends lists of types that contain themselves.
const maxDepth = 8

// alike reports whether what is written in configuration for one type is as a rule a value of the other. Integers of all sizes
// are, since which of them fits is a matter of the value; a text is for what reads itself from one, and everything for any. What is
// read whole from below a key, a struct or a map, may take different parts of it. A whole number is not a fraction, and
// durations, sizes and secrets have notations of their own, whatever they are based on.
func alike(a, b types.Type, depth int) bool {
	for p := pointee(a); p != nil; p = pointee(a) {
		a = p
	}
	for p := pointee(b); p != nil; p = pointee(b) {
		b = p
	}
	if depth == maxDepth || types.Identical(a, b) || anything(a) || anything(b) {
		return true
	}
	if notation(a) || notation(b) {
		return false
	}
	if isText(a) || isText(b) {
		return isText(a) && isText(b) && (plainText(a) || plainText(b))
	}
	switch u := a.Underlying().(type) {
	case *types.Basic:
		const kinds = types.IsBoolean | types.IsInteger | types.IsFloat | types.IsString
		o, ok := b.Underlying().(*types.Basic)
		return ok && (u.Info()^o.Info())&kinds == 0
	case *types.Slice:
		o, ok := b.Underlying().(*types.Slice)
		return ok && alike(u.Elem(), o.Elem(), depth+1)
	}
	return below(a) && below(b)
}

// anything is what takes every value.
func anything(t types.Type) bool {
	_, ok := t.Underlying().(*types.Interface)
	return ok
}

// notation reports types that are written in a way of their own.
func notation(t types.Type) bool {
	return isNamed(t, "time", "Duration") || isNamed(t, model.ConfigPath, model.SizeType) || isSecret(t)
}

// isText reports what is read from a text as a whole: a string, bytes, what has UnmarshalText.
func isText(t types.Type) bool { return plainText(t) || hasTextUnmarshaler(t) }

// plainText reports what takes every text.
func plainText(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return !hasTextUnmarshaler(t) && (ok && b.Info()&types.IsString != 0 || isBytes(t))
}

// below reports what is filled from the keys below its own.
func below(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Map:
		return true
	}
	return false
}

// sameDefault reports whether two defaults, which are values of t, are the same, such as 60s and 1m.
func sameDefault(t types.Type, a, b string) bool {
	if p := pointee(t); p != nil {
		t = p
	}
	number := func(s string) (float64, error) { return strconv.ParseFloat(s, 64) }
	parse := number
	u, ok := t.Underlying().(*types.Basic)
	switch {
	case a == b:
		return true
	case isNamed(t, "time", "Duration"):
		parse = func(s string) (float64, error) {
			if n, err := number(s); err == nil {
				return n, nil // a bare number is seconds
			}
			d, err := time.ParseDuration(s)
			return d.Seconds(), err
		}
	case isNamed(t, model.ConfigPath, model.SizeType):
		parse = func(s string) (float64, error) {
			n, err := config.ParseSize(s)
			return float64(n), err
		}
	case !ok || hasTextUnmarshaler(t) || u.Info()&types.IsNumeric == 0:
		return false
	}
	x, errX := parse(a)
	y, errY := parse(b)
	return errX == nil && errY == nil && x == y
}
