package nethttp

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// errLate is what a handler gets that writes after its caller has been answered.
var errLate = errors.New("the request has been answered without waiting for this handler")

// stream is a connection's ResponseWriter for a handler that may outlive the call: after close nothing of it is touched.
type stream struct {
	w    http.ResponseWriter
	r    *http.Request
	body io.Reader // what the exchange was given as the request's body
	drop func(string) bool

	limit, sent int64 // of the body; there is no limit if it is zero
	exceeded    bool

	mu      sync.Mutex // held while w is touched
	begun   atomic.Bool
	closing atomic.Bool
}

// do runs f while the writer may be touched.
func (s *stream) do(f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		return errLate
	}
	return f()
}

func (s *stream) begin(status int, header http.Header) error {
	return s.do(func() error {
		s.begun.Store(true)
		send(s.w.Header(), header, s.drop)
		s.w.WriteHeader(status)
		if w, ok := s.w.(*sending); ok {
			return w.failed
		}
		return nil
	})
}

func (s *stream) write(p []byte) (n int, err error) {
	err = s.do(func() error {
		if s.sent += int64(len(p)); s.limit > 0 && s.sent > s.limit {
			s.exceeded = true
			return responseTooLarge(s.limit)
		}
		n, err = s.w.Write(p)
		return err
	})
	return n, err
}

func (s *stream) flush() error {
	return s.do(http.NewResponseController(s.w).Flush)
}

// trailers sends the headers that came after the body: those announced in Trailer, and those with http.TrailerPrefix.
func (s *stream) trailers(h http.Header) {
	_ = s.do(func() error { // too late to be reported
		send(s.w.Header(), h, s.drop)
		return nil
	})
}

// close ends the handler's access and reports whether the response has begun.
func (s *stream) close() bool {
	s.closing.Store(true) // from here on no write starts
	if !s.mu.TryLock() {
		if s.begun.Load() {
			// One is under way, and may be waiting for a slow client. A writer without deadlines does not block.
			_ = http.NewResponseController(s.w).SetWriteDeadline(time.Now())
		}
		s.mu.Lock()
	}
	defer s.mu.Unlock()
	return s.begun.Load()
}
