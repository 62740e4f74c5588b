package order

import (
	"context"

	"github.com/faasgen/faasgen/framework"
)

// Desk looks after orders that were taken.
//
//faas:use public
type Desk struct {
	Orders Store //faas:inject
}

// One names an order.
type One struct {
	ID string `path:"id"`
}

// Get returns an order.
//
//faas:handler order-get
//faas:http GET /orders/{id}
func (d *Desk) Get(ctx context.Context, in One) (Order, error) { return d.Orders.Get(ctx, in.ID) }

// Cancel ends an order that is not paid.
//
//faas:handler order-cancel
//faas:http DELETE /orders/{id}
func (d *Desk) Cancel(ctx context.Context, in One) error {
	o, err := d.Orders.Get(ctx, in.ID)
	if err != nil {
		return err
	}
	if o.State != Placed {
		return framework.Errorf(409, "too_late", "the order is %s", o.State)
	}
	o.State = Cancelled
	return d.Orders.Save(ctx, o)
}
