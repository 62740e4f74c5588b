package runtimeapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// serve starts a net/http server and counts its connections.
func serve(t *testing.T, h http.HandlerFunc) (c *Client, connections *atomic.Int32) {
	t.Helper()
	connections = new(atomic.Int32)
	s := httptest.NewUnstartedServer(h)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	c = New(s.Listener.Addr().String(), "faasgen-test/1")
	t.Cleanup(func() { c.Close(); s.Close() })
	return c, connections
}

// waits runs the test with each way of waiting for a response.
func waits(t *testing.T, test func(t *testing.T, ownThread bool)) {
	t.Run("poller", func(t *testing.T) { test(t, false) })
	t.Run("thread", func(t *testing.T) { test(t, true) })
}

func do(t *testing.T, c *Client, r Request) *Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	a, err := c.Do(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAgainstNetHTTP(t *testing.T) { waits(t, testAgainstNetHTTP) }

func testAgainstNetHTTP(t *testing.T, ownThread bool) {
	c, connections := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.ContentLength != int64(len(body)) {
			t.Errorf("%s %s: %d bytes announced, %d read, %v", r.Method, r.URL, r.ContentLength, len(body), err)
		}
		w.Header().Set("X-Saw", fmt.Sprint(r.Method, " ", r.URL.RequestURI(), " ", r.Host == r.Context().Value(http.LocalAddrContextKey).(net.Addr).String(), " ", r.UserAgent(), " ", r.Header["X-In"]))
		switch r.URL.Path {
		case "/chunked":
			for len(body) > 0 {
				n := min(len(body), 50_000)
				w.Write(body[:n])
				w.(http.Flusher).Flush()
				body = body[n:]
			}
		case "/interim":
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusProcessing)
			w.WriteHeader(http.StatusTeapot)
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Write(body)
		}
	})
	c.OwnThread = ownThread
	big := bytes.Repeat([]byte("0123456789abcdef"), 7<<16) // 7 MiB
	for _, tt := range []struct {
		method, path string
		body         []byte
		status       int
		empty        bool
	}{
		{"GET", "/a?b=c%20d", nil, 200, true},
		{"POST", "/echo", nil, 200, true},
		{"POST", "/echo", big[:1], 200, false},
		{"POST", "/echo", big[:oneWrite], 200, false},
		{"POST", "/echo", big[:oneWrite+1], 200, false},
		{"PUT", "/echo", big[:ownWriter+1], 200, false},
		{"POST", "/echo", big, 200, false},
		{"POST", "/chunked", big, 200, false},
		{"POST", "/interim", big[:10], 418, true},
		{"POST", "/none", big[:10], 204, true},
		{"HEAD", "/head", nil, 200, true},
		{"GET", "/again", nil, 200, true},
	} {
		a := do(t, c, Request{Method: tt.method, Path: tt.path, Body: tt.body, Header: []Field{{"X-In", "1"}, {"x-in", "zwei ü"}}})
		want := tt.body
		if tt.empty {
			want = nil
		}
		if a.Status != tt.status || !bytes.Equal(a.Body, want) {
			t.Errorf("%s %s: status %d, %d bytes, want %d, %d bytes", tt.method, tt.path, a.Status, len(a.Body), tt.status, len(want))
		}
		if got, want := a.Get("x-saw"), tt.method+" "+tt.path+" true faasgen-test/1 [1 zwei ü]"; got != want {
			t.Errorf("the server saw %q, want %q", got, want)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections, want 1 for all", n)
	}
}

// The response of the last Do may change, what was taken out of it may not.
func TestBodiesAreNotShared(t *testing.T) {
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Path", r.URL.Path)
		io.WriteString(w, "body of "+r.URL.Path)
	})
	first := do(t, c, Request{Method: "GET", Path: "/1"})
	body, header := first.Body, first.Get("X-Path")
	do(t, c, Request{Method: "GET", Path: "/2"})
	if string(body) != "body of /1" || header != "/1" {
		t.Errorf("first response became %q, %q", body, header)
	}
}

func TestResponseBeforeTheBodyWasRead(t *testing.T) { waits(t, testResponseBeforeTheBodyWasRead) }

func testResponseBeforeTheBodyWasRead(t *testing.T, ownThread bool) {
	c, connections := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/big" {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	})
	c.OwnThread = ownThread
	a := do(t, c, Request{Method: "POST", Path: "/big", Body: make([]byte, 64<<20)})
	if a.Status != 413 {
		t.Errorf("status %d, want 413", a.Status)
	}
	if a = do(t, c, Request{Method: "POST", Path: "/small"}); a.Status != 200 || connections.Load() != 2 {
		t.Errorf("next: status %d on %d connections, want 200 on 2", a.Status, connections.Load())
	}
}

func TestCancel(t *testing.T) { waits(t, testCancel) }

func testCancel(t *testing.T, ownThread bool) {
	arrived := make(chan bool)
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ok" {
			return
		}
		arrived <- true
		<-r.Context().Done()
	})
	c.OwnThread = ownThread
	gone := errors.New("no longer wanted")
	ctx, cancel := context.WithCancelCause(context.Background())
	go func() { <-arrived; cancel(gone) }()
	if _, err := c.Do(ctx, Request{Method: "GET", Path: "/poll"}); !errors.Is(err, gone) {
		t.Errorf("error %v, want %v", err, gone)
	}
	if _, err := c.Do(ctx, Request{Method: "GET", Path: "/poll"}); !errors.Is(err, gone) {
		t.Errorf("with a context that ended before: %v", err)
	}
	if a := do(t, c, Request{Method: "GET", Path: "/ok"}); a.Status != 200 {
		t.Errorf("the client does not work after a cancelled poll: %d", a.Status)
	}
	go func() { <-arrived; c.Close() }()
	for range 2 {
		if _, err := c.Do(context.Background(), Request{Method: "GET", Path: "/poll"}); !errors.Is(err, os.ErrClosed) {
			t.Errorf("error %v, want %v", err, os.ErrClosed)
		}
	}
}

func TestRefusedRequests(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    Request
		want string
	}{
		{"method", Request{Method: "GET / HTTP/1.1\r\nX", Path: "/"}, "expected a word"},
		{"empty method", Request{Path: "/"}, "expected a word"},
		{"path with line end", Request{Method: "GET", Path: "/id\r\nX: y"}, "expected a slash and visible"},
		{"path with space", Request{Method: "GET", Path: "/a b"}, "expected a slash and visible"},
		{"relative path", Request{Method: "GET", Path: "a"}, "expected a slash and visible"},
		{"value", Request{Method: "GET", Path: "/", Header: []Field{{"A", "b\r\nC: d"}}}, "a value without control characters"},
		{"value with NUL", Request{Method: "GET", Path: "/", Header: []Field{{"A", "b\x00"}}}, "a value without control characters"},
		{"name", Request{Method: "GET", Path: "/", Header: []Field{{"A:b", "c"}}}, "a name of token characters"},
		{"empty name", Request{Method: "GET", Path: "/", Header: []Field{{"", "c"}}}, "a name of token characters"},
		{"length", Request{Method: "POST", Path: "/", Header: []Field{{"content-LENGTH", "3"}}}, "set by the client"},
		{"framing", Request{Method: "POST", Path: "/", Header: []Field{{"Transfer-Encoding", "chunked"}}}, "set by the client"},
		{"host", Request{Method: "POST", Path: "/", Header: []Field{{"host", "a"}}}, "set by the client"},
	} {
		c := New("127.0.0.1:1", "a")
		c.Dial = func(context.Context, string) (io.ReadWriteCloser, error) {
			t.Errorf("%s: it connected", tt.name)
			return nil, io.EOF
		}
		if _, err := c.Do(context.Background(), tt.r); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := New("127.0.0.1:1", "a\r\nb").Do(context.Background(), Request{Method: "GET", Path: "/"}); err == nil || !strings.Contains(err.Error(), "expected no control characters") {
		t.Errorf("user agent: %v", err)
	}
}

func TestAddresses(t *testing.T) {
	for _, addr := range []string{"", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "300.0.0.1:80", "1.2.3:80", "1.2.3.4.5:80", "+1.2.3.4:80", "[::1]:80"} {
		if _, err := New(addr, "a").Do(context.Background(), Request{Method: "GET", Path: "/"}); err == nil {
			t.Errorf("address %q was accepted", addr)
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	_, err = New(addr, "a").Do(context.Background(), Request{Method: "GET", Path: "/x"})
	if want := "GET /x at " + addr + ": "; err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "refused") {
		t.Errorf("no listener: %v, want %q and the reason", err, want)
	}
}
