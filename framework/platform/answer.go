package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/callform"
	"github.com/faasgen/faasgen/framework/internal/fault"
)

// takesCalls reports whether other functions call a function.
func takesCalls(f *framework.Function) bool {
	for _, t := range f.Triggers {
		if t == (framework.Callee{}) {
			return true
		}
	}
	return false
}

// Callable is the error of a call from another function to one that is not called by others, nil if it is. What such a function
// gets is the payloads of its triggers, which come from where the deployment says and from nowhere else.
func Callable(f *framework.Function) error {
	if takesCalls(f) || takesRaw(f) {
		return nil
	}
	return &framework.Error{Status: 403, Code: "not_callable", Message: "function " + f.Name + " is not one that other functions call"}
}

// callContext reads the context of a call, nil if it has none.
func callContext(p *Payload) (*callform.Context, error) {
	raw := p.Field(callform.With)
	if raw == nil {
		return nil, nil
	}
	with := new(callform.Context)
	if raw[0] != '{' || json.Unmarshal(raw, with) != nil {
		return nil, InvalidEvent("call: found a context that is broken, expected an object with answer, timeout, key, traceparent and tracestate")
	}
	return with, nil
}

// calledWith makes the context of a call that of the invocation.
func (p *Payload) calledWith(with *callform.Context) {
	inv := &p.Invocation
	inv.Call = &framework.Call{Async: !with.Answer, IdempotencyKey: with.Key, Traceparent: with.Traceparent, Tracestate: with.Tracestate, Root: loggable(with.Root)}
	const forever = int64(1000 * time.Hour / time.Millisecond)
	if with.Timeout <= 0 || with.Timeout > forever {
		return
	}
	limit := TimeOf(time.Duration(with.Timeout) * time.Millisecond)
	if end := time.Now().Add(limit); inv.Deadline.IsZero() || end.Before(inv.Deadline) {
		inv.Deadline = end
	}
}

// loggable is a request id of another unit, empty if it cannot be one: it came in a payload, and goes into the log.
func loggable(id string) string {
	for i := range len(id) {
		if id[i] <= ' ' || id[i] >= 0x7f {
			return ""
		}
	}
	if len(id) > 128 {
		return ""
	}
	return id
}

// failed says in the log of the unit which function failed, and by what chain of calls. A panic was logged with both.
func (p *Payload) failed(f *framework.Function, err error) error {
	if err == nil || Logged(err) {
		return err
	}
	if by := p.Invocation.Call; by.Root != "" {
		return fmt.Errorf("function %s, called in request %s: %w", f.Name, by.Root, err)
	}
	return fmt.Errorf("function %s: %w", f.Name, err)
}

// Logged reports whether the log has all that an error of an invocation says, as it is one of a panic: the engine has logged it with
// its stack.
func Logged(err error) bool { return fault.Logged(err) }

// TimeOf is what a called function has of the time that its caller waits: a fiftieth of it, and at most 100 ms, is for the answer to
// travel, or to be taken.
func TimeOf(wait time.Duration) time.Duration { return wait - min(wait/50, 100*time.Millisecond) }

// answer makes the outcome of a call an answer for a function that waits. What the called function states as its error crosses in
// it; any other failure is one for the vendor, too, which counts it, and the caller learns of it in the vendor's way. A nil f is
// that there is no such function.
func (p *Payload) answer(f *framework.Function, body []byte, err error) ([]byte, error) {
	if err == nil {
		return callform.AppendAnswer(make([]byte, 0, len(body)+40), body, nil), nil
	}
	crosses := Stated(p.Runtime, f, &p.Invocation, err)
	if crosses == nil {
		return nil, p.failed(f, err)
	}
	return callform.AppendAnswer(nil, nil, &callform.Error{Status: crosses.Status, Code: crosses.Code, Message: crosses.Message}), nil
}

// Stated is what the caller of a function gets of its error: status, code and message of a *framework.Error, which is written to the
// log with all else of it, and nil of any other. A nil f is that there is no such function.
func Stated(rt *framework.Runtime, f *framework.Function, inv *framework.Invocation, err error) *framework.Error {
	stated, ok := errors.AsType[*framework.Error](err)
	if !ok {
		return nil
	}
	crosses := &framework.Error{Status: stated.Status, Code: short(stated.Code, 256), Message: short(stated.Message, 32<<10)}
	if crosses.Status < 400 || crosses.Status > 599 {
		crosses.Status = 500
	}
	level := slog.LevelWarn
	if crosses.Status >= 500 {
		level = slog.LevelError
	}
	args := []any{requestIDKey, inv.RequestID, "error", err.Error()}
	if f != nil {
		args = append(args, "function", f.Name)
	}
	if by := inv.Call; by != nil && by.Root != "" && by.Root != inv.RequestID {
		args = append(args, rootKey, by.Root)
	}
	rt.Log().Log(context.Background(), level, "a call was answered with an error", args...)
	return crosses
}
