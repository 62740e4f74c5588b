package mq_test

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework/trigger/mq"
)

// A handler of one message is called for each of a batch.
func ExampleMessage() {
	//faas:handler
	//faas:mq queue=payments batch=10
	paid := func(ctx context.Context, m mq.Message) error {
		fmt.Printf("%s from %s, delivery %d: %s\n", m.ID, m.Resource, m.Deliveries, m.Body)
		return nil
	}
	_ = paid(context.Background(), mq.Message{ID: "7", Resource: "payments", Deliveries: 1, Body: []byte("12 EUR")})
	// Output: 7 from payments, delivery 1: 12 EUR
}
