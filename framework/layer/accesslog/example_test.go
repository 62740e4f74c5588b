package accesslog_test

import (
	"context"
	"log/slog"
	"os"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/accesslog"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func ExampleNew() {
	layer, err := accesslog.New(&accesslog.Config{Headers: []string{"User-Agent", "Authorization"}, Redact: []string{"authorization"}})
	if err != nil {
		panic(err)
	}
	list := &framework.Function{
		Name: "order-list", Triggers: []framework.Trigger{web.Route{Method: "GET", Pattern: "/orders"}},
		Handler: func(*framework.Context) error { return framework.Errorf(404, "not_found", "there is no such order") },
	}
	// What differs from run to run is left out here.
	logger := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "duration_us" {
			return slog.Attr{}
		}
		return a
	}}))
	e := framework.NewEngine(&framework.Runtime{Logger: logger}, &framework.App{Unit: "shop", Functions: []*framework.Function{list}, Layers: framework.Layers{layer}})
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	request := web.Request{Method: "GET", Path: "/orders", Pattern: "/orders", Header: web.Header{"User-Agent": {"curl"}, "Authorization": {"Bearer abc"}}}
	_, _ = e.Invoke(context.Background(), framework.Invocation{Function: list, Event: web.NewExchange(request), RequestID: "1"})
	// Output:
	// {"level":"INFO","msg":"invocation","unit":"shop","function":"order-list","trigger":"http","method":"GET","route":"/orders","cold":true,"request_id":"1","status":404,"error_code":"not_found","headers":{"User-Agent":"curl","Authorization":"[redacted]"}}
}
