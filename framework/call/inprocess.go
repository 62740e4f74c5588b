package call

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
)

// alone is a context without values: what the caller's middleware has set is not for the called function, as it would not be in
// another unit.
type alone struct{ context.Context }

func (alone) Value(any) any { return nil }

// inProcess calls a function of the caller's own unit.
func (c *Client) inProcess(ctx context.Context, e *framework.Engine, f *framework.Function, payload []byte, with framework.Call) ([]byte, error) {
	inv := framework.Invocation{Function: f, Event: slices.Clone(payload), Call: &with}
	if end, ok := ctx.Deadline(); ok {
		now := time.Now()
		inv.Deadline = now.Add(platform.TimeOf(end.Sub(now)))
	}
	if by := framework.From(ctx); by != nil {
		inv.RequestID, inv.Trace, inv.Vendor, inv.Within = by.RequestID(), by.Trace(), by.Vendor(), by
	} else {
		inv.RequestID = rand.Text()
	}
	var result []byte
	var failure error
	encoded := false
	inv.Reply = func(out any, err error) { // inside the invocation, as a result may be read from something that ends with it
		encoded = true
		result, failure = platform.EncodeReply(ctx, out, err)
		switch out.(type) {
		case []byte, json.RawMessage: // which the function may keep
			if json.Valid(result) {
				result = bytes.TrimSpace(result)
			}
			result = append([]byte{}, result...)
		}
	}
	_, err := e.Invoke(alone{ctx}, inv)
	if encoded {
		err = failure
	}
	if err == nil {
		return result, nil
	}
	if stated := platform.Stated(e.Runtime(), f, inv.RequestID, err); stated != nil {
		return nil, stated
	}
	if errors.Is(err, framework.ErrClosed) {
		return nil, (&Failure{Reason: Unavailable, Err: err}).stated(f.Name)
	}
	if _, logged := errors.AsType[*framework.PanicError](err); !logged {
		e.Runtime().Log().Error("invocation failed", "function", f.Name, "request_id", inv.RequestID, "error", err.Error())
	}
	return nil, (&Failure{Reason: Failed}).stated(f.Name)
}

// crossed is the error of a called function, as its caller gets it.
func crossed(status int, code, message string) *framework.Error {
	if status < 400 || status > 599 {
		status = 500
	}
	return &framework.Error{Status: status, Code: code, Message: message}
}
