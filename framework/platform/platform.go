// Package platform is what the platforms share: how a raw payload finds its function and how the function's outcome
// becomes the vendor's answer. The platforms themselves are the folders below it; none imports another, and a unit links
// only the loop and the codecs that its generated main names:
//
//	aws.Run(unit.New, aws.HTTP(), aws.Timer())
package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"unicode/utf8"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/fault"
)

// New is the constructor that every generated unit package exports.
type New func(*framework.Runtime) *framework.App

// Codec is one payload form of one vendor. Its Bind is called once at start, with the unit it serves.
type Codec struct {
	// Kind is the trigger kind that the payload belongs to: http, timer, os, mq, event, ...
	Kind string
	// Bind prepares what decoding needs, such as the router over the unit's web.Route triggers. Its error is an init error.
	Bind func(app *framework.App) (Decoder, error)
}

// Decoder claims a payload. It returns false when the payload is not of its form, and an error when it is but is broken
// or nothing in the unit answers to it.
type Decoder func(p *Payload) (Call, bool, error)

// Call is a decoded payload: what to invoke, and how to answer.
type Call struct {
	// Function is the function to call. Nil means that Reply answers without calling anything (404, 405, ...).
	Function *framework.Function
	// Event is what it is called with.
	Event any
	// Redelivered is that of framework.Invocation.
	Redelivered bool
	// Reply encodes the outcome. The error it returns is reported by the vendor's error call; http turns err into a
	// response and returns nil.
	Reply func(ctx context.Context, result any, err error) ([]byte, error)
}

// Dispatcher calls the functions of a started engine with payloads.
type Dispatcher struct {
	// Identify says what a payload that no codec claims is in the vendor's words, such as "messages of Amazon SQS", "" if it is
	// not known. It may be nil, and is set before the first payload.
	Identify func(p *Payload) string

	engine   *framework.Engine
	decoders []Decoder // that of calls, then those of the codecs
}

// unused is the error of a codec that no function of the unit has a trigger for.
type unused struct{ error }

// NewDispatcher binds the codecs to the engine's unit, in order of precedence.
func NewDispatcher(e *framework.Engine, codecs []Codec) (*Dispatcher, error) {
	d := &Dispatcher{engine: e}
	d.decoders = append(d.decoders, d.called) // first: its form is ours, whatever its payload looks like
	for _, c := range codecs {
		decode, err := c.Bind(e.App())
		if errors.As(err, new(unused)) && e.App().Selected {
			continue // a binary of several units has the codecs of all
		}
		if err != nil {
			return nil, fmt.Errorf("%s payloads: %w", c.Kind, err)
		}
		d.decoders = append(d.decoders, decode)
	}
	return d, nil
}

// Handle decodes raw, invokes its function and encodes the response. inv carries what the loop knows: request id, trace,
// deadline, vendor invocation; Function and Event are filled in here. The error is for the vendor's error call: use
// [Describe] for what may be shown of it.
func (d *Dispatcher) Handle(ctx context.Context, raw []byte, inv framework.Invocation) (response []byte, err error) {
	return d.HandleWatched(ctx, raw, inv, nil)
}

// ErrDetached is what [Dispatcher.HandleWatched] returns when detached was called with the response.
var ErrDetached = errors.New("the call was answered on another goroutine")

// HandleWatched is Handle for a loop that another goroutine can continue. The handler runs on the caller's goroutine, which
// costs less than a worker. When it ignores its deadline, detached is called with the response, on a goroutine of its own, and
// must do what the caller would have done next. HandleWatched then returns ErrDetached when the handler ends, if ever.
// detached is not used where ctx can be cancelled.
func (d *Dispatcher) HandleWatched(ctx context.Context, raw []byte, inv framework.Invocation, detached func(response []byte, err error)) (response []byte, err error) {
	p := &Payload{Raw: raw, Invocation: inv, Runtime: d.engine.Runtime()}
	p.outcome.detached = detached
	// The engine guards handlers; this guards what runs outside of it.
	defer func() {
		if v := recover(); v != nil {
			response, err = nil, p.recovered(v)
		}
	}()
	for _, decode := range d.decoders {
		call, ok, err := decode(p)
		if err != nil {
			return d.unclaimed(ctx, p, err)
		}
		if !ok {
			continue
		}
		if call.Function == nil {
			return call.Reply(ctx, nil, nil)
		}
		return d.invoke(ctx, p, call)
	}
	return d.unclaimed(ctx, p, d.unknown(p))
}

// unclaimed offers a payload that no trigger matches to the layers, and is its error if none takes it.
func (d *Dispatcher) unclaimed(ctx context.Context, p *Payload, failure error) ([]byte, error) {
	if result, taken, err := d.engine.Unclaimed(ctx, p.Raw, p.Invocation.Deadline, failure); taken {
		return EncodeReply(ctx, result, err)
	}
	return nil, failure
}

// unknown is the error of a payload that no codec claims.
func (d *Dispatcher) unknown(p *Payload) error {
	shape := Shape(p.Raw)
	found := shape
	if d.Identify != nil {
		if known := d.Identify(p); known != "" {
			found = "which looks like " + known
		}
	}
	return &framework.Error{Status: 400, Code: "unknown_event", Message: "no trigger of unit " + d.engine.App().Unit + " matches this event, " + found, Err: errors.New(shape)}
}

// invoke has the response encoded inside the invocation, so that a result that is a reader is read before its context ends.
func (d *Dispatcher) invoke(ctx context.Context, p *Payload, call Call) ([]byte, error) {
	p.outcome.ctx, p.outcome.encode = ctx, call.Reply
	inv := p.Invocation
	inv.Function, inv.Event, inv.Redelivered, inv.Reply = call.Function, call.Event, call.Redelivered, p.reply
	if p.outcome.detached != nil {
		inv.Overdue = p.overdue
	}
	result, err := d.engine.Invoke(ctx, inv)
	switch {
	case p.outcome.encoded:
		return p.outcome.response, p.outcome.err
	case err == framework.ErrAbandoned: // and not the handler's own, as there was no reply
		return nil, ErrDetached
	}
	return call.Reply(ctx, result, err) // the engine is closing
}

// outcome is the way of a response out of its invocation.
type outcome struct {
	ctx      context.Context
	encode   func(context.Context, any, error) ([]byte, error)
	detached func([]byte, error)
	encoded  bool
	response []byte
	err      error
}

// reply keeps the response of a call that ended in time, on the goroutine of Handle.
func (p *Payload) reply(result any, err error) {
	p.outcome.encoded = true
	p.outcome.response, p.outcome.err = p.encode(result, err)
}

// overdue passes on the response of one that did not. The goroutine of Handle may be back at any time, so it writes nothing.
func (p *Payload) overdue(err error) { p.outcome.detached(p.encode(nil, err)) }

// encode encodes a response. Results may have methods of the user's, such as MarshalJSON; a panic of one is an error.
func (p *Payload) encode(result any, failure error) (response []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			response, err = nil, p.recovered(v)
		}
	}()
	response, err = p.outcome.encode(p.outcome.ctx, result, failure)
	return response, fault.Legible(err)
}

func (p *Payload) recovered(v any) error {
	pe := &framework.PanicError{Value: v, Stack: debug.Stack()}
	p.Log().Error("panic outside of the handler", "panic", fmt.Sprint(v), "stack", string(pe.Stack), requestIDKey, p.Invocation.RequestID)
	return pe
}

// Raw is the codec of payloads without a form of their own: the bytes go to the one function that takes such payloads or, in
// a unit of one function, to that function. It claims everything, so it comes last. Where several functions take them, only a
// call reaches one.
func Raw() Codec {
	return Codec{Kind: rawKind, Bind: func(app *framework.App) (Decoder, error) {
		var found []*framework.Function
		for _, f := range app.Functions {
			if len(app.Functions) == 1 || takesRaw(f) {
				found = append(found, f)
			}
		}
		if found == nil {
			return nil, unused{fmt.Errorf("no function of unit %s takes raw events", app.Unit)}
		}
		return func(p *Payload) (Call, bool, error) {
			if len(found) > 1 {
				return Call{}, true, refuse("ambiguous_event", "found a payload that names no function, and several of unit %s take raw payloads: %s; expected one such as %s",
					app.Unit, namesOf(found), `{"faas":"call","function":"`+found[0].Name+`","payload":{}}`)
			}
			return rawCall(found[0], p.Raw), true, nil
		}, nil
	}}
}

// rawKind is the kind of payloads without a form of their own.
const rawKind = "raw"

// takesRaw reports whether payloads of no known form are for a function.
func takesRaw(f *framework.Function) bool {
	for _, t := range f.Triggers {
		if t.Kind() == rawKind {
			return true
		}
	}
	return len(f.Triggers) == 0
}

func rawCall(f *framework.Function, payload []byte) Call {
	return Call{Function: f, Event: payload, Reply: EncodeReply}
}

// EncodeReply is the Reply of everything but http: nothing is null, []byte is sent as it is, the rest is JSON,
// without the escapes for HTML, as over http.
func EncodeReply(_ context.Context, result any, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	switch v := result.(type) {
	case nil:
		return []byte("null"), nil
	case []byte:
		return v, nil
	case json.RawMessage:
		return v, nil
	}
	out, err := JSON(result)
	if err != nil {
		return nil, fmt.Errorf("encode the result of type %T: %w", result, err)
	}
	return out, nil
}

// JSON is json.Marshal without the escapes for HTML: callers compare and show what they get, and text would be longer.
func JSON(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// Description is what a vendor's error call may carry.
type Description struct {
	// Type is a word: the code of a framework.Error, or "internal", "panic", "timeout".
	Type string
	// Message is safe to show.
	Message string
}

// Describe reduces err to what a stranger may see: code and message of a *framework.Error, else only that the function
// failed. The full error belongs in the log.
func Describe(err error, dev bool) Description {
	d := describe(err, dev)
	return Description{Type: short(d.Type, 256), Message: short(d.Message, 32<<10)}
}

// short cuts what a function has put too much into: a vendor refuses an error document that is too large.
func short(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "..."
}

func describe(err error, dev bool) Description {
	var fe *framework.Error
	if errors.As(err, &fe) {
		d := Description{Type: fe.Code, Message: fe.Message}
		if d.Type == "" {
			d.Type = "error"
		}
		if dev {
			d.Message = fe.Error()
		}
		return d
	}
	d := Description{Type: "internal", Message: "the function failed; its log has the reason"}
	var pe *framework.PanicError
	if errors.As(err, &pe) {
		d.Type = "panic"
	}
	if dev {
		d.Message = err.Error()
	}
	return d
}

// Shape says what raw looked like without showing its values: its JSON type and the names of its first members.
func Shape(raw []byte) string {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) == nil && object != nil {
		names := make([]string, 0, len(object))
		for n := range object {
			names = append(names, n)
		}
		return fmt.Sprintf("a JSON object with %s", memberList(names))
	}
	if json.Valid(raw) {
		return "JSON that is not an object"
	}
	return fmt.Sprintf("%d bytes that are not JSON", len(raw))
}
