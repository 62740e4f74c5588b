package os_test

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework/trigger/os"
)

// The event says which object it is about; reading it is for the vendor's SDK.
func ExampleEvent() {
	//faas:handler
	//faas:os bucket=invoices events=created,removed suffix=.pdf
	changed := func(ctx context.Context, e os.Event) error {
		if e.Action == os.Created {
			fmt.Println("read", e.Bucket, e.Key)
		}
		return nil
	}
	_ = changed(context.Background(), os.Event{Resource: "invoices", Bucket: "my-invoices", Key: "in/a.pdf", Action: os.Created})
	// Output: read my-invoices in/a.pdf
}
