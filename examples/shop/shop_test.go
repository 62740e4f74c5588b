package shop_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/examples/shop/catalog"
	"github.com/faasgen/faasgen/examples/shop/internal/faasgen/app"
	"github.com/faasgen/faasgen/examples/shop/order"
	"github.com/faasgen/faasgen/examples/shop/payment"
	"github.com/faasgen/faasgen/examples/shop/report"
	"github.com/faasgen/faasgen/examples/shop/stock"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/faastest/contract"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/mq"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// start runs the whole application in process. How f.yml groups it does not matter here.
func start(t *testing.T, options ...faastest.Option) *faastest.App {
	t.Helper()
	t.Parallel()
	return faastest.Start(t, app.New, append(options, contract.File(t, "openapi.json"), faastest.Config{"staff.token": "open", "bank.secret": "vault"})...)
}

const staff = "Authorization: Bearer open"

func TestRequests(t *testing.T) {
	a := start(t)
	for _, step := range []struct {
		method, path, body, header string
		status                     int
		want                       string
	}{
		{"GET", "/products", "", "", 200, `[{"id":"cup","name":"Cup","cents":500},{"id":"tea","name":"Green tea","cents":900}]`},
		{"GET", "/products?q=tea", "", "", 200, `[{"id":"tea"`},
		{"GET", "/products/pot", "", "", 404, `"code":"not_found"`},
		{"PUT", "/products/pot", `{"name":"Pot","cents":2500}`, "", 403, "this is for the staff"},
		{"PUT", "/products/pot", `{"name":"Pot","cents":2500}`, staff, 200, `"cents":2500`},
		{"PUT", "/products/pot", `{"name":" ","cents":2500}`, staff, 400, "a name and a price"},
		{"GET", "/products/pot", "", "", 200, `"name":"Pot"`},
		{"DELETE", "/products/pot", "", staff, 204, ""},
		{"DELETE", "/products/pot", "", staff, 404, "not found"},
		{"POST", "/orders", `{"product":"cup","count":2}`, "X-Customer: ann", 201, `"customer":"ann","product":"cup","count":2,"cents":1000,"state":"placed"`},
		{"POST", "/orders", `{"product":"cup","count":21}`, "", 400, "1 to 20 items"},
		{"POST", "/orders", `{"product":"pot","count":1}`, "", 404, "not found"},
		{"POST", "/orders", `{"product":"cup","count":11}`, "", 409, "found 10 of cup in stock, expected 11"},
		{"GET", "/orders/nothing", "", "", 404, "not found"},
		{"GET", "/office/orders", "", "", 403, ""},
		{"GET", "/office/orders", "", staff, 200, `"customer":"ann"`},
		{"GET", "/stock/cup", "", "", 200, `{"product":"cup","left":10}`},
		{"GET", "/reports/sales", "", staff, 200, `{"orders":0,"cents":0,"currency":"EUR"}`},
		{"POST", "/payments/hook", `{"order":"1"}`, "X-Bank-Secret: vault", 202, ""},
		{"POST", "/payments/hook", `{"order":"1"}`, "X-Bank-Secret: guess", 403, "this is for the bank"},
	} {
		var headers []string
		if step.header != "" {
			headers = []string{step.header}
		}
		if w := a.Do(step.method, step.path, step.body, headers...); w.Code != step.status || !strings.Contains(w.Body.String(), step.want) {
			t.Errorf("%s %s: %d %s, want %d %s", step.method, step.path, w.Code, w.Body, step.status, step.want)
		}
	}
}

func place(t *testing.T, a *faastest.App, count int) order.Order {
	t.Helper()
	return faastest.Call[order.Order](t, a, "order-place", order.Wish{Product: "cup", Count: count})
}

func TestPaymentsComeOnceAndEndAnOrder(t *testing.T) {
	a := start(t)
	o := place(t, a, 2)
	paid := a.Payload(faastest.Aliyun, "mq", mq.Message{ID: "1", Source: "payments", Body: []byte(`{"order":"` + o.ID + `","cents":1000}`)})
	for range 2 { // the cloud delivers the message again
		if _, err := a.Deliver(faastest.Aliyun, paid); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := a.Call("order-get", order.One{ID: o.ID}); err != nil || got.(order.Order).State != order.Paid {
		t.Errorf("%+v, %v", got, err)
	}
	if w := a.Do("DELETE", "/orders/"+o.ID, nil); w.Code != http.StatusConflict {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := faastest.JSON[report.Sales](t, a.Do("GET", "/reports/sales", nil, staff)); got != (report.Sales{Orders: 1, Cents: 1000, Currency: "EUR"}) {
		t.Errorf("%+v", got)
	}
}

func TestTimers(t *testing.T) {
	clock := faastest.NewClock(time.Date(2026, 1, 2, 6, 0, 0, 0, time.UTC))
	a := start(t, faastest.Clock(clock))
	o := place(t, a, 1)
	for _, want := range []int{0, 1, 0} {
		if got, err := a.Timer("order-expire", clock.Now()); err != nil || got != want {
			t.Errorf("expired %v, want %d (%v)", got, want, err)
		}
		clock.Advance(24 * time.Hour)
	}
	if got := faastest.Call[order.Order](t, a, "order-get", order.One{ID: o.ID}); got.State != order.Expired {
		t.Errorf("%+v", got)
	}
	if got, err := a.Timer("report-daily", clock.Now()); err != nil || got != "2026-01-05: 0 orders" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestEvents(t *testing.T) {
	a := start(t)
	if got := faastest.Call[catalog.Product](t, a, "picture-stored", os.Event{Key: "products/cup/front.jpg"}); len(got.Pictures) != 1 {
		t.Errorf("%+v", got)
	}
	if got := faastest.Call[stock.Left](t, a, "stock-reserve", stock.Move{Product: "cup", Count: 3}); got.Left != 7 {
		t.Errorf("%+v", got)
	}
	if _, err := a.Call("stock-reserve", stock.Move{Product: "cup", Count: 30}); err == nil {
		t.Error("took 30 cups of 7")
	}
	records := []kafka.Record{{Value: []byte(`{"product":"tea","count":4}`)}, {Value: []byte(`{"product":"cup","count":1}`)}}
	if got := faastest.Call[int](t, a, "stock-moved", records); got != 2 {
		t.Errorf("moved %d", got)
	}
	if got := faastest.Call[map[string]int](t, a, "stock-count", nil); !maps.Equal(got, map[string]int{"cup": 8, "tea": 4}) {
		t.Errorf("counted %v", got)
	}
	if got := faastest.Call[string](t, a, "stock-low", event.Event{Subject: "tea"}); got != "ordered more of tea" {
		t.Error(got)
	}
	if got := faastest.Call[int](t, a, "report-errors", log.Batch{Entries: []log.Entry{{Message: "GET / 500 3ms"}, {Message: "GET / 200 1ms"}}}); got != 1 {
		t.Errorf("found %d errors", got)
	}
	if got := faastest.Call[string](t, a, "report-refreshed", cdn.Event{Action: "refreshed", Paths: []string{"/a", "/b"}}); got != "refreshed 2 objects of www" {
		t.Error(got)
	}
}

// TestPlacingCallsOthers: placing an order calls two functions, in the process of the same unit and as if each were a unit of its own.
func TestPlacingCallsOthers(t *testing.T) {
	for name, options := range map[string][]faastest.Option{"in process": nil, "apart": {faastest.Apart()}} {
		t.Run(name, func(t *testing.T) {
			a := start(t, options...)
			o := place(t, a, 2)
			if calls := a.Calls("stock-get"); len(calls) != 1 || string(calls[0].Payload) != `{"id":"cup"}` || calls[0].Async {
				t.Errorf("%+v", calls)
			}
			if calls := a.Calls("order-confirm"); len(calls) != 1 || !calls[0].Async || calls[0].IdempotencyKey == "" || calls[0].Err != nil {
				t.Errorf("%+v", calls)
			}
			if lines := a.Logs().Containing("confirmed"); len(lines) != 1 || lines[0].Attributes["order"] != o.ID {
				t.Errorf("%q", lines)
			}
			var e *framework.Error
			if _, err := a.Call("order-place", order.Wish{Product: "tea", Count: 1}); !errors.As(err, &e) || e.Code != "sold_out" {
				t.Errorf("got %v", err)
			}
			if calls := a.Calls("order-confirm"); len(calls) != 1 {
				t.Errorf("%+v", calls)
			}
		})
	}
}

// TestWithoutStock: what the called function states as its error is that of the order, and nothing is confirmed.
func TestWithoutStock(t *testing.T) {
	t.Parallel()
	gone := func(context.Context, stock.One) (stock.Left, error) {
		return stock.Left{}, framework.Errorf(503, "stocktaking", "come back tomorrow")
	}
	a := faastest.Start(t, func(rt *framework.Runtime) *framework.App {
		return app.NewWith(rt, app.Overrides{CallStockGet: gone})
	})
	if w := a.Do("POST", "/orders", `{"product":"cup","count":1}`); w.Code != 503 || !strings.Contains(w.Body.String(), "come back tomorrow") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if calls := a.Calls("order-confirm"); len(calls) != 0 {
		t.Errorf("%+v", calls)
	}
}

func TestColleaguesCallByName(t *testing.T) {
	a := start(t)
	if got := faastest.Call[string](t, a, "payment-refund", payment.Payment{Order: "7", Cents: 500}); got != "refunded 7" {
		t.Error(got)
	}
	_, err := a.Call("payment-refund", payment.Payment{Order: "7"})
	var e *framework.Error
	if !errors.As(err, &e) || e.Code != "amount" {
		t.Errorf("got %v", err)
	}
	if got := a.Logs().Containing("call"); len(got) != 2 {
		t.Errorf("the middleware of all functions logged\n%s", a.Logs())
	}
}

// shelf is a stock that nobody can empty.
type shelf struct{ stock.Shelf }

func (shelf) Add(context.Context, string, int) (int, error) { return 1_000_000, nil }

func TestAnotherShelf(t *testing.T) {
	t.Parallel()
	a := faastest.Start(t, func(rt *framework.Runtime) *framework.App {
		return app.NewWith(rt, app.Overrides{StockShelf: shelf{}})
	}, faastest.Functions("stock-*"))
	if got := faastest.Call[stock.Left](t, a, "stock-reserve", stock.Move{Product: "cup", Count: 30}); got.Left != 1_000_000 {
		t.Errorf("%+v", got)
	}
}
