package call_test

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
)

type createOrder struct {
	Item string `json:"item"`
}

type order struct {
	ID int `json:"id"`
}

// creator is a stub, as it is generated for a field with //faas:call order-create.
type creator struct{ calls *call.Client }

func (c creator) Create(ctx context.Context, in createOrder) (*order, error) {
	payload, err := call.Encode(in)
	if err != nil {
		return nil, err
	}
	return call.Decode[*order](c.calls.Call(ctx, "order-create", payload, call.Options{}))
}

// The functions are in one unit here, so that the call stays in the process. Where FAAS_CALLS names the unit that has order-create,
// the same stub calls it there.
func Example() {
	create := func(ctx *framework.Context) error {
		in, err := call.Decode[createOrder](ctx.Event().([]byte), nil)
		if err != nil {
			return err
		}
		if in.Item == "" {
			return framework.Errorf(422, "no_item", "an order needs an item")
		}
		ctx.SetResult(&order{ID: 7})
		return nil
	}
	newApp := func(rt *framework.Runtime) *framework.App {
		orders := creator{call.New(rt)}
		return &framework.App{Unit: "shop", Functions: []*framework.Function{
			{Name: "checkout", Handler: func(ctx *framework.Context) error {
				o, err := orders.Create(ctx, createOrder{Item: string(ctx.Event().([]byte))})
				if err == nil {
					ctx.SetResult(o.ID)
				}
				return err
			}},
			{Name: "order-create", Handler: create, Triggers: []framework.Trigger{framework.Callee{}}},
		}}
	}
	rt := &framework.Runtime{}
	e := framework.NewEngine(rt, newApp(rt)) // a main does it with call.With(invoke.New(), app.New)
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	for _, item := range []string{"book", ""} {
		id, err := e.Invoke(context.Background(), framework.Invocation{Function: e.App().Function("checkout"), Event: []byte(item)})
		fmt.Println(id, err)
	}
	// Output:
	// 7 <nil>
	// <nil> no_item: an order needs an item
}
