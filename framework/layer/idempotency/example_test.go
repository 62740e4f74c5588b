package idempotency_test

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/idempotency"
	"github.com/faasgen/faasgen/framework/trigger/mq"
)

func ExampleNew() {
	once := idempotency.New(&idempotency.Memory{}, idempotency.Options{})
	paid := &framework.Function{Name: "paid", Handler: once(func(ctx *framework.Context) error {
		for _, m := range ctx.Event().([]mq.Message) {
			fmt.Println("paid", m.ID)
		}
		return nil
	})}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "shop", Functions: []*framework.Function{paid}})
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	for _, ids := range [][]mq.Message{{{ID: "1"}, {ID: "2"}}, {{ID: "2"}, {ID: "3"}}} {
		if _, err := e.Invoke(context.Background(), framework.Invocation{Function: paid, Event: ids}); err != nil {
			panic(err)
		}
	}
	// Output:
	// paid 1
	// paid 2
	// paid 3
}
