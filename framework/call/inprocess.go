package call

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/invocation"
	"github.com/faasgen/faasgen/framework/platform"
)

// local is a call of a function of the caller's own unit. It is the context of that function: one without values, as what the caller's
// middleware has set is not for the called function, and would not reach it in another unit.
type local struct {
	context.Context
	call    framework.Call
	replied bool
	result  []byte
	failure error
}

// Value returns nil.
func (*local) Value(any) any { return nil }

// reply keeps the outcome as JSON, inside the invocation, as a result may be read from something that ends with it.
func (l *local) reply(out any, err error) {
	l.replied = true
	l.result, l.failure = platform.EncodeReply(l.Context, out, err)
	switch out.(type) {
	case []byte, json.RawMessage: // which the function may keep, and whose spaces no answer has
		if json.Valid(l.result) {
			l.result = bytes.TrimSpace(l.result)
		}
		l.result = append([]byte{}, l.result...)
	}
}

// own is the function of the caller's unit that is meant, nil if it is of another, and an error if others do not call it.
func (c *Client) own(function string) (*framework.Engine, *framework.Function, error) {
	e := c.rt.Engine()
	if e == nil {
		return nil, nil, nil
	}
	f := e.App().Function(function)
	if f == nil {
		return e, nil, nil
	}
	return e, f, platform.Callable(f)
}

// inProcess calls a function of the caller's own unit with a payload.
func (c *Client) inProcess(ctx context.Context, e *framework.Engine, f *framework.Function, payload []byte, o Options) ([]byte, error) {
	l := &local{}
	err := c.within(ctx, e, f, l, slices.Clone(payload), l.reply, o)
	return l.result, err
}

// within calls a function of the caller's own unit.
func (c *Client) within(ctx context.Context, e *framework.Engine, f *framework.Function, l *local, event any, reply func(any, error), o Options) error {
	if ctx.Err() != nil {
		return gone(ctx, f.Name)
	}
	by := framework.From(ctx)
	trace, _ := traceOf(ctx, by)
	l.Context, l.call = ctx, framework.Call{IdempotencyKey: keyOf(ctx, o), Traceparent: trace.parent, Tracestate: trace.state, Root: rootOf(by)}
	inv := framework.Invocation{Function: f, Event: event, Call: &l.call, Reply: reply}
	if by != nil {
		inv.RequestID, inv.Trace, inv.Vendor, inv.Within = by.RequestID(), by.Trace(), by.Vendor(), by
	} else {
		inv.RequestID = rand.Text()
	}
	if end, limited := ctx.Deadline(); limited || o.Timeout > 0 {
		now := time.Now()
		wait := o.Timeout
		if left := end.Sub(now); limited && (wait <= 0 || left < wait) {
			wait = left
		}
		inv.Deadline = now.Add(platform.TimeOf(wait))
	}
	_, err := e.Invoke(l, inv)
	if l.replied {
		err = l.failure
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil && errors.Is(err, framework.ErrAbandoned) {
		return gone(ctx, f.Name)
	}
	if stated := platform.Stated(e.Runtime(), f, &inv, err); stated != nil {
		return stated
	}
	if errors.Is(err, framework.ErrClosed) {
		return (&Failure{Reason: Unavailable, Err: err}).stated(f.Name)
	}
	if _, logged := errors.AsType[*framework.PanicError](err); !logged {
		e.Runtime().Log().Error("invocation failed", "function", f.Name, "request_id", inv.RequestID, "error", err.Error())
	}
	return (&Failure{Reason: Failed}).stated(f.Name)
}

// gone is the error of a call whose context has ended.
func gone(ctx context.Context, function string) error {
	return fmt.Errorf("call of function %s: %w", function, context.Cause(ctx))
}

// typed is a call in process whose input and result cross without JSON.
type typed[In, Out any] struct {
	local
	input    invocation.Input
	in       In
	out      Out
	carryOut func(*Out) bool
	carried  bool
}

// reply takes the result, or its JSON if that is another thing.
func (t *typed[In, Out]) reply(out any, err error) {
	if err == nil {
		switch v := out.(type) {
		case nil:
			t.carried = true
		case Out:
			t.out = v
			t.carried = t.carryOut == nil || t.carryOut(&t.out)
		}
	}
	if t.carried {
		t.replied = true
		return
	}
	t.local.reply(out, err)
}

// Do calls a function and returns its result. Both cross as if JSON carried them, also where the function is one of the same unit: what
// carry makes of a copy equals what JSON would. It makes the copy share nothing with the original and reports false if it is one that
// only JSON can carry; nil is for types that assigning copies so. Generated code calls it, with the functions of package carry.
func Do[In, Out any](ctx context.Context, c *Client, function string, in In, o Options, carryIn func(*In) bool, carryOut func(*Out) bool) (Out, error) {
	if e, f, err := c.own(function); f != nil && err == nil {
		t := &typed[In, Out]{in: in, carryOut: carryOut}
		if carryIn == nil || carryIn(&t.in) {
			t.input.Value, t.input.Encode = &t.in, encode
			if carryIn != nil {
				t.input.Carry = carryIn
			}
			err := c.within(ctx, e, f, &t.local, &t.input, t.reply, o)
			if t.carried {
				return t.out, nil
			}
			return Decode[Out](t.result, err)
		}
	}
	payload, err := Encode(in)
	if err != nil {
		var none Out
		return none, err
	}
	return Decode[Out](c.Call(ctx, function, payload, o))
}

// None is the input of a function without one, and the result of one that returns an error at most.
type None struct{}

// encode encodes an input, which JSON carries without an error, once.
func encode(in *invocation.Input) []byte {
	in.Mu.Lock()
	defer in.Mu.Unlock()
	if in.Payload == nil {
		in.Payload, _ = json.Marshal(in.Value)
	}
	return in.Payload
}
