package nethttp

import (
	"net/http"

	"github.com/faasgen/faasgen/framework/trigger/web"
)

// sending is the ResponseWriter of a platform without a connection, whose Sender sends the response while the handler runs. It
// has neither trailers nor deadlines.
type sending struct {
	to     web.Sender
	header http.Header
	failed error // to send the head
}

func (s *sending) Header() http.Header {
	if s.header == nil {
		s.header = make(http.Header)
	}
	return s.header
}

func (s *sending) WriteHeader(status int) { s.failed = s.to.Begin(status, web.Header(s.header)) }

func (s *sending) Write(p []byte) (int, error) { return s.to.Write(p) }

// FlushError is what http.ResponseController calls.
func (s *sending) FlushError() error { return s.to.Flush() }
