package order

import (
	"context"

	"github.com/faasgen/faasgen/examples/shop/access"
	"github.com/faasgen/faasgen/examples/shop/catalog"
	"github.com/faasgen/faasgen/examples/shop/stock"
	"github.com/faasgen/faasgen/framework"
)

// Checkout takes orders. There is one for each request, because orders belong to a customer. Whether the functions that it calls are in
// the same process is for f.yml to say.
//
//faas:provide scope=request
//faas:use public
type Checkout struct {
	Orders   Store                                                       //faas:inject
	Products catalog.Store                                               //faas:inject
	Visit    *access.Visit                                               //faas:inject
	MaxItems int                                                         //faas:config key=order.maxItems default=20
	Stock    func(ctx context.Context, in stock.One) (stock.Left, error) //faas:call stock-get timeout=3s
	Confirm  func(ctx context.Context, o Order) error                    //faas:call order-confirm async
}

// Wish is a new order.
type Wish struct {
	Product string `json:"product"`
	Count   int    `json:"count"`
}

// Place takes an order of what there is. The customer does not wait for the confirmation.
//
//faas:handler order-place timeout=15s
//faas:http POST /orders status=201
func (c *Checkout) Place(ctx *framework.Context, in Wish) (Order, error) {
	if in.Count < 1 || in.Count > c.MaxItems {
		return Order{}, framework.Errorf(400, "count", "an order is of 1 to %d items", c.MaxItems)
	}
	p, err := c.Products.Get(ctx, in.Product)
	if err != nil {
		return Order{}, err
	}
	there, err := c.Stock(ctx, stock.One{ID: p.ID})
	if err != nil {
		return Order{}, err
	}
	if there.Left < in.Count {
		return Order{}, framework.Errorf(409, "sold_out", "found %d of %s in stock, expected %d", there.Left, p.ID, in.Count)
	}
	o := Order{ID: ctx.RequestID(), Customer: c.Visit.Who, Product: p.ID, Count: in.Count, Cents: in.Count * p.Cents, State: Placed, Placed: c.Visit.Since}
	if err := c.Orders.Save(ctx, o); err != nil {
		return Order{}, err
	}
	if err := c.Confirm(ctx, o); err != nil { // the order is taken all the same
		ctx.Logger().Warn("not confirmed", "order", o.ID, "error", err.Error())
	}
	return o, nil
}
