package nethttp

import (
	"bufio"
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

// A client that sends half of its body and then nothing must not keep its own 504 from being sent, nor keep the handler
// for ever: a concurrency limit would be used up by such clients.
func TestDeadlineOfABodyThatDoesNotCome(t *testing.T) {
	for _, framing := range []string{
		"Content-Length: 100\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "Content-Length: 300000\r\n\r\nhalf",
		"Connection: close\r\nContent-Length: 100\r\n\r\nhalf", "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
		"Expect: 100-continue\r\nContent-Length: 100\r\n\r\n", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
	} {
		read := make(chan error, 1)
		f := on("POST /", func(ctx *framework.Context) error {
			_, err := web.From(ctx).Request.ReadBody(0)
			read <- err
			return err
		})
		f.Timeout = 50 * time.Millisecond
		s := serve(t, Options{}, f, on("GET /", nil2))
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: localhost\r\n"+framing); err != nil {
			t.Fatal(err)
		}
		from := bufio.NewReader(c)
		response, err := http.ReadResponse(from, nil)
		if err == nil && response.StatusCode == http.StatusContinue {
			response, err = http.ReadResponse(from, nil)
		}
		if err != nil {
			t.Fatalf("%.20q: no response after the deadline: %v", framing, err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != 504 || !strings.Contains(string(body), "deadline_exceeded") {
			t.Errorf("%.20q: status %d, body %s, %v; want a 504", framing, response.StatusCode, body, err)
		}
		if _, err := from.ReadByte(); err != io.EOF {
			t.Errorf("%.20q: %v after the response, want the end of the connection", framing, err)
		}
		select {
		case err := <-read:
			if err == nil {
				t.Error("half a body was read as a whole one")
			}
		case <-time.After(5 * time.Second):
			t.Error("the handler still waits for the body")
		}
	}
}

// A body that was there all along does not cost the connection.
func TestDeadlineKeepsTheConnectionOfAWholeBody(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	f := on("POST /", func(ctx *framework.Context) error { <-release; return nil })
	f.Timeout = 20 * time.Millisecond
	s := serve(t, Options{}, f, on("GET /", nil2))
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nwhole"); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(c)
	for _, want := range []int{504, 204} {
		response, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != want || response.Close {
			t.Fatalf("status %d, close %t, %v; want %d and the connection kept", response.StatusCode, response.Close, err, want)
		}
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
	}
}

// Headers that come twice, in another case or empty reach the function as they came, and go out again so.
func TestHeadersThatComeTwiceOrEmpty(t *testing.T) {
	s := serve(t, Options{}, on("GET /", func(ctx *framework.Context) error {
		x := web.From(ctx)
		for _, name := range []string{"X-A", "X-B", "X-C"} {
			x.Header()[name] = x.Request.Header[name]
		}
		return nil
	}))
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\nx-a: 2\r\nX-B:\r\nX-b: \t\r\nX-A: 1, 3\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprintf("%q %q %q", response.Header["X-A"], response.Header["X-B"], response.Header["X-C"]), `["1" "2" "1, 3"] ["" ""] []`; got != want {
		t.Errorf("found %s, want %s", got, want)
	}
}
