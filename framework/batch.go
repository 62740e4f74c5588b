package framework

import (
	"errors"
	"fmt"
	"strings"
)

// Message is one element of a batch: mq.Message, kafka.Record, os.Event and the like.
type Message interface {
	// MessageID identifies the message within its batch and when it is delivered again; empty is unknown.
	MessageID() string
	// OrderingKey is what messages that have to be handled in order have in common; empty means any order.
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

// unfinished is the error of an invocation whose handler is not waited for any longer: of a batch, that of the messages
// which are not done.
func (c *Context) unfinished(err error) error {
	if p := c.state.Progress.Load(); p != nil {
		var failed BatchError
		p.Report(err, failed.Add)
		if len(failed.Failures) > 0 {
			return &failed
		}
	}
	return err
}
