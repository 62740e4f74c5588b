package nethttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// streamAfter is how much of a response is kept back: as long as nothing was sent, a panic is still a clean 500, and
// middleware still sees the result.
const streamAfter = 32 << 10

// writer is the ResponseWriter of a mounted application. It collects the response until it is worth streaming.
type writer struct {
	ctx      *framework.Context
	stream   *stream // nil where the response is sent when it is whole
	header   http.Header
	snapshot http.Header // header when WriteHeader was called
	status   int
	body     []byte
	written  int64
	length   int64 // as the application declared it, -1 if it did not
	head     bool

	streaming bool
	failed    error // to begin
}

var (
	_ http.Flusher        = (*writer)(nil)
	_ http.ResponseWriter = (*writer)(nil)
)

func (w *writer) Header() http.Header { return w.header }

func (w *writer) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", status)) // as net/http's server does
	}
	if w.status != 0 || status < 200 && status != http.StatusSwitchingProtocols {
		return // a second call, or an informational response
	}
	w.status = status
	w.snapshot = w.header.Clone()
	w.length = -1
	if n, err := strconv.ParseInt(w.snapshot.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		w.length = n
	} else {
		w.snapshot.Del("Content-Length")
	}
}

// sent is the header as the client gets it.
func (w *writer) sent() http.Header {
	if w.snapshot != nil {
		return w.snapshot
	}
	return w.header
}

func (w *writer) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if w.status < 200 || w.status == http.StatusNoContent || w.status == http.StatusNotModified {
		return 0, http.ErrBodyNotAllowed
	}
	w.written += int64(len(p))
	if w.length >= 0 && w.written > w.length {
		return 0, http.ErrContentLength
	}
	if w.failed != nil {
		return 0, w.failed
	}
	if w.streaming {
		if w.head {
			return len(p), nil
		}
		return w.stream.write(p)
	}
	if w.head { // only what a type is guessed from
		w.body = append(w.body, p[:min(len(p), max(0, 512-len(w.body)))]...)
		return len(p), nil
	}
	switch {
	case len(w.body)+len(p) <= streamAfter:
	case w.stream != nil:
		if err := w.begin(); err != nil {
			return 0, err
		}
		return w.stream.write(p)
	case len(w.body)+len(p) > web.DefaultBodyLimit:
		return 0, fmt.Errorf("the response is larger than %d bytes", web.DefaultBodyLimit)
	}
	w.body = append(w.body, p...)
	return len(p), nil
}

// begin sends what has been kept back.
func (w *writer) begin() error {
	if w.failed != nil {
		return w.failed
	}
	w.guessType()
	w.streaming = true
	x := web.From(w.ctx)
	x.CrossHeaders(web.Header(w.snapshot))
	x.SetStatus(w.status) // for middleware: there will be no result
	if w.failed = w.stream.begin(w.status, w.snapshot); w.failed != nil {
		return w.failed
	}
	if len(w.body) == 0 || w.head {
		return nil
	}
	_, err := w.stream.write(w.body)
	w.body = nil
	return err
}

func (w *writer) guessType() {
	_, typed := w.snapshot["Content-Type"]
	if !typed && len(w.body) > 0 && w.snapshot.Get("Content-Encoding") == "" {
		w.snapshot["Content-Type"] = []string{http.DetectContentType(w.body)}
	}
}

func (w *writer) Flush() { _ = w.FlushError() }

// FlushError is what http.ResponseController calls.
func (w *writer) FlushError() error {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.stream == nil {
		return nil
	}
	if !w.streaming {
		if err := w.begin(); err != nil {
			return err
		}
	}
	return w.stream.flush()
}

// SetReadDeadline, SetWriteDeadline and EnableFullDuplex are what http.ResponseController calls.
func (w *writer) SetReadDeadline(t time.Time) error {
	return w.control(func(c *http.ResponseController) error { return c.SetReadDeadline(t) })
}

func (w *writer) SetWriteDeadline(t time.Time) error {
	return w.control(func(c *http.ResponseController) error { return c.SetWriteDeadline(t) })
}

func (w *writer) EnableFullDuplex() error {
	return w.control((*http.ResponseController).EnableFullDuplex)
}

func (w *writer) control(f func(*http.ResponseController) error) error {
	if w.stream == nil {
		return errors.ErrUnsupported
	}
	return w.stream.do(func() error { return f(http.NewResponseController(w.stream.w)) })
}

// CloseNotify is deprecated, but gin's streams call it all the same.
func (w *writer) CloseNotify() <-chan bool {
	gone := make(chan bool, 1)
	context.AfterFunc(w.ctx, func() { gone <- true })
	return gone
}

// finish hands the response on.
func (w *writer) finish() error {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if !w.streaming && w.stream != nil && w.hasTrailers() {
		_ = w.begin() // failed has its error
	}
	if w.failed != nil {
		return w.failed
	}
	if w.streaming {
		w.stream.trailers(w.trailers())
		if !w.head && w.length >= 0 && w.written < w.length {
			return fmt.Errorf("the handler declared %d bytes and wrote %d", w.length, w.written)
		}
		return nil
	}
	w.guessType()
	r := &web.Response{Status: w.status, Body: w.body}
	if w.head {
		r.Body = nil
		if w.length < 0 && w.written > 0 {
			w.snapshot["Content-Length"] = []string{strconv.FormatInt(w.written, 10)}
		}
	}
	w.ctx.SetResult(r)
	return nil
}

func (w *writer) hasTrailers() bool {
	if len(w.snapshot["Trailer"]) > 0 {
		return true
	}
	for name := range w.header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

func (w *writer) trailers() http.Header {
	t := make(http.Header)
	for name, vs := range w.header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			t[name] = vs
		}
	}
	for _, line := range w.snapshot["Trailer"] {
		for name := range strings.SplitSeq(line, ",") {
			name = http.CanonicalHeaderKey(strings.TrimSpace(name))
			if vs := w.header[name]; len(vs) > 0 {
				t[name] = vs
			}
		}
	}
	return t
}
