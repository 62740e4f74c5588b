package flags_test

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/layer/flags"
)

func ExampleBooleanValue() {
	layer, err := flags.New(config.NewLive(`
flag new-checkout
  serve on when plan in [pro, team] and country != CH
  serve on=20%
`)) // f.yml does this
	if err != nil {
		panic(err)
	}
	pay := &framework.Function{Name: "order-pay", Handler: func(ctx *framework.Context) error {
		for _, plan := range []string{"free", "pro"} {
			flags.SetContext(ctx, flags.EvaluationContext{
				TargetingKey: "user-1",
				Attributes:   []flags.Attribute{flags.String("plan", plan), flags.String("country", "DE")},
			})
			fmt.Println(plan, flags.BooleanValue(ctx, "new-checkout", false), flags.Evaluate(ctx, "new-checkout").Reason)
		}
		return nil
	}}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "shop", Functions: []*framework.Function{pay}, Layers: framework.Layers{layer}})
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	if _, err := e.Invoke(context.Background(), framework.Invocation{Function: pay}); err != nil {
		panic(err)
	}
	// Output:
	// free false DEFAULT
	// pro true TARGETING_MATCH
}

func ExampleParse() {
	_, err := flags.Parse("flag new-checkout\n  serve onn when plan == pro\n  serve on=20")
	fmt.Println(err)
	// Output:
	// line 2, column 9: found "onn", expected one of the variants on, off
	// line 3, column 14: found the end of the line, expected %
}
