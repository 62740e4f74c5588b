package call

import (
	"context"
	"fmt"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Transport carries calls to functions of other units. It is used by several goroutines at once.
type Transport interface {
	// Invoke sends a call, once. It returns what the deployed function returned, nothing for an asynchronous call that was accepted.
	// Its error is a *Failure, or that of ctx.
	Invoke(ctx context.Context, r *Request) ([]byte, error)
}

// Request is one call.
type Request struct {
	// Function is the function's name in the application, Target where it is deployed.
	Function string
	Target   Target
	// Body is the call as it travels: see the package's comment. It must not be kept.
	Body []byte
	// Payload is the payload in it, for a transport within the process.
	Payload []byte
	// Async selects the vendor's asynchronous invoke.
	Async bool
	// Call is what the called function gets as its Context.Call.
	Call framework.Call
	// Trace is the vendor's own trace header of the caller's invocation, empty if there is none.
	Trace string
}

// Target is a deployed function.
type Target struct {
	// Name is the vendor's name of the function; AWS takes an ARN of the same region, too, and Tencent NAMESPACE/NAME.
	Name string
	// Qualifier is an alias or a version, empty for the vendor's default.
	Qualifier string
}

// String returns name and qualifier as FAAS_CALLS has them.
func (t Target) String() string {
	if t.Qualifier == "" {
		return t.Name
	}
	return t.Name + ":" + t.Qualifier
}

// With returns the constructor of a unit whose calls leave through t. If the transport has a method Bind(*framework.Runtime), it is called
// with the runtime of the unit.
func With(t Transport, newApp func(*framework.Runtime) *framework.App) func(*framework.Runtime) *framework.App {
	return func(rt *framework.Runtime) *framework.App {
		rt.Calls = t
		if b, ok := t.(interface{ Bind(rt *framework.Runtime) }); ok {
			b.Bind(rt)
		}
		return newApp(rt)
	}
}

// Reason is why a transport has no answer.
type Reason int

const (
	// Unreachable: there was no connection, so that nothing was sent.
	Unreachable Reason = iota
	// Throttled: the vendor refuses calls for now.
	Throttled
	// Unavailable: the vendor failed before the function ran.
	Unavailable
	// Skewed: the vendor took the signature for expired or early. The transport has set its clock by the vendor's.
	Skewed
	// Gone: the deployed function is not there.
	Gone
	// Refused: the vendor refused the call for another reason.
	Refused
	// TooLarge: the payload is over the vendor's limit.
	TooLarge
	// NoCredentials: the unit has none.
	NoCredentials
	// Failed: the function ran and failed.
	Failed
	// TimedOut: the function ran out of its time.
	TimedOut
	// Broken: the connection broke after the call was sent.
	Broken
	// BadAnswer: what came back is no answer.
	BadAnswer
)

// Failure is the error of a transport. Its text is for logs: it is the vendor's, without secrets.
type Failure struct {
	Reason Reason
	// Code and Message are the vendor's words.
	Code, Message string
	// After is when the vendor wants the call to be tried again, zero if it does not say.
	After time.Duration
	// Err is the cause.
	Err error
}

// Error returns the vendor's words and the cause.
func (f *Failure) Error() string {
	text := f.Code
	if f.Message != "" {
		if text != "" {
			text += ": "
		}
		text += f.Message
	}
	if f.Err != nil {
		if text != "" {
			text += ": "
		}
		text += f.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Temporary reports whether the function surely did not run, and may if the call is sent again.
func (f *Failure) Temporary() bool {
	switch f.Reason {
	case Unreachable, Throttled, Unavailable, Skewed:
		return true
	}
	return false
}

// stated is what the caller of a function gets.
func (f *Failure) stated(function string) *framework.Error {
	e := &framework.Error{Err: f}
	say := func(status int, code, format string) {
		e.Status, e.Code, e.Message = status, code, fmt.Sprintf(format, function)
	}
	switch f.Reason {
	case Unreachable:
		say(503, "callee_unreachable", "function %s cannot be reached")
	case Throttled:
		say(503, "callee_throttled", "function %s takes no calls at the moment")
	case Unavailable:
		say(503, "callee_unavailable", "function %s cannot be called at the moment")
	case Skewed, Refused:
		say(502, "call_refused", "the call of function %s was refused")
	case Gone:
		say(502, "callee_gone", "function %s is not deployed")
	case TooLarge:
		say(413, "payload_too_large", "the payload for function %s is too large")
	case NoCredentials:
		say(500, "call_credentials", "there are no credentials to call function %s")
	case TimedOut:
		say(504, "callee_timeout", "function %s did not answer in time")
	case Broken:
		say(502, "call_failed", "the call of function %s broke off; it may have run")
	case BadAnswer:
		say(502, "bad_answer", "function %s did not answer as expected")
	default:
		say(500, "internal", "function %s failed; its log has the reason")
	}
	return e
}
