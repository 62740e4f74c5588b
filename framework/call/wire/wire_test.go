package wire

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

func client(t testing.TB, s *httptest.Server, limit int64) *Client {
	t.Helper()
	c, err := New(s.URL, limit)
	if err != nil {
		t.Fatal(err)
	}
	if c.tls != nil {
		c.tls.RootCAs = x509.NewCertPool()
		c.tls.RootCAs.AddCert(s.Certificate())
		c.tls.ServerName = "example.com"
	}
	return c
}

func post(body string) runtimeapi.Request {
	return runtimeapi.Request{Method: "POST", Path: "/p", Body: []byte(body)}
}

// TestConnectionsAreKept: over TLS too, one connection serves requests in turn, and none that the endpoint has closed.
func TestConnectionsAreKept(t *testing.T) {
	for name, start := range map[string]func(*httptest.Server){"plain": (*httptest.Server).Start, "tls": (*httptest.Server).StartTLS} {
		t.Run(name, func(t *testing.T) {
			var connections, requests atomic.Int32
			closed := make(chan struct{}, 10)
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				w.Header().Set("X-Host", r.Host)
				io.Copy(w, r.Body)
			}))
			s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				switch state {
				case http.StateNew:
					connections.Add(1)
				case http.StateClosed:
					closed <- struct{}{}
				}
			}
			start(s)
			defer s.Close()
			c := client(t, s, 1<<20)
			for range 3 {
				r, err := c.Do(t.Context(), post("hello"))
				if err != nil || string(r.Body) != "hello" || r.Get("x-host") != c.Host() || r.Get("none") != "" {
					t.Fatal(r, err)
				}
			}
			if n := connections.Load(); n != 1 {
				t.Errorf("%d connections for requests in turn", n)
			}
			s.CloseClientConnections()
			<-closed
			if r, err := c.Do(t.Context(), post("again")); err != nil || string(r.Body) != "again" || requests.Load() != 4 || connections.Load() != 2 {
				t.Errorf("%v, %v, %d requests on %d connections", r, err, requests.Load(), connections.Load())
			}
			c.idle[0].used = c.idle[0].used.Add(-time.Hour)
			if _, err := c.Do(t.Context(), post("")); err != nil || connections.Load() != 3 {
				t.Errorf("%v, %d connections after an hour", err, connections.Load())
			}
		})
	}
}

func TestFailures(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch body, _ := io.ReadAll(r.Body); string(body) {
		case "large":
			io.WriteString(w, strings.Repeat("x", 101))
		case "redirect":
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusTemporaryRedirect)
		case "cut":
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "short")
		case "nothing":
			panic(http.ErrAbortHandler)
		case "not http":
			conn, _, _ := w.(http.Hijacker).Hijack()
			io.WriteString(conn, "SSH-2.0\r\n\r\n")
			conn.Close()
		case "hang":
			<-r.Context().Done()
		}
	}))
	defer s.Close()
	c := client(t, s, 100)
	for body, want := range map[string]call.Reason{"large": call.BadAnswer, "cut": call.BadAnswer, "nothing": call.Broken, "not http": call.BadAnswer} {
		r, err := c.Do(t.Context(), post(body))
		if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != want || f.Temporary() {
			t.Errorf("%s: %v, %v", body, r, err)
		}
	}
	if r, err := c.Do(t.Context(), post("redirect")); err != nil || r.Status != 307 {
		t.Errorf("redirect: %v, %v", r, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := c.Do(ctx, post("hang")); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	s.Close()
	_, err := c.Do(t.Context(), post(""))
	if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != call.Unreachable {
		t.Errorf("no server: %v", err)
	}
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	defer untrusted.Close()
	untrusted.Config.ErrorLog = nil
	plain, err := New(untrusted.URL, 100)
	if err != nil {
		t.Fatal(err)
	}
	_, err = plain.Do(t.Context(), post(""))
	if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != call.Unreachable {
		t.Errorf("untrusted certificate: %v", err)
	}
}

func TestEndpoints(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://h.example": "h.example h.example:443", "https://h.example:443/": "h.example h.example:443", "http://127.0.0.1:80": "127.0.0.1 127.0.0.1:80",
		"http://127.0.0.1:8080": "127.0.0.1:8080 127.0.0.1:8080", "http://[::1]": "[::1] [::1]:80",
	} {
		c, err := New(endpoint, 1)
		if err != nil || c.host+" "+c.addr != want || (c.tls != nil) != strings.HasPrefix(endpoint, "https") {
			t.Errorf("%s: %+v, %v", endpoint, c, err)
		}
	}
	for _, endpoint := range []string{"", "h.example", "ftp://h", "https://", "https://h/path", "https://h?q", "https://u:p@h"} {
		if c, err := New(endpoint, 1); err == nil {
			t.Errorf("%q: %+v", endpoint, c)
		}
	}
}

// TestConnect: a connection that was made ahead of a request is used by it, over TLS too, and not after its time.
func TestConnect(t *testing.T) {
	for name, start := range map[string]func(*httptest.Server){"plain": (*httptest.Server).Start, "tls": (*httptest.Server).StartTLS} {
		t.Run(name, func(t *testing.T) {
			var connections atomic.Int32
			closed := make(chan struct{}, 10)
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
			s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				switch state {
				case http.StateNew:
					connections.Add(1)
				case http.StateClosed:
					closed <- struct{}{}
				}
			}
			start(s)
			defer s.Close()
			c := client(t, s, 1<<20)
			if c.Ready() {
				t.Error("a connection is ready that nobody has made")
			}
			if err := c.Connect(t.Context()); err != nil || !c.Ready() {
				t.Fatal(err, c.Ready())
			}
			for range 2 {
				if r, err := c.Do(t.Context(), post("hello")); err != nil || string(r.Body) != "hello" || connections.Load() != 1 || !c.Ready() {
					t.Errorf("%v, %v, %d connections", r, err, connections.Load())
				}
			}
			if err := c.Connect(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, conn := range c.idle {
				conn.used = conn.used.Add(-time.Hour)
			}
			if c.Ready() {
				t.Error("a connection is ready after an hour")
			}
			if _, err := c.Do(t.Context(), post("")); err != nil || connections.Load() != 3 {
				t.Errorf("%v, %d connections", err, connections.Load())
			}
			<-closed // both that are too old
			<-closed
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if err := c.Connect(ended); !errors.Is(err, context.Canceled) {
				t.Errorf("found %v", err)
			}
		})
	}
	c, err := New("http://127.0.0.1:1", 1)
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := errors.AsType[*call.Failure](c.Connect(t.Context())); !ok || f.Reason != call.Unreachable {
		t.Errorf("found %v", f)
	}
}

// TestIdleConnectionsAreBounded: a burst leaves a limited number of them.
func TestIdleConnectionsAreBounded(t *testing.T) {
	c, err := New("http://127.0.0.1:1", 1)
	if err != nil {
		t.Fatal(err)
	}
	for range maxIdle + 5 {
		c.put(&connection{client: runtimeapi.New("h", "a")})
	}
	if len(c.idle) != maxIdle {
		t.Errorf("%d", len(c.idle))
	}
}

// BenchmarkDo is one request, with the server in the same process.
func BenchmarkDo(b *testing.B) {
	for name, start := range map[string]func(http.Handler) *httptest.Server{"plain": httptest.NewServer, "tls": httptest.NewTLSServer} {
		b.Run(name, func(b *testing.B) {
			s := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
			defer s.Close()
			c := client(b, s, 1<<20)
			r := post(`{"faas":"call","function":"f","payload":{"id":1}}`)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Do(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
