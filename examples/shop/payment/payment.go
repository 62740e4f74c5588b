// Package payment knows the bank.
package payment

import (
	"context"
	"log/slog"

	"github.com/faasgen/faasgen/examples/shop/order"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/layer/idempotency"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Bank moves money.
type Bank interface {
	Refund(ctx context.Context, order string, cents int) error
}

// Paper is a Bank that only writes it down.
//
//faas:provide as=Bank
type Paper struct {
	Log *slog.Logger //faas:inject
}

// Refund implements Bank.
func (p *Paper) Refund(ctx context.Context, order string, cents int) error {
	p.Log.InfoContext(ctx, "refunded", "order", order, "cents", cents)
	return nil
}

// NewOnce handles each message once, for as long as a process lives.
//
//faas:middleware once
func NewOnce() framework.Middleware {
	return idempotency.New(&idempotency.Memory{}, idempotency.Options{})
}

// Cashier books payments.
type Cashier struct {
	Orders order.Store //faas:inject
	Bank   Bank        //faas:inject
}

// Payment is what the bank says of one.
type Payment struct {
	Order string `json:"order"`
	Cents int    `json:"cents"`
}

// Booked marks an order as paid. A payment of another amount is refunded.
//
//faas:handler payment-booked
//faas:mq topic=payments
//faas:use once
func (c *Cashier) Booked(ctx context.Context, in Payment) (order.Order, error) {
	o, err := c.Orders.Get(ctx, in.Order)
	if err != nil {
		return o, err
	}
	if in.Cents != o.Cents {
		return o, c.Bank.Refund(ctx, in.Order, in.Cents)
	}
	o.State = order.Paid
	return o, c.Orders.Save(ctx, o)
}

// Refund gives money back. Colleagues call it by its name.
//
//faas:handler payment-refund
//faas:raw
func (c *Cashier) Refund(ctx context.Context, in Payment) (string, error) {
	if in.Cents <= 0 {
		return "", framework.Errorf(400, "amount", "found %d cents, expected more than 0", in.Cents)
	}
	return "refunded " + in.Order, c.Bank.Refund(ctx, in.Order, in.Cents)
}

// Hook is what the bank calls. It is deployed by itself: it alone has the bank's secret.
type Hook struct {
	Log    *slog.Logger  //faas:inject
	Secret config.Secret //faas:config key=bank.secret default=""
}

// Notice is told of a payment.
//
//faas:handler payment-hook
//faas:http POST /payments/hook status=202
func (h *Hook) Notice(ctx context.Context, in Payment) error {
	if !h.Secret.Is(web.From(ctx).Request.Header.Get("X-Bank-Secret")) {
		return framework.Errorf(403, "forbidden", "this is for the bank")
	}
	h.Log.InfoContext(ctx, "the bank has a payment", "order", in.Order)
	return nil
}
