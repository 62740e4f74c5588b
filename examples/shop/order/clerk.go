package order

import (
	"context"
	"log/slog"

	"github.com/faasgen/faasgen/framework"
)

// Clerk writes to customers.
type Clerk struct {
	Log *slog.Logger //faas:inject
}

// Confirm tells a customer that an order was taken. Nothing but order-place calls it, which does not wait: it comes again until it
// succeeds.
//
//faas:handler order-confirm
func (c *Clerk) Confirm(ctx context.Context, o Order) error {
	if o.ID == "" {
		return framework.Errorf(400, "no_order", "found an order without an id")
	}
	c.Log.InfoContext(ctx, "confirmed", "order", o.ID, "customer", o.Customer)
	return nil
}
