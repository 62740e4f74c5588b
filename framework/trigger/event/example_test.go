package event_test

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework/trigger/event"
)

// Events of a bus have the attributes of CloudEvents.
func ExampleEvent() {
	//faas:handler
	//faas:event source=shop.orders type=placed
	placed := func(ctx context.Context, e event.Event) error {
		var order struct{ ID string }
		if err := event.Decode(e.Data, &order); err != nil {
			return err
		}
		fmt.Println(e.Source, e.Type, order.ID)
		return nil
	}
	_ = placed(context.Background(), event.Event{Source: "shop.orders", Type: "placed", Data: []byte(`{"id":"o-1"}`)})
	// Output: shop.orders placed o-1
}
