package framework

import "context"

// Validator checks the input of a handler. When the application provides one (//faas:provide
// as=framework.Validator), generated code calls it for every input that carries validate:"…" tags, after the input was
// bound and before the input's own Validate method. It is the seam for libraries that read such tags; the framework itself
// reads none.
type Validator interface {
	// Validate checks v, a pointer to the input, and must not keep it. An *Error answers the invocation as it is; the text of
	// any other error is shown to the caller, with status 400.
	Validate(ctx context.Context, v any) error
}
