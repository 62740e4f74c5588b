package framework

import (
	"errors"
	"fmt"
	"strings"

	"github.com/faasgen/faasgen/framework/internal/fault"
)

// Error is an error that a caller may see. Over http it becomes application/problem+json (RFC 9457) with the given
// status; over events its code and message are the error that the vendor records. Any other error stays in the log.
type Error struct {
	// Status is the http status, 400 to 599; zero means 500.
	Status int
	// Code is a word to act on, such as "not_found".
	Code string
	// Message is shown to the caller.
	Message string
	// Fields lists what is wrong with the request, one entry a field.
	Fields []FieldError
	// Err is the cause. It is logged, never shown.
	Err error
}

// FieldError says what is wrong with one field of a request.
type FieldError struct {
	// In is where the field was looked for: path, query, header, cookie, form, file, body.
	In string `json:"in"`
	// Name is the field's name there; empty is the whole body.
	Name string `json:"name"`
	// Message says what was found and what was expected.
	Message string `json:"message"`
}

// Errorf returns an Error with a formatted message. A %w verb sets Err.
func Errorf(status int, code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Status: status, Code: code, Message: err.Error(), Err: errors.Unwrap(err)}
}

// Error returns code, message, fields and cause, for logs.
func (e *Error) Error() string {
	text := e.Message
	if e.Code != "" {
		text = e.Code + ": " + text
	}
	before, after := " (", ""
	for _, f := range e.Fields {
		where := f.In
		if f.Name != "" { // a body that cannot be read has no fields
			where += " " + f.Name
		}
		text += before + where + ": " + f.Message
		before, after = "; ", ")"
	}
	text += after
	if e.Err != nil {
		if cause := e.Err.Error(); !strings.Contains(e.Message, cause) {
			text += ": " + cause
		}
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// PanicError is the error of a panic in user code: in a handler, a hook, a constructor, Init, Destroy and clean-up. Value is
// what was passed to panic, and Stack the stack of the goroutine. The engine has logged it; callers see only that the call
// failed. It unwraps to the value if that was an error.
type PanicError = fault.PanicError
