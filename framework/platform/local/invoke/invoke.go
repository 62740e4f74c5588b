// Package invoke carries asynchronous calls between functions of a local server: a queue in the process, which does what the vendors'
// asynchronous invoke does. A failed call is delivered again, under the same idempotency key; one that fails for good is dropped,
// with a line in the log. Main hands it over:
//
//	local.Run(call.With(invoke.New(), app.New))
//
// When the server stops, what is queued is delivered within its grace, and what is left then is dropped: calls that must not be lost
// belong into a queue that outlives the process. Calls that are waited for do not come here: the process has all functions.
package invoke

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
)

const (
	// retries is how often a failed call is delivered again, as often as AWS does by default. firstWait is what is waited for before
	// the first time; each further wait is twice as long. The vendors wait for minutes.
	retries   = 2
	firstWait = time.Second
	// maxQueued bounds the calls that are queued, maxRunning those that run at once.
	maxQueued  = 10_000
	maxRunning = 64
)

// New returns the transport.
func New() *Transport {
	t := &Transport{firstWait: firstWait, running: make(chan struct{}, maxRunning), draining: make(chan struct{}), idle: make(chan struct{}, 1)}
	t.ctx, t.end = context.WithCancel(context.Background())
	return t
}

// Transport is the queue.
type Transport struct {
	rt        *framework.Runtime
	firstWait time.Duration
	running   chan struct{}
	draining  chan struct{} // closed when no call waits for its next delivery any longer
	idle      chan struct{} // has a token when queued became zero
	ctx       context.Context
	end       context.CancelFunc // drops what is left

	mu     sync.Mutex
	queued int
	drains bool
}

// Bind sets the runtime of the unit; call.With calls it.
func (t *Transport) Bind(rt *framework.Runtime) { t.rt = rt }

// Invoke queues a call.
func (t *Transport) Invoke(_ context.Context, r *call.Request) ([]byte, error) {
	e := t.rt.Engine()
	if e == nil {
		return nil, &call.Failure{Reason: call.Unavailable, Err: framework.ErrClosed}
	}
	f := e.App().Function(r.Function)
	if f == nil || !r.Async {
		return nil, &call.Failure{Reason: call.Gone, Message: "the process has no such function"}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.ctx.Err() != nil:
		return nil, &call.Failure{Reason: call.Unavailable, Err: framework.ErrClosed}
	case t.queued == maxQueued:
		return nil, &call.Failure{Reason: call.Throttled, Message: "the queue of asynchronous calls is full"}
	}
	t.queued++
	with := r.Call
	payload := append([]byte(nil), r.Payload...)
	go t.deliver(e, f, payload, &with)
	return nil, nil
}

// deliver delivers a call until it succeeds or is dropped.
func (t *Transport) deliver(e *framework.Engine, f *framework.Function, payload []byte, with *framework.Call) {
	defer t.done()
	log := t.rt.Log().With("function", f.Name, "key", with.IdempotencyKey)
	wait := t.firstWait
	for try := 1; ; try++ {
		err := t.run(e, f, payload, with)
		if err == nil {
			return
		}
		if try > retries || t.ctx.Err() != nil || errors.Is(err, framework.ErrClosed) {
			log.Error("an asynchronous call was dropped", "tries", try, "error", err.Error())
			return
		}
		log.Log(t.ctx, slog.LevelWarn, "an asynchronous call failed and is delivered again", "tries", try, "error", err.Error())
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-t.draining:
		}
		timer.Stop()
		wait *= 2
	}
}

// run delivers a call once, in its turn.
func (t *Transport) run(e *framework.Engine, f *framework.Function, payload []byte, with *framework.Call) error {
	select {
	case t.running <- struct{}{}:
		defer func() { <-t.running }()
	case <-t.ctx.Done():
		return t.ctx.Err()
	}
	_, err := e.Invoke(t.ctx, framework.Invocation{Function: f, Event: payload, RequestID: rand.Text(), Trace: with.Traceparent, Call: with})
	return err
}

func (t *Transport) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.queued--; t.queued == 0 {
		select {
		case t.idle <- struct{}{}:
		default:
		}
	}
}

// Drain delivers what is queued, without waits, until ctx ends. What is left then is dropped. The platform calls it before it closes
// the engine; nothing is queued afterwards.
func (t *Transport) Drain(ctx context.Context) {
	t.mu.Lock()
	if !t.drains {
		t.drains = true
		close(t.draining)
	}
	t.mu.Unlock()
	for {
		t.mu.Lock()
		if t.queued == 0 || ctx.Err() != nil {
			t.end()
			t.mu.Unlock()
			return
		}
		t.mu.Unlock()
		select {
		case <-t.idle:
		case <-ctx.Done():
		}
	}
}
