package call_test

import (
	"context"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/call/carry"
	"github.com/faasgen/faasgen/framework/trigger/event"
)

type priceRequest struct {
	Item  string `json:"item"`
	Count int    `json:"count"`
}

type quote struct {
	Total int `json:"total"`
}

func price(_ context.Context, in priceRequest) (*quote, error) { return &quote{3 * in.Count}, nil }

func carryRequest(v *priceRequest) bool { return carry.Text(&v.Item) }

// BenchmarkInProcess is a call of a function of the same unit, as a generated stub makes it, from a handler that has a deadline.
func BenchmarkInProcess(b *testing.B) {
	priced := &framework.Function{Name: "price", Timeout: time.Minute, Handler: func(ctx *framework.Context) error {
		var in priceRequest
		if !adapter.Called(ctx, &in) {
			e, err := adapter.Event[[]byte](ctx)
			if err != nil {
				return err
			}
			if err := event.Decode(e, &in); err != nil {
				return err
			}
		}
		out, err := price(ctx, in)
		return adapter.ReturnPointer(ctx, out, out == nil, err)
	}}
	rt := &framework.Runtime{}
	client := call.New(rt)
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{priced, {Name: "caller", Handler: func(ctx *framework.Context) error {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := call.Do[priceRequest, *quote](ctx, client, "price", priceRequest{"tea", 2}, call.Options{}, carryRequest, carry.Plain); err != nil {
				return err
			}
		}
		return nil
	}}}})
	if err := e.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	if _, err := e.Invoke(context.Background(), framework.Invocation{Function: e.App().Function("caller"), Deadline: time.Now().Add(time.Hour), Overdue: func(error) {}, RequestID: "1"}); err != nil {
		b.Fatal(err)
	}
}
