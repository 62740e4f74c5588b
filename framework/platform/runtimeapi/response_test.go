package runtimeapi

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// script is a connection that swallows requests and answers with what it holds.
type script struct{ io.Reader }

func (script) Write(p []byte) (int, error) { return len(p), nil }
func (script) Close() error                { return nil }

func scripted(from io.Reader) *Client {
	c := New("127.0.0.1:1", "test")
	dialled := false
	c.Dial = func(context.Context, string) (io.ReadWriteCloser, error) {
		if dialled {
			return nil, errors.New("second connection")
		}
		dialled = true
		return script{from}, nil
	}
	return c
}

var framings = []struct {
	name, response string
	status         int
	body           string
	fault          string // part of the error, "" for none
}{
	{"length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", ""},
	{"no reason", "HTTP/1.1 200\r\ncontent-length:3\r\n\r\nabc", 200, "abc", ""},
	{"line feeds only", "HTTP/1.1 202 \nContent-Length:\t3 \n\nabc", 202, "abc", ""},
	{"no fields", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", ""},
	{"to the end", "HTTP/1.1 200 OK\r\n\r\nabc", 200, "abc", ""},
	{"old version", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", ""},
	{"repeated length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", ""},
	{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n00A;x=\"y\" \r\n0123456789\r\n0\r\n\r\n", 200, "ab0123456789", ""},
	{"trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\nZ: 1\r\n\r\n", 200, "a", ""},
	{"interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", ""},
	{"error status", "HTTP/1.1 500 Oops\r\nContent-Length: 1\r\n\r\nx", 500, "x", ""},

	{"nothing", "", 0, "", "closed the connection without a response"},
	{"cut in the status line", "HTTP/1.1 20", 0, "", "unexpected EOF"},
	{"cut in the fields", "HTTP/1.1 200 OK\r\nA: b\r\n", 0, "", "unexpected EOF"},
	{"cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", 0, "", "unexpected EOF"},
	{"cut in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 0, "", "unexpected EOF"},
	{"cut before the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", 0, "", "unexpected EOF"},
	{"cut in the trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n", 0, "", "unexpected EOF"},
	{"version 2", "HTTP/2.0 200 OK\r\n\r\n", 0, "", `status line "HTTP/2.0 200 OK"`},
	{"not http", "SSH-2.0-x\r\n\r\n", 0, "", `status line "SSH-2.0-x"`},
	{"two digits", "HTTP/1.1 20 OK\r\n\r\n", 0, "", "status line"},
	{"signed status", "HTTP/1.1 +20 OK\r\n\r\n", 0, "", "status line"},
	{"low status", "HTTP/1.1 099 OK\r\n\r\n", 0, "", "status line"},
	{"control character", "HTTP/1.1 200 O\x01K\r\n\r\n", 0, "", "status line"},
	{"no colon", "HTTP/1.1 200 OK\r\nabc\r\n\r\n", 0, "", `header line "abc"`},
	{"folded", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", 0, "", `header line " c"`},
	{"space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 3\r\n\r\nabc", 0, "", "header line"},
	{"bare carriage return", "HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n", 0, "", "header line"},
	{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 0, "", `Content-Length "4"`},
	{"length list", "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc", 0, "", "Content-Length"},
	{"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc", 0, "", "Content-Length"},
	{"signed length", "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc", 0, "", "Content-Length"},
	{"length overflow", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", 0, "", "Content-Length"},
	{"length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, "", "Transfer-Encoding"},
	{"chunks and length", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 0, "", "Content-Length"},
	{"compressed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 0, "", "Transfer-Encoding"},
	{"chunks in the old version", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, "", "Transfer-Encoding in HTTP/1.0"},
	{"chunk line with a line feed only", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\n\r\n", 0, "", `line "0" between chunks`},
	{"chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 0, "", `chunk size "xyz"`},
	{"negative chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n", 0, "", "chunk size"},
	{"chunk too long", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 0, "", "at the end of a chunk"},
	{"chunk overflow", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n", 0, "", "a body of more than"},
	{"trailer without a colon", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX\r\n\r\n", 0, "", `trailer line "X"`},
	{"trailer with a space before the colon", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX : y\r\n\r\n", 0, "", `trailer line "X : y"`},
	{"upgrade", "HTTP/1.1 101 Switching\r\n\r\n", 0, "", "status 101 was not requested"},
	{"endless interim", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 20), 0, "", "status 100 was not requested"},
	{"large body", "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n", 0, "", "a body of 1048577 bytes, the limit is 1048576"},
	{"large body to the end", "HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 1<<20+1), 0, "", "a body of more than 1048576"},
	{"large head", "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("x", MaxHead) + "\r\n\r\n", 0, "", "headers of more than"},
	{"endless head", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", MaxHead), 0, "", "headers of more than"},
	{"large trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("A: b\r\n", MaxHead), 0, "", "a trailer of more than"},
	{"large chunk line", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + strings.Repeat("x", 8<<10), 0, "", "a line of more than"},
}

func TestFramings(t *testing.T) {
	for _, tt := range framings {
		for how, from := range map[string]io.Reader{
			"whole":        strings.NewReader(tt.response),
			"bytewise":     iotest.OneByteReader(strings.NewReader(tt.response)),
			"data and end": iotest.DataErrReader(strings.NewReader(tt.response)),
		} {
			c := scripted(from)
			c.MaxBody = 1 << 20
			a, err := c.Do(context.Background(), Request{Method: "GET", Path: "/next"})
			switch {
			case tt.fault != "":
				if err == nil || !strings.Contains(err.Error(), tt.fault) {
					t.Errorf("%s, %s: error %v, want %q", tt.name, how, err, tt.fault)
				}
			case err != nil:
				t.Errorf("%s, %s: %v", tt.name, how, err)
			case a.Status != tt.status || string(a.Body) != tt.body:
				t.Errorf("%s, %s: %d %q, want %d %q", tt.name, how, a.Status, a.Body, tt.status, tt.body)
			}
		}
	}
}

// FuzzAnswer has net/http as its oracle: what we accept, it accepts and reads in the same way.
func FuzzResponse(f *testing.F) {
	for _, tt := range framings {
		if len(tt.response) < 1<<10 {
			f.Add([]byte(tt.response))
		}
	}
	f.Fuzz(func(t *testing.T, response []byte) {
		c := scripted(bytes.NewReader(response))
		c.MaxBody = 1 << 20
		a, err := c.Do(context.Background(), Request{Method: "GET", Path: "/next"})
		if err != nil {
			return
		}
		r := bufio.NewReader(bytes.NewReader(response))
		var want *http.Response
		for want == nil || want.StatusCode < 200 {
			if want, err = http.ReadResponse(r, &http.Request{Method: "GET"}); err != nil {
				t.Fatalf("we read %d %q, net/http says: %v", a.Status, a.Body, err)
			}
		}
		body, err := io.ReadAll(want.Body)
		if err != nil && !(len(want.TransferEncoding) > 0 && strings.Contains(err.Error(), "trailer")) {
			t.Fatalf("we read the body %q, net/http says: %v", a.Body, err)
		}
		if a.Status != want.StatusCode || !bytes.Equal(a.Body, body) {
			t.Fatalf("we read %d %q, net/http %d %q", a.Status, a.Body, want.StatusCode, body)
		}
		for name, values := range want.Header {
			if name == "Content-Length" { // net/http makes equal ones one
				continue
			}
			var got []string
			for _, h := range a.Header {
				if strings.EqualFold(h.Name, name) {
					got = append(got, h.Value)
				}
			}
			if len(got) != len(values) || a.Get(name) != values[0] {
				t.Fatalf("header %s: we read %q, net/http %q", name, got, values)
			}
		}
	})
}

// endpoint answers each request on each connection as the plan says; "" closes the connection without a response.
type endpoint struct {
	mu    sync.Mutex
	plans [][]string
	seen  []string // connection, method and path of each request
}

func (e *endpoint) start(t *testing.T) *Client {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := New(ln.Addr().String(), "test")
	t.Cleanup(func() { ln.Close(); c.Close() })
	go func() {
		for i := 0; ; i++ {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			e.mu.Lock()
			if i >= len(e.plans) {
				e.plans = append(e.plans, nil)
			}
			plan := e.plans[i]
			e.mu.Unlock()
			go e.talk(i, conn, plan)
		}
	}()
	return c
}

func (e *endpoint) talk(i int, conn net.Conn, plan []string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for _, response := range plan {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		io.Copy(io.Discard, req.Body)
		e.mu.Lock()
		e.seen = append(e.seen, fmt.Sprint(i, " ", req.Method, " ", req.URL.Path))
		e.mu.Unlock()
		io.WriteString(conn, response)
	}
}

func TestConnectionReuse(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	for _, tt := range []struct {
		name  string
		plans [][]string
		sent  string // one letter a request: g GET, p POST
		seen  []string
		fault string // of the last request
	}{
		{"kept", [][]string{{ok, ok, ok}}, "gpg", []string{"0 GET /", "0 POST /", "0 GET /"}, ""},
		{"told to close", [][]string{{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, Close\r\n\r\n", ok}, {ok}}, "gp", []string{"0 GET /", "1 POST /"}, ""},
		{"old version", [][]string{{"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", ok}, {ok}}, "gp", []string{"0 GET /", "1 POST /"}, ""},
		{"to the end", [][]string{{"HTTP/1.1 200 OK\r\n\r\nabc"}, {ok}}, "gp", []string{"0 GET /", "1 POST /"}, ""},
		{"unasked bytes", [][]string{{ok + ok, ok}, {ok}}, "gp", []string{"0 GET /", "1 POST /"}, ""},
		{"a get is sent again", [][]string{{ok, ""}, {ok}}, "pg", []string{"0 POST /", "0 GET /", "1 GET /"}, ""},
		{"a get is sent again once", [][]string{{ok, ""}, {""}}, "pg", []string{"0 POST /", "0 GET /", "1 GET /"}, "closed the connection without a response"},
		{"not on a new connection", [][]string{{""}}, "g", []string{"0 GET /"}, "closed the connection without a response"},
		{"a post is not sent again", [][]string{{ok, ""}, {ok}}, "gp", []string{"0 GET /", "0 POST /"}, "closed the connection without a response"},
		{"not after half a response", [][]string{{ok, "HTTP/1.1 "}, {ok}}, "gg", []string{"0 GET /", "0 GET /"}, "unexpected EOF"},
		{"a broken answer ends the connection", [][]string{{"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", ok}, {ok}}, "gp", []string{"0 GET /", "1 POST /"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := &endpoint{plans: tt.plans}
			c := e.start(t)
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			var err error
			for _, kind := range tt.sent {
				method := map[rune]string{'g': "GET", 'p': "POST"}[kind]
				_, err = c.Do(ctx, Request{Method: method, Path: "/"})
			}
			if tt.fault == "" && err != nil || tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault)) {
				t.Errorf("last error %v, want %q", err, tt.fault)
			}
			e.mu.Lock()
			defer e.mu.Unlock()
			if !slices.Equal(e.seen, tt.seen) {
				t.Errorf("requests seen:\n got %q\nwant %q", e.seen, tt.seen)
			}
		})
	}
}

// A sandbox rests between calls for longer than some endpoints keep a connection.
func TestPostAfterTheEndpointClosed(t *testing.T) { waits(t, testPostAfterTheEndpointClosed) }

func testPostAfterTheEndpointClosed(t *testing.T, ownThread bool) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	e := &endpoint{plans: [][]string{{ok}, {ok}}}
	c := e.start(t)
	c.OwnThread = ownThread
	do(t, c, Request{Method: "GET", Path: "/"})
	limit := time.Now().Add(10 * time.Second)
	for s := c.conn.(interface{ Stale() bool }); !s.Stale(); {
		if time.Now().After(limit) {
			t.Fatal("the closed connection was not noticed")
		}
	}
	do(t, c, Request{Method: "POST", Path: "/"})
	e.mu.Lock()
	defer e.mu.Unlock()
	if want := []string{"0 GET /", "1 POST /"}; !slices.Equal(e.seen, want) {
		t.Errorf("requests seen: %q, want %q", e.seen, want)
	}
}

// loop repeats one response for ever.
type loop struct {
	response []byte
	at       int
}

func (l *loop) Read(p []byte) (int, error) {
	n := copy(p, l.response[l.at:])
	if l.at += n; l.at == len(l.response) {
		l.at = 0
	}
	return n, nil
}

func TestAllocations(t *testing.T) {
	c := scripted(&loop{response: []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\nContent-Length: 10\r\n\r\n0123456789")})
	r := Request{Method: "POST", Path: "/2018-06-01/runtime/invocation/8476a536/response", Header: []Field{{"Content-Type", "application/json"}}, Body: []byte("{}")}
	got := testing.AllocsPerRun(100, func() {
		if _, err := c.Do(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	})
	if got > 1 { // the body; the head is that of the exchange before
		t.Errorf("%v allocations an exchange, want at most 1", got)
	}
}

func BenchmarkDo(b *testing.B) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	go http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"ok":true}`) }))
	c := New(ln.Addr().String(), "bench")
	defer c.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Do(context.Background(), Request{Method: "GET", Path: "/next"}); err != nil {
			b.Fatal(err)
		}
	}
}
