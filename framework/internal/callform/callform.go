// Package callform is the form in which a call of a function travels, on every cloud, and that of its answer. It knows bytes and
// nothing else: package call sends calls, package platform takes them.
package callform

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// The members of a call, and the values of the first. A call has no others: what is not exactly this form is a payload.
const (
	Faas     = "faas"
	Function = "function"
	Payload  = "payload"
	With     = "context"

	Call   = "call"
	Answer = "answer"
)

// Context is what a function that calls passes with its call. Calls of people and pipelines have none. A function may be older
// than those that call it, so that members of later versions mean nothing to it.
type Context struct {
	// Answer says that the caller waits for an answer in the form of [AppendAnswer].
	Answer bool `json:"answer,omitempty"`
	// Timeout is how long the caller waits, in milliseconds: not a time, as the clocks of two machines differ. Zero is for ever.
	Timeout int64 `json:"timeout,omitempty"`
	// Key is the idempotency key.
	Key string `json:"key,omitempty"`
	// Traceparent and Tracestate are the W3C trace context.
	Traceparent string `json:"traceparent,omitempty"`
	Tracestate  string `json:"tracestate,omitempty"`
	// Root is the request id of the invocation with which a chain of calls began, for the logs of all of them.
	Root string `json:"root,omitempty"`
}

// Error is the error of a function as its caller gets it.
type Error struct {
	Status  int    `json:"status"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// AppendCall writes a call. The payload is JSON, or nothing, which leaves it out; a nil c is a call without context.
func AppendCall(b []byte, function string, payload []byte, c *Context) []byte {
	b = append(b, `{"faas":"call","function":`...)
	b = appendString(b, function)
	if len(payload) > 0 {
		b = append(b, `,"payload":`...)
		b = append(b, payload...)
	}
	if c != nil {
		b = append(b, `,"context":{`...)
		before := len(b)
		if c.Answer {
			b = append(b, `"answer":true,`...)
		}
		if c.Timeout > 0 {
			b = append(strconv.AppendInt(append(b, `"timeout":`...), c.Timeout, 10), ',')
		}
		b = appendMember(b, "key", c.Key)
		b = appendMember(b, "traceparent", c.Traceparent)
		b = appendMember(b, "tracestate", c.Tracestate)
		b = appendMember(b, "root", c.Root)
		if len(b) > before {
			b = b[:len(b)-1]
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

func appendMember(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, '"'), name...), `":`...)
	return append(appendString(b, value), ',')
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // strings always marshal
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// AppendAnswer writes the answer of a function: its result or, if that is set, its error. A result that is not JSON travels as
// base64.
func AppendAnswer(b, result []byte, failure *Error) []byte {
	b = append(b, `{"faas":"answer",`...)
	switch {
	case failure != nil:
		b = fmt.Appendf(b, `"error":{"status":%d,`, failure.Status)
		b = appendMember(b, "code", failure.Code)
		b = appendMember(b, "message", failure.Message)
		b[len(b)-1] = '}'
	case json.Valid(result):
		b = append(append(b, `"payload":`...), result...)
	default:
		if result == nil {
			result = []byte{} // nil would be null
		}
		text, _ := json.Marshal(result) // bytes always marshal, as base64
		b = append(append(b, `"base64":`...), text...)
	}
	return append(b, '}')
}

// ErrNoAnswer is wrapped by the errors of [ReadAnswer].
var ErrNoAnswer = errors.New("not an answer")

// ReadAnswer reads what AppendAnswer writes. Its own error says that it is none, and shows nothing of it.
func ReadAnswer(raw []byte) (result []byte, failure *Error, err error) {
	var a struct {
		Faas    string          `json:"faas"`
		Payload json.RawMessage `json:"payload"`
		Base64  *[]byte         `json:"base64"`
		Error   *Error          `json:"error"`
	}
	if json.Unmarshal(raw, &a) != nil {
		return nil, nil, fmt.Errorf("%w: found %d bytes that are no JSON of that form", ErrNoAnswer, len(raw))
	}
	switch {
	case a.Faas != Answer:
		return nil, nil, fmt.Errorf("%w: found other JSON, as from a function that was built before it could be called by others", ErrNoAnswer)
	case a.Error != nil:
		return nil, a.Error, nil
	case a.Base64 != nil:
		return *a.Base64, nil, nil
	case a.Payload != nil:
		return a.Payload, nil, nil
	}
	return nil, nil, fmt.Errorf("%w: found neither a result nor an error", ErrNoAnswer)
}
