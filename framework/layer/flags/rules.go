package flags

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Rules are flags and who gets which variant of them. The zero Rules have none. They are read from a text of lines:
//
//	# Who pays in the new way.
//	flag new-checkout
//	  serve on when plan in [pro, team] and country != "CH"
//	  serve on=20%                 # of all others
//
//	flag page-size
//	  variants small=20 large=100
//	  default small
//	  serve large when beta == true
//
// A flag begins with its name: letters, digits and the characters . _ - and 64 of them at most. Then there are, in this order:
//
//	variants NAME=VALUE …    what it may be: true and false, numbers, or "texts", all of one type; on=true off=false without this line
//	default NAME             the variant for those that no rule is for; it may be left out where there is a variant off
//	disabled                 serves the default alone; the rules stay, and are checked
//	serve NAME [when …]      a rule: this variant for all that meet the conditions; without any for all
//	serve NAME=P% … [when …] the same by shares of the targeting keys, a hundred percent at most in sum, in steps of a hundredth
//
// The first rule that is for an invocation counts; a key that is in no share is tried with the next rule. It is in the same place of all
// rules of a flag, and in another one of each flag: NAME=20% that becomes NAME=30% keeps all that it had.
//
// Conditions are joined by "and", and compare an attribute:
//
//	plan == pro, plan != "pro"         country in [CH, DE], country not in [CH, DE]
//	age < 18 and the same with <= > >= email begins "a", email ends "@example.com"
//
// A text needs no quotes if it is a word: letters, digits and any of . _ - + @ : / that is neither a number nor true or false. In quotes
// \" and \\ stand for " and \. Types count: the text "7" is not the number 7. An attribute that an invocation does not have meets
// no condition, not even !=. From # on a line is a comment.
type Rules struct{ flags map[string]*flag }

const (
	// maxRules is how long the text may be, in bytes; maxName is how long the name of a flag, a variant or an attribute may be.
	maxRules = 64 << 10
	maxName  = 64
	// maxErrors is how many mistakes an error tells.
	maxErrors = 10
)

// SyntaxError is a mistake in the text of rules.
type SyntaxError struct {
	// Line and Column say where it is, from 1; a column is a byte.
	Line, Column int
	// Message says what was found, and what was expected.
	Message string
}

// Error has the place and the message.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// Parse reads rules. Its error joins a *[SyntaxError] for each mistake, at most ten.
func Parse(text string) (Rules, error) {
	if len(text) > maxRules {
		return Rules{}, fmt.Errorf("found rules of %d bytes, expected %d at most", len(text), maxRules)
	}
	p := &parser{flags: map[string]*flag{}, at: map[string]int{}}
	for line := range strings.Lines(text) {
		p.line++
		p.read(strings.TrimRight(line, "\r\n"))
	}
	p.end()
	if len(p.errs) > 0 {
		slices.SortStableFunc(p.errs, func(a, b *SyntaxError) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		var all []error
		for _, e := range p.errs[:min(len(p.errs), maxErrors)] {
			all = append(all, e)
		}
		if more := len(p.errs) - maxErrors; more > 0 {
			all = append(all, fmt.Errorf("and %d more", more))
		}
		return Rules{}, errors.Join(all...)
	}
	return Rules{p.flags}, nil
}

// Flags are the names of the flags, sorted.
func (r Rules) Flags() []string {
	names := make([]string, 0, len(r.flags))
	for name := range r.flags {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
