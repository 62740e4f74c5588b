package local

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

func TestGoroutinesThatOutliveTheirInvocation(t *testing.T) {
	var log strings.Builder
	o := newOutliving(slog.New(slog.NewTextHandler(&log, nil)))
	if o == nil {
		t.Skip("this test binary does not know its module")
	}
	o.after = time.Hour // the test looks itself
	release := make(chan struct{})
	defer close(release)
	started := make(chan bool)
	f := &framework.Function{Name: "order-create", Handler: func(c *framework.Context) error {
		go forgotten(started, release)
		<-started
		return nil
	}}
	registered := &framework.Function{Name: "registered", Handler: func(c *framework.Context) error {
		c.Go(func(context.Context) error { started <- true; <-release; return nil })
		<-started
		return nil
	}}
	clean := &framework.Function{Name: "clean", Handler: func(c *framework.Context) error {
		done := make(chan bool)
		go func() { close(done) }()
		<-done
		return nil
	}}
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, &framework.App{Functions: []*framework.Function{f, registered, clean}, Middleware: []framework.Middleware{o.watch}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, call := range []struct {
		id string
		f  *framework.Function
	}{{"r-1", clean}, {"r-2", registered}, {"r-3", f}, {"r-4", f}} {
		if _, err := e.Invoke(t.Context(), framework.Invocation{Function: call.f, RequestID: call.id}); err != nil {
			t.Fatal(err)
		}
	}
	o.look()
	o.look()
	got := log.String()
	if strings.Count(got, "level=WARN") != 1 || !strings.Contains(got, "goroutine=github.com/faasgen/faasgen/framework/platform/local.forgotten at=outliving_test.go:") ||
		!strings.Contains(got, "function=order-create request_id=r-") {
		t.Errorf("log: %s", got)
	}
}

func forgotten(started chan bool, release chan struct{}) {
	started <- true
	<-release
}
