package kafka_test

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework/trigger/kafka"
)

// A handler that takes a slice gets the whole batch. What it cannot do is delivered again.
func ExampleRecord() {
	//faas:handler
	//faas:kafka topic=clicks
	count := func(ctx context.Context, clicks []kafka.Record) error {
		for _, c := range clicks {
			fmt.Printf("%d/%d %s: %s, %s\n", c.Partition, c.Offset, c.Key, c.Value, c.Header("agent"))
		}
		return nil
	}
	_ = count(context.Background(), []kafka.Record{{
		Topic: "clicks", Partition: 1, Offset: 42, Key: []byte("ann"), Value: []byte("buy"),
		Headers: []kafka.Header{{Name: "agent", Value: []byte("curl")}},
	}})
	// Output: 1/42 ann: buy, curl
}
