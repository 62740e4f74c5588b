// Package signup takes new members, one from a form or many from an export, and checks what they say of themselves with the
// component validator.
package signup

import (
	"context"
	"strings"

	playground "github.com/go-playground/validator/v10"

	"github.com/faasgen/faasgen/framework/component/validator"
)

// Configuration imports the component.
//
//faas:configuration import=github.com/faasgen/faasgen/framework/component/validator
type Configuration struct{}

// Member is one of us.
type Member struct {
	Handle string   `json:"handle" validate:"required,min=3,max=20,handle"`
	Email  string   `json:"email" validate:"required,email"`
	Born   int      `json:"born" validate:"gte=1900,lte=2020"`
	Likes  []string `json:"likes" validate:"max=3,dive,required"`
}

// Form is what the web site sends.
type Form struct {
	Campaign string `query:"campaign" validate:"omitempty,alphanum"`
	Member
}

// Join takes one member.
//
//faas:handler join
//faas:http POST /members status=201
func Join(in Form) (string, error) { return "welcome " + in.Handle, nil }

// Export is what another club sends us.
type Export struct {
	Members []Member `json:"members" validate:"min=1,dive"`
}

// Import takes many.
//
//faas:handler import
//faas:event
func Import(in Export) (int, error) { return len(in.Members), nil }

// Handle is the rule of handles: validate:"handle".
//
//faas:provide group=validation
type Handle struct{}

var _ validator.Rule = Handle{}

// Tag implements validator.Rule.
func (Handle) Tag() string { return "handle" }

// Valid implements validator.Rule.
func (Handle) Valid(_ context.Context, field playground.FieldLevel) bool {
	return !strings.ContainsFunc(field.Field().String(), func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })
}

// Expected implements validator.Rule.
func (Handle) Expected(string) string { return "small letters and underscores" }
