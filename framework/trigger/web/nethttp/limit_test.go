package nethttp

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// A response of exactly the vendor's limit goes through; one byte more is a 500 with a log record or, when its beginning
// has gone already, a cut connection with one.
func TestHandlerLimitsResponses(t *testing.T) {
	const limit = 100_000 // more than is kept back before a response is streamed
	size := func(c *framework.Context) int {
		if web.From(c).Request.Query().Has("over") {
			return limit + 1
		}
		return limit
	}
	log := make(records, 16)
	e := engineOf(t,
		on("GET /whole", func(c *framework.Context) error { c.SetResult(bytes.Repeat([]byte("x"), size(c))); return nil }),
		on("GET /stream", func(c *framework.Context) error {
			c.SetResult(io.LimitReader(endless{}, int64(size(c))))
			return nil
		}),
		on("GET /mounted", func(c *framework.Context) error {
			return Serve(c, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.CopyN(w, endless{}, int64(size(c))) }))
		}),
	)
	e.Runtime().Logger = slog.New(slog.NewTextHandler(log, nil))
	h, err := Handler(e, Options{MaxResponse: limit})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	for _, path := range []string{"/whole", "/stream", "/mounted"} {
		resp, body := do(t, "GET", s.URL+path, nil)
		if resp.StatusCode != 200 || len(body) != limit {
			t.Errorf("%s at the limit: status %d, %d bytes", path, resp.StatusCode, len(body))
		}
		resp, body = do(t, "GET", s.URL+path+"?over", nil)
		switch {
		case path == "/whole" && (resp.StatusCode != 500 || !strings.Contains(body, `"code":"response_too_large"`)):
			t.Errorf("%s over the limit: status %d, %.200s", path, resp.StatusCode, body)
		case path != "/whole" && !strings.HasSuffix(body, " (cut)"):
			t.Errorf("%s over the limit: status %d and %d bytes to their end, want a cut", path, resp.StatusCode, len(body))
		}
		// The record may come after the response. It is the first one: there was none at the limit.
		select {
		case record := <-log:
			if !strings.Contains(record, "the limit is 100000 bytes") || !strings.Contains(record, path[1:]) {
				t.Errorf("%s over the limit: log %q", path, record)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("%s over the limit: nothing in the log", path)
		}
	}
}

// records takes what a logger writes, a record each.
type records chan string

func (r records) Write(p []byte) (int, error) {
	r <- string(p)
	return len(p), nil
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
