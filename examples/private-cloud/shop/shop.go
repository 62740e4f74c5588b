// Package shop is an application on a company's own cloud. Nothing in it knows so but f.yml.
package shop

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

//go:generate go run ../cmd/faasgen generate

// Lookup says which order is requested.
type Lookup struct {
	ID string `path:"id"`
}

// Order is an order.
type Order struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// Find shows an order.
//
//faas:handler find
//faas:http GET /orders/{id}
func Find(_ context.Context, in Lookup) Order { return Order{in.ID, "open"} }

// Take takes orders from the queue.
//
//faas:handler take
//faas:mq queue=orders
func Take(m mq.Message) string { return fmt.Sprintf("took %s from %s", m.Body, m.Resource) }

// Sweep closes what is stale.
//
//faas:handler sweep
//faas:timer every=1h payload=stale
func Sweep(e timer.Event) string { return "swept what is " + e.Payload }
