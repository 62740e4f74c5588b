package invoke

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/layer/idempotency"
)

// unit is one whose function does what a test wants.
type unit struct {
	t      *Transport
	client *call.Client
	engine *framework.Engine

	mu  sync.Mutex
	log bytes.Buffer
}

func (u *unit) Write(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.log.Write(p)
}

func (u *unit) logged() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.log.String()
}

func newUnit(t *testing.T, wait time.Duration, h framework.Handler) *unit {
	t.Helper()
	u := &unit{t: New()}
	u.t.firstWait = wait
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(u, nil)), Platform: "local"}
	app := call.With(u.t, func(rt *framework.Runtime) *framework.App {
		u.client = call.New(rt)
		return &framework.App{Unit: "u", Functions: []*framework.Function{{Name: "f", Handler: h}}}
	})(rt)
	u.engine = framework.NewEngine(rt, app)
	if err := u.engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.engine.Close(context.WithoutCancel(t.Context())) })
	return u
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// TestDeliveredUntilItSucceeds: under one key, so that it is handled once.
func TestDeliveredUntilItSucceeds(t *testing.T) {
	once := idempotency.New(&idempotency.Memory{}, idempotency.Options{})
	var mu sync.Mutex
	ran := map[string]int{}
	u := newUnit(t, time.Nanosecond, once(func(ctx *framework.Context) error {
		mu.Lock()
		defer mu.Unlock()
		c := ctx.Call()
		ran[c.IdempotencyKey+" "+string(ctx.Event().([]byte))]++
		if !c.Async || c.Traceparent == "" || ran[c.IdempotencyKey+" "+string(ctx.Event().([]byte))] == 1 {
			return errors.New("the first time")
		}
		return nil
	}))
	ctx := call.WithTrace(within(t), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "")
	for _, key := range []string{"a", "b"} {
		if err := u.client.Send(ctx, "f", []byte(`{"n":1}`), call.Options{IdempotencyKey: key}); err != nil {
			t.Fatal(err)
		}
	}
	u.t.Drain(within(t))
	mu.Lock()
	defer mu.Unlock()
	if len(ran) != 2 || ran[`a {"n":1}`] != 2 || ran[`b {"n":1}`] != 2 {
		t.Errorf("%v", ran)
	}
	if strings.Contains(u.logged(), "dropped") {
		t.Error(u.logged())
	}
	if err := u.client.Send(ctx, "f", nil, call.Options{Tries: 1}); err == nil {
		t.Error("a call was queued after the end")
	}
}

func TestDropped(t *testing.T) {
	ran := 0
	u := newUnit(t, time.Nanosecond, func(*framework.Context) error { ran++; panic("no") })
	if err := u.client.Send(within(t), "f", nil, call.Options{IdempotencyKey: "the-key"}); err != nil {
		t.Fatal(err)
	}
	u.t.Drain(within(t))
	if log := u.logged(); ran != 1+retries || !strings.Contains(log, `msg="an asynchronous call was dropped" function=f key=the-key tries=3`) {
		t.Errorf("ran %d times: %s", ran, log)
	}
	if err := u.client.Send(within(t), "g", nil, call.Options{}); err == nil || !strings.Contains(err.Error(), "unknown_callee") {
		t.Error(err)
	}
}

// TestDrain: the end does not wait for the time of the next delivery, and drops what its grace is too short for.
func TestDrain(t *testing.T) {
	first := make(chan struct{}, 10)
	u := newUnit(t, time.Hour, func(ctx *framework.Context) error {
		first <- struct{}{}
		return errors.New("no")
	})
	if err := u.client.Send(within(t), "f", nil, call.Options{}); err != nil {
		t.Fatal(err)
	}
	<-first
	u.t.Drain(within(t))
	if len(first) != retries {
		t.Errorf("delivered %d times more", len(first))
	}

	u = newUnit(t, time.Hour, func(ctx *framework.Context) error {
		first <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	})
	for len(first) > 0 {
		<-first
	}
	if err := u.client.Send(within(t), "f", nil, call.Options{IdempotencyKey: "left"}); err != nil {
		t.Fatal(err)
	}
	<-first
	over, cancel := context.WithCancel(t.Context())
	cancel()
	u.t.Drain(over)
	if err := u.engine.Close(within(t)); err != nil { // which waits for the handler
		t.Error(err)
	}
	for limit := time.Now().Add(20 * time.Second); !strings.Contains(u.logged(), "dropped"); {
		if time.Now().After(limit) {
			t.Fatal(u.logged())
		}
		time.Sleep(time.Millisecond)
	}
}

func TestFull(t *testing.T) {
	leave := make(chan struct{})
	u := newUnit(t, time.Hour, func(*framework.Context) error { <-leave; return nil })
	var err error
	for n := 0; n <= maxQueued && err == nil; n++ {
		err = u.client.Send(t.Context(), "f", nil, call.Options{Tries: 1})
	}
	if err == nil || !strings.Contains(err.Error(), "callee_throttled") {
		t.Error(err)
	}
	close(leave)
	u.t.Drain(within(t))
	if strings.Contains(u.logged(), "dropped") {
		t.Error("calls were dropped")
	}
}
