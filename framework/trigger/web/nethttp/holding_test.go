package nethttp_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/framework/trigger/web/nethttp"
)

// TestLastByteWaitsForBackgroundWork: where the vendor freezes the process when a response is complete, it is complete only when
// the background work is done; what comes before its end is not kept back if the length is declared.
func TestLastByteWaitsForBackgroundWork(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	mounted := func(h http.HandlerFunc) framework.Handler {
		return func(c *framework.Context) error { return nethttp.Serve(c, h) }
	}
	declared := web.Header{"Content-Length": {"100000"}}
	for name, tt := range map[string]struct {
		handler framework.Handler
		early   bool // all but the last byte comes before the work is done
	}{
		"short":   {func(c *framework.Context) error { c.SetResult("short"); return nil }, false},
		"nothing": {func(c *framework.Context) error { return nil }, false},
		"error":   {func(c *framework.Context) error { return framework.Errorf(409, "busy", "busy") }, false},
		"long":    {func(c *framework.Context) error { c.SetResult(&web.Response{Body: []byte(long)}); return nil }, false},
		"declared": {func(c *framework.Context) error {
			c.SetResult(&web.Response{Header: declared.Clone(), Body: []byte(long)})
			return nil
		}, true},
		"reader": {func(c *framework.Context) error { c.SetResult(strings.NewReader(long)); return nil }, false},
		"declared reader": {func(c *framework.Context) error {
			c.SetResult(&web.Response{Header: declared.Clone(), Reader: strings.NewReader(long)})
			return nil
		}, true},
		"mounted":        {mounted(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "mounted") }), false},
		"mounted stream": {mounted(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, long) }), false},
		"mounted declared": {mounted(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, long)
			_ = http.NewResponseController(w).Flush()
		}), true},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(name+" "+method, func(t *testing.T) {
				release, done := make(chan struct{}), make(chan struct{})
				handler := func(c *framework.Context) error {
					c.Go(func(context.Context) error { <-release; close(done); return nil })
					return tt.handler(c)
				}
				e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Functions: []*framework.Function{
					{Name: "f", Handler: handler, Triggers: []framework.Trigger{web.Route{Pattern: "/"}}},
				}})
				if err := e.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				h, err := nethttp.Handler(e, nethttp.Options{Freezes: true})
				if err != nil {
					t.Fatal(err)
				}
				s := httptest.NewServer(h)
				defer s.Close()
				if tt.early && method == "GET" {
					r, err := http.Get(s.URL)
					if err != nil {
						t.Fatal(err)
					}
					defer r.Body.Close()
					body := bufio.NewReader(r.Body)
					if n, err := io.CopyN(io.Discard, body, 99_999); n != 99_999 || err != nil {
						t.Errorf("%d bytes came early, %v", n, err)
					}
					close(release)
					if last, err := body.ReadByte(); last != 'x' || err != nil {
						t.Errorf("the last byte is %q, %v", last, err)
					}
					requireDone(t, done)
					return
				}
				go func() { close(release) }()
				req, _ := http.NewRequest(method, s.URL, nil)
				r, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Body.Close()
				if _, err := io.Copy(io.Discard, r.Body); err != nil {
					t.Error(err)
				}
				requireDone(t, done)
			})
		}
	}
}

func requireDone(t *testing.T, done chan struct{}) {
	t.Helper()
	select {
	case <-done:
	default:
		t.Error("the response was complete before the background work was done")
	}
}

// A vendor that lets the process go on has the response at once.
func TestResponseDoesNotWaitWhereTheProcessGoesOn(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Functions: []*framework.Function{
		{Name: "f", Triggers: []framework.Trigger{web.Route{Pattern: "/"}}, Handler: func(c *framework.Context) error {
			c.Go(func(context.Context) error { <-release; return nil })
			c.SetResult("at once")
			return nil
		}},
	}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h, err := nethttp.Handler(e, nethttp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Body.String() != "at once" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
