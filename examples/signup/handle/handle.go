// Package handle knows what members may call themselves. It is a package of its own, so that functions which check nothing do not
// link the library of the rules.
package handle

import (
	"context"
	"strings"

	playground "github.com/go-playground/validator/v10"

	"github.com/faasgen/faasgen/framework/component/validator"
)

// Rule is the rule of validate:"handle".
//
//faas:provide group=validation
type Rule struct{}

var _ validator.Rule = Rule{}

// Tag implements validator.Rule.
func (Rule) Tag() string { return "handle" }

// Valid implements validator.Rule.
func (Rule) Valid(_ context.Context, field playground.FieldLevel) bool {
	return !strings.ContainsFunc(field.Field().String(), func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })
}

// Expected implements validator.Rule.
func (Rule) Expected(string) string { return "small letters and underscores" }
