package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/callform"
)

// A call names the function of a unit that its payload is for. It is the one form that every cloud carries, since not all of
// them let an invocation say more than its payload:
//
//	{"faas":"call","function":"order-create","payload":{"id":1}}
//
// The function is one that others call, or that takes raw payloads. The payload is any JSON, and an empty object where it is left
// out, as in the vendors' own calls. A function that calls another adds a context, and gets an answer in a form of its own: see
// package call. An object with any other member, or with one twice, is no call but a payload.
const (
	callMember = `"faas"`
	callValue  = `"call"`
	noPayload  = `{}`
)

// maxListed bounds the names in an error.
const maxListed = 10

// EncodeCall writes a call of a function. Its error is that of a payload that is not JSON; an empty one is left out.
func EncodeCall(function string, payload []byte) ([]byte, error) {
	if payload = bytes.TrimSpace(payload); len(payload) > 0 && !json.Valid(payload) {
		return nil, fmt.Errorf("call of function %s: found a payload of %d bytes that are not JSON; such a payload can only be sent by itself, to a unit with one function for raw payloads", function, len(payload))
	}
	return callform.AppendCall(nil, function, payload, nil), nil
}

// Called returns the function that a call names and the payload for it. It returns false for a payload that is no call, and an
// error for a broken call, and for one of a function that the unit does not have.
func Called(app *framework.App, p *Payload) (f *framework.Function, payload []byte, ok bool, err error) {
	if !isCall(p) {
		return nil, nil, false, nil
	}
	f, payload, err = named(app, p)
	return f, payload, true, err
}

// isCall reports whether a payload has the members of a call and no others.
func isCall(p *Payload) bool {
	// Most payloads are no calls, and this is quicker than to look for their members.
	if !bytes.Contains(p.Raw, []byte(callMember)) || string(p.Field(callform.Faas)) != callValue {
		return false
	}
	for i, m := range p.members {
		switch string(m.name) {
		case callform.Faas, callform.Function, callform.Payload, callform.With:
		default:
			return false
		}
		for _, other := range p.members[:i] {
			if bytes.Equal(other.name, m.name) {
				return false
			}
		}
	}
	return true
}

// named reads the function and the payload of a call.
func named(app *framework.App, p *Payload) (*framework.Function, []byte, error) {
	if !json.Valid(p.Raw) {
		return nil, nil, InvalidEvent("call: found broken JSON")
	}
	name, err := p.Text(callform.Function)
	if err != nil {
		return nil, nil, err
	}
	f := app.Function(name)
	if f == nil {
		return nil, nil, &framework.Error{Status: 404, Code: "unknown_function",
			Message: fmt.Sprintf("call: found the function %.100q, expected one of unit %s: %s", name, app.Unit, namesOf(app.Functions))}
	}
	payload := p.Field(callform.Payload)
	if payload == nil {
		payload = []byte(noPayload)
	}
	return f, payload, nil
}

// namesOf names functions.
func namesOf(functions []*framework.Function) string {
	text := ""
	for i, f := range functions {
		switch {
		case i == maxListed:
			return text + " and " + strconv.Itoa(len(functions)-i) + " more"
		case i > 0:
			text += ", "
		}
		text += f.Name
	}
	return text
}

// called decodes a call. Its payload is the function's own: the payloads of triggers come from where the deployment says, and from
// nowhere else.
func (d *Dispatcher) called(p *Payload) (Call, bool, error) {
	if !isCall(p) {
		return Call{}, false, nil
	}
	with, err := callContext(p)
	if err != nil {
		return Call{}, true, err
	}
	f, payload, err := named(d.engine.App(), p)
	if err == nil {
		err = Callable(f)
	}
	switch {
	case err == nil && with == nil:
		return rawCall(f, payload), true, nil
	case err != nil && (with == nil || !with.Answer):
		return Call{}, true, err
	case err != nil: // the reply of a call without a function is the whole response
		return Call{Reply: func(context.Context, any, error) ([]byte, error) { return p.answer(f, nil, err) }}, true, nil
	}
	p.calledWith(with)
	call := rawCall(f, payload)
	call.Reply = func(ctx context.Context, result any, err error) ([]byte, error) {
		body, err := EncodeReply(ctx, result, err)
		if with.Answer {
			return p.answer(f, body, err)
		}
		return body, p.failed(f, err)
	}
	return call, true, nil
}
