// Package event is the trigger of event buses: the event that a function receives, and the trigger itself. It also decodes
// payloads of every kind into a handler's own struct. It links no http.
package event

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/faasgen/faasgen/framework"
)

// Decode fills dst from a JSON payload. No payload, and null, leave dst as it is. What does not fit is a
// *framework.Error with status 400 that names the fields, at most 20 of them, and repeats no value.
func Decode(payload []byte, dst any) error {
	if payload = bytes.TrimSpace(payload); len(payload) == 0 {
		return nil
	}
	err := json.Unmarshal(payload, dst)
	if err == nil {
		return nil
	}
	invalid := &framework.Error{Status: 400, Code: "invalid_event", Message: "the event is not valid", Err: err}
	var (
		wrong  *json.UnmarshalTypeError
		syntax *json.SyntaxError
	)
	switch {
	case errors.As(err, &wrong):
		invalid.Fields = wrongFields(payload, dst, wrong)
	case errors.As(err, &syntax):
		invalid.Message = "the event is not JSON"
	}
	return invalid
}

// kind names the JSON that the field takes.
func kind(e *json.UnmarshalTypeError) string {
	switch k := e.Type.Kind().String(); k {
	case "struct", "map":
		return "object"
	case "slice", "array":
		return "array"
	case "ptr", "interface":
		return e.Type.String()
	default:
		return k
	}
}

// Check turns the error of a Validate method into one that the caller may see; a *framework.Error stays what it is.
func Check(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*framework.Error](err); ok {
		return err
	}
	return &framework.Error{Status: 400, Code: "invalid_event", Message: err.Error()}
}
