package nethttp

import (
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
)

// source is a body that is sent as it is read. Its reader is a user's, so that a panic of it is an error.
type source struct {
	from   io.Reader
	buffer []byte
	chunk  []byte // what the last next has read
	done   bool   // there is no more
	sent   int64
	limit  int64 // of what is sent, zero is none
}

// next reads what there is, and waits if there is nothing.
func (s *source) next() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	s.chunk = nil
	for range 100 {
		n, err := s.from.Read(s.buffer)
		s.chunk, s.done = s.buffer[:n], err == io.EOF
		if n > 0 && err != nil && !s.done {
			s.from = failed{s.from, err} // after what came with it
			err = nil
		}
		if n > 0 || s.done {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// failed is a reader whose end is known.
type failed struct {
	io.Reader
	err error
}

func (f failed) Read([]byte) (int, error) { return 0, f.err }

// copyTo sends the last chunk and all that follow. With flush each is sent at once: it may be one of a stream of events.
func (s *source) copyTo(w http.ResponseWriter, flush bool) error {
	control := http.NewResponseController(w)
	for {
		if s.sent += int64(len(s.chunk)); s.limit > 0 && s.sent > s.limit {
			return responseTooLarge(s.limit)
		}
		if _, err := w.Write(s.chunk); err != nil {
			return nil // the client has gone
		}
		if flush {
			_ = control.Flush() // a writer that cannot sends it when it will
		}
		if s.done {
			return nil
		}
		if err := s.next(); err != nil {
			return err
		}
	}
}

func (s *source) close() {
	from := s.from
	if f, ok := from.(failed); ok {
		from = f.Reader
	}
	if c, ok := from.(io.Closer); ok {
		_ = c.Close() // all that was wanted of it has been read, or cannot be
	}
}
