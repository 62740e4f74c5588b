package framework

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// Message is one element of a batch: mq.Message, kafka.Record, os.Event and the like.
type Message interface {
	// MessageID identifies the message within its batch and when it is delivered again; empty is unknown.
	MessageID() string
	// OrderingKey is what messages that have to be handled in order have in common; empty is no order.
	OrderingKey() string
}

// BatchError says which messages of a batch have failed; the others are done. A handler that takes a slice of messages
// may return one, and one that takes a single message need not: it is made of its errors.
//
//	var failed framework.BatchError
//	for _, m := range messages {
//		if err := handle(m); err != nil {
//			failed.Add(m.MessageID(), err)
//		}
//	}
//	return failed.Err()
//
// Where the platform can take a part of a batch back, only those messages are delivered again; everywhere else, and when
// the error names a message that is not in the batch or is joined with another error, the whole batch is.
type BatchError struct {
	// Failures are the failed messages in the order of the batch.
	Failures []MessageFailure
}

// MessageFailure is one message that failed.
type MessageFailure struct {
	// ID is the message's MessageID.
	ID string
	// Err is why. It is logged and shown as the error of a whole invocation is.
	Err error
}

// ErrSkipped is why a message failed that was not handled, because one before it with the same ordering key failed.
var ErrSkipped = errors.New("not handled, as an earlier message of the same key failed")

// Add notes a failed message; a nil error notes nothing.
func (b *BatchError) Add(id string, err error) {
	if err != nil {
		b.Failures = append(b.Failures, MessageFailure{id, err})
	}
}

// Err is b, or nil if no message failed.
func (b *BatchError) Err() error {
	if len(b.Failures) == 0 {
		return nil
	}
	return b
}

// Error names the first failed messages, for logs.
func (b *BatchError) Error() string {
	const most = 3
	var s strings.Builder
	noun := "messages"
	if len(b.Failures) == 1 {
		noun = "message"
	}
	fmt.Fprintf(&s, "%d %s of the batch failed", len(b.Failures), noun)
	for i, f := range b.Failures {
		if i == most {
			fmt.Fprintf(&s, "; and %d more", len(b.Failures)-most)
			break
		}
		fmt.Fprintf(&s, "; %.100s: %v", f.ID, f.Err)
	}
	return s.String()
}

// Unwrap returns the errors of the messages.
func (b *BatchError) Unwrap() []error {
	errs := make([]error, len(b.Failures))
	for i, f := range b.Failures {
		errs[i] = f.Err
	}
	return errs
}

// Each calls handle for the messages of a batch, one after the other, and returns the failures as a *BatchError. Generated
// adapters of handlers that take one message call it.
//
// A panic fails its message and no other. After a failure, later messages with the same ordering key are not handled and
// fail with [ErrSkipped]. When the deadline passes, the message under way and the rest fail, and what is done stays done.
// The error of a batch of one is returned as it is, and its result is the invocation's; the results of several are
// dropped, as no platform has a place for them.
func Each[M Message](ctx *Context, batch []M, handle func(M) error) error {
	if len(batch) == 1 {
		return handle(batch[0])
	}
	p := &progress{ids: make([]string, len(batch)), errs: make([]error, len(batch))}
	for i, m := range batch {
		p.ids[i] = m.MessageID()
	}
	whole := ctx.root() // which the engine asks
	whole.progress.Store(p)
	var blocked map[string]bool
	for i, m := range batch {
		key := m.OrderingKey()
		err := context.Cause(ctx)
		switch {
		case err != nil:
		case key != "" && blocked[key]:
			err = ErrSkipped
		default:
			err = one(ctx, func() error { return handle(m) })
		}
		p.finish(i, err)
		if err != nil && key != "" {
			if blocked == nil {
				blocked = map[string]bool{}
			}
			blocked[key] = true
		}
	}
	whole.progress.Store(nil)
	whole.result = nil
	return p.failures(nil)
}

// one handles one message inside a panic boundary of its own.
func one(ctx *Context, handle func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = ctx.engine.recovered(ctx.root(), v)
		}
	}()
	return handle()
}

// progress is how far a batch is. It is read by whoever answers for a handler that ignores its deadline.
type progress struct {
	ids []string

	mu   sync.Mutex
	done int // messages that are finished
	errs []error
}

func (p *progress) finish(i int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.errs[i] = i+1, err
}

// failures are those so far and, with the given error, all messages that are not finished.
func (p *progress) failures(unfinished error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b BatchError
	for i, err := range p.errs {
		if i >= p.done {
			err = unfinished
		}
		b.Add(p.ids[i], err)
	}
	return b.Err()
}

// unfinished is the error of an invocation whose handler is not waited for any longer: of a batch, that of the messages
// which are not done.
func (c *Context) unfinished(err error) error {
	if p := c.progress.Load(); p != nil {
		if failed := p.failures(err); failed != nil {
			return failed
		}
	}
	return err
}
