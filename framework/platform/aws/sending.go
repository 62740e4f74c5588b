package aws

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/faasgen/faasgen/framework/trigger/web"
)

// errAnswered is what a handler gets that writes after its caller has been answered.
var errAnswered = errors.New("the request has been answered without waiting for this handler")

// sending sends the response of a mounted application while that runs: what it writes goes through a pipe to the call that
// answers the invocation. The loop waits for the handler meanwhile, so that its client is free.
type sending struct {
	call *httpCall

	closing atomic.Bool // the call is being answered: from here on no write starts
	begun   atomic.Bool
	mu      sync.Mutex // held by each write, and guards what follows
	kept    []byte
	to      *io.PipeWriter
	posted  chan struct{} // closed when Lambda has it all, or has refused it
}

var _ web.Sender = (*sending)(nil)

func newSending(c *httpCall) *sending { return &sending{call: c} }

// Begin starts the call, whose body begins with status and headers.
func (s *sending) Begin(status int, h web.Header) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		return errAnswered
	}
	inv, ok := s.call.payload.Invocation.Vendor.(*Invocation)
	if !ok || inv.loop == nil {
		return errors.New("found an invocation that is not the loop's, so that nothing can be streamed")
	}
	r, err := s.call.exchange.Head(status, h)
	if err != nil {
		return err
	}
	from, to := io.Pipe()
	post := &streamed{call: s.call, inv: inv, from: from, buffer: make([]byte, maxPiece)}
	post.begin(r)
	s.to, s.posted = to, make(chan struct{})
	s.begun.Store(true)
	go func() {
		defer close(s.posted)
		err := post.post()
		if err == nil {
			err = errors.New("the response ended before the handler did: it is too large, or its client has gone")
		}
		from.CloseWithError(err)
	}()
	return nil
}

// Write keeps small pieces until there are enough of them.
func (s *sending) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() || !s.begun.Load() {
		return 0, errAnswered
	}
	if len(s.kept)+len(p) <= maxPiece {
		s.kept = append(s.kept, p...)
		return len(p), nil
	}
	if err := s.flush(); err != nil {
		return 0, err
	}
	return s.to.Write(p)
}

// Flush sends what was kept.
func (s *sending) Flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() || !s.begun.Load() {
		return errAnswered
	}
	return s.flush()
}

func (s *sending) flush() error {
	if len(s.kept) == 0 {
		return nil
	}
	_, err := s.to.Write(s.kept)
	s.kept = s.kept[:0]
	return err
}

// end completes the response, or has it cut short where err is the outcome. It reports false where none has begun, and none
// can begin any more.
func (s *sending) end(err error) bool {
	s.closing.Store(true)
	if err != nil && s.begun.Load() {
		s.to.CloseWithError(err) // which also ends a write that waits for the client
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun.Load() {
		return false
	}
	if err == nil {
		_ = s.flush() // what is wrong with it has been logged
	}
	s.to.CloseWithError(err)
	<-s.posted
	return true
}
