package call_test

import (
	"context"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
)

// TestKeyOfAContext: a call has the key of its context, in process and through a transport, unless its options have one; the calls of
// the called function do not.
func TestKeyOfAContext(t *testing.T) {
	k := &kept{}
	var u *unit
	got := ""
	inner := &framework.Function{Name: "inner", Handler: func(ctx *framework.Context) error { got += "|" + ctx.Call().IdempotencyKey; return nil }}
	outer := &framework.Function{Name: "outer", Handler: func(ctx *framework.Context) error {
		got += ctx.Call().IdempotencyKey
		_, err := u.client.Call(ctx, "inner", nil, call.Options{})
		return err
	}}
	u = newUnit(t, k, inner, outer)
	ctx := call.WithIdempotencyKey(context.Background(), "order-1")
	for own, want := range map[string]string{"": "order-1|", "own": "own|"} {
		got = ""
		if _, err := u.client.Call(ctx, "outer", nil, call.Options{IdempotencyKey: own}); err != nil || got != want {
			t.Errorf("in process with %q: %q, %v; want %q", own, got, err, want)
		}
	}
	got = ""
	if _, err := call.Do[int, call.None](ctx, u.client, "outer", 1, call.Options{}, func(*int) bool { return true }, func(*call.None) bool { return true }); err != nil || got != "order-1|" {
		t.Errorf("a typed call: %q, %v", got, err)
	}
	if err := u.client.Send(ctx, "outer", nil, call.Options{}); err != nil || k.r.Call.IdempotencyKey != "order-1" {
		t.Errorf("through the transport: %+v, %v", k.r.Call, err)
	}
}
