package target

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// SecretSetter is a target whose vendor has a command line that writes to its stores of secrets, and describes what is there.
type SecretSetter interface {
	Keeper
	// SecretTool is that command line.
	SecretTool() SecretTool
	// SecretAccess is how it is used for a secret of one of the target's stores.
	SecretAccess(app *App, s Secret) SecretAccess
}

// SecretTool is a vendor's command line.
type SecretTool struct {
	// Names are those that the executable may have; the first one that is there is used.
	Names []string
	// Install is how to get it.
	Install string
	// Environment are variables that it gets on top of those of faasgen, as NAME=VALUE.
	Environment []string
	// Failure finds the vendor's error in what the tool has printed, whatever its exit code was. Code is empty if there is none.
	Failure func(printed string) (code, message string)
	// Missing reports the code of an error that says there is no such secret.
	Missing func(code string) bool
}

// SecretAccess is how a vendor's command line describes and sets one secret. Nothing in it has a value, and no command prints one
// that is not encrypted.
type SecretAccess struct {
	// Describe are the commands that say what the store has, one after the other until one finds that there is no such secret.
	Describe []SecretQuery
	// Unchecked is what they leave open, "" for nothing.
	Unchecked string
	// Unsettable says why what the reference leads to cannot be set, "" if it can, and Hint what helps.
	Unsettable, Hint string
	// Put is how a value is set where Describe has found what it has. Id is one that no version has yet, of 32 letters and digits.
	Put func(found SecretState, id string) SecretPut
}

// SecretQuery is a command that describes a secret.
type SecretQuery struct {
	Args []string
	// Read adds what the command has printed, which is JSON. None of its errors shows what that was.
	Read func(printed []byte, found *SecretState) error
}

// SecretState is what a store has of a secret.
type SecretState struct {
	Exists bool
	// Version is the one that the reference leads to, "" if the secret has no such version.
	Version string
	// Unreadable says why a function cannot read it although it is there, "" if it can.
	Unreadable string
	// Kept is what stays as it is when a value is set: parameters of the command, by name.
	Kept map[string]string
}

// SecretPut is a command that sets a secret.
type SecretPut struct {
	// Args are the arguments, of which one names the file with Content.
	Args func(file string) []string
	// Content is that of the file.
	Content func(value string) []byte
	// Version is what the reference leads to afterwards, "" for one that the store gives.
	Version string
	// Max is the longest value, in bytes.
	Max int
	// Forbidden are texts that no value has.
	Forbidden []string
	// Refused says why nothing can be set where the store has what it has, "" if it can, and Hint what helps.
	Refused, Hint string
	// Note is what the one who sets it should know, "" for nothing.
	Note string
}

// Wrong says which rule of the store a value breaks, "" for none. It does not show the value.
func (p SecretPut) Wrong(value string) string {
	switch {
	case value == "":
		return "it is empty, expected a text"
	case !utf8.ValidString(value):
		return "it is not text in UTF-8; encode it, as in base64"
	case strings.ContainsRune(value, 0):
		return "it has a NUL character, which no text of a store has"
	case len(value) > p.Max:
		return fmt.Sprintf("it is longer than %d bytes, the most that the store takes", p.Max)
	}
	if i := slices.IndexFunc(p.Forbidden, func(text string) bool { return strings.Contains(value, text) }); i >= 0 {
		return "it has " + p.Forbidden[i] + " in it, which the store does not take"
	}
	return ""
}

// ReadJSON decodes what a tool has printed. The error does not show it.
func ReadJSON(printed []byte, into any) error {
	if json.Unmarshal(printed, into) != nil {
		return fmt.Errorf("found %d bytes that are not the JSON object which was expected", len(printed))
	}
	return nil
}

// ASCII is a JSON object in which no byte depends on the encoding that a tool reads files with.
func ASCII(object map[string]any) []byte {
	text, err := json.Marshal(object)
	if err != nil {
		panic(err) // a string and a bool always encode
	}
	var b []byte
	for _, r := range string(text) {
		switch {
		case r < utf8.RuneSelf:
			b = append(b, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}
