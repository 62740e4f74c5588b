package runtimeapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Chunks arrive one by one, with a trailer, and the connection is kept.
func TestStream(t *testing.T) { waits(t, testStream) }

func testStream(t *testing.T, ownThread bool) {
	arrived := make(chan string)
	c, connections := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != -1 || r.Trailer == nil {
			t.Errorf("length %d and trailer %v before the body, want none and announced ones", r.ContentLength, r.Trailer)
		}
		piece := make([]byte, 100)
		for {
			n, err := r.Body.Read(piece)
			if n > 0 {
				arrived <- string(piece[:n])
			}
			if err != nil {
				arrived <- err.Error() + " " + r.Trailer.Get("X-End") + r.Trailer.Get("X-Other")
				return
			}
		}
	})
	c.OwnThread = ownThread
	for range 2 {
		expect := func(want string) {
			t.Helper()
			select {
			case got := <-arrived:
				if got != want {
					t.Errorf("%q arrived, want %q", got, want)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("%q did not arrive", want)
			}
		}
		ended := make(chan struct{})
		response := do(t, c, Request{Method: "POST", Path: "/", Trailers: "X-End, X-Other", Stream: func(conn io.Writer) error {
			chunks := NewChunks(conn)
			for _, piece := range []string{"one", "", "two"} {
				if n, err := chunks.Write([]byte(piece)); n != len(piece) || err != nil {
					t.Errorf("wrote %d, %v", n, err)
				}
				if piece != "" {
					expect(piece)
				}
			}
			go func() { defer close(ended); expect("EOF yes") }()
			return chunks.End(Field{"X-End", "yes"})
		}})
		<-ended
		if response.Status != 200 {
			t.Errorf("status %d", response.Status)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

// A refusal that comes before the end of the stream is a response; a stream cut short costs the connection.
func TestStreamRefused(t *testing.T) {
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(413) })
	response := do(t, c, Request{Method: "POST", Path: "/", Stream: func(conn io.Writer) error {
		chunks := NewChunks(conn)
		for piece := bytes.Repeat([]byte("x"), 32<<10); ; {
			if _, err := chunks.Write(piece); err != nil { // the server closes after what it reads of such a body
				return err
			}
		}
	}})
	if response.Status != 413 {
		t.Errorf("status %d, want 413", response.Status)
	}
	if response = do(t, c, Request{Method: "POST", Path: "/"}); response.Status != 413 {
		t.Errorf("the next request: status %d", response.Status)
	}
}

func TestStreamThatCannotBe(t *testing.T) {
	var sent bytes.Buffer
	if err := NewChunks(&sent).End(Field{"X-A", "a\r\nb"}); err == nil || sent.Len() > 0 {
		t.Errorf("a trailer with a line break: %v, sent %q", err, sent.String())
	}
	if err := NewChunks(&sent).End(Field{"Content-Length", "1"}); err == nil {
		t.Error("a trailer that frames the body was sent")
	}
	broken := errors.New("broken")
	chunks := NewChunks(failing{broken})
	for range 2 {
		if _, err := chunks.Write([]byte("x")); err != broken {
			t.Errorf("found %v, want the connection's error each time", err)
		}
	}
	if err := chunks.End(); err != broken {
		t.Errorf("end: found %v", err)
	}
	c := New("127.0.0.1:1", "test")
	_, err := c.Do(context.Background(), Request{Method: "POST", Path: "/", Trailers: "a\nb", Stream: func(io.Writer) error { return nil }})
	if err == nil || !strings.Contains(err.Error(), "trailers") {
		t.Errorf("found %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
