package order

import (
	"context"
	"time"

	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Office is where the shop itself looks at orders.
type Office struct {
	Orders Store         //faas:inject
	Keep   time.Duration //faas:config key=order.keep default=24h
}

// List returns all orders, for the staff behind the company's gateway.
//
//faas:handler order-list
//faas:apigw GET /office/orders
//faas:use staff
func (o *Office) List(ctx context.Context) ([]Order, error) { return o.Orders.All(ctx) }

// Expire ends orders that stay unpaid and says how many there were.
//
//faas:handler order-expire timeout=60s
//faas:timer every=15m
func (o *Office) Expire(ctx context.Context, e timer.Event) (int, error) {
	all, err := o.Orders.All(ctx)
	if err != nil {
		return 0, err
	}
	expired := 0
	for _, order := range all {
		if order.State != Placed || e.Time.Sub(order.Placed) < o.Keep {
			continue
		}
		order.State = Expired
		if err := o.Orders.Save(ctx, order); err != nil {
			return expired, err
		}
		expired++
	}
	return expired, nil
}
