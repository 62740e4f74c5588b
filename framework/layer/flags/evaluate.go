package flags

import "strings"

// flag is one flag as it is evaluated.
type flag struct {
	kind     kind
	variants []variant
	initial  int // the default variant
	disabled bool
	rules    []rule
}

type variant struct {
	name  string
	value Value
}

// rule serves a variant, or variants by shares, to those that meet all conditions.
type rule struct {
	variant    int
	shares     []share // nil for one variant
	conditions []condition
}

// share is a part of all targeting keys: the buckets from the end of the share before it to its own.
type share struct {
	variant int
	end     uint32
}

// buckets is what a hundred percent are.
const buckets = 10_000

// condition compares an attribute with one of several values.
type condition struct {
	attribute string
	operator  operator
	values    []Value
}

type operator int8

const (
	equal operator = iota
	unequal
	less
	lessOrEqual
	greater
	greaterOrEqual
	begins
	ends
	in
	notIn
)

// Evaluate evaluates a flag. It allocates nothing.
func (r Rules) Evaluate(name string, c EvaluationContext) Details { return r.evaluate(name, &c) }

// evaluate is Evaluate; nil is that nothing is known of the invocation.
func (r Rules) evaluate(name string, c *EvaluationContext) Details {
	f := r.flags[name]
	if f == nil {
		return Details{Reason: Failed, ErrorCode: FlagNotFound}
	}
	chosen, reason := f.choose(name, c)
	v := &f.variants[chosen]
	return Details{Variant: v.name, Value: v.value, Reason: reason}
}

func (f *flag) choose(name string, c *EvaluationContext) (variant int, reason Reason) {
	switch {
	case f.disabled:
		return f.initial, Disabled
	case len(f.rules) == 0:
		return f.initial, Static
	}
	dealt, own := false, uint32(0)
	for i := range f.rules {
		r := &f.rules[i]
		if !r.meets(c) {
			continue
		}
		if r.shares == nil {
			return r.variant, TargetingMatch
		}
		if c == nil || c.TargetingKey == "" {
			continue
		}
		if !dealt {
			own, dealt = bucket(name, c.TargetingKey), true
		}
		for _, s := range r.shares {
			if own < s.end {
				return s.variant, Split
			}
		}
	}
	return f.initial, Default
}

func (r *rule) meets(c *EvaluationContext) bool {
	for i := range r.conditions {
		if !r.conditions[i].met(c) {
			return false
		}
	}
	return true
}

// met compares. An attribute that is not there meets no condition, not even that it is unequal.
func (k *condition) met(c *EvaluationContext) bool {
	if c == nil {
		return false
	}
	var found *Value
	for i := range c.Attributes {
		if c.Attributes[i].Name == k.attribute {
			found = &c.Attributes[i].Value
			break
		}
	}
	if found == nil || found.kind == none {
		return false
	}
	switch k.operator {
	case unequal, notIn:
		for _, v := range k.values {
			if *found == v {
				return false
			}
		}
		return true
	case equal, in:
		for _, v := range k.values {
			if *found == v {
				return true
			}
		}
		return false
	}
	with := &k.values[0]
	if found.kind != with.kind {
		return false
	}
	switch k.operator {
	case begins:
		return strings.HasPrefix(found.text, with.text)
	case ends:
		return strings.HasSuffix(found.text, with.text)
	case less:
		return found.number < with.number
	case lessOrEqual:
		return found.number <= with.number
	case greater:
		return found.number > with.number
	}
	return found.number >= with.number
}

// bucket is the place of a targeting key among those of a flag: FNV-1a of 64 bits over the flag, a zero and the key, with the bits mixed at
// the end as in MurmurHash3, since FNV leaves the upper ones of short texts alike. It must stay as it is: users would change sides.
func bucket(flag, key string) uint32 {
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for i := range len(flag) {
		h = (h ^ uint64(flag[i])) * prime
	}
	h *= prime // the zero
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * prime
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	return uint32(h % buckets)
}
