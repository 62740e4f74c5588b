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

	left int64 // of the declared length; none is declared if it is not positive
	held bool
	last [1]byte
}

// Unwrap is for http.ResponseController.
func (h *holding) Unwrap() http.ResponseWriter { return h.ResponseWriter }

func (h *holding) WriteHeader(status int) {
	if status >= 200 {
		h.left, _ = strconv.ParseInt(h.Header().Get("Content-Length"), 10, 64) // the server complains of what is no number
	}
	h.ResponseWriter.WriteHeader(status)
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
