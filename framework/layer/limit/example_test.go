package limit_test

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/limit"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func ExampleNew() {
	layer, err := limit.New(&limit.Config{Key: "ip", KeyRate: 0.1, KeyBurst: 2, Keys: 1000})
	if err != nil {
		panic(err)
	}
	list := &framework.Function{Name: "order-list", Handler: func(*framework.Context) error { return nil }}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "shop", Functions: []*framework.Function{list}, Layers: framework.Layers{layer}})
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	for range 3 {
		x := web.NewExchange(web.Request{Method: "GET", Path: "/orders", RemoteAddr: "192.0.2.7"})
		_, err := e.Invoke(context.Background(), framework.Invocation{Function: list, Event: x})
		fmt.Println(err, x.Header())
	}
	// Output:
	// <nil> map[]
	// <nil> map[]
	// rate_limited: too many calls map[Retry-After:[10]]
}
