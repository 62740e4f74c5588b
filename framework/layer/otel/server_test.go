package otel_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/layer/otel"
)

// Of a server that is called by many at once each span arrives, or is counted as dropped.
func TestManyAtOnce(t *testing.T) {
	const callers, each = 8, 250
	for name, queue := range map[string]string{"with room": "100000", "without": "16"} {
		t.Run(name, func(t *testing.T) {
			r := newReceiver(t)
			rt := &framework.Runtime{Server: true, Logger: slog.New(slog.DiscardHandler), Variables: variables{"OTEL_BSP_MAX_QUEUE_SIZE": queue, "OTEL_BSP_SCHEDULE_DELAY": "1", "OTEL_METRIC_EXPORT_INTERVAL": "1"}}
			c := configuration(r.URL)
			c.Metrics = true
			l, err := otel.New(&c, rt)
			if err != nil {
				t.Fatal(err)
			}
			f := &framework.Function{Name: "work", Handler: nothing}
			e := framework.NewEngine(rt, &framework.App{Functions: []*framework.Function{f}, Layers: framework.Layers{l}})
			if err := e.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			for range callers {
				all.Go(func() {
					for range each {
						if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			all.Wait()
			// The end of a process has 300 ms, which a busy machine may need for less than all this.
			if err := l.TracerProvider().(interface {
				ForceFlush(context.Context) error
			}).ForceFlush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := e.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			arrived, lost := 0, int(l.Dropped())
			for _, s := range r.taken() {
				if s.Name == "work" {
					arrived++
				}
			}
			const ofStart = 10 // at most, which are dropped, too
			if sum := arrived + lost; sum < callers*each || sum > callers*each+ofStart {
				t.Errorf("%d arrived and %d were dropped of %d", arrived, lost, callers*each)
			}
			if queue != "16" && lost > 0 {
				t.Errorf("%d were dropped, with room for all", lost)
			}
			counted := int64(0)
			for _, m := range r.measured() {
				if m.Name == "faas.invocations" {
					for _, d := range m.GetSum().GetDataPoints() {
						counted += d.GetAsInt()
					}
				}
			}
			if counted != callers*each {
				t.Errorf("%d were counted of %d", counted, callers*each)
			}
		})
	}
}
