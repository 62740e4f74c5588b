package nethttp

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// unreadGrace is how long the rest of a request body may take once the response has left.
	unreadGrace = time.Second
	// unreadEndGrace is that time for a response without a Content-Length, whose end the server sends after it.
	unreadEndGrace = 50 * time.Millisecond
	// maxUnread is how much of it is read to keep the connection, in bytes: what net/http's server reads.
	maxUnread = 256 << 10
)

// DiscardUnread returns h with responses that do not wait for a request body that h has not read. net/http's server reads up
// to 256 KB of such a body before it sends the response, for as long as the client takes. Here the response leaves at once
// and the rest of the body is read meanwhile, for a second at most after the response, or 50 ms if that has no Content-Length,
// as its end waits. The connection is kept if that was all of the body. Otherwise it is closed. It is closed, too, and the
// response says so, where 256 KB or more are to come, or the client waits for a 100 (Continue). As with the server itself, a
// handler cannot read the body after it began the response, unless it called EnableFullDuplex before.
//
// [Handler] does this by itself. It is for the handlers of a process that answer without it.
//
// The server's own response to OPTIONS * waits for the body, too. With DisableGeneralOptionsHandler it is given here.
func DiscardUnread(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := h
		if r.RequestURI == "*" && r.Method == http.MethodOptions {
			h = http.HandlerFunc(general)
		}
		if r.Body == nil || r.Body == http.NoBody || r.ProtoMajor != 1 || discards(w) {
			h.ServeHTTP(w, r)
			return
		}
		x := &unread{to: w, r: r, request: *r, expects: r.Header.Get("Expect") != ""}
		x.request.Body = (*unreadBody)(x)
		returned := false
		defer func() {
			r.MultipartForm = x.request.MultipartForm // whose files the server removes
			if !returned && !x.hijacked {             // a panic, which cuts the connection
				x.close()
			}
		}()
		h.ServeHTTP(x, &x.request)
		returned = true
		if !x.hijacked {
			x.finish()
		}
	})
}

// general answers a request that is for the server itself.
func general(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "0") }

// discards reports whether an outer DiscardUnread has made w.
func discards(w http.ResponseWriter) bool {
	for {
		switch v := w.(type) {
		case *unread:
			return true
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return false
		}
	}
}

// unread is the ResponseWriter of a request with a body, and what is known of the body.
type unread struct {
	to      http.ResponseWriter
	r       *http.Request // as the server made it: it looks at the type of the body
	request http.Request  // as the handler sees it

	expects  bool // the client waits for a 100 (Continue) before it sends the body
	begun    bool // the response has
	duplex   bool // the handler reads the body after that, too
	closing  bool // the connection ends with the response
	hijacked bool
	endWaits bool       // the end of the response does, until the handler has returned
	rest     chan error // of reading the rest, nil if that has not begun

	got       atomic.Int64 // bytes of the body
	ended     atomic.Bool  // there is no more of it
	discarded atomic.Bool  // it is not the handler's any more
}

// unreadBody is the body as the handler sees it.
type unreadBody unread

func (b *unreadBody) Read(p []byte) (int, error) {
	if b.discarded.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.r.Body.Read(p)
	b.got.Add(int64(n))
	if err == io.EOF {
		b.ended.Store(true)
	}
	return n, err
}

// Close does not read the rest, as the server's own does.
func (b *unreadBody) Close() error {
	b.discarded.Store(true)
	return nil
}

func (x *unread) Header() http.Header { return x.to.Header() }

func (x *unread) WriteHeader(status int) {
	if status >= 200 && !x.begun {
		x.begin()
		x.endWaits = x.r.Method != http.MethodHead && status != http.StatusNoContent && status != http.StatusNotModified &&
			x.to.Header().Get("Content-Length") == ""
	}
	x.to.WriteHeader(status)
}

func (x *unread) Write(p []byte) (int, error) {
	if !x.begun {
		x.WriteHeader(http.StatusOK)
	}
	return x.to.Write(p)
}

func (x *unread) Flush() { _ = x.FlushError() }

// FlushError, EnableFullDuplex and Hijack are what http.ResponseController calls; the rest it finds by Unwrap.
func (x *unread) FlushError() error {
	if !x.begun {
		x.WriteHeader(http.StatusOK)
	}
	return http.NewResponseController(x.to).Flush()
}

func (x *unread) EnableFullDuplex() error {
	err := http.NewResponseController(x.to).EnableFullDuplex()
	if err == nil && !x.begun {
		x.duplex = true
	}
	return err
}

func (x *unread) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(x.to).Hijack()
	x.hijacked = x.hijacked || err == nil
	return c, rw, err
}

func (x *unread) Unwrap() http.ResponseWriter { return x.to }

// begin keeps the server from waiting for the body before it sends the response.
func (x *unread) begin() {
	x.begun = true
	if x.ended.Load() {
		return
	}
	// A handler that reads on may leave too much. The client has to hear of it now: its next request would meet the end.
	long := x.r.ContentLength-x.got.Load() >= maxUnread
	if x.duplex && !long {
		return
	}
	// A body that waits for a 100 (Continue) will not come. HTTP/1.0 may know the end of a response by that of the connection.
	if long || x.r.Close || !x.r.ProtoAtLeast(1, 1) || x.expects || strings.EqualFold(x.to.Header().Get("Connection"), "close") {
		x.closing = true
		x.to.Header().Set("Connection", "close")
		return
	}
	if http.NewResponseController(x.to).EnableFullDuplex() == nil {
		x.discard()
	}
}

// discard begins to read the rest. That runs beside the response: a client may write all of its request before it reads.
func (x *unread) discard() {
	x.discarded.Store(true)
	x.rest = make(chan error, 1)
	go func() {
		_, err := io.CopyN(io.Discard, x.r.Body, maxUnread+1) // EOF is the end of the body
		x.rest <- err
	}()
}

// finish ends the request after the handler: the response leaves, and the rest of the body comes or the connection ends.
func (x *unread) finish() {
	if !x.begun && !x.ended.Load() { // a handler that writes nothing
		x.to.Header().Set("Content-Length", "0")
		x.WriteHeader(http.StatusOK)
	}
	if x.closing {
		if !x.ended.Load() { // by a handler that read on
			x.close()
		}
		return
	}
	if x.rest == nil {
		if x.ended.Load() || !x.duplex { // or there is no connection that could be kept
			return
		}
		x.discard()
	}
	var err error
	select {
	case err = <-x.rest:
	default:
		control := http.NewResponseController(x.to)
		_ = control.Flush()
		grace := unreadGrace
		if x.endWaits {
			grace = unreadEndGrace
		}
		_ = control.SetReadDeadline(time.Now().Add(grace))
		err = <-x.rest
		_ = control.SetReadDeadline(time.Time{}) // the server waits on the connection for the client to go away
	}
	if err != io.EOF || x.r.Context().Err() != nil { // as a deadline between the last two also ends what comes next
		x.close()
	}
}

// close ends the connection once the response is sent. What comes of the body would be taken for the next request.
func (x *unread) close() {
	if http.NewResponseController(x.to).SetReadDeadline(time.Unix(1, 0)) != nil {
		return // there is no connection
	}
	_ = x.r.Body.Close() // reads what it has, and fails at the deadline; the server does not try again
	// The server closes its side first, and the connection a moment later, if a MaxBytesReader tells it that the body is too
	// large: a connection closed at once while the client sends is reset, and the client may lose the response.
	w := x.to
	for {
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		w = u.Unwrap()
	}
	_, _ = http.MaxBytesReader(w, io.NopCloser(strings.NewReader("x")), 0).Read(make([]byte, 1))
}
