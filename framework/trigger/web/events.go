package web

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
)

// Event is one server-sent event, as a browser's EventSource reads them. One without anything is a comment, which keeps
// connections open that would be closed for silence.
type Event struct {
	// ID names the event. A browser that connects again says the last one in the header Last-Event-ID.
	ID string
	// Name is what the page listens for; empty is "message".
	Name string
	// Data is a string or []byte, which is sent as it is, or anything else, which is sent as JSON. Nil is none.
	Data any
	// Retry is how long a browser waits before it connects again, in milliseconds; zero leaves that to it.
	Retry time.Duration
}

// Events is a response of server-sent events. Each is sent when seq yields it, where the platform streams; elsewhere all
// are sent when seq has ended, so that a seq without an end is never sent there. An error ends the response and cuts the
// connection, so that the browser connects again; one before the first event is an error like any other. When the client
// has gone yield returns false; a seq that waits should look at the invocation's context, too.
func Events(seq iter.Seq2[Event, error]) *Response {
	return &Response{
		Header: Header{"Content-Type": {"text/event-stream"}, "Cache-Control": {"no-store"}},
		Reader: &eventReader{seq: seq},
	}
}

// eventReader makes events as they are read.
type eventReader struct {
	seq  iter.Seq2[Event, error]
	next func() (Event, error, bool)
	stop func()
	rest []byte // of the event that did not fit
	err  error
}

func (r *eventReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		r.fill()
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	if n == 0 && len(p) > 0 {
		return 0, r.err
	}
	return n, nil
}

// fill waits for the next event.
func (r *eventReader) fill() {
	if r.err != nil {
		return
	}
	if r.next == nil {
		r.next, r.stop = iter.Pull2(r.seq)
	}
	r.err = io.ErrUnexpectedEOF // what stays when seq panics
	e, err, ok := r.next()
	switch {
	case !ok:
		r.err = io.EOF
	case err != nil:
		r.err = err
	default:
		r.rest, r.err = e.encode()
	}
}

// Close ends seq, which may be waiting in yield.
func (r *eventReader) Close() error {
	r.err = io.ErrClosedPipe
	if r.stop != nil {
		r.stop()
	}
	return nil
}

// encode writes the event. What would begin another field is refused in names, and becomes lines in data.
func (e Event) encode() ([]byte, error) {
	if strings.ContainsAny(e.ID, "\r\n\x00") || strings.ContainsAny(e.Name, "\r\n") {
		return nil, fmt.Errorf("event %q with id %q: found a line break, expected one line", e.Name, e.ID)
	}
	var b []byte
	if e.Retry > 0 {
		b = append(strconv.AppendInt(append(b, "retry: "...), e.Retry.Milliseconds(), 10), '\n')
	}
	if e.ID != "" {
		b = append(append(append(b, "id: "...), e.ID...), '\n')
	}
	if e.Name != "" {
		b = append(append(append(b, "event: "...), e.Name...), '\n')
	}
	var data []byte
	switch v := e.Data.(type) {
	case nil:
		if len(b) == 0 {
			return []byte(":\n\n"), nil
		}
		return append(b, '\n'), nil
	case string:
		data = []byte(v)
	case []byte:
		data = v
	default:
		var err error
		if data, err = encode(&exactWriter{}, v); err != nil {
			return nil, fmt.Errorf("encode the data of event %q: %w", e.Name, err)
		}
	}
	for more := true; more; {
		var line []byte
		line, data, more = cutLine(data)
		b = append(append(append(b, "data: "...), line...), '\n')
	}
	return append(b, '\n'), nil
}

// cutLine cuts at the first line break of any kind.
func cutLine(data []byte) (line, rest []byte, more bool) {
	i := bytes.IndexAny(data, "\r\n")
	if i < 0 {
		return data, nil, false
	}
	line, rest = data[:i], data[i+1:]
	if data[i] == '\r' {
		rest = bytes.TrimPrefix(rest, []byte("\n"))
	}
	return line, rest, true
}
