package nethttp

import (
	"net/http"
	"strconv"

	"github.com/faasgen/faasgen/framework"
)

// holding keeps back the last byte of a response whose length is declared: all of it would be with the client, and the process
// frozen, while background work is still to be waited for. The end of any other response is written by the server, after the
// handler.
type holding struct {
	http.ResponseWriter
	background framework.Background

	head     bool  // the request's method is HEAD
	bodyless bool  // the response ends with its header
	left     int64 // of the declared length; none is declared if it is not positive
	held     bool
	last     [1]byte
}

// Unwrap is for http.ResponseController.
func (h *holding) Unwrap() http.ResponseWriter { return h.ResponseWriter }

func (h *holding) WriteHeader(status int) {
	if status >= 200 {
		length := h.Header().Get("Content-Length")
		h.left, _ = strconv.ParseInt(length, 10, 64) // the server complains of what is no number
		h.bodyless = h.head || status == http.StatusNoContent || status == http.StatusNotModified || length == "0"
	}
	h.ResponseWriter.WriteHeader(status)
}

// FlushError is what http.ResponseController calls. A header that is all of a response is kept back, too.
func (h *holding) FlushError() error {
	if h.bodyless {
		return nil
	}
	return http.NewResponseController(h.ResponseWriter).Flush()
}

func (h *holding) Write(p []byte) (int, error) {
	n := int64(len(p))
	if n == 0 || n != h.left {
		h.left -= n
		return h.ResponseWriter.Write(p)
	}
	h.held, h.last[0] = true, p[n-1]
	written, err := h.ResponseWriter.Write(p[:n-1])
	if err == nil {
		written++
	}
	return written, err
}

// end waits, and completes the response.
func (h *holding) end() {
	if h.held && h.background.Pending() {
		_ = http.NewResponseController(h.ResponseWriter).Flush() // a writer that cannot sends it when it will
	}
	h.background.Wait()
	if h.held {
		_, _ = h.ResponseWriter.Write(h.last[:]) // a client that has gone needs no response
	}
}
