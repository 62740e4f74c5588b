package log_test

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework/trigger/log"
)

// Some clouds send the entries, others say where they are.
func ExampleBatch() {
	//faas:handler
	//faas:log store=access
	watch := func(ctx context.Context, b log.Batch) error {
		for _, e := range b.Entries {
			fmt.Println(b.Store, e.Message)
		}
		if b.Range != nil {
			fmt.Println("read", b.Store, "shard", b.Range.Shard, "from", b.Range.Begin, "to", b.Range.End)
		}
		return nil
	}
	_ = watch(context.Background(), log.Batch{Store: "access", Entries: []log.Entry{{Message: "GET /"}}})
	_ = watch(context.Background(), log.Batch{Store: "access", Range: &log.Range{Shard: 3, Begin: "a", End: "b"}})
	// Output:
	// access GET /
	// read access shard 3 from a to b
}
