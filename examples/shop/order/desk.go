package order

import (
	"context"

	"github.com/faasgen/faasgen/examples/shop/access"
	"github.com/faasgen/faasgen/examples/shop/catalog"
	"github.com/faasgen/faasgen/framework"
)

// Desk serves customers. There is one for each request, because orders belong to a customer.
//
//faas:provide scope=request
//faas:use public
type Desk struct {
	Orders   Store         //faas:inject
	Products catalog.Store //faas:inject
	Visit    *access.Visit //faas:inject
	MaxItems int           //faas:config key=order.maxItems default=20
}

// Wish is a new order.
type Wish struct {
	Product string `json:"product"`
	Count   int    `json:"count"`
}

// Place takes an order.
//
//faas:handler order-place timeout=15s
//faas:http POST /orders status=201
func (d *Desk) Place(ctx *framework.Context, in Wish) (Order, error) {
	if in.Count < 1 || in.Count > d.MaxItems {
		return Order{}, framework.Errorf(400, "count", "an order is of 1 to %d items", d.MaxItems)
	}
	p, err := d.Products.Get(ctx, in.Product)
	if err != nil {
		return Order{}, err
	}
	o := Order{ID: ctx.RequestID(), Customer: d.Visit.Who, Product: p.ID, Count: in.Count, Cents: in.Count * p.Cents, State: Placed, Placed: d.Visit.Since}
	return o, d.Orders.Save(ctx, o)
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
