// Package signup takes new members, one from a form or many from an export, and checks what they say of themselves with the
// component validator.
package signup

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
//faas:raw
func Import(in Export) (int, error) { return len(in.Members), nil }
