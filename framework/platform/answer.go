package platform

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/callform"
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
	inv.Call = &framework.Call{Async: !with.Answer, IdempotencyKey: with.Key, Traceparent: with.Traceparent, Tracestate: with.Tracestate}
	const forever = int64(1000 * time.Hour / time.Millisecond)
	if with.Timeout <= 0 || with.Timeout > forever {
		return
	}
	limit := TimeOf(time.Duration(with.Timeout) * time.Millisecond)
	if end := time.Now().Add(limit); inv.Deadline.IsZero() || end.Before(inv.Deadline) {
		inv.Deadline = end
	}
}

// TimeOf is what a called function has of the time that its caller waits: a fiftieth of it, and at most 100 ms, is for the answer to
// travel, or to be taken.
func TimeOf(wait time.Duration) time.Duration { return wait - min(wait/50, 100*time.Millisecond) }

// answer makes the outcome of a call an answer for a function that waits. What the called function states as its error crosses in
// it; any other failure is one for the vendor, too, which counts it, and the caller learns of it in the vendor's way.
func (p *Payload) answer(function string, body []byte, err error) ([]byte, error) {
	if err == nil {
		return callform.AppendAnswer(make([]byte, 0, len(body)+40), body, nil), nil
	}
	crosses := Stated(p.Runtime, function, p.Invocation.RequestID, err)
	if crosses == nil {
		return nil, err
	}
	return callform.AppendAnswer(nil, nil, &callform.Error{Status: crosses.Status, Code: crosses.Code, Message: crosses.Message}), nil
}

// Stated is what the caller of a function gets of its error: status, code and message of a *framework.Error, which is written to the
// log with all else of it, and nil of any other.
func Stated(rt *framework.Runtime, function, requestID string, err error) *framework.Error {
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
	rt.Log().Log(context.Background(), level, "a call was answered with an error", requestIDKey, requestID, "function", function, "error", err.Error())
	return crosses
}
