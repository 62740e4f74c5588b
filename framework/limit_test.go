package framework_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

func TestOverload(t *testing.T) {
	request := func() any { return web.NewExchange(web.Request{Method: "GET"}) }
	other := func() any { return []byte("{}") }
	for _, tt := range []struct {
		name        string
		overload    framework.Overload
		event       func() any
		redelivered bool
		want        int // the status of a call that comes while another runs
	}{
		{"a request fails", framework.OverloadDefault, request, false, 429},
		{"a message that is delivered again fails", framework.OverloadDefault, other, true, 429},
		{"everything else waits", framework.OverloadDefault, other, false, 503},
		{"a request that shall wait", framework.OverloadWait, request, false, 503},
		{"a message that shall wait", framework.OverloadWait, other, true, 503},
		{"a call that shall fail", framework.OverloadFail, other, false, 429},
	} {
		t.Run(tt.name, func(t *testing.T) {
			running, end := make(chan struct{}), make(chan struct{})
			f := function("f", func(*framework.Context) error { running <- struct{}{}; <-end; return nil })
			f.Concurrency, f.Overload = 1, tt.overload
			free := function("free", func(*framework.Context) error { return nil })
			e := started(t, &framework.App{Functions: []*framework.Function{f, free}})
			first := make(chan error, 1)
			go func() {
				_, err := e.Invoke(context.Background(), framework.Invocation{Function: f, Event: tt.event()})
				first <- err
			}()
			<-running
			if _, err := e.Invoke(t.Context(), framework.Invocation{Function: free}); err != nil {
				t.Errorf("another function: %v", err)
			}
			limit := time.Hour
			if tt.want == 503 {
				limit = 20 * time.Millisecond
			}
			event := tt.event()
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			_, err := e.Invoke(ctx, framework.Invocation{Function: f, Event: event, Redelivered: tt.redelivered})
			if stated, ok := errors.AsType[*framework.Error](err); !ok || stated.Status != tt.want || stated.Code != "overloaded" || errors.Is(err, context.DeadlineExceeded) != (tt.want == 503) {
				t.Errorf("found %v, want status %d", err, tt.want)
			}
			if x, ok := event.(*web.Exchange); ok {
				r := x.Respond(nil, err, web.ErrorInfo{})
				if again := web.Header(r.Header).Get("Retry-After"); r.Status != tt.want || (again != "") != (tt.want == 429) {
					t.Errorf("status %d, Retry-After %q", r.Status, again)
				}
			}
			close(end)
			if err := <-first; err != nil {
				t.Error(err)
			}
			go func() { <-running }()
			if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Event: tt.event(), Redelivered: tt.redelivered}); err != nil {
				t.Errorf("the next call: %v", err)
			}
		})
	}
}
