// Package report tells how the shop is doing.
package report

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/faasgen/faasgen/examples/shop/order"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
	"github.com/faasgen/faasgen/framework/trigger/log"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Reporter reads what others have written.
type Reporter struct {
	Orders   order.Store  //faas:inject
	Log      *slog.Logger //faas:inject
	Currency string       //faas:config key=report.currency default=EUR
}

// Sales is what was earned.
type Sales struct {
	Orders   int    `json:"orders"`
	Cents    int    `json:"cents"`
	Currency string `json:"currency"`
}

// Sales adds up the orders that are paid.
//
//faas:handler report-sales
//faas:http GET /reports/sales
//faas:use staff
func (r *Reporter) Sales(ctx context.Context) (Sales, error) {
	all, err := r.Orders.All(ctx)
	s := Sales{Currency: r.Currency}
	for _, o := range all {
		if o.State == order.Paid {
			s.Orders++
			s.Cents += o.Cents
		}
	}
	return s, err
}

// Daily writes the sales of a day into the log, every morning.
//
//faas:handler report-daily timeout=60s
//faas:timer cron="0 6 * * *" timezone=Asia/Shanghai
func (r *Reporter) Daily(ctx context.Context, e timer.Event) (string, error) {
	s, err := r.Sales(ctx)
	r.Log.InfoContext(ctx, "sales", "orders", s.Orders, "cents", s.Cents)
	return fmt.Sprintf("%s: %d orders", e.Time.Format("2006-01-02"), s.Orders), err
}

// Errors counts the errors in what the web site has written.
//
//faas:handler report-errors
//faas:log store=access
func (r *Reporter) Errors(ctx context.Context, b log.Batch) (int, error) {
	errors := 0
	for _, e := range b.Entries {
		if strings.Contains(e.Message, " 500 ") {
			errors++
		}
	}
	r.Log.InfoContext(ctx, "read the log", "entries", len(b.Entries), "errors", errors)
	return errors, nil
}

// Refreshed notes that customers see new pictures.
//
//faas:handler report-refreshed
//faas:cdn domains=www events=refreshed
func (r *Reporter) Refreshed(ctx context.Context, e cdn.Event) (string, error) {
	return fmt.Sprintf("refreshed %d objects of %s", len(e.Paths), e.Resource), nil
}
