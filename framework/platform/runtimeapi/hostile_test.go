package runtimeapi

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// hostile is an endpoint that answers the first request of a test, and then breaks connections as it is told: it takes one
// word of the plan for each request.
type hostile struct {
	plan []string
	mu   sync.Mutex
	seen []string // method and what became of the request
	hold chan struct{}
}

func (h *hostile) start(t *testing.T) *Client {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := New(ln.Addr().String(), "test")
	h.hold = make(chan struct{})
	t.Cleanup(func() { close(h.hold); ln.Close(); c.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go h.talk(conn.(*net.TCPConn))
		}
	}()
	return c
}

// next takes the next word of the plan.
func (h *hostile) next(method string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	word := "ok"
	if len(h.plan) > 0 {
		word, h.plan = h.plan[0], h.plan[1:]
	}
	h.seen = append(h.seen, method+" "+word)
	return word
}

func (h *hostile) talk(c *net.TCPConn) {
	defer c.Close()
	from := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(from)
		if err != nil {
			return
		}
		word := h.next(r.Method)
		if word == "reset in the body" {
			c.SetLinger(0)
			return
		}
		io.Copy(io.Discard, r.Body)
		switch word {
		case "reset":
			c.SetLinger(0)
			return
		case "close":
			return
		case "half":
			io.WriteString(c, "HTTP/1.1 202 Acc")
			return
		case "garbage":
			io.WriteString(c, "\x00\x01garbage\r\n\r\n")
			return
		case "500":
			io.WriteString(c, "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
		case "silence":
			<-h.hold
			return
		default:
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	}
}

// What is sent again after a kept connection broke, and what is not.
func TestBrokenConnections(t *testing.T) { waits(t, testBrokenConnections) }

func testBrokenConnections(t *testing.T, ownThread bool) {
	const (
		noResponse = "closed the connection without a response"
	)
	for _, tt := range []struct {
		method string
		repeat bool
		size   int // of the body
		plan   string
		seen   string // after the first, which is answered
		want   string // part of the error, or a status
	}{
		{"POST", true, 2, "reset", "POST reset,POST ok", "200 true"},
		{"POST", true, 2, "close", "POST close,POST ok", "200 true"},
		{"POST", true, 1 << 20, "reset", "POST reset,POST ok", "200 true"},
		{"POST", true, 8 << 20, "reset in the body", "POST reset in the body,POST ok", "200 true"},
		{"POST", true, 2, "reset,reset", "POST reset,POST reset", noResponse},
		{"POST", true, 2, "close,500", "POST close,POST 500", "500 true"},
		{"POST", true, 2, "half", "POST half", "unexpected EOF"},
		{"POST", true, 2, "garbage", "POST garbage", "malformed response"},
		{"POST", true, 2, "500", "POST 500", "500 false"},
		{"POST", true, 2, "silence", "POST silence", "deadline exceeded"},

		{"POST", false, 2, "reset", "POST reset", noResponse}, // it may have been taken
		{"POST", false, 2, "close", "POST close", noResponse},
		{"POST", false, 8 << 20, "reset in the body", "POST reset in the body,POST ok", "200 true"}, // it cannot
		{"POST", false, 8 << 20, "reset in the body,reset in the body", "POST reset in the body,POST reset in the body", noResponse},
		{"POST", false, 2, "half", "POST half", "unexpected EOF"},
		{"POST", false, 2, "500", "POST 500", "500 false"},

		{"GET", false, 0, "close", "GET close,GET ok", "200 true"},
		{"GET", false, 0, "reset", "GET reset", noResponse}, // an event may have been on its way
		{"GET", true, 0, "reset", "GET reset,GET ok", "200 true"},
		{"GET", true, 0, "reset,close", "GET reset,GET close", noResponse},
		{"GET", true, 0, "half", "GET half", "unexpected EOF"},
		{"GET", false, 0, "500", "GET 500", "500 false"},
		{"GET", true, 0, "garbage", "GET garbage", "malformed response"},
		{"GET", true, 0, "silence", "GET silence", "deadline exceeded"},
	} {
		t.Run(fmt.Sprint(tt.method, " ", tt.repeat, " ", tt.size, " ", tt.plan), func(t *testing.T) {
			h := &hostile{plan: append([]string{"ok"}, strings.Split(tt.plan, ",")...)}
			c := h.start(t)
			c.OwnThread = ownThread
			do(t, c, Request{Method: "GET", Path: "/"})
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if strings.Contains(tt.plan, "silence") {
				ctx, cancel = context.WithTimeout(ctx, 20*time.Millisecond)
				defer cancel()
			}
			got := ""
			response, err := c.Do(ctx, Request{Method: tt.method, Path: "/", Body: bytes.Repeat([]byte("x"), tt.size), Repeat: tt.repeat})
			if err != nil {
				got = err.Error()
			} else {
				got = fmt.Sprint(response.Status, " ", response.Repeated)
			}
			if !strings.Contains(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			if want := append([]string{"GET ok"}, strings.Split(tt.seen, ",")...); !slices.Equal(h.seen, want) {
				t.Errorf("the endpoint saw %q, want %q", h.seen, want)
			}
		})
	}
}
