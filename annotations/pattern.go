package annotations

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// Pattern is an item of match=: a name in which * stands for any characters, also none.
type Pattern struct {
	// Not takes out again what other patterns match: the item begins with !.
	Not bool
	// Parts is one pattern of function names, or one each of a package, an interface and, if it is there, a method.
	Parts []string
}

// ParsePattern reads order-*, pkg.Iface and pkg.Iface.Method, with or without ! in front. It reports false for anything
// else.
func ParsePattern(s string) (Pattern, bool) {
	var p Pattern
	s, p.Not = strings.CutPrefix(s, "!")
	p.Parts = strings.Split(s, ".")
	if len(p.Parts) == 1 {
		return p, s != "" && !strings.ContainsFunc(s, func(r rune) bool {
			return r > 127 || !letter(byte(r)) && !digit(byte(r)) && r != '-' && r != '*'
		})
	}
	bad := slices.ContainsFunc(p.Parts, func(part string) bool { return !token.IsIdentifier(strings.ReplaceAll(part, "*", "x")) })
	return p, len(p.Parts) <= 3 && !bad
}

// Match reports whether names match the parts, one each. A pattern without a method matches every method.
func (p Pattern) Match(names ...string) bool {
	if len(p.Parts) > len(names) || len(p.Parts) == 1 != (len(names) == 1) {
		return false
	}
	for i, part := range p.Parts {
		if !matchName(part, names[i]) {
			return false
		}
	}
	return true
}

// matchName needs no more steps than the product of both lengths: a star that fails is given up for the next one.
func matchName(pattern, name string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, first)
	for ok {
		var part string
		if part, rest, star = strings.Cut(rest, "*"); !star {
			return strings.HasSuffix(name, part)
		}
		_, name, ok = strings.Cut(name, part) // the first place leaves the most to match the rest with
	}
	return false
}

// Check refuses what is not a pattern, and patterns that only take out.
func (a *Aspect) Check(given func(string) bool) []Problem {
	var problems []Problem
	some := false
	for _, item := range a.Match {
		p, ok := ParsePattern(item)
		if !ok {
			problems = append(problems, value("match", fmt.Sprintf("%q is not a pattern", item),
				"write names of functions, such as order-*, or pkg.Iface or pkg.Iface.Method, several joined by commas; ! in front takes out again"))
			some = true // which one it would be is not known
		}
		some = some || !p.Not
	}
	if given("match") && len(a.Match) > 0 && !some {
		problems = append(problems, value("match", "every pattern begins with !, so nothing is left to match", "put what to match in front: *,"+a.Match[0]))
	}
	return problems
}
