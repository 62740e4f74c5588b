package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/faasgen/faasgen/framework"
)

// A call names the function of a unit that its payload is for. It is the one form that every cloud carries, since not all of
// them let an invocation say more than its payload:
//
//	{"faas":"call","function":"order-create","payload":{"id":1}}
//
// The payload is any JSON, and an empty object where it is left out, as in the vendors' own calls. It reaches the function as
// it would alone, so that one with triggers takes the payloads of these. Other members are for callers of later versions, and
// say nothing yet.
const (
	callMember = `"faas"`
	callValue  = `"call"`
	noPayload  = `{}`
)

// maxListed bounds the names in an error.
const maxListed = 10

// EncodeCall writes a call of a function. Its error is that of a payload that is no JSON; an empty one is left out.
func EncodeCall(function string, payload []byte) ([]byte, error) {
	name, err := json.Marshal(function)
	if err != nil {
		return nil, err
	}
	call := append([]byte(`{"faas":"call","function":`), name...)
	if payload = bytes.TrimSpace(payload); len(payload) > 0 {
		if !json.Valid(payload) {
			return nil, fmt.Errorf("call of function %s: found a payload of %d bytes that are not JSON; such a payload can only be sent by itself, to a unit with one function for raw payloads", function, len(payload))
		}
		call = append(append(call, `,"payload":`...), payload...)
	}
	return append(call, '}'), nil
}

// Called returns the function that a call names and the payload for it. It returns false for a payload that is no call, and an
// error for a broken call, and for one of a function that the unit does not have.
func Called(app *framework.App, p *Payload) (f *framework.Function, payload []byte, ok bool, err error) {
	// Most payloads are no calls, and this is quicker than to look for their members.
	if !bytes.Contains(p.Raw, []byte(callMember)) || string(p.Field("faas")) != callValue {
		return nil, nil, false, nil
	}
	if !json.Valid(p.Raw) {
		return nil, nil, true, InvalidEvent("call: found broken JSON")
	}
	name, err := p.Text("function")
	if err != nil {
		return nil, nil, true, err
	}
	if f = app.Function(name); f == nil {
		return nil, nil, true, &framework.Error{Status: 404, Code: "unknown_function",
			Message: fmt.Sprintf("call: found the function %.100q, expected one of unit %s: %s", name, app.Unit, namesOf(app.Functions))}
	}
	if payload = p.Field("payload"); payload == nil {
		payload = []byte(noPayload)
	}
	return f, payload, true, nil
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

// calls are the decoders for the payloads of calls.
type calls struct {
	codecs []Codec

	mu sync.Mutex
	of map[*framework.Function][]Decoder
}

// decoders are those of a function's own triggers: a call names its function, so that the triggers of others do not count. They
// are bound when the function is first called by its name, which most never are.
func (c *calls) decoders(app *framework.App, f *framework.Function) ([]Decoder, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if own, ok := c.of[f]; ok {
		return own, nil
	}
	var own []Decoder
	for _, codec := range c.codecs {
		if codec.Kind == rawKind || codec.Direct { // the first claims everything
			continue
		}
		decode, err := codec.Bind(&framework.App{Unit: app.Unit, Functions: []*framework.Function{f}})
		if errors.As(err, new(unused)) {
			continue
		}
		if err != nil {
			return nil, err
		}
		own = append(own, decode)
	}
	if c.of == nil {
		c.of = map[*framework.Function][]Decoder{}
	}
	c.of[f] = own
	return own, nil
}

// called decodes the payload of a call. A function that takes raw payloads gets what its codecs do not know as its own.
func (d *Dispatcher) called(p *Payload) (Call, bool, error) {
	f, payload, ok, err := Called(d.engine.App(), p)
	if err != nil || !ok {
		return Call{}, ok, err
	}
	raw := takesRaw(f)
	if raw && len(f.Triggers) < 2 {
		return rawCall(f, payload), true, nil
	}
	decoders, err := d.calls.decoders(d.engine.App(), f)
	if err != nil {
		return Call{}, true, err
	}
	inner := &Payload{Raw: payload, Invocation: p.Invocation, Runtime: p.Runtime}
	for _, decode := range decoders {
		call, ok, err := decode(inner)
		switch {
		case ok && err == nil && call.Function == f:
			return call, true, nil
		case err != nil && !raw:
			return Call{}, true, err
		}
	}
	if raw {
		return rawCall(f, payload), true, nil
	}
	return Call{}, true, InvalidEvent("call of function %s: no trigger of it matches the payload, %s", f.Name, Shape(payload))
}
