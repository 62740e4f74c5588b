package cdn_test

import (
	"context"
	"fmt"

	"github.com/faasgen/faasgen/framework/trigger/cdn"
)

// The paths are those that were refreshed.
func ExampleEvent() {
	//faas:handler
	//faas:cdn domains=www.example.com events=refreshed
	refreshed := func(ctx context.Context, e cdn.Event) error {
		fmt.Println(e.Action, e.Domain, e.Paths)
		return nil
	}
	_ = refreshed(context.Background(), cdn.Event{Action: "refreshed", Domain: "www.example.com", Paths: []string{"/a.css"}})
	// Output: refreshed www.example.com [/a.css]
}
