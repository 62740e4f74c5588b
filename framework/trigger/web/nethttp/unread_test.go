package nethttp

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// raw is a client that decides itself what it sends, and when.
type raw struct {
	*net.TCPConn
	*bufio.Reader
	t *testing.T
}

// dialRaw connects to addr. Nothing that is tested takes as long as the connection's deadline.
func dialRaw(t *testing.T, addr string) *raw {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return &raw{c.(*net.TCPConn), bufio.NewReader(c), t}
}

func (c *raw) Read(p []byte) (int, error) { return c.Reader.Read(p) }

func (c *raw) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.TCPConn, text); err != nil {
		c.t.Fatal(err)
	}
}

// response reads one whole response to a request with that method.
func (c *raw) response(method string) (*http.Response, string) {
	c.t.Helper()
	r, err := http.ReadResponse(c.Reader, &http.Request{Method: method})
	if err != nil {
		c.t.Fatalf("no response: %v", err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Fatalf("status %d, then %v after %.100q", r.StatusCode, err, body)
	}
	return r, string(body)
}

// ends checks that the server closes the connection and sends nothing more.
func (c *raw) ends() {
	c.t.Helper()
	if rest, err := io.ReadAll(c.Reader); len(rest) > 0 || isTimeout(err) {
		c.t.Errorf("found %.100q and then %v, want the end of the connection", rest, err)
	}
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

// unreadServer serves functions that answer without reading the body.
func unreadServer(t *testing.T) string {
	t.Helper()
	stream := mounted(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "stream")
		http.NewResponseController(w).Flush()
		if _, err := r.Body.Read(make([]byte, 1)); err != http.ErrBodyReadAfterClose {
			fmt.Fprint(w, err)
		}
	})
	stream.Triggers = []framework.Trigger{web.Route{Pattern: "/stream"}}
	duplex := mounted(func(w http.ResponseWriter, r *http.Request) {
		if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
			fmt.Fprint(w, err)
		}
		fmt.Fprint(w, "duplex ")
		http.NewResponseController(w).Flush()
		piece := make([]byte, 4)
		_, err := io.ReadFull(r.Body, piece)
		fmt.Fprint(w, string(piece), " ", err)
	})
	duplex.Triggers = []framework.Trigger{web.Route{Pattern: "/duplex"}}
	return serve(t, Options{MaxBody: 300 << 10},
		on("ANY /ok", func(ctx *framework.Context) error { ctx.SetResult("ok"); return nil }),
		on("POST /nothing", nil2),
		on("POST /large", func(ctx *framework.Context) error { ctx.SetResult(bytes.Repeat([]byte("x"), 8<<20)); return nil }),
		on("POST /reader", func(ctx *framework.Context) error { ctx.SetResult(strings.NewReader("reader")); return nil }),
		stream, duplex).Listener.Addr().String()
}

// The head of a request is there, and its body is not or only half.
func TestUnreadBodyThatDoesNotCome(t *testing.T) {
	addr := unreadServer(t)
	const length, chunks = "Content-Length: 10\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
	for _, tt := range []struct {
		name, line, rest string
		status           int
		body             string // "" is any
	}{
		{"nothing sent", "POST /ok HTTP/1.1", length, 200, "ok"},
		{"half sent", "POST /ok HTTP/1.1", length + "half", 200, "ok"},
		{"chunks", "POST /ok HTTP/1.1", chunks, 200, "ok"},
		{"half a chunk", "POST /ok HTTP/1.1", chunks + "4\r\nha", 200, "ok"},
		{"no route", "POST /nowhere HTTP/1.1", length, 404, ""},
		{"no route, chunks", "POST /nowhere HTTP/1.1", chunks, 404, ""},
		{"wrong method", "PUT /nothing HTTP/1.1", length, 405, ""},
		{"no result", "POST /nothing HTTP/1.1", length, 204, ""},
		{"head", "HEAD /ok HTTP/1.1", length, 200, ""},
		{"http/1.0", "POST /ok HTTP/1.0", length, 200, "ok"},
		{"http/1.0 keep-alive", "POST /ok HTTP/1.0", "Connection: keep-alive\r\n" + length, 200, "ok"},
		{"closing", "POST /ok HTTP/1.1", "Connection: close\r\n" + length + "half", 200, "ok"},
		{"closing, chunks", "POST /ok HTTP/1.1", "Connection: close\r\n" + chunks, 200, "ok"},
		{"expect", "POST /ok HTTP/1.1", "Expect: 100-continue\r\n" + length, 200, "ok"},
		{"expect, chunks", "POST /nowhere HTTP/1.1", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", 404, ""},
		{"much", "POST /ok HTTP/1.1", "Content-Length: 300000\r\n\r\nhalf", 200, "ok"},
		{"exactly what is read", "POST /ok HTTP/1.1", "Content-Length: 262144\r\n\r\nhalf", 200, "ok"},
		{"too large", "POST /ok HTTP/1.1", "Content-Length: 30000000\r\n\r\nhalf", 413, ""},
		{"reader", "POST /reader HTTP/1.1", length, 200, "reader"},
		{"stream", "POST /stream HTTP/1.1", length, 200, "stream"},
		{"stream, chunks", "POST /stream HTTP/1.1", chunks, 200, "stream"},
		{"duplex", "POST /duplex HTTP/1.1", length + "half", 200, "duplex half <nil>"},
		{"duplex, chunks", "POST /duplex HTTP/1.1", chunks, 200, "duplex half <nil>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := dialRaw(t, addr)
			method, _, _ := strings.Cut(tt.line, " ")
			c.send(tt.line + "\r\nHost: localhost\r\n" + tt.rest)
			r, body := c.response(method)
			if r.StatusCode != tt.status || tt.body != "" && body != tt.body {
				t.Errorf("status %d and body %.100q, want %d and %q", r.StatusCode, body, tt.status, tt.body)
			}
			c.ends()
		})
	}
}

// A body that is there when the response leaves, or comes soon after, does not cost the connection, and is no request.
func TestUnreadBodyThatComes(t *testing.T) {
	addr := unreadServer(t)
	const inner = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n" // a body that looks like a request
	length := fmt.Sprintf("Content-Length: %d\r\n\r\n", len(inner))
	chunk := fmt.Sprintf("%x\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n", len(inner), inner)
	for _, path := range []string{"/ok", "/nothing", "/nowhere", "/reader", "/stream", "/duplex"} {
		for name, tt := range map[string]struct{ head, body string }{
			"length": {length, inner}, "chunks": {"Transfer-Encoding: chunked\r\nTrailer: X-Trailer\r\n\r\n", chunk},
			"large": {"Content-Length: 250000\r\n\r\n", strings.Repeat("x", 250000)},
		} {
			for _, late := range []bool{false, true} {
				t.Run(fmt.Sprint(path, name, late), func(t *testing.T) {
					t.Parallel()
					c := dialRaw(t, addr)
					const next = "GET /ok?x=2 HTTP/1.1\r\nHost: localhost\r\n\r\n"
					head := "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + tt.head
					late := late && path != "/duplex" && path != "/stream" && path != "/reader" // which wait for it, or do not for long
					if late {
						c.send(head)
					} else {
						c.send(head + tt.body + next)
					}
					first, _ := c.response("POST")
					if late {
						c.send(tt.body + next)
					}
					if second, body := c.response("GET"); second.StatusCode != 200 || body != "ok" {
						t.Errorf("status %d and body %.100q after status %d, want the next response", second.StatusCode, body, first.StatusCode)
					}
				})
			}
		}
	}
}

// A client would send its next request on a connection that is about to be closed: it is told before.
func TestConnectionIsNotPromisedIfMuchIsUnread(t *testing.T) {
	addr := unreadServer(t)
	for _, path := range []string{"/ok", "/nowhere", "/reader", "/stream", "/duplex"} {
		c := dialRaw(t, addr)
		c.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 270000\r\n\r\nhalf")
		r, _ := c.response("POST")
		if c.ends(); !r.Close {
			t.Errorf("%s: the response to a body of 270000 bytes does not say that the connection ends with it", path)
		}
	}
	c := dialRaw(t, addr)
	c.send("POST /duplex HTTP/1.1\r\nHost: localhost\r\nContent-Length: 270000\r\n\r\n")
	if _, err := http.ReadResponse(c.Reader, nil); err != nil {
		t.Fatal(err)
	}
	c.send("half") // which the handler still reads
	if rest, err := io.ReadAll(c.Reader); err != nil || !strings.Contains(string(rest), "half <nil>") {
		t.Errorf("%q, %v", rest, err)
	}
}

// A client that writes all of its request before it reads must not wait for a server that does the same.
func TestUnreadBodyOfAClientThatWritesFirst(t *testing.T) {
	addr := unreadServer(t)
	c := dialRaw(t, addr)
	c.SetReadBuffer(64 << 10)
	c.SetWriteBuffer(4 << 10)
	c.send("POST /large HTTP/1.1\r\nHost: localhost\r\nContent-Length: 250000\r\n\r\n" + strings.Repeat("x", 250000))
	if _, body := c.response("POST"); len(body) != 8<<20 {
		t.Errorf("found %d bytes", len(body))
	}
}

// A handler that panics while its body is on the way ends the connection at once.
func TestUnreadBodyOfAPanic(t *testing.T) {
	s := serve(t, Options{}, mounted(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	c := dialRaw(t, s.Listener.Addr().String())
	c.send("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
	r, err := http.ReadResponse(c.Reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r.Body); err != io.ErrUnexpectedEOF {
		t.Errorf("found %v, want a response that is cut", err)
	}
}

// A client that goes away ends the context of its handler, once the body is read or the response has begun: before that the
// server does not look at the connection.
func TestClientThatGoesAway(t *testing.T) {
	began, ended := make(chan bool), make(chan error, 1)
	wait := func(ctx *framework.Context) error {
		began <- true
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
		}
		ended <- ctx.Err()
		return nil
	}
	stream := mounted(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		_ = wait(framework.From(r.Context()))
	})
	stream.Triggers = []framework.Trigger{web.Route{Pattern: "/stream"}}
	addr := serve(t, Options{}, on("GET /wait", wait), on("POST /read", func(ctx *framework.Context) error {
		if _, err := web.From(ctx).Request.ReadBody(0); err != nil {
			return err
		}
		return wait(ctx)
	}), stream).Listener.Addr().String()
	for _, request := range []string{
		"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
		"POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
		"POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n",
		"POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
		"POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n",
	} {
		c := dialRaw(t, addr)
		c.send(request)
		<-began
		c.TCPConn.Close()
		if err := <-ended; err == nil {
			t.Errorf("%.60q: the handler was not told that its client went away", request)
		}
	}
}
