package otel_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/otel"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// The layer continues the trace of a request, and exports before the process may be frozen.
func ExampleNew() {
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { fmt.Println("exported to", r.URL.Path) }))
	defer receiver.Close()
	warehouse := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println("called with the trace", r.Header.Get("Traceparent")[3:35])
	}))
	defer warehouse.Close()

	rt := &framework.Runtime{Logger: slog.New(slog.DiscardHandler)} // which the platform makes
	layer, err := otel.New(&otel.Config{Endpoint: receiver.URL, Sample: 1, Cap: 10 * time.Second, Traces: true}, rt)
	if err != nil {
		panic(err)
	}
	client := &http.Client{Transport: otel.Transport(nil)}
	list := &framework.Function{Name: "order-list", Handler: func(ctx *framework.Context) error {
		r, err := http.NewRequestWithContext(ctx, "GET", warehouse.URL, nil)
		if err != nil {
			return err
		}
		response, err := client.Do(r)
		if err != nil {
			return err
		}
		return response.Body.Close()
	}}
	e := framework.NewEngine(rt, &framework.App{Unit: "shop", Functions: []*framework.Function{list}, Layers: framework.Layers{layer}})
	if err := e.Start(context.Background()); err != nil {
		panic(err)
	}
	defer e.Close(context.Background())
	x := web.NewExchange(web.Request{Method: "GET", Path: "/orders", Pattern: "/orders", Header: web.Header{"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}})
	var background framework.Background // which a loop waits for after the response
	if _, err := e.Invoke(context.Background(), framework.Invocation{Function: list, Event: x, Background: &background}); err != nil {
		panic(err)
	}
	background.Wait()
	// Output:
	// called with the trace 0af7651916cd43dd8448eb211c80319c
	// exported to /v1/traces
}

// What a driver's connector is wrapped in has a span for each statement of an invocation that is sampled.
func ExampleConnector() {
	db := sql.OpenDB(otel.Connector("postgresql", modern{})) // instead of modern, your driver's
	defer db.Close()
	_, err := db.ExecContext(context.Background(), "DELETE FROM orders")
	fmt.Println(err)
	// Output: <nil>
}
