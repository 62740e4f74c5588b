// Package idempotency drops events that were handled before. Every cloud delivers messages at least once; with this
// middleware around a function, a message that comes again is not handled again:
//
//	// NewOnce handles each message once.
//	//
//	//faas:middleware once
//	func NewOnce(db *sql.DB) framework.Middleware {
//		return idempotency.New(&idempotency.SQL{DB: db, Table: "messages"}, idempotency.Options{})
//	}
//
//	// Paid books a payment.
//	//
//	//faas:handler
//	//faas:mq queue=payments
//	//faas:use once
//	func (c *Controller) Paid(ctx context.Context, p Payment) error
//
// A message is known by its function, its trigger and its MessageID; a timer by its name and time; a call of another function by
// its idempotency key, which every asynchronous call has. What has no identity (http requests, raw payloads, events without an
// id) goes through untouched.
//
//   - A message is claimed before the function runs, for as long as the function may run, and marked as done after it has
//     succeeded. What failed is released, so that it is handled when it comes again.
//   - A message that is done is left out of its batch. The function is not called when none is left.
//   - A message that another process is at fails with [ErrBusy], and so do those behind it with the same ordering key: the
//     cloud delivers them again, when it is known what became of the first. After a crash it is claimed again when the
//     lease has run out.
//   - A call that is done succeeds without a result when it is delivered again and is asynchronous. A caller that waits gets
//     [ErrDone], as the result of the first call is not kept.
//   - A process that dies between the end of the function and the mark has handled a message that will come again. What
//     must not happen twice even then belongs into one transaction with a mark of the function's own.
//
// It imports no http.
package idempotency

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/partial"
	"github.com/faasgen/faasgen/framework/trigger"
)

// State is what a store knows of a message.
type State int

const (
	// Claimed means that it was unknown, or that its lease had run out, and now belongs to this owner.
	Claimed State = iota
	// Busy means that another owner has it and its lease still holds.
	Busy
	// Done means that it was handled.
	Done
)

// Store remembers messages. Keys have at most 64 characters, letters and digits; owners too. Its methods are called by
// several goroutines and processes at once.
type Store interface {
	// Claim claims a message until the lease ends, in one step: of several owners who ask at once, one gets it.
	Claim(ctx context.Context, key, owner string, now, lease time.Time) (State, error)
	// Finish marks a message that the owner has claimed as done until the given time. It is an error if the claim is lost.
	Finish(ctx context.Context, key, owner string, until time.Time) error
	// Release gives a message free that the owner has claimed. One that it has no claim to stays as it is.
	Release(ctx context.Context, key, owner string) error
}

// ErrBusy is why a message failed that another process is handling at the same time.
var ErrBusy = errors.New("another process is handling the message")

// ErrDone is what a function gets that waits for the result of a call which was handled before.
var ErrDone error = &framework.Error{Status: 409, Code: "already_done", Message: "a call with this idempotency key was handled before"}

// Options are the times of New.
type Options struct {
	// Keep is how long a message is remembered; it should be longer than the cloud tries to deliver it. Zero is 7 days.
	Keep time.Duration
	// Lease is how long a message is claimed where the invocation has no deadline; where it has one, the claim ends a
	// little after it. Zero is 15 minutes.
	Lease time.Duration
}

// margin is how long a claim outlives the deadline of its invocation, for the mark and for clocks that differ; mark is how
// long marks may take when the invocation's own time is over.
const (
	margin = 30 * time.Second
	mark   = 5 * time.Second
)

// New returns the middleware over a store.
func New(store Store, o Options) framework.Middleware {
	if o.Keep == 0 {
		o.Keep = 7 * 24 * time.Hour
	}
	if o.Lease == 0 {
		o.Lease = 15 * time.Minute
	}
	return func(next framework.Handler) framework.Handler {
		return func(ctx *framework.Context) error {
			if messages := messages(ctx.Event()); messages != nil {
				return batch(ctx, store, o, next, messages)
			}
			if c := ctx.Call(); c != nil && c.IdempotencyKey != "" {
				return call(ctx, store, o, next, c)
			}
			return next(ctx)
		}
	}
}

// scoped is a message of a trigger.
type scoped interface {
	framework.Message
	// MessageScope is what MessageID is unique within.
	MessageScope() string
}

// messages are those of a batch, none for any other event.
func messages(event any) []scoped {
	v := reflect.ValueOf(trigger.BatchOf(event))
	if !v.IsValid() || !v.Type().Elem().Implements(reflect.TypeFor[scoped]()) {
		return nil
	}
	list := make([]scoped, v.Len())
	for i := range list {
		list[i] = v.Index(i).Interface().(scoped)
	}
	return list
}

// as is messages in the form that an event has.
func as(event any, messages []scoped) any {
	v := reflect.MakeSlice(reflect.TypeOf(event), 0, len(messages))
	for _, m := range messages {
		v = reflect.Append(v, reflect.ValueOf(m))
	}
	return v.Interface()
}

// claims are the messages of one invocation that it has to answer for.
type claims struct {
	store Store
	owner string
	keys  map[string]string // by message id
}

// times are now and the end of a lease that begins now.
func (o *Options) times(ctx *framework.Context) (now, lease time.Time) {
	now = ctx.Runtime().Time().Now()
	if deadline, ok := ctx.Deadline(); ok {
		return now, deadline.Add(margin)
	}
	return now, now.Add(o.Lease)
}

// call runs next for a call of another function that is new.
func call(ctx *framework.Context, store Store, o Options, next framework.Handler, call *framework.Call) error {
	id := call.IdempotencyKey
	now, lease := o.times(ctx)
	c := &claims{store: store, owner: rand.Text(), keys: map[string]string{id: hash(ctx.FunctionName(), "call", id)}}
	state, err := store.Claim(ctx, c.keys[id], c.owner, now, lease)
	switch {
	case err != nil:
		return fmt.Errorf("claim call %.100q: %w", id, err)
	case state == Busy:
		return &framework.Error{Status: 409, Code: "busy", Message: "a call with this idempotency key is being handled", Err: ErrBusy}
	case state == Done && call.Async:
		ctx.Logger().Info("a call was handled before", "key", id)
		return nil
	case state == Done:
		return ErrDone
	}
	ended := false
	defer func() {
		if !ended { // a panic, which the caller handles
			c.release(ctx, nil)
		}
	}()
	err = next(ctx)
	ended = true
	c.settle(ctx, err, ctx.Runtime().Time().Now().Add(o.Keep))
	return err
}

// batch runs next for the messages that are new.
func batch(ctx *framework.Context, store Store, o Options, next framework.Handler, messages []scoped) (err error) {
	now, lease := o.times(ctx)
	c := &claims{store: store, owner: rand.Text(), keys: map[string]string{}}
	ended := false
	defer func() {
		if !ended { // a panic, which the caller handles
			c.release(ctx, nil)
		}
	}()
	var left []scoped
	var failed framework.BatchError
	blocked := map[string]bool{}
	for _, m := range messages {
		id, order := m.MessageID(), m.OrderingKey()
		if order != "" && blocked[order] {
			failed.Add(id, framework.ErrSkipped)
			continue
		}
		if id == "" {
			left = append(left, m)
			continue
		}
		if c.keys[id] != "" {
			continue // a second time in one batch
		}
		key := hash(ctx.FunctionName(), m.MessageScope(), id)
		state, err := store.Claim(ctx, key, c.owner, now, lease)
		if err != nil {
			c.release(ctx, nil)
			ended = true
			return fmt.Errorf("claim message %.100q: %w", id, err)
		}
		switch state {
		case Claimed:
			c.keys[id] = key
			left = append(left, m)
		case Busy:
			failed.Add(id, ErrBusy)
			if order != "" {
				blocked[order] = true
			}
		default:
			ctx.Logger().Info("a message was handled before", "message", id)
		}
	}
	if len(left) > 0 {
		err = run(ctx, next, messages, left)
	}
	ended = true
	c.settle(ctx, err, ctx.Runtime().Time().Now().Add(o.Keep))
	return join(messages, err, &failed)
}

// run calls next with the messages that are left in the form that the event had.
func run(ctx *framework.Context, next framework.Handler, all, left []scoped) error {
	if len(left) == len(all) {
		return next(ctx)
	}
	whole := ctx.Event()
	ctx.SetEvent(as(whole, left)) // a timer's event is never left out in part
	defer ctx.SetEvent(whole)
	return next(ctx)
}

// settle marks what is done and gives free what failed.
func (c *claims) settle(ctx *framework.Context, err error, until time.Time) {
	if err == nil {
		c.finish(ctx, nil, until)
		return
	}
	b, ok := partial.Of(err)
	if !ok {
		c.release(ctx, nil)
		return
	}
	var failed []string
	for _, f := range b.Failures {
		if c.keys[f.ID] == "" { // the platform takes the whole batch for failed then
			c.release(ctx, nil)
			return
		}
		failed = append(failed, f.ID)
	}
	c.finish(ctx, failed, until)
	c.release(ctx, failed)
}

// finish marks all messages as done but those that failed. One whose mark fails was handled all the same: it is not reported to
// have failed, as it would then surely come again.
func (c *claims) finish(ctx *framework.Context, failed []string, until time.Time) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), mark)
	defer cancel()
	for id, key := range c.keys {
		if slices.Contains(failed, id) {
			continue
		}
		if err := c.store.Finish(last, key, c.owner, until); err != nil {
			ctx.Logger().Error("a message was handled and could not be marked: if it comes again, it is handled again", "message", id, "error", err)
		}
	}
}

// release gives messages free, all of them for nil. One that cannot be is free when its lease ends.
func (c *claims) release(ctx *framework.Context, only []string) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), mark)
	defer cancel()
	for id, key := range c.keys {
		if only != nil && !slices.Contains(only, id) {
			continue
		}
		if err := c.store.Release(last, key, c.owner); err != nil {
			ctx.Logger().Warn("a failed message stays claimed until its lease ends", "message", id, "error", err)
		}
	}
}

// join adds the messages that were not given to the function to the failures of those that were, in the order of the batch.
func join(messages []scoped, err error, failed *framework.BatchError) error {
	if len(failed.Failures) == 0 {
		return err
	}
	reasons := map[string]error{}
	for _, f := range failed.Failures {
		reasons[f.ID] = f.Err
	}
	if err != nil {
		b, ok := partial.Of(err)
		if !ok {
			return err // the whole batch is delivered again
		}
		for _, f := range b.Failures {
			reasons[f.ID] = f.Err
		}
	}
	var all framework.BatchError
	for _, m := range messages {
		if reason := reasons[m.MessageID()]; reason != nil {
			all.Add(m.MessageID(), reason)
			delete(reasons, m.MessageID())
		}
	}
	if len(reasons) > 0 {
		return errors.Join(err, failed) // the error names a message that is not there
	}
	return all.Err()
}
