package platformtest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// unreadBodies checks that a response does not wait for the body of its request, that the connection is kept where the body
// comes and closed where it does not, and that a client whose body does not come does not keep the process from stopping.
func (s *suite) unreadBodies(t *testing.T) {
	p := s.start(t, sim.Artifact{}, "")
	const length, chunks = "Content-Length: 10\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
	cases := []struct {
		name, line, rest string
		status           int
	}{
		{"handler", "POST /created HTTP/1.1", length, 201},
		{"handler, half", "POST /created HTTP/1.1", length + "half", 201},
		{"handler, chunks", "POST /created HTTP/1.1", chunks, 201},
		{"no route", "POST /nowhere HTTP/1.1", length, 404},
		{"wrong method", "POST /text HTTP/1.1", chunks, 405},
		{"head", "HEAD /text HTTP/1.1", length, 200},
		{"http/1.0", "POST /created HTTP/1.0", length, 201},
		{"expect", "POST /created HTTP/1.1", "Expect: 100-continue\r\n" + length, 201},
		{"options of the server", "OPTIONS * HTTP/1.1", length, 200},
		{"stream", "GET /stream HTTP/1.1", length, 200},
		{"deadline of a reader", "POST /await-body HTTP/1.1", length + "half", 504},
		{"deadline of a reader, chunks", "POST /await-body HTTP/1.1", chunks, 504},
		{"over the limit", "POST /created HTTP/1.1", "Content-Length: 99999999999\r\n\r\nhalf", 413},
	}
	t.Run("closed", func(t *testing.T) {
		for _, tt := range cases {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel() // each waits for the end of its connection
				c, from := p.dial(t)
				defer c.Close()
				method, _, _ := strings.Cut(tt.line, " ")
				exchange(t, c, from, tt.line+"\r\nHost: localhost\r\n"+tt.rest, method, tt.status)
				if rest, err := io.ReadAll(from); len(rest) > 0 || isTimeout(err) {
					t.Errorf("found %.100q and then %v, want the end of the connection", rest, err)
				}
			})
		}
	})
	t.Run("pipeline", func(t *testing.T) {
		c, from := p.dial(t)
		defer c.Close()
		const next = "GET /text HTTP/1.1\r\nHost: localhost\r\n\r\n"
		for range 3 {
			exchange(t, c, from, "POST /created HTTP/1.1\r\nHost: localhost\r\n"+length+"0123456789"+next, "POST", 201)
			exchange(t, c, from, "", "GET", 200)
			exchange(t, c, from, "POST /nowhere HTTP/1.1\r\nHost: localhost\r\n"+chunks+"0\r\n\r\n"+next, "POST", 404)
			exchange(t, c, from, "", "GET", 200)
			exchange(t, c, from, "POST /created HTTP/1.1\r\nHost: localhost\r\n"+length, "POST", 201)
			exchange(t, c, from, "0123456789"+next, "GET", 200)
		}
	})
	for _, path := range []string{"/created", "/await-body"} {
		c, from := p.dial(t)
		defer c.Close()
		status := map[string]int{"/created": 201, "/await-body": 504}[path]
		exchange(t, c, from, "POST "+path+" HTTP/1.1\r\nHost: localhost\r\n"+length+"half", "POST", status)
	}
	s.stop(t, p)
	if strings.Contains(p.out.String(), "cut off") {
		t.Errorf("a client whose body does not come kept the process: want it stopped")
	}
}

// dial connects to the process. Nothing here takes as long as the connection's deadline.
func (p *process) dial(t *testing.T) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := p.Process.(sim.Dialer).Dial(within(t))
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	return c, bufio.NewReader(c)
}

// exchange sends text and reads one response.
func exchange(t *testing.T, c net.Conn, from *bufio.Reader, text, method string, status int) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(from, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("no response: %v", err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != status {
		t.Fatalf("status %d with %.100q, %v; want %d", r.StatusCode, body, err, status)
	}
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}
